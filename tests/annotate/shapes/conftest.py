"""What the tests of annotations share: a small result with names, a class, a hole, a corner and gaps."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant import editing


@pytest.fixture
def indexed():
    """Three colours, two of one class, in 12 x 16 pixels of which two rows have no data."""
    image = np.full((12, 16, 3), 255, np.uint8)
    image[3:9, 2:9] = (255, 0, 0)
    image[5:7, 4:6] = 255
    image[9, 9] = (255, 0, 0)  # touches at a corner
    image[4:6, 11:15] = (0, 0, 255)
    image[5, 12] = (255, 0, 0)
    mask = np.ones((12, 16), bool)
    mask[:2] = False
    mapped = cq.map_pixels(image, ["#ffffff", "#ff0000", "#0000ff"], mask=mask)
    return editing.classify(editing.rename(mapped, {1: '=<"ré&d>'}), {1: "tissue", 2: "tissue"})
