"""How planes get to the dithers: threads, blocks, and the palette as a table."""

import numpy as np
import pytest

from napari_colorquant import design_palette, map_pixels
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.clustering.nearest import nearest
from napari_colorquant.mapping.dither import make_target, stress_lightness
from napari_colorquant.palette import parse_colors
from napari_colorquant.pixels import memory as pixels
from napari_colorquant.spaces import SPACES, Metric


@pytest.mark.parametrize("space", ["oklab", "srgb", "hsv"])
def test_table_has_the_nearest_color_of_each_cells_middle(space, photo, rng):
    colors = design_palette(photo, 32).colors
    metric = stress_lightness(Metric(SPACES[space]), colors)
    table = make_target(colors, Metric(SPACES[space])).table
    cells = rng.integers(0, 64, (300, 3))
    middles = ((4 * cells + 1.5) / 255).astype(np.float32)
    assert (table[tuple(cells.T)] == nearest(metric.coordinates(middles), metric.coordinates(colors))).all()


@pytest.mark.parametrize("weights", [(0, 1, 1), (1, 0, 1e-12), (1, 2, 3), (1, 1, 1)])
def test_lightness_is_stressed_where_it_counts_at_all_and_nothing_else_is(weights, photo):
    stressed = stress_lightness(Metric(SPACES["oklab"], weights), design_palette(photo, 64).colors).axis_weights
    assert stressed[1:] == weights[1:]
    assert (stressed[0] > weights[0]) == (min(weights) == 1)


@pytest.mark.parametrize("space", ["oklab", "lab", "ycbcr"])
def test_lightness_is_not_stressed_among_a_few_vivid_colors_where_a_tint_would_stay(space):
    vivid = parse_colors(["#000", "#fff", "#0f0", "#00f", "#f00", "#ff0", "#ff8000"])
    assert stress_lightness(Metric(SPACES[space]), vivid) == Metric(SPACES[space])


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
