"""Spatial colour quantization: labels, and a palette if none is given, by what an eye lacks in the whole plane."""

from dataclasses import replace
from typing import Annotated

import numpy as np

from ..._typing import Labels
from ._eye import to_opponent
from ._relax import Seen, find_neighbors, settle_well
from ._scene import Plane, Target
from .diffusion import MATRICES, error_diffusion

_diffuse = error_diffusion(MATRICES[0])


def spatial(
    plane: Plane,
    target: Target,
    /,
    *,
    strength: Annotated[float, {"min": 0.0, "max": 1.0}] = 1.0,
    joint: bool = True,
    steady: bool = True,
) -> Labels:
    """Spatial quantization: palette and dots found together, for an eye that blurs; lowest FLIP, best SSIMULACRA2.

    Begins with Floyd-Steinberg's dots and chooses each pixel's colour again and again, until what lacks
    to an eye gets no less: the error in luminance and in two opponent colours, blurred over a few pixels.
    A palette that is designed for it is refined with the dots, see `napari_colorquant.design.joint`.

    Parameters
    ----------
    plane : Plane
        One whole plane of the image; no error enters or leaves pixels without data.
    target : Target
        The palette.
    strength : float
        How much the errors around a pixel count beside its own, 0 (no dither at all) to 1.
    joint : bool
        Refine the palette together with the dots where one is designed. Without it, or on a palette that is
        given, the dots alone are found.
    steady : bool
        In a stack, keep the labels of pixels that are of the same colour in the frame before. Without it
        any frame of a stack that is larger than memory can be looked at without those before it.

    Returns
    -------
    labels : ndarray of shape (H, W), uint8

    References
    ----------
    .. [1] Puzicha J., Held M., Ketterer J., Buhmann J. M., Fellner D. W., "On spatial quantization of color
       images", IEEE Trans. Image Process. 9(4), 2000. doi:10.1109/83.841942
    .. [2] Analoui M., Allebach J. P., "Model-based halftoning using direct binary search", Proc. SPIE 1666, 1992.
       doi:10.1117/12.135959
    """
    if strength == 0 or not plane.labels.size or len(target.colors) == 1:
        return plane.labels.copy()
    scene = plane if steady else replace(plane, held=None)
    labels = _diffuse(scene, target, strength=strength)
    free = np.ones(labels.shape, np.bool_) if plane.valid is None else plane.valid.copy()
    if scene.held is not None:
        free &= scene.held < 0
    colors = to_opponent(target.colors)
    seen = Seen.open(to_opponent(plane.rgb), labels, colors, plane.valid, free, strength)
    settle_well(seen, find_neighbors(colors), strength)
    return labels
