"""A plane of an image, made small: only what is shown of a large or lazy one is computed."""

from typing import Any

import numpy as np
import numpy.typing as npt


def take_thumbnail(labels: Any, rgb: Any, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return the first plane of an image by every n-th pixel, at most `height` x `width`, in colour.

    Parameters
    ----------
    labels : array of shape (..., H, W)
        Of which alone the shape counts.
    rgb : array of shape (..., H, W, 3 or 4), uint8
        The same image in colour; in memory or lazy.
    width, height : int
        Pixels at most.

    Returns
    -------
    plane : ndarray of shape (h, w, 3 or 4), uint8
    """
    rows, columns = labels.shape[-2:]
    step = max(1, -(-rows // height), -(-columns // width))
    plane = rgb[(0,) * (labels.ndim - 2)][::step, ::step]
    return np.ascontiguousarray(np.asarray(plane), dtype=np.uint8)
