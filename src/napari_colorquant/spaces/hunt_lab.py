"""CIELAB nearly as FLIP compares colours in it: chroma shrinks with lightness, the effect that Hunt described (1952).

FLIP multiplies chroma by lightness, of which black has none: any dark hue would be black, and the mean of dark colours
came out as navy or wine. With eight per cent more lightness it stays what it was, and FLIP is as low.
"""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._space import Space
from .lab import LAB

#: What is added to lightness, so that chroma does not vanish at black: means of dark colours had any hue without it.
_FLOOR = 8.0
#: What lies below black is no colour; its chroma is not divided by less.
_DARKEST = 1e-3


def linear_to_hunt_lab(rgb: Colors) -> Colors:
    """Return L in 0..100, and a and b times (L + 8) / 108, for linear sRGB, (N, 3) float32."""
    lab = np.array(LAB.from_linear(rgb), np.float32, order="C")
    _shrink(lab)
    return lab


def hunt_lab_to_linear(lab: Colors) -> Colors:
    """Return linear sRGB, not clipped, for such coordinates, (N, 3) float32."""
    grown = np.array(lab, np.float32, order="C")
    _grow(grown)
    return LAB.to_linear(grown)


#: FLIP adds what differs in lightness to the distance in a and b. With these two a little shorter, plain distance
#: gives as low a FLIP: .2113, .1459, .0725, .0398 at 8, 16, 64, 256 colours where the sum gives .2115, .1458, .0722,
#: .0399 (four photographs, one design for both).
HUNT_LAB = Space(
    "hunt_lab",
    ("L", "a", "b"),
    linear_to_hunt_lab,
    hunt_lab_to_linear,
    linear=True,
    summary="Lab with less chroma in the dark, as FLIP compares colours: for a low FLIP.",
    reference="Andersson et al. 2020; Hunt 1952",
    scale=(1.0, 0.84, 0.84),
    lightness="L",
    chroma=("a", "b"),
    title="Lab, Hunt's effect",
)


@kernel
def _shrink(lab):  # type: ignore[no-untyped-def]
    floor = np.float32(_FLOOR)
    for i in range(len(lab)):
        share = (lab[i, 0] + floor) / (np.float32(100) + floor)
        lab[i, 1] *= share
        lab[i, 2] *= share


@kernel
def _grow(lab):  # type: ignore[no-untyped-def]
    floor = np.float32(_FLOOR)
    for i in range(len(lab)):
        share = (np.float32(100) + floor) / max(lab[i, 0] + floor, np.float32(_DARKEST))
        lab[i, 1] *= share
        lab[i, 2] *= share
