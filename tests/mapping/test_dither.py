"""How planes get to the dithers: threads, blocks, and the palette as a table."""

import numpy as np
import pytest

from napari_colorquant import design_palette, map_pixels
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.clustering.nearest import nearest
from napari_colorquant.mapping.dither import make_target
from napari_colorquant.pixels import memory as pixels
from napari_colorquant.spaces import SPACES, Metric


@pytest.mark.parametrize("space", ["oklab", "srgb", "hsv"])
def test_table_has_the_nearest_color_of_each_cells_middle(space, photo, rng):
    metric, colors = Metric(SPACES[space]), design_palette(photo, 32).colors
    table = make_target(colors, metric).table
    cells = rng.integers(0, 64, (300, 3))
    middles = ((4 * cells + 1.5) / 255).astype(np.float32)
    assert (table[tuple(cells.T)] == nearest(metric.coordinates(middles), metric.coordinates(colors))).all()


@pytest.mark.parametrize("dither", ["floyd_steinberg", "bayer", "blue_noise", "riemersma"])
def test_labels_do_not_depend_on_the_number_of_threads(dither, large_photo):
    stack = large_photo.reshape(4, 128, 512, 3)
    palette = design_palette(stack, 16)
    with limit_threads(1):
        alone = map_pixels(stack, palette, dither=dither).labels
    with limit_threads(4):
        assert (map_pixels(stack, palette, dither=dither).labels == alone).all()


@pytest.mark.parametrize("dither", ["floyd_steinberg", "bayer", "blue_noise", "riemersma"])
def test_labels_do_not_depend_on_the_blocks(dither, photo, monkeypatch):
    palette = design_palette(photo, 16)
    whole = map_pixels(photo, palette, dither=dither).labels
    monkeypatch.setattr(pixels, "BLOCK_IN_PLACE", 1000)
    assert (map_pixels(photo, palette, dither=dither).labels == whole).all()


@pytest.mark.parametrize("dither", ["floyd_steinberg", "bayer"])
def test_dithering_can_be_cancelled(dither, photo):
    def refuse(done, text):
        if text == "Dithering":
            raise Cancelled

    with watch(refuse), pytest.raises(Cancelled):
        map_pixels(photo, ["#000", "#fff"], dither=dither)


def test_dithering_tells_its_progress(photo):
    heard = []
    with watch(lambda done, text: heard.append((done, text))), limit_threads(2):
        map_pixels(np.stack([photo[:9, :9]] * 60), ["#000", "#fff"], dither="floyd_steinberg")
    shares = [done for done, text in heard if text == "Dithering" and done is not None]
    assert shares == sorted(shares)
    assert len(shares) >= 3
