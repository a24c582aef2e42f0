"""The objectives "flip" and "ssimulacra2": less lacks to an eye than with the same choices without them."""

import dask.array as da
import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage import data

import napari_colorquant as cq
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.cli import main
from napari_colorquant.design.picture_squares import take_squares
from napari_colorquant.pipeline.frames import quantize_frames
from napari_colorquant.pixels.source import open_source
from napari_colorquant.spaces import SPACES
from napari_colorquant.spaces.objectives import OBJECTIVES
from napari_colorquant.spaces.sight import FLIP
from napari_colorquant.spaces.sight import SSIMULACRA2 as SIGHT

PHOTO = data.astronaut()[100:260:2, 100:340:2].copy()
PICTURES = {
    "astronaut": PHOTO,
    "coffee": data.coffee()[::5, ::5].copy(),
    "stain": data.immunohistochemistry()[::5, ::5].copy(),
}
SIGHTS = {name: entry for name, entry in OBJECTIVES.items() if entry.sight is not None}

every_sight = pytest.mark.parametrize("objective", SIGHTS)


def _blur(plane, radius):
    return gaussian_filter(plane, radius, mode="nearest", truncate=2.5)


def _flip_like(image, result):
    """Return what FLIP's colour part makes of a result, by the paper, in Lab with Hunt's effect, from .5 on."""

    def look(colors):
        return SPACES["hunt_lab"].from_srgb(colors.reshape(-1, 3)).reshape(colors.shape).astype(np.float64)

    rest = look(image) - look(result)
    seen = np.stack([_blur(rest[..., i], radius) for i, radius in enumerate(FLIP.radii)], axis=-1)
    return np.mean(np.maximum(np.abs(seen[..., 0]) + np.hypot(seen[..., 1], seen[..., 2]), 0.5) ** 0.7)


def _structure_lost(image, result):
    """Return squares of what lacks in XYB, after windows of 1.5 pixels and before, more where the image is calm."""
    factors = cq.Recipe(objective="ssimulacra2").metric.factors
    first, second = (
        (SPACES["xyb"].from_srgb(each.reshape(-1, 3)).reshape(each.shape) * factors).astype(np.float64)
        for each in (image, result)
    )
    lost = 0.0
    for plane, other in zip(np.moveaxis(first, -1, 0), np.moveaxis(second, -1, 0), strict=True):
        counts = 0.0
        for window in (1.5, 3.0, 6.0):
            varies = _blur(plane**2, window) - _blur(plane, window) ** 2
            counts = counts + _blur(SIGHT.calm / (2 * np.maximum(varies, 0) + SIGHT.calm), window)
        seen = _blur(plane - other, SIGHT.radii[0])
        lost += np.mean(counts * ((1 - SIGHT.own) * seen**2 + SIGHT.own * (plane - other) ** 2))
    return lost


LOSSES = {"flip": _flip_like, "ssimulacra2": _structure_lost}


def _own_space(objective):
    entry = OBJECTIVES[objective]
    return {"space": entry.space.name, "axis_weights": entry.axis_weights or None}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("n_colors", [4, 16, 64])
def test_flip_sees_less_lacking_than_in_the_default_space(name, n_colors):
    image = PICTURES[name]
    plain, lowered = (cq.quantize(image, n_colors, objective=o).to_rgb() for o in ("mse", "flip"))
    assert _flip_like(image, lowered) < _flip_like(image, plain)


@every_sight
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("n_colors", [2, 8, 32])
def test_less_lacks_than_in_its_own_space_without_its_steps(objective, name, n_colors):
    image = PICTURES[name]
    plain = cq.quantize(image, n_colors, **_own_space(objective)).to_rgb()
    lowered = cq.quantize(image, n_colors, objective=objective).to_rgb()
    assert LOSSES[objective](image, lowered) < LOSSES[objective](image, plain)


@every_sight
def test_every_pixel_has_the_nearest_colour_in_the_space_of_the_objective(objective):
    metric = cq.Recipe(objective=objective).metric
    for indexed in (cq.quantize(PHOTO, 24, objective=objective), cq.map_pixels(PHOTO, "pico8", objective=objective)):
        pixels, palette = (metric.coordinates(each).astype(np.float64) for each in _both(indexed))
        distances = ((pixels[:, None] - palette) ** 2).sum(axis=-1)
        own = distances[np.arange(len(pixels)), indexed.labels.reshape(-1)]
        np.testing.assert_allclose(own, distances.min(axis=1), rtol=1e-4, atol=1e-9)


def _both(indexed):
    return PHOTO.reshape(-1, 3), indexed.palette.colors


@every_sight
def test_black_does_not_turn_into_a_hue(objective):
    image = data.astronaut()[::2, ::2]
    indexed = cq.quantize(image, 16, objective=objective)
    darkest = int(indexed.palette.colors.sum(axis=1).argmin())
    mean = image[indexed.labels == darkest].mean(axis=0)
    np.testing.assert_allclose(indexed.palette.colors[darkest], mean, atol=8)


@every_sight
def test_the_chosen_space_does_not_matter(objective):
    first, *others = (cq.quantize(PHOTO, 8, space=space, objective=objective) for space in ("oklab", "srgb", "hsv"))
    for other in others:
        assert other.palette.hex == first.palette.hex
        np.testing.assert_array_equal(other.labels, first.labels)


@every_sight
@pytest.mark.parametrize("quantizer", ["kmeans", "best", "wu", "median_cut", "octree", "popularity", "maximin"])
def test_any_method_may_begin(objective, quantizer):
    indexed = cq.quantize(PHOTO, 12, quantizer=quantizer, objective=objective)
    assert len(indexed.palette) == 12
    assert len(set(indexed.palette.hex)) == 12


@every_sight
@pytest.mark.parametrize("dither", list(cq.DITHERS))
def test_any_dither_may_follow(objective, dither):
    assert len(cq.quantize(PHOTO[:40, :50], 6, dither=dither, objective=objective).palette) == 6


@every_sight
def test_chunks_and_threads_change_nothing(objective):
    image = np.tile(PHOTO, (6, 6, 1))  # larger than what is looked at
    whole = cq.quantize(image, 9, objective=objective)
    with limit_threads(1):
        alone = cq.quantize(image, 9, objective=objective)
    lazy = cq.quantize(da.from_array(image, chunks=(70, 130, 3)), 9, objective=objective)
    for other in (alone, lazy):
        assert other.palette.hex == whole.palette.hex
        np.testing.assert_array_equal(np.asarray(other.labels), whole.labels)


@every_sight
def test_fixed_colours_stay(objective):
    fixed = ("#ff00ff", "#102030")
    indexed = cq.quantize(PHOTO, 9, objective=objective, fixed=fixed)
    assert set(fixed) <= set(indexed.palette.hex)
    assert len(indexed.palette) == 9
    assert len(cq.quantize(PHOTO, 2, objective=objective, fixed=fixed).palette) == 2


@every_sight
def test_colours_of_areas_come_out_exactly(objective):
    colors = np.array([[12, 200, 90], [250, 250, 245], [20, 30, 60], [200, 40, 30]], np.uint8)
    areas = np.kron(np.array([[0, 1, 2], [1, 3, 1]]), np.ones((40, 40), int))
    image = gaussian_filter(colors[areas].astype(float), (0.7, 0.7, 0)).round().astype(np.uint8)  # smooth edges
    indexed = cq.quantize(image, 8, objective=objective)
    for number in range(len(colors)):
        is_area = (image == colors[number]).all(axis=-1)
        assert np.count_nonzero(is_area) > 1000
        np.testing.assert_array_equal(indexed.to_rgb()[is_area], image[is_area])


@every_sight
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (2, 3)])
def test_few_colours_are_their_own_palette(objective, shape, rng):
    image = rng.integers(0, 256, (*shape, 3), np.uint8)
    np.testing.assert_array_equal(cq.quantize(image, 64, objective=objective).to_rgb(), image)
    assert len(cq.quantize(image, 1, objective=objective).palette) == 1


@every_sight
def test_pixels_without_data_pull_nothing(objective, rng):
    shown, other, mask = PHOTO.copy(), PHOTO.copy(), np.ones(PHOTO.shape[:2], bool)
    mask[20:50, 30:80] = False
    other[~mask] = rng.integers(0, 256, (np.count_nonzero(~mask), 3), np.uint8)
    first, second = (cq.quantize(image, 12, objective=objective, mask=mask).palette.hex for image in (shown, other))
    assert first == second


@every_sight
def test_heavier_pixels_pull_more(objective):
    importance = np.ones(PHOTO.shape[:2])
    importance[:40] = 50.0

    def lack(indexed):
        return LOSSES["flip"](PHOTO[:40], indexed.to_rgb()[:40])

    evenly = cq.quantize(PHOTO, 6, objective=objective, flat="mix")
    assert lack(cq.quantize(PHOTO, 6, objective=objective, importance=importance)) < lack(evenly)


@every_sight
def test_sixteen_bits_a_channel_and_alpha_are_taken(objective):
    deep = PHOTO.astype(np.uint16) * 257
    assert cq.quantize(deep, 8, objective=objective).labels.shape == PHOTO.shape[:2]
    image = np.dstack([PHOTO, np.linspace(0, 255, PHOTO.shape[1]).astype(np.uint8)[None].repeat(len(PHOTO), 0)])
    indexed = cq.quantize(image, 8, objective=objective)
    np.testing.assert_array_equal(indexed.valid, image[..., 3] >= 128)


@every_sight
def test_targets_devices_and_frames_go_with_it(objective):
    assert cq.distortion(PHOTO, cq.quantize(PHOTO, "auto", target="psnr=24", objective=objective)).psnr > 23
    cq.quantize(PHOTO, 12, objective=objective, bits="rgb444")
    stack = np.stack([PHOTO, PHOTO[::-1], PHOTO // 2])
    frames = quantize_frames(stack, 8, objective=objective)
    for number, image in enumerate(stack):
        np.testing.assert_array_equal(
            frames.frame(number).to_rgb(), cq.quantize(image, 8, objective=objective).to_rgb()
        )


@every_sight
def test_the_terminal_takes_it(objective, tmp_path):
    Image.fromarray(PHOTO).save(tmp_path / "photo.png")
    out = tmp_path / "out.png"
    assert main([str(tmp_path / "photo.png"), "-n", "8", "--objective", objective, "-o", str(out)]) == 0
    expected = cq.quantize(PHOTO, 8, objective=objective).to_rgb()
    np.testing.assert_array_equal(np.asarray(Image.open(out).convert("RGB")), expected)


@every_sight
@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"keep": "lightness"}, "keep must be 'none' with objective="),
        ({"axis_weights": (1, 2, 2)}, "axis_weights must be equal with objective="),
        ({"alpha": "graded"}, "objective must be 'mse' with alpha='graded', got"),
    ],
)
def test_what_cannot_go_with_it_is_refused(objective, choices, message):
    with pytest.raises(ValueError, match=message):
        cq.Recipe(**{"objective": objective, **choices})


# --- what is looked at -------------------------------------------------------------------------------------------


def _squares(image, **choices):
    return take_squares([open_source(image)], cq.Recipe(objective="flip", **choices))


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (362, 362), (2000, 90), (90, 30_000), (1500, 1500), (3, 400, 500)])
def test_squares_are_few_lie_in_the_picture_and_do_not_overlap(shape):
    place = np.arange(np.prod(shape)).reshape(shape)
    image = np.stack([place >> 16, place >> 8, place], axis=-1).astype(np.uint8)
    found = _squares(image)
    keys = [each.colors.astype(int) @ [1 << 16, 1 << 8, 1] for each in found]
    every = np.concatenate([each.reshape(-1) for each in keys])
    assert len(np.unique(every)) == len(every) <= 1 << 17
    for each in keys:  # pixel beside pixel
        assert np.all(np.diff(each, axis=1) == 1)
        assert np.all(np.diff(each, axis=0) == shape[-1])
    if np.prod(shape) <= 1 << 17:
        assert len(every) == np.prod(shape)
    else:
        assert len(every) > 1 << 14


def test_nothing_is_looked_at_that_nobody_needs():
    source = open_source(PHOTO)
    assert take_squares([source], cq.Recipe()) == []
    assert take_squares([source], cq.Recipe(objective="de2000")) == []
    assert take_squares([source], cq.Recipe(objective="flip", palette=cq.Palette([[0, 0, 0]]))) == []
    mask = np.zeros((2, *PHOTO.shape[:2]), bool)
    mask[0] = True
    found = take_squares([open_source(np.stack([PHOTO, PHOTO]), mask=mask)], cq.Recipe(objective="flip"))
    assert len(found) == 1  # of two planes, the second has no data
