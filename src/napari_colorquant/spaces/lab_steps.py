"""CIELAB bent so that equal steps are about equal colour differences, as CIEDE2000 counts them.

CIEDE2000 divides what differs in lightness by 1 + .015 |L - 50|, nearly, and what differs in chroma by 1 + .045 C:
steps among vivid colours, in the dark and in the light count for less than Lab says. Along one axis such a division is
undone by a curve whose slope is its inverse: L becomes sign(L - 50) ln(1 + .015 |L - 50|) / .015 and chroma
ln(1 + .045 C) / .045, with the hue kept. Nothing was fitted. What is left are the terms that no curve along an axis
makes up for: how chroma weighs differences of hue, the turn among blues, the mean of a pair in place of each. DIN99
(DIN 6176) has logarithms of chroma, too, with constants of its own.

Mean dE2000 of k-means as a share of Oklab's at 4, 16, 64, 256 colours, two times seven images of CQ100: .980, .969,
.953, .939 and .979, .968, .946, .937; DIN99o .979, .972, .952, .935 and .985, .977, .951, .940.
"""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._space import Space
from .lab import LAB

#: Of CIEDE2000 (CIE 142-2001): how fast the weights of lightness, away from the middle, and of chroma fall.
_LIGHT, _CHROMA = 0.015, 0.045
_MIDDLE = 50.0


def linear_to_steps(rgb: Colors) -> Colors:
    """Return lightness in -37..37 and two axes of chroma, within about -45..45, for linear sRGB, (N, 3) float32."""
    bent = np.array(LAB.from_linear(rgb), np.float32, order="C")
    _bend(bent)
    return bent


def steps_to_linear(steps: Colors) -> Colors:
    """Return linear sRGB, not clipped, for such coordinates, (N, 3) float32."""
    straight = np.array(steps, np.float32, order="C")
    _straighten(straight)
    return LAB.to_linear(straight)


LAB_STEPS = Space(
    "lab_steps",
    ("L", "a", "b"),
    linear_to_steps,
    steps_to_linear,
    linear=True,
    summary="Lab with its steps evened out, for a low CIEDE2000.",
    reference="CIE 142-2001; curves from its weights",
    lightness="L",
    chroma=("a", "b"),
    title="Lab, even steps",
)


@kernel
def _bend(lab):  # type: ignore[no-untyped-def]
    light, steep, middle = np.float32(_LIGHT), np.float32(_CHROMA), np.float32(_MIDDLE)
    least = np.float32(1e-6)
    for i in range(len(lab)):
        away, a, b = lab[i, 0] - middle, lab[i, 1], lab[i, 2]
        chroma = steep * np.sqrt(a * a + b * b)
        share = np.log1p(chroma) / chroma if chroma > least else np.float32(1)
        lab[i, 0] = np.copysign(np.log1p(light * abs(away)) / light, away)
        lab[i, 1] = a * share
        lab[i, 2] = b * share


@kernel
def _straighten(steps):  # type: ignore[no-untyped-def]
    light, steep, middle = np.float32(_LIGHT), np.float32(_CHROMA), np.float32(_MIDDLE)
    least = np.float32(1e-6)
    for i in range(len(steps)):
        away, a, b = steps[i, 0], steps[i, 1], steps[i, 2]
        chroma = steep * np.sqrt(a * a + b * b)
        share = np.expm1(chroma) / chroma if chroma > least else np.float32(1)
        steps[i, 0] = middle + np.copysign(np.expm1(light * abs(away)) / light, away)
        steps[i, 1] = a * share
        steps[i, 2] = b * share
