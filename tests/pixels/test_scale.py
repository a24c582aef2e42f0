"""Black and white are found once for a run, whatever is designed from, mapped, previewed, measured or shown."""

import dask.array as da
import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.pipeline.frames import quantize_frames
from napari_colorquant.pipeline.pyramid import make_levels, map_levels, quantize_levels
from napari_colorquant.pipeline.sampled import estimate_distortion
from napari_colorquant.pixels.source import resolve_scale
from napari_colorquant.quality.cloud import color_cloud
from napari_colorquant.quality.distortion import delta_e_map, distortion

RANGE = cq.Recipe(n_colors=4, scale="range")


@pytest.fixture(scope="module")
def halves():
    """A 16-bit image whose left half is dark (0..200) and whose right half is bright (3000..4000), (64, 128)."""
    rng = np.random.default_rng(0)
    dark, bright = rng.integers(0, 201, (64, 64)), rng.integers(3000, 4001, (64, 64))
    dark[0, 0], bright[0, 0] = 0, 4000
    return np.concatenate([dark, bright], axis=1).astype(np.uint16)


@pytest.fixture(scope="module")
def lazy_halves(halves):
    """The same, of which no chunk has dark and bright pixels both."""
    return da.from_array(halves, chunks=(32, 64))


def test_the_range_of_a_run_stands_in_its_result(halves, lazy_halves):
    for image in (halves, lazy_halves):
        assert cq.quantize(image, 4, scale="range").recipe.scale == (0.0, 4000.0)
        assert quantize_frames(image, 4, scale="range").recipe.scale == (0.0, 4000.0)
        assert quantize_levels([image], RANGE)[0].recipe.scale == (0.0, 4000.0)


def test_without_data_the_range_of_a_run_is_that_of_the_data_type():
    empty = np.full((4, 6), np.nan, np.float32)
    runs = [
        cq.map_pixels(image, ["#000000", "#ffffff"], scale="range") for image in (empty, da.from_array(empty, (2, 3)))
    ]
    assert [one.recipe.scale for one in runs] == ["dtype", "dtype"]


def without_data(way, colors, data):
    """Return an image that hides the pixels that are not `data` in one of the ways, and the arguments with it."""
    hidden = np.where(data[..., None], colors, np.float32(-9999))
    return {
        "mask": (hidden, {"mask": data}),
        "masked array": (np.ma.MaskedArray(hidden, np.repeat(~data[..., None], 3, -1)), {}),
        "alpha": (np.dstack([hidden, data]).astype(np.float32), {"alpha": "cut"}),
        "nan": (np.where(data[..., None], colors, [np.nan, -9999, 9999]).astype(np.float32), {}),
    }[way]


@pytest.mark.parametrize("way", ["mask", "masked array", "alpha", "nan"])
@pytest.mark.parametrize("lazy", [False, True])
def test_what_has_no_data_does_not_widen_the_range_however_it_is_hidden(photo, rng, way, lazy):
    data = rng.random(photo.shape[:2]) > 0.3
    image, said = without_data(way, photo / np.float32(7), data)
    if lazy and way != "masked array":
        image = da.from_array(image, chunks=(40, 40, image.shape[-1]))
    seen = (photo / np.float32(7))[data]
    limits = (float(seen.min()), float(seen.max()))
    expected = cq.quantize(np.where(data[..., None], photo / np.float32(7), np.nan), 6, scale=limits)
    recipe = {name: value for name, value in said.items() if name != "mask"}
    ways = [
        cq.quantize(image, 6, scale="range", **said),
        quantize_levels([image], cq.Recipe(n_colors=6, scale="range", **recipe), mask=said.get("mask"))[0],
        cq.map_pixels(image, cq.design_palette(image, 6, scale="range", **said), scale="range", **said),
    ]
    for found in ways:
        assert found.recipe.scale == pytest.approx(limits)
        assert found.palette.hex == expected.palette.hex
        np.testing.assert_array_equal(np.asarray(found.labels)[data], expected.labels[data])
    if way == "alpha":
        assert cq.quantize(image, 6, scale="range", alpha="ignore").recipe.scale[0] == -9999


@pytest.mark.parametrize("scale", ["dtype", "range"])
def test_an_image_without_data_is_the_same_in_every_scale(scale):
    image = np.full((2, 1, 5, 6), np.nan)
    ways = [cq.quantize, quantize_frames, lambda image, n, scale: quantize_levels([image], RANGE.replace(scale=scale))]
    for lazy in (False, True):
        given = da.from_array(image, chunks=(1, 1, 5, 6)) if lazy else image
        for way in ways:
            with pytest.raises(ValueError, match="at least one pixel with data, got only masked, transparent or NaN"):
                way(given, 4, scale=scale)
        assert not np.asarray(cq.map_pixels(given, "ega", scale=scale).valid).any()


def test_a_range_is_resolved_and_nothing_else_is(halves, lazy_halves):
    assert resolve_scale([halves], "range") == resolve_scale([lazy_halves], "range") == (0.0, 4000.0)
    assert resolve_scale([halves], "dtype") == "dtype"
    assert resolve_scale([halves], (3, 4)) == (3.0, 4.0)
    with pytest.raises(ValueError, match="scale must be"):
        resolve_scale([halves], "auto")


def test_a_design_for_several_images_has_one_range(halves):
    dark, bright = halves[:, :64], halves[:, 64:]
    expected = cq.design_palette(halves, 4, scale=(0, 4000))
    for images in ([dark, bright], [da.from_array(dark, chunks=32), bright]):
        assert cq.design_palette(images, 4, scale="range").hex == expected.hex


@pytest.mark.parametrize("design_from", ["full", "sample", "level"])
@pytest.mark.parametrize("per_frame", [False, True])
def test_levels_in_memory_and_lazy_have_one_range(monkeypatch, halves, design_from, per_frame):
    monkeypatch.setattr("napari_colorquant.pipeline.pyramid.SAMPLE_PIXELS", 1 << 12)
    stack = np.stack([halves, halves[::-1]])
    levels = make_levels(stack, rgb=False, smallest=64)
    lazy = [da.from_array(level, chunks=(1, 32, 64)) for level in levels]
    choices = {"design_from": design_from, "level": 1, "per_frame": per_frame, "rgb": False}
    made, made_lazily = (quantize_levels(each, RANGE, **choices) for each in (levels, lazy))
    for one, other in zip(made, made_lazily, strict=True):
        assert one.recipe.scale == other.recipe.scale == (0.0, 4000.0)
        if design_from != "sample" or per_frame:  # samples of chunks lie elsewhere
            np.testing.assert_array_equal(one.labels, np.asarray(other.labels))
        # Dark and bright pixels share no colour, as they would if each chunk had a range of its own.
        labels = np.asarray(other.labels)[0]
        assert not set(labels[:, : labels.shape[1] // 2].flat) & set(labels[:, labels.shape[1] // 2 :].flat)


def test_a_hot_pixel_does_not_change_the_picture_with_the_level(halves):
    hot = halves.copy()
    hot[1, 1] = 60_000  # in no level but the finest
    palette = cq.design_palette(hot, 4, scale="range")
    for levels in (make_levels(hot, smallest=32), make_levels(da.from_array(hot, chunks=40), smallest=32)):
        finest, *smaller = map_levels(levels, palette, RANGE)
        for step, level in zip((2, 4), smaller, strict=True):
            np.testing.assert_array_equal(np.asarray(level.labels), np.asarray(finest.labels)[::step, ::step])


def test_errors_and_clouds_see_the_range_of_the_run(halves, lazy_halves):
    indexed = cq.quantize(halves, 4, scale="range")
    lazy = cq.quantize(lazy_halves, 4, scale="range")
    expected = distortion(halves, indexed, scale=(0, 4000))
    assert expected.psnr > 30
    for image, result in ((halves, indexed), (lazy_halves, lazy), (halves, lazy), (lazy_halves, indexed)):
        assert distortion(image, result) == pytest.approx(expected)
        assert estimate_distortion(image, result) == pytest.approx(expected)
        part = np.s_[:32, :64]
        found = np.asarray(delta_e_map(image, result))[part]
        np.testing.assert_allclose(found, delta_e_map(halves, indexed, scale=(0, 4000))[part], atol=1e-5)
    clouds = [color_cloud(indexed, halves), color_cloud(lazy, lazy_halves)]
    np.testing.assert_array_equal(clouds[0].points, clouds[1].points)


def test_an_error_from_a_sample_is_near_that_of_all_pixels(halves, lazy_halves):
    for design_from in ("sample", "full"):
        (lazy,) = quantize_levels([lazy_halves], RANGE, design_from=design_from)
        exact = distortion(halves, lazy).psnr
        assert estimate_distortion(lazy_halves, lazy, n_pixels=1 << 12).psnr == pytest.approx(exact, abs=1.0)
