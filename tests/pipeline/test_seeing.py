"""An image is designed from and mapped by its cells or by its distinct colours: both give the same bits."""

import dask.array as da
import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.design.cells import are_enough, choose_view
from napari_colorquant.pipeline import seeing, verbs
from napari_colorquant.pipeline.pyramid import quantize_levels
from napari_colorquant.pipeline.seeing import count_image
from napari_colorquant.pixels import memory
from napari_colorquant.pixels.cells import CellCounts, count_cells
from napari_colorquant.pixels.counting import count_pixels
from napari_colorquant.pixels.source import open_source
from napari_colorquant.pixels.varied import count_if_varied
from napari_colorquant.recipe import Recipe
from napari_colorquant.spaces import SPACES


def assert_same(first, second):
    assert first.palette == second.palette
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.palette.shares, second.palette.shares)
    for name in ("valid", "alpha"):
        ours, theirs = getattr(first, name), getattr(second, name)
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_array_equal(ours, theirs)


def in_both_ways(image, monkeypatch, **choices):
    """Return the image quantized directly, and by its distinct colours."""
    given = {name: choices.pop(name) for name in ("mask",) if name in choices}
    recipe = Recipe(**choices)
    assert isinstance(count_image(open_source(image, alpha=recipe.reads_alpha, **given), recipe), CellCounts)
    direct = verbs.run(image, recipe, **given)
    with monkeypatch.context() as patched:
        patched.setattr(seeing, "count_if_varied", lambda source, by_alpha: None)
        return direct, verbs.run(image, recipe, **given)


@pytest.fixture(scope="module")
def varied(large_photo):
    """An image of many cells: a photograph beside its negative."""
    return np.ascontiguousarray(np.concatenate([large_photo[:256], 255 - large_photo[256:]]))


@pytest.mark.parametrize("quantizer", ["kmeans", "fast", "wu"])
@pytest.mark.parametrize("n_colors", [2, 16, 100])
@pytest.mark.parametrize("space", ["srgb", "linear"])
def test_both_ways_give_the_same_image(varied, space, n_colors, quantizer, monkeypatch):
    choices = {"n_colors": n_colors, "space": space, "quantizer": quantizer}
    assert_same(*in_both_ways(varied, monkeypatch, **choices))


@pytest.mark.parametrize("space", [name for name in SPACES if len(SPACES[name].axes) == 3 and name != "stains"])
def test_both_ways_give_the_same_image_by_cell(varied, space, monkeypatch):
    direct, usual = in_both_ways(varied, monkeypatch, n_colors=60, space=space, mapping="by_cell")
    assert_same(direct, usual)
    with limit_threads(1):
        assert_same(cq.quantize(varied, 60, space=space, mapping="by_cell"), direct)
    chunked = da.from_array(varied, chunks=(100, 300, 3))
    assert_same(cq.quantize(chunked, 60, space=space, mapping="by_cell").load(), direct)


@pytest.mark.parametrize(
    "choices",
    [
        {"objective": "de2000"},
        {"objective": "flip"},
        {"fixed": ("#ff00ff", "#010203"), "dither": "floyd_steinberg"},
        {"smoothness": 1.0},
        {"cleaning": {"min_size": 5}, "remove_unused": True},
        {"axis_weights": (1, 2, 0.5), "quantizer": "wu"},
    ],
)
def test_both_ways_by_cell_heed_all_choices(varied, choices, monkeypatch):
    assert_same(*in_both_ways(varied, monkeypatch, n_colors=24, mapping="by_cell", **choices))


@pytest.mark.parametrize("stains", [None, "h&e"])
def test_stains_are_looked_for_among_all_colors(varied, stains):
    whole = cq.quantize(varied, 24, space="stains", stains=stains, mapping="by_cell")
    chunked = da.from_array(varied, chunks=(100, 300, 3))
    chunked = cq.quantize(chunked, 24, space="stains", stains=stains, mapping="by_cell").load()
    assert (
        chunked.recipe
        == whole.recipe
        == cq.quantize(varied, 24, space="stains", stains=stains).recipe.replace(mapping="by_cell")
    )
    assert_same(chunked, whole)


@pytest.mark.parametrize("space", ["srgb", "oklab", "lab", "jzazbz"])
def test_a_palette_that_is_designed_from_cells_is_as_good_as_one_of_all_colors(varied, space):
    counts, metric = count_pixels(open_source(varied, alpha="cut")), Recipe(space=space).metric
    errors = []
    for mapping in ("exact", "by_cell"):
        palette = cq.design_palette(varied, 64, space=space, mapping=mapping)
        errors.append((metric.nearest(counts.colors(), palette.colors)[1] * counts.weights()).sum())
    assert errors[1] < 1.01 * errors[0]


@pytest.mark.parametrize(
    "choices",
    [
        {"axis_weights": (1, 2, 0.5)},
        {"fixed": ("#ff00ff", "#010203")},
        {"dither": "floyd_steinberg"},
        {"dither": "bayer"},
        {"remove_unused": True},
        {"quantizer": "kmeans:exchanges=0,iterations=9"},
        {"seed": 5, "quantizer": "kmeans:seeding=kmeans++"},
    ],
)
def test_both_ways_heed_all_choices(varied, choices, monkeypatch):
    assert_same(*in_both_ways(varied, monkeypatch, n_colors=24, space="srgb", **choices))


def test_cells_are_not_counted_where_areas_need_the_colours(varied):
    ground = np.full((varied.shape[0], 2 * varied.shape[1], 3), (250, 248, 244), np.uint8)
    ground[:, -varied.shape[1] :] = varied
    for image, counted in ((varied, CellCounts), (ground, type(None))):
        assert isinstance(count_if_varied(open_source(image, alpha="cut"), "cut"), counted)


def test_both_ways_leave_out_what_has_no_data(varied, monkeypatch):
    alpha = np.full((*varied.shape[:2], 1), 255, np.uint8)
    alpha[:90, 40:] = 0
    alpha[200:300] = 7
    rgba = np.concatenate([varied, alpha], axis=2)
    mask = np.random.default_rng(0).random(varied.shape[:2]) < 0.9
    clear = rgba.copy()
    clear[..., 3] = np.where(rgba[..., 3] == 255, 255, 0)
    for image, given in (
        (rgba, {"alpha": "cut"}), (clear, {}), (varied, {"mask": mask}), (clear, {"mask": mask})
    ):  # fmt: skip
        direct, usual = in_both_ways(image, monkeypatch, n_colors=12, space="srgb", **given)
        assert_same(direct, usual)
        assert not direct.labels[~direct.valid].any()


def test_a_mask_that_hides_nothing_leaves_no_gaps(varied):
    assert cq.quantize(varied, 12, space="srgb", mask=np.ones(varied.shape[:2])).valid is None


def test_the_palette_of_the_direct_way_is_the_designed_one(varied):
    for quantizer in ("kmeans", "fast", "wu"):
        choices = {"n_colors": 32, "space": "srgb", "quantizer": quantizer}
        indexed, palette = cq.quantize(varied, **choices), cq.design_palette(varied, **choices)
        assert indexed.palette == palette
        np.testing.assert_array_equal(indexed.palette.shares, palette.shares)
        assert (np.diff(palette.shares) <= 0).all()


def test_chunks_and_threads_and_the_order_of_pixels_change_nothing(varied):
    whole = cq.quantize(varied, 20, space="srgb")
    assert_same(cq.quantize(da.from_array(varied, chunks=(100, 300, 3)), 20, space="srgb").load(), whole)
    with limit_threads(1):
        assert_same(cq.quantize(varied, 20, space="srgb"), whole)
    turned = cq.quantize(np.ascontiguousarray(varied[::-1, ::-1]), 20, space="srgb")
    assert turned.palette == whole.palette
    np.testing.assert_array_equal(turned.labels[::-1, ::-1], whole.labels)


def test_blocks_change_nothing(varied, monkeypatch):
    whole = cq.quantize(varied, 20, space="srgb")
    monkeypatch.setattr(memory, "BLOCK_IN_PLACE", 1 << 15)
    assert_same(cq.quantize(varied, 20, space="srgb"), whole)


def test_what_needs_the_distinct_colors_has_them(varied, photo):
    def is_direct(image, recipe=None, **given):
        counts = count_image(open_source(image, **given), recipe or Recipe(n_colors=8, space="srgb"))
        return isinstance(counts, CellCounts)

    assert is_direct(varied)
    assert not is_direct(photo)  # small
    assert not is_direct(varied[..., 0])
    assert not is_direct(varied / 255.0)
    assert not is_direct(da.from_array(varied))
    assert not is_direct(varied // 64 * 64)  # flat
    assert not is_direct(varied, importance=np.ones(varied.shape[:2]))
    assert not is_direct(varied, scale=(10, 100))
    for choices in (
        {"n_colors": "auto", "target": {"psnr": 30}},
        {"rare": 0.5},
        {"keep": "lightness", "space": "lab"},
        {"axis_weights": (0, 1, 1)},
        {"quantizer": "octree"},
        {"n_colors": 256, "quantizer": "best"},
    ):
        assert not is_direct(varied, Recipe(**{"n_colors": 8, "space": "srgb", **choices}))


def test_the_view_depends_on_the_colors_alone(varied, photo):
    recipe = Recipe(n_colors=16, space="srgb")
    counts = count_pixels(open_source(varied))
    cells = choose_view(counts, recipe, 16)
    assert isinstance(cells, CellCounts)
    np.testing.assert_array_equal(cells.sums, count_cells(varied.reshape(-1, 3)).sums)
    assert not are_enough(cells, recipe, len(cells) // 64 + 1)
    few = count_pixels(open_source(photo))
    assert choose_view(few, recipe, 16) is few


@pytest.mark.parametrize("design_from", ["full", "level", "sample"])
def test_importance_counts_alike_in_an_image_and_in_a_pyramid(design_from):
    """Where pixels count for more than others, how many there are says nothing of flat areas: in every door."""
    rows, columns = np.ogrid[:96, :96]
    image = np.full((96, 96, 3), (255, 205, 0), np.uint8)
    edge = np.clip(np.hypot(rows - 40, columns - 50) - 25, 0, 4)[..., None] / 4
    image = np.rint(image * edge + np.array([0, 87, 163]) * (1 - edge)).astype(np.uint8)
    importance = np.where(rows < 50, 1.0, 2.5) * np.ones((96, 96))
    expected = cq.design_palette(image, 4, importance=importance)
    assert expected == cq.design_palette(image, 4, importance=importance, flat="mix") != cq.design_palette(image, 4)
    levels = quantize_levels(
        [image, image[::2, ::2]], Recipe(n_colors=4), design_from=design_from, importance=importance,
        level=0, measure_shares=False,
    )  # fmt: skip
    assert levels[0].palette.hex == expected.hex
