import numpy as np
import pytest

from napari_colorquant import SPACES, design_palette, map_pixels, quantize
from napari_colorquant.spaces.gamut import draw_into_gamut, measure_chroma
from napari_colorquant.spaces.hue import HueMetric, make_metric

KEEPS_LIGHTNESS = ("oklab", "lab", "luv", "ycbcr")
KEEPS_CHROMA = ("hsv", "oklab", "lab")


def _lightness(space, rgb):
    return space.from_srgb(rgb.reshape(-1, 3))[:, space.axes.index(space.lightness)]


@pytest.mark.parametrize("name", KEEPS_LIGHTNESS)
@pytest.mark.parametrize("n_colors", [2, 5])
def test_pixels_keep_their_lightness(name, n_colors, any_photo):
    space = SPACES[name]
    kept = quantize(any_photo, n_colors, space=name, keep="lightness")
    span = np.ptp(_lightness(space, np.array([[0, 0, 0], [255, 255, 255]], np.uint8)))
    off = np.abs(_lightness(space, kept.to_rgb()) - _lightness(space, any_photo)) / span
    assert off.mean() < 0.002
    assert np.quantile(off, 0.99) < 0.01  # the gamut is 8 bits wide: one level of black is a large step of lightness


@pytest.mark.parametrize("name", KEEPS_LIGHTNESS)
def test_kept_lightness_leaves_k_labels_and_many_colors(name, photo):
    kept = quantize(photo, 4, space=name, keep="lightness")
    assert len(kept.palette) == 4
    assert set(np.unique(kept.labels)) == {0, 1, 2, 3}
    assert kept.is_recolored
    assert len(np.unique(kept.to_rgb().reshape(-1, 3), axis=0)) > 100
    assert not quantize(photo, 4, space=name).is_recolored


@pytest.mark.parametrize("name", KEEPS_LIGHTNESS)
def test_labels_look_at_chroma_alone(name, photo):
    kept = quantize(photo, 5, space=name, keep="lightness")
    space = SPACES[name]
    axes = [space.axes.index(axis) for axis in space.chroma]
    scale = np.array(space.default_scale)[axes]
    colors = space.from_srgb(photo.reshape(-1, 3))[:, axes] * scale
    palette = space.from_srgb(kept.palette.colors)[:, axes] * scale
    distances = ((colors[:, None] - palette) ** 2).sum(axis=2)
    chosen = np.take_along_axis(distances, kept.labels.reshape(-1, 1).astype(int), axis=1)[:, 0]
    assert chosen == pytest.approx(distances.min(axis=1), rel=1e-3, abs=1e-6)


def test_recolored_pixels_have_the_palettes_chroma_inside_the_gamut(photo):
    space = SPACES["oklab"]
    kept = quantize(photo, 4, keep="lightness")
    new = space.from_srgb(kept.recolored.reshape(-1, 3))
    wanted = new.copy()
    wanted[:, 0] = _lightness(space, photo)
    wanted[:, 1:] = space.from_srgb(kept.palette.colors)[kept.labels.reshape(-1), 1:]
    drawn = draw_into_gamut(space, wanted)
    light = wanted[:, 0] > 0.2  # in the dark, 8 bits are coarse
    assert np.abs(new - drawn)[light].max() < 0.02


@pytest.mark.parametrize("name", ["oklab", "lab", "luv", "ycbcr", "hsv"])
def test_drawing_into_the_gamut_keeps_lightness_and_hue(name, rng):
    space = SPACES[name]
    vivid = space.from_srgb(rng.integers(0, 256, (500, 3), dtype=np.uint8)).copy()
    axes = [space.axes.index(axis) for axis in space.chroma]
    vivid[:, axes] *= 2
    drawn = draw_into_gamut(space, vivid)
    rgb = space.to_rgb(drawn)
    assert rgb.min() > -1e-3
    assert rgb.max() < 1 + 1e-3
    light = space.axes.index(space.lightness)
    assert (drawn[:, light] == vivid[:, light]).all()
    cross = drawn[:, axes[0]] * vivid[:, axes[1]] - drawn[:, axes[1]] * vivid[:, axes[0]]
    assert np.abs(cross).max() <= 1e-5 * (vivid[:, axes] ** 2).sum(axis=1).max()


@pytest.mark.parametrize("name", KEEPS_CHROMA)
def test_pixels_keep_chroma_and_lightness(name, photo):
    space = SPACES[name]
    kept = quantize(photo, 5, space=name, keep="chroma")
    old, new = (space.from_srgb(rgb.reshape(-1, 3)) for rgb in (photo, kept.recolored))
    top = measure_chroma(space, space.from_srgb(np.array([[255, 0, 0]], np.uint8)))[0]
    gained = (measure_chroma(space, new) - measure_chroma(space, old)) / top
    bright = _lightness(space, photo) > 0.2 * _lightness(space, np.full((1, 3), 255, np.uint8))
    assert gained[bright].max() < 0.03
    assert np.median(np.abs(gained)) < 0.01
    off = np.abs(_lightness(space, kept.recolored) - _lightness(space, photo))
    assert off.mean() < 0.002 * _lightness(space, np.full((1, 3), 255, np.uint8))[0]


@pytest.mark.parametrize("name", KEEPS_CHROMA)
def test_grays_are_a_class_of_their_own(name, photo):
    space = SPACES[name]
    kept = quantize(photo, 5, space=name, keep="chroma")
    metric = HueMetric(space)
    gray_pixels = metric.split(metric.coordinates(photo.reshape(-1, 3)))
    gray_entries = metric.split(metric.coordinates(kept.palette.colors))
    assert gray_entries.sum() == 1
    assert (gray_entries[kept.labels.reshape(-1)] == gray_pixels).all()
    assert (kept.recolored.reshape(-1, 3)[gray_pixels] == photo.reshape(-1, 3)[gray_pixels]).all()


def test_a_few_gray_pixels_among_vivid_ones_are_a_class_of_their_own():
    hues = np.array([[255, 0, 0], [250, 40, 0], [0, 255, 0], [0, 250, 60], [0, 0, 255], [60, 0, 250]], np.uint8)
    image = np.repeat(hues[None], 50, axis=0)
    image[0, 0] = 128
    kept = quantize(image, 4, keep="chroma")
    assert (kept.labels == kept.labels[0, 0]).sum() == 1


def test_hues_on_both_sides_of_red_are_one_class():
    reds = [[255, 0, 30], [255, 30, 0], [255, 0, 20], [255, 20, 0]]  # hue just below 360 and just above 0 degrees
    blues = [[0, 0, 255], [30, 0, 255], [0, 30, 255], [10, 0, 255]]
    kept = quantize(np.array([reds, blues], np.uint8), 2, space="hsv", keep="chroma")
    assert len(np.unique(kept.labels[0])) == 1
    assert kept.labels[0, 0] != kept.labels[1, 0]


def test_hue_does_not_look_at_lightness_or_chroma():
    metric = make_metric(SPACES["hsv"], (1.0, 1.0, 1.0), "chroma")
    red = metric.coordinates(np.array([[200, 0, 0], [90, 0, 0], [220, 110, 110]], np.uint8))
    assert np.ptp(red, axis=0) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("name", "keep"), [("oklab", "lightness"), ("hsv", "chroma")])
def test_a_given_palette_recolors_too(name, keep, photo):
    palette = ["#ff0000", "#00ff00", "#0000ff", "#808080"]
    kept = map_pixels(photo, palette, space=name, keep=keep)
    assert kept.palette.hex == tuple(palette)
    assert kept.recolored.shape == photo.shape


@pytest.mark.parametrize(("name", "keep"), [("oklab", "lightness"), ("hsv", "chroma")])
def test_palette_image_is_left_alone(name, keep, photo):
    colors = design_palette(photo, 6).colors
    image = colors[np.arange(36).reshape(6, 6) % 6]
    assert (map_pixels(image, colors[:6], space=name, keep="lightness").to_rgb() == image).mean() > 0.99


@pytest.mark.parametrize(("name", "keep"), [("oklab", "lightness"), ("hsv", "chroma")])
def test_frames_and_gaps(name, keep, photo):
    stack = np.stack([photo[:40, :50], photo[40:80, :50]])
    mask = np.ones(stack.shape[:3], bool)
    mask[0, :5] = False
    kept = quantize(stack, 4, space=name, keep=keep, mask=mask)
    alone = map_pixels(stack[1], kept.palette, space=name, keep=keep)
    assert (kept.recolored[1] == alone.recolored).all()
    assert (kept.to_rgb()[0, :5] == 0).all()


def test_recipe_of_a_recolored_image_makes_it_again(photo):
    kept = quantize(photo, 4, space="hsv", keep="chroma")
    again = quantize(photo, **{k: v for k, v in kept.recipe.to_dict().items() if k != "version"})
    assert (again.to_rgb() == kept.to_rgb()).all()


@pytest.mark.parametrize("keep", ["lightness", "chroma"])
@pytest.mark.parametrize("name", ["srgb", "linear", "hed", "gray"])
def test_spaces_that_mix_lightness_and_color_are_refused(name, keep, photo):
    with pytest.raises(ValueError, match=f"needs a space that tells lightness and colour apart.*got {name}"):
        quantize(photo, 4, space=name, keep=keep)


def test_weights_that_leave_nothing_are_refused(photo):
    with pytest.raises(ValueError, match="needs a weight > 0 for a or b"):
        quantize(photo, 4, keep="lightness", axis_weights=(1, 0, 0))


def test_a_dither_is_refused_rather_than_ignored(photo):
    with pytest.raises(ValueError, match="dither must be 'none' with keep='lightness'"):
        quantize(photo, 4, keep="lightness", dither="floyd_steinberg")


@pytest.mark.parametrize("axis_weights", [None, {"hematoxylin": 2, "eosin": 0}])
def test_brown_dab_areas_are_labels_of_their_own(axis_weights, stains):
    labels = quantize(stains, 4, space="hed", axis_weights=axis_weights).labels.reshape(-1)
    red, _, blue = stains.reshape(-1, 3).astype(int).T
    brown, bluish = red - blue > 60, blue - red > 5
    counts = np.array([np.bincount(labels[area], minlength=4) for area in (brown, bluish)])
    dab = counts[0] > counts[1]
    assert counts[0, dab].sum() > 0.99 * brown.sum()
    assert counts[1, dab].sum() < 0.01 * bluish.sum()


def test_stain_levers_part_dab_from_the_counterstain(stains):
    mapped = quantize(stains, 4, space="hed", axis_weights={"hematoxylin": 2, "eosin": 0})
    dab = SPACES["hed"].from_srgb(stains.reshape(-1, 3))[:, 2]
    red, _, blue = stains.reshape(-1, 3).astype(int).T
    labels = mapped.labels.reshape(-1)
    share = np.bincount(labels, red - blue > 60, minlength=4) / np.bincount(labels, minlength=4)
    assert set(np.where(share > 0.5, "brown", np.where(share < 0.05, "other", "mixed"))) == {"brown", "other"}
    assert dab[(share > 0.5)[labels]].mean() > 2 * dab[(share < 0.05)[labels]].mean()
