"""Draw the small pictures that stand before the dithers in the panel: a ramp in black and white, pixel by pixel.

``python tools/dither_pictures.py``; a test compares them with the dithers.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

import napari_colorquant as cq
from napari_colorquant._plugin.quantize_dock import dither_pictures

_WIDTH, _HEIGHT = 40, 16


def draw(name: str) -> npt.NDArray[np.uint8]:
    """Return the picture of a dither, (H, W) uint8 of 0 and 255."""
    ramp = np.tile(np.linspace(0, 255, _WIDTH).round().astype(np.uint8), (_HEIGHT, 1))
    levels: npt.NDArray[np.uint8] = cq.map_pixels(ramp, ["#000000", "#ffffff"], dither=name).to_rgb()[..., 0]
    return levels


if __name__ == "__main__":
    folder = Path(dither_pictures.FOLDER)
    folder.mkdir(exist_ok=True)
    for name in cq.DITHERS:
        Image.fromarray(draw(name)).convert("1").save(folder / f"{name}.png", optimize=True)
