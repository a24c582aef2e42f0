"""Colours as people with a deficiency of colour vision see them (Machado et al. 2009)."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_choice
from .._typing import Colors
from ..palette import parse_colors
from ..pixels.transfer import encode
from ..spaces import SPACES

#: The whole deficiencies, severity 1.0 of the paper's table: linear sRGB in, linear sRGB out.
_MATRICES: dict[str, npt.NDArray[np.float64]] = {
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
#: Normal sight, and the three deficiencies: of the cones for long, middle and short waves.
VISIONS = ("normal", *_MATRICES)


def simulate_vision(colors: Any, vision: str) -> Colors:
    """Return how colours look to someone with a deficiency, in the eyes of those without.

    Parameters
    ----------
    colors : Palette, or colours
        K colours, as `napari_colorquant.palette.parse_colors` takes them.
    vision : {"normal", "protan", "deutan", "tritan"}
        "normal" changes nothing. The others lack one kind of cones altogether; most people with a deficiency
        have a milder one.

    Returns
    -------
    seen : ndarray of shape (K, 3), float32
        Encoded sRGB in 0..1, clipped to the gamut.

    References
    ----------
    .. [1] Machado G.M., Oliveira M.M., Fernandes L.A.F. A physiologically-based model for simulation of color vision
       deficiency. IEEE Trans. Vis. Comput. Graph. 15(6), 2009. doi:10.1109/TVCG.2009.113

    Examples
    --------
    >>> simulate_vision(["#ffffff"], "deutan").round(3)
    array([[1., 1., 1.]], dtype=float32)
    """
    check_choice("vision", vision, VISIONS)
    linear = SPACES["linear"].from_srgb(parse_colors(colors))
    if vision != "normal":
        linear = (linear @ _MATRICES[vision].T).astype(np.float32)
    seen: Colors = encode(np.clip(linear, 0, 1))
    return seen


def seen_lab(colors: Any) -> Colors:
    """Return the CIELAB coordinates of colours in each of `VISIONS`, (4, K, 3) float32."""
    return np.stack([SPACES["lab"].from_srgb(simulate_vision(colors, vision)) for vision in VISIONS])
