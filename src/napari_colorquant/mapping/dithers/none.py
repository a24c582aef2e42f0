"""No dither: every pixel takes the nearest palette colour."""

from ..._typing import Labels
from ._scene import Plane, Target


def none(plane: Plane, target: Target, /) -> Labels:
    """Give each pixel its nearest colour; flat areas stay flat.

    Parameters
    ----------
    plane : Plane
        One plane of the image.
    target : Target
        The palette.

    Returns
    -------
    labels : ndarray of shape (H, W), uint8
        The labels of the plane as they are.
    """
    return plane.labels
