"""Labels by cell are those of the middles of cells, told colour by colour, but that the palette's own colours stay."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import napari_colorquant as cq
from image_files import make_rgb_profile
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.mapping.by_cell import CellTable, GrowingCellTable, find_bins
from napari_colorquant.mapping.labels import label_deep, label_levels
from napari_colorquant.mapping.nearest_colors import label_colors, label_keys
from napari_colorquant.mapping.tables import table_of, table_of_block
from napari_colorquant.pixels.cells import count_cells
from napari_colorquant.pixels.keys import keys_to_rgb, levels_to_keys
from napari_colorquant.pixels.rgb_profile import RgbProfile
from napari_colorquant.recipe import Recipe
from napari_colorquant.spaces import SPACES, DifferenceMetric, HueMetric, Metric

#: Of a cell of 4 x 4 x 4 levels, from its middle to a corner.
RADIUS = 1.5 * np.sqrt(3)

METRICS = {
    **{name: Metric(space) for name, space in SPACES.items()},
    "weighted": Metric(SPACES["oklab"], (1, 2, 0.5)),
    "without an axis": Metric(SPACES["lab"], (0, 1, 1)),
    "hue": HueMetric(SPACES["oklab"]),
    "CIEDE2000": DifferenceMetric(SPACES["oklab"]),
    "a profile": Metric(SPACES["oklab"], (), RgbProfile(make_rgb_profile("p3"))),
}  # fmt: skip


def _by_cell(metric):
    return replace(metric, by_cell=True)


def _nearest(color, palette, metric):
    """Return the palette colour that a metric says is nearest to one, of equally near ones that of the smallest key."""
    order = np.argsort(levels_to_keys(palette), kind="stable")
    costs = [metric.nearest(color[None], palette[index : index + 1])[1][0] for index in order]
    return order[int(np.argmin(costs))]


def _naive_label(color, palette, metric):
    """Return the label of one colour of 8 or 16 bits, as it is defined."""
    white, step = np.iinfo(color.dtype).max, 1 if color.dtype == np.uint8 else 257
    wide = palette.astype(int) * (white // np.iinfo(palette.dtype).max)
    if (wide == color).all(axis=1).any():
        return _nearest(color, palette, metric)
    levels = [(int(level) + step // 2) // step for level in color]
    middle = levels if max(levels) < 32 else [level // 4 * 4 + 1.5 for level in levels]
    return _nearest((np.float32(middle) / np.float32(255)), palette, metric)


@st.composite
def _palettes(draw):
    """Draw palettes that are spread, crowded into few cells, dark, or have repeats."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.sampled_from([1, 2, 16, 60]))
    kind = draw(st.sampled_from(["spread", "crowded", "dark", "repeated"]))
    colors = rng.integers(0, 256, (count, 3))
    if kind == "crowded":
        colors = np.clip(rng.normal(colors[0], 4, (count, 3)), 0, 255)
    elif kind == "dark":
        colors = colors // 6
    elif kind == "repeated":
        colors = colors[rng.integers(0, 1 + count // 2, count)]
    return colors.astype(np.uint8)


def _colors_around(palette, rng, count=60):
    """Return colours anywhere, dark ones, those of the palette, and ones beside these."""
    near = palette[rng.integers(0, len(palette), count)].astype(int) + rng.integers(-3, 4, (count, 3))
    several = [rng.integers(0, 256, (count, 3)), rng.integers(0, 40, (count, 3)), np.clip(near, 0, 255), palette]
    return np.ascontiguousarray(np.concatenate(several).astype(np.uint8))


@pytest.mark.parametrize("name", METRICS)
def test_labels_are_those_of_the_definition(name, rng):
    metric = METRICS[name]
    for palette in (rng.integers(0, 256, (12, 3), np.uint8), np.clip(rng.normal(20, 6, (12, 3)), 0, 255).astype("u1")):
        rgb = _colors_around(palette, rng, 20)
        expected = [_naive_label(color, palette, metric) for color in rgb]
        np.testing.assert_array_equal(table_of_block(rgb, palette, _by_cell(metric)).look_up(rgb), expected)


@pytest.mark.parametrize("name", METRICS)
def test_every_way_to_a_label_gives_the_same(name, rng, photo):
    metric = _by_cell(METRICS[name])
    palette = np.concatenate(
        [photo.reshape(-1, 3)[:: photo.size // 90], np.uint8([[0, 0, 0], [1, 1, 0], [90, 90, 90]])]
    )
    rgb = np.concatenate([photo.reshape(-1, 3)[::7], _colors_around(palette, rng)])
    labels = label_colors(rgb, palette, metric)
    assert len(np.unique(labels)) > 8 or len(metric.active) < 3
    np.testing.assert_array_equal(label_keys(levels_to_keys(rgb), palette, metric), labels)
    np.testing.assert_array_equal(label_levels(rgb, palette, metric), labels)
    np.testing.assert_array_equal(CellTable.of_cells(count_cells(rgb), palette, metric).look_up(rgb), labels)
    growing = GrowingCellTable(palette, metric)
    for part in np.array_split(np.arange(len(rgb)), 4):
        np.testing.assert_array_equal(growing.look_up(np.ascontiguousarray(rgb[part])), labels[part])


@given(_palettes(), st.integers(0, 2**32 - 1))
def test_a_label_is_farther_than_the_nearest_by_the_width_of_a_cell_at_most(palette, seed):
    rgb = _colors_around(palette, np.random.default_rng(seed))
    labels = label_levels(rgb, palette, Metric(SPACES["srgb"], by_cell=True))
    distances = np.linalg.norm(rgb[:, None].astype(float) - palette[None], axis=2)
    chosen = distances[np.arange(len(rgb)), labels]
    assert (chosen <= distances.min(axis=1) + 2 * RADIUS + 1e-3).all()  # the triangle inequality, there and back
    is_dark = rgb.max(axis=1) < 32
    np.testing.assert_allclose(chosen[is_dark], distances.min(axis=1)[is_dark], atol=1e-3)


@given(_palettes(), st.sampled_from(sorted(METRICS)))
def test_colors_of_the_palette_have_the_labels_that_they_have_exactly(palette, name):
    exact = label_levels(palette, palette, METRICS[name])
    np.testing.assert_array_equal(label_levels(palette, palette, _by_cell(METRICS[name])), exact)


def test_all_other_colors_of_a_cell_have_one_label(rng):
    palette = rng.integers(0, 256, (200, 3), np.uint8)
    keys = np.arange(1 << 24, dtype=np.uint32)
    rgb = keys_to_rgb(keys)
    labels = table_of(palette, Metric(SPACES["srgb"], by_cell=True)).look_up(rgb)
    own = np.isin(keys, levels_to_keys(palette)) | (rgb < 32).all(axis=1)
    cell = (rgb[:, 0].astype(np.int64) >> 2) << 12 | (rgb[:, 1].astype(np.int64) >> 2) << 6 | rgb[:, 2] >> 2
    first = np.full(1 << 18, -1)
    first[cell[~own]] = labels[~own]
    np.testing.assert_array_equal(first[cell[~own]], labels[~own])


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("space", ["srgb", "oklab"])
def test_sixteen_bits_go_by_the_level_of_eight(space, depth, rng):
    metric = Metric(SPACES[space], by_cell=True)
    palette = (rng.integers(0, 256, (20, 3)) * (1 if depth == np.uint8 else 257)).astype(depth)
    palette[::2] += depth(3)
    palette[1] = palette[0] + depth(1)
    own = palette.astype(np.uint16) * np.uint16(257 if depth == np.uint8 else 1)
    levels = np.concatenate([rng.integers(0, 1 << 16, (200, 3)).astype(np.uint16), own, own + np.uint16(1)])
    expected = [_naive_label(color, palette, Metric(SPACES[space])) for color in levels]
    np.testing.assert_array_equal(label_deep(levels, palette, metric), expected)
    np.testing.assert_array_equal(label_colors(levels, palette, metric), expected)
    gray = np.ascontiguousarray(np.repeat(levels[:, :1], 3, axis=1))
    expected = [_naive_label(color, palette, Metric(SPACES[space])) for color in gray]
    np.testing.assert_array_equal(label_deep(gray, palette, metric, is_gray=True), expected)


def test_cells_are_found_wherever_they_occur(large_photo):
    rgb = large_photo.reshape(-1, 3)
    occurs = find_bins(rgb)
    assert np.count_nonzero(occurs) == len(count_cells(rgb))
    assert not find_bins(rgb[:0]).any()


def test_threads_and_parts_change_nothing(large_photo):
    rgb = large_photo.reshape(-1, 3)
    metric, palette = Metric(SPACES["oklab"], by_cell=True), np.ascontiguousarray(rgb[:: len(rgb) // 300])
    whole = table_of(palette, metric).look_up(rgb)
    with limit_threads(1):
        np.testing.assert_array_equal(GrowingCellTable(palette, metric).look_up(rgb), whole)
    table = CellTable.of_colors(rgb, palette, metric)
    parts = [table.look_up(np.ascontiguousarray(part)) for part in np.array_split(rgb, 7)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("n_colors", [3, 300])
def test_a_ranked_table_has_the_labels_of_a_palette_in_that_order(large_photo, rng, n_colors):
    rgb = large_photo.reshape(-1, 3)
    palette = np.unique(np.concatenate([rgb[:: len(rgb) // n_colors], rgb[:: len(rgb) // n_colors] // 2]), axis=0)
    table = CellTable.of_colors(rgb, palette, Metric(SPACES["oklab"], by_cell=True))
    rank = rng.permutation(len(palette)).astype(table.labels.dtype)
    np.testing.assert_array_equal(table.ranked(rank).look_up(rgb), rank[table.look_up(rgb)])


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("top", [256, 1 << 16])
def test_no_more_colors_than_asked_for_come_out_unchanged(space, top, rng):
    few = np.concatenate(
        [rng.integers(0, 4, (6, 3)), top - 1 - rng.integers(0, 4, (6, 3)), rng.integers(0, top, (4, 3))]
    )
    image = few[rng.integers(0, len(few), (40, 50))].astype(np.uint8 if top == 256 else np.uint16)
    indexed = cq.quantize(image, 16, space=space, mapping="by_cell")
    exact = cq.quantize(image, 16, space=space)
    np.testing.assert_array_equal(indexed.labels, exact.labels)
    assert indexed.palette == exact.palette


def test_what_was_mapped_stays_as_it_is(large_photo):
    for choices in ({"space": "srgb"}, {"space": "oklab"}, {"objective": "de2000"}):
        indexed = cq.quantize(large_photo, 256, mapping="by_cell", **choices)
        again = cq.map_pixels(indexed.to_rgb(), indexed.palette, mapping="by_cell", **choices)
        np.testing.assert_array_equal(again.labels, indexed.labels)


def test_what_goes_on_from_the_labels_begins_with_those_of_cells(photo):
    palette = cq.design_palette(photo, 60, space="srgb")

    def mapped(mapping="by_cell", **choices):
        return cq.map_pixels(photo, palette, space="srgb", mapping=mapping, **choices)

    coarse = mapped()
    assert (mapped("exact").labels != coarse.labels).mean() > 0.01
    smoothed = mapped(smoothness=1e-6)  # of so little, pixels go to what is nearer among the labels around them
    assert cq.distortion(photo, smoothed).mse < cq.distortion(photo, coarse).mse
    cleaned = mapped(cleaning={"min_size": 2}).labels
    assert 0 < (cleaned != coarse.labels).mean() < (cleaned != mapped("exact").labels).mean()
    flat = palette.colors[np.arange(60).reshape(6, 10).repeat(4, axis=0).repeat(4, axis=1)]
    for dither in ("floyd_steinberg", "bayer", "riemersma"):
        dithered = cq.map_pixels(flat, palette, space="srgb", dither=dither, mapping="by_cell")
        np.testing.assert_array_equal(dithered.to_rgb(), flat)


def test_pixels_that_keep_their_lightness_are_mapped_by_cell(photo):
    palette = cq.design_palette(photo, 60)
    kept = cq.map_pixels(photo, palette, mapping="by_cell", keep="lightness")
    alone = cq.map_pixels(photo, palette, mapping="by_cell", axis_weights={"L": 0})
    np.testing.assert_array_equal(kept.labels, alone.labels)


def test_graded_alpha_is_mapped_exactly(photo):
    fading = np.broadcast_to(np.linspace(0, 255, photo.shape[1]).astype(np.uint8), photo.shape[:2])
    image = np.dstack([photo, fading])
    exact, coarse = (cq.quantize(image, 30, mapping=mapping) for mapping in ("exact", "by_cell"))
    np.testing.assert_array_equal(exact.labels, coarse.labels)
    assert exact.palette == coarse.palette
    assert exact.palette.is_graded


def test_an_unknown_mapping_is_refused():
    with pytest.raises(ValueError, match="mapping must be one of exact, by_cell, got 'box'"):
        Recipe(mapping="box")
