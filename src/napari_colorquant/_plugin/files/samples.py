"""Sample images: from what our dependencies bring along, or made on the fly; nothing is downloaded."""

from typing import Any

import numpy as np

from ..layers.layer_values import LayerDataTuple


def _photograph(name: str, array: Any) -> list[LayerDataTuple]:
    return [(np.ascontiguousarray(array), {"name": name, "rgb": True}, "image")]


def astronaut() -> list[LayerDataTuple]:
    """Return a portrait with skin, orange and blue, (512, 512, 3) uint8."""
    from skimage import data

    return _photograph("astronaut", data.astronaut())


def coffee() -> list[LayerDataTuple]:
    """Return a cup of coffee on wood, (400, 600, 3) uint8."""
    from skimage import data

    return _photograph("coffee", data.coffee())


def chelsea() -> list[LayerDataTuple]:
    """Return a tabby cat, (300, 451, 3) uint8: soft transitions of few hues."""
    from skimage import data

    return _photograph("chelsea", data.chelsea())


def china() -> list[LayerDataTuple]:
    """Return a temple under a plain sky, (427, 640, 3) uint8: the picture of scikit-learn's recipe."""
    from sklearn.datasets import load_sample_image

    return _photograph("china", load_sample_image("china.jpg"))


def flower() -> list[LayerDataTuple]:
    """Return a red dahlia, (427, 640, 3) uint8."""
    from sklearn.datasets import load_sample_image

    return _photograph("flower", load_sample_image("flower.jpg"))


def immunohistochemistry() -> list[LayerDataTuple]:
    """Return colonic glands, (512, 512, 3) uint8: nuclei in blue (haematoxylin), FHL2 in brown (DAB)."""
    from skimage import data

    return _photograph("immunohistochemistry", data.immunohistochemistry())


def deep_color() -> list[LayerDataTuple]:
    """Return the astronaut as a camera of 12 bits stores it, (512, 512, 3) uint16 in 0..4095.

    By data type it is nearly black; as displayed, or by data range, it is the photograph.
    """
    from skimage import data

    image = data.astronaut().astype(np.uint16) * 257 >> 4
    return [(image, {"name": "astronaut 16-bit", "rgb": True, "contrast_limits": (0, 4095)}, "image")]


def time_stack() -> list[LayerDataTuple]:
    """Return an RGB time stack, (12, 300, 451, 3) uint8: from noon to dusk, darker and redder frame by frame."""
    from skimage import data

    image = data.chelsea().astype(np.float32)
    hour = np.linspace(0, 1, 12, dtype=np.float32)[:, None, None, None]
    light = 1 - hour * np.array([0.35, 0.6, 0.7], np.float32)
    stack = np.rint(image * light).astype(np.uint8)
    values = {"name": "dusk", "rgb": True, "axis_labels": ("time", "y", "x")}
    return [(stack, values, "image")]
