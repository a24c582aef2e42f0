"""Small pictures of images and results, as PNG in a text that a page can hold."""

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt

from ...indexed import IndexedImage
from ...mapping.to_rgb import labels_to_rgb
from ...pixels.source import open_source
from ..tables.features import class_colors
from ..tables.table import class_map

#: The longer side of a picture, in pixels: sharp on a screen of two pixels a point.
SIDE = 480
_NO_CLASS = (128, 128, 128)


def draw_image(image: Any, rgb: bool | None, scale: Any = "dtype") -> str:
    """Return the first plane of an image as the text of a picture, each pixel the mean of those it stands for."""
    from PIL import Image

    source = open_source(image, rgb=rgb, frames=rgb is False, scale=scale)
    plane = source.take((0,) * (len(source.shape) - 2)).load()
    colors, valid = plane.read()
    height, width = source.shape[-2:]
    opaque = np.full((height, width, 1), 255, np.uint8)
    if valid is not None:
        opaque = np.where(valid.reshape(height, width, 1), opaque, 0).astype(np.uint8)
    picture = Image.fromarray(np.concatenate([colors.reshape(height, width, 3), opaque], axis=2))
    return _as_text(picture.resize(_small(width, height), Image.Resampling.BOX))


def draw_result(indexed: IndexedImage, by: str) -> str:
    """Return the first plane of a result as the text of a picture, in the colours in which it is shown."""
    from PIL import Image

    first = (0,) * (len(indexed.shape) - 2)
    if by == "class":
        classes, names = class_map(indexed)
        colors = np.concatenate([[_NO_CLASS], class_colors(indexed.palette, names)]).astype(np.uint8)
        labels: npt.NDArray[Any] = classes[first]
    else:
        colors, labels = indexed.palette.shown, indexed.labels[first]
    valid = None if indexed.valid is None else indexed.valid[first]
    rgb = labels_to_rgb(labels, colors, valid, None, None)
    height, width = labels.shape
    alpha = np.full((height, width), 255, np.uint8) if valid is None else valid * np.uint8(255)
    picture = Image.fromarray(np.dstack([rgb[..., :3], alpha]))
    return _as_text(picture.resize(_small(width, height), Image.Resampling.NEAREST))


def _small(width: int, height: int) -> tuple[int, int]:
    share = min(1.0, SIDE / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _as_text(picture: Any) -> str:
    content = io.BytesIO()
    picture.save(content, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()
