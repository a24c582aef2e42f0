"""Flat colours come out exactly, a spot that stands alone is kept, and photographs stay as they are."""

import dask.array as da
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from skimage import data

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.design.counted import CountedColors
from napari_colorquant.pipeline.seeing import count_image
from napari_colorquant.pipeline.verbs import run
from napari_colorquant.pixels.cells import CellCounts, count_cells
from napari_colorquant.pixels.counts import count_colors
from napari_colorquant.pixels.source import open_source
from napari_colorquant.spaces import SPACES, Metric

PHOTO = data.astronaut()[::2, ::2].copy()
#: What is drawn in the graphics of these tests.
COLORS = [(255, 255, 255), (0, 87, 163), (255, 205, 0), (220, 30, 50), (40, 42, 46), (120, 180, 90)]


def draw(colors, side=128, larger=4, seed=0):
    """Return antialiased discs of `colors` on the first of them."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", (side * larger, side * larger), colors[0])
    pen = ImageDraw.Draw(picture)
    for i, color in enumerate(colors[1:]):
        corner = np.array([i % 3, i // 3]) * side / 3
        box = [*(corner + rng.uniform(2, 6, 2)), *(corner + side / 3 - 3)]
        pen.ellipse([larger * place for place in box], fill=tuple(color))
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX)).copy()


def squares(image, result):
    return float(np.square(image.astype(float) - result).sum(axis=-1).mean())


@pytest.mark.parametrize("space", ["oklab", "srgb", "lab", "ycbcr", "linear"])
@pytest.mark.parametrize("n_colors", [8, 12, 32])
def test_the_colours_of_areas_come_out_exactly(space, n_colors):
    image = draw(COLORS)
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 2 * n_colors
    indexed = cq.quantize(image, n_colors, space=space)
    assert set(COLORS) <= set(indexed.palette)
    is_flat = (image[:, :, None] == np.array(COLORS)).all(axis=-1).any(axis=-1)
    assert np.array_equal(indexed.to_rgb()[is_flat], image[is_flat])
    assert len(indexed.palette) == n_colors


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=2, max_size=9, unique=True), st.integers(0, 5))
def test_any_colours_of_areas_come_out_exactly_where_they_leave_room_for_the_edges(colors, seed):
    image = draw(colors, 96, seed=seed)
    palette = cq.quantize(image, 12).palette
    away = np.abs(np.array(colors)[:, None] - np.array(colors)).max(axis=2)
    alone = [color for color, others in zip(colors, away, strict=True) if np.sort(others)[1] > 4]
    assert set(alone) <= set(palette)
    nearest = np.abs(np.array(colors)[:, None] - palette.colors.astype(int)).max(axis=2).min(axis=1)
    assert nearest.max() <= 4  # of those that look the same, one will do


def test_of_two_areas_that_look_the_same_one_has_an_entry():
    """A gray of 127 in many pixels, 128 in a few more than an area needs, and all blends with black and white."""
    image = np.full((64, 64, 3), 255, np.uint8)
    image[:30] = 127
    image[30, :24] = 128
    image[31:40] = 0
    image[40:44] = np.linspace(1, 254, 256).astype(np.uint8).reshape(4, 64, 1)
    palette = {color[0] for color in cq.quantize(image, 6, space="srgb").palette}
    assert {0, 127, 255} <= palette
    assert 128 not in palette
    assert squares(image, cq.quantize(image, 6, space="srgb").to_rgb()) < 1.3 * squares(
        image, cq.quantize(image, 6, space="srgb", flat="mix").to_rgb()
    )


@pytest.mark.parametrize("quantizer", cq.QUANTIZERS)
def test_areas_are_exact_whatever_the_method(quantizer):
    assert set(COLORS) <= set(cq.quantize(draw(COLORS), 10, quantizer=quantizer).palette)


@pytest.mark.parametrize("dither", ["floyd_steinberg", "bayer"])
def test_areas_stay_exact_with_a_dither(dither):
    image = draw(COLORS)
    indexed = cq.quantize(image, 10, dither=dither)
    assert set(COLORS) <= set(indexed.palette)


def test_the_error_of_graphics_hardly_rises_for_that():
    image = draw(COLORS)
    for n_colors in (10, 16, 32):
        kept, mixed = (cq.quantize(image, n_colors, flat=flat) for flat in ("keep", "mix"))
        assert squares(image, kept.to_rgb()) < 1.35 * squares(image, mixed.to_rgb())


def test_with_too_few_colours_the_largest_areas_are_exact():
    palette = cq.quantize(draw(COLORS), 4).palette
    assert COLORS[0] in set(palette)


@pytest.mark.parametrize("n_colors", [8, 16, 64])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_sixteen_saturated_pixels_are_not_lost(n_colors, dtype):
    y, x = np.mgrid[:200, :240]
    waves = np.stack([90 + 40 * np.sin(x / 40), 100 + 30 * np.cos(y / 30), 110 + 20 * np.sin((x + y) / 50)], axis=-1)
    image = np.rint(waves + np.random.default_rng(0).normal(0, 2, waves.shape)).astype(np.uint8)
    image[50:54, 60:64] = (255, 0, 0)
    given_ = image if dtype == np.uint8 else image.astype(np.uint16) * 257
    indexed = cq.quantize(given_, n_colors)
    assert (indexed.to_rgb()[50:54, 60:64] == (255, 0, 0)).all()
    mixed = cq.quantize(given_, n_colors, flat="mix")
    if n_colors == 8:
        assert not (mixed.to_rgb()[50:54, 60:64] == (255, 0, 0)).any()
    assert squares(image, indexed.to_rgb()) < 1.25 * squares(image, mixed.to_rgb())


@pytest.mark.parametrize("space", ["srgb", "linear"])
@pytest.mark.parametrize("n_colors", [8, 16, 64])
def test_sixteen_saturated_pixels_are_not_lost_where_a_photograph_is_seen_by_its_cells(space, n_colors):
    image = data.coffee()
    image[50:54, 60:64] = (0, 255, 40)
    recipe = cq.Recipe(n_colors=n_colors, space=space)
    assert isinstance(count_image(open_source(image), recipe), CellCounts)
    kept, mixed = (run(image, recipe.replace(flat=flat)) for flat in ("keep", "mix"))
    assert (kept.to_rgb()[50:54, 60:64] == (0, 255, 40)).all()
    if n_colors < 64:
        assert not (mixed.to_rgb()[50:54, 60:64] == (0, 255, 40)).any()
    # One entry fewer for the rest: of eight, that is as much as they cost.
    fewer = cq.quantize(image, n_colors - 1, space=space, flat="mix")
    assert squares(image, kept.to_rgb()) < 1.02 * squares(image, fewer.to_rgb())
    assert cq.design_palette(da.from_array(image, chunks=(150, 200, 3)), n_colors, space=space) == kept.palette


@pytest.mark.parametrize("dither", ["none", "floyd_steinberg"])
def test_areas_beside_a_photograph_come_out_exactly_in_any_space(dither):
    photo = data.astronaut()
    areas = np.repeat(np.array(COLORS, np.uint8), 100, axis=0)[:512, None]
    image = np.concatenate([photo, np.broadcast_to(areas, (512, 1000, 3))], axis=1)
    for space in ("srgb", "oklab"):
        indexed = cq.quantize(image, 24, space=space, dither=dither)
        assert set(COLORS) <= set(indexed.palette)
    assert (cq.quantize(image, 24, space="srgb").to_rgb()[:, 512:] == areas).all()


@pytest.mark.parametrize("least", [1, 2, 9])
def test_a_cell_is_single_if_its_mean_is_a_level(rng, least):
    rgb = np.concatenate([rng.integers(0, 256, (50_000, 3), np.uint8), np.full((9, 3), 77, np.uint8)])
    cells = count_cells(rgb)
    single = CountedColors.from_counts(cells, Metric(SPACES["srgb"])).find_single(least)
    means = cells.sums[:, 1:] / cells.sums[:, :1]
    is_level = (means == np.rint(means)).all(axis=1)
    np.testing.assert_array_equal(single, np.flatnonzero(is_level & (cells.sums[:, 0] >= least)))
    assert 0 < len(single) < len(cells)
    counts = count_colors(rgb)
    listed = CountedColors.from_counts(counts, Metric(SPACES["srgb"])).find_single(least)
    np.testing.assert_array_equal(listed, np.flatnonzero(counts.counts >= least))


@pytest.mark.parametrize("n_colors", [8, 16, 64, 256])
@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee"])
def test_photographs_stay_as_they_are(n_colors, name):
    image = getattr(data, name)()[::2, ::2].copy()
    kept, mixed = (squares(image, cq.quantize(image, n_colors, flat=flat).to_rgb()) for flat in ("keep", "mix"))
    assert abs(kept / mixed - 1) <= 1e-3


@given(st.integers(0, 1000), st.integers(3, 20))
def test_a_gray_image_stays_gray(seed, n_colors):
    rng = np.random.default_rng(seed)
    levels = rng.choice(256, rng.integers(2, 40), replace=False).astype(np.uint8)
    image = np.repeat(rng.choice(levels, (40, 40), p=rng.dirichlet(np.ones(len(levels))))[..., None], 3, axis=2)
    for flat in ("keep", "mix"):
        colors = cq.quantize(image, n_colors, flat=flat).palette.colors
        assert (colors == colors[:, :1]).all()


def test_fixed_and_rare_colours_stay_beside_areas():
    image = draw(COLORS)
    palette = cq.quantize(image, 12, fixed=["#010203"], rare=0.5).palette
    assert {(1, 2, 3), *COLORS} <= set(palette)
    assert [palette.locked[list(palette).index(color)] for color in [(1, 2, 3), *COLORS]] == [True] + [False] * 6


def test_the_bits_of_a_device_go_before_areas():
    palette = cq.quantize(draw(COLORS), 10, bits=3).palette
    assert cq.Recipe(bits=3).grid.holds(palette.colors).all()


def test_mixed_is_what_the_quantizer_finds():
    image = draw(COLORS)
    mixed = cq.quantize(image, 4, flat="mix")
    assert mixed.recipe.flat == "mix"
    assert not set(COLORS[1:]) <= set(mixed.palette)
    with pytest.raises(ValueError, match="flat must be one of"):
        cq.Recipe(flat="yes")


def test_the_terminal_keeps_areas_unless_told_otherwise(tmp_path):
    Image.fromarray(draw(COLORS)).save(tmp_path / "logo.png")
    for words, is_exact in (([], True), (["--flat", "mix"], False)):
        assert main([str(tmp_path / "logo.png"), "-n", "8", "-o", str(tmp_path / "o.png"), "--force", *words]) == 0
        with Image.open(tmp_path / "o.png") as picture:
            colors = set(map(tuple, np.asarray(picture.convert("RGB")).reshape(-1, 3).tolist()))
        assert (set(COLORS) <= colors) == is_exact


def test_an_importance_mixes_and_a_mask_does_not():
    image = draw(COLORS)
    everything = np.ones(image.shape[:2])
    weighed = cq.quantize(image, 8, importance=everything)
    assert weighed.palette.hex == cq.quantize(image, 8, flat="mix").palette.hex
    assert cq.design_palette([image], 8, importance=[everything]).hex == weighed.palette.hex
    assert set(COLORS) <= set(cq.quantize(image, 8, mask=everything).palette)
