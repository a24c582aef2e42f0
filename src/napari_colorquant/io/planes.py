"""Indexed images as planes of indices: what indexed PNG and GIF hold."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..indexed import IndexedImage
from ..palette import MAX_COLORS


def make_planes(indexed: IndexedImage) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], int | None]:
    """Return labels (T, H, W), colours, and the index that stands for "no data", the last, if there is any."""
    labels = np.asarray(indexed.labels)
    planes = labels.reshape(-1, *labels.shape[-2:])
    colors = indexed.palette.colors
    if indexed.valid is None or np.all(valid := np.asarray(indexed.valid)):
        return planes, colors, None
    if len(colors) == MAX_COLORS:
        raise ValueError(
            f"pixels without data need one of the {MAX_COLORS} indices, so the palette must have at most "
            f"{MAX_COLORS - 1} colours, got {len(colors)}"
        )
    clear = len(colors)
    planes = np.where(valid.reshape(planes.shape), planes, np.uint8(clear))
    return planes, np.concatenate([colors, np.zeros((1, 3), np.uint8)]), clear


def make_picture(plane: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8]) -> Image.Image:
    """Return a plane of indices with its colours as a picture of Pillow's, mode P."""
    image = Image.fromarray(np.ascontiguousarray(plane))
    image.putpalette(colors.tobytes())
    return image
