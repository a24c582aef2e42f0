"""Runs on pyramids, lazy images and stacks, without a window: what they design, map and hold."""

import dask.array as da
import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image

import napari_colorquant as cq
from napari_colorquant._plugin.layers.image_levels import is_large, read_levels
from napari_colorquant._plugin.layers.provenance import KEY
from napari_colorquant._plugin.layers.results import Results
from napari_colorquant._plugin.tasks import large_task
from napari_colorquant._plugin.tasks.large_task import Scope, plan_run
from napari_colorquant.pipeline.frames import quantize_frames


def pyramid(image, kind=np.asarray):
    """Return an image layer of three levels."""
    return Image([kind(image[::step, ::step]) for step in (1, 2, 4)], multiscale=True, rgb=True, name="slide")


def lazy(image):
    return da.from_array(np.ascontiguousarray(image), chunks=(100, 100, *image.shape[2:]))


def do(layer, recipe=None, kind="labels", scope=None, **inputs):
    run_result = plan_run(layer, recipe or cq.Recipe(), kind, inputs, scope)()
    return run_result, *run_result.made[0]


@pytest.mark.parametrize("kind", [np.asarray, lazy])
def test_a_pyramid_is_mapped_as_the_pipeline_maps_its_levels(large_photo, kind):
    layer = pyramid(large_photo, kind)
    run_result, levels, values, _ = do(layer)
    palette = cq.quantize(large_photo, 16).palette
    assert run_result.indexed.palette == palette
    assert values["multiscale"]
    for level, image in zip(levels, layer.data, strict=True):
        np.testing.assert_array_equal(np.asarray(level), cq.map_pixels(np.asarray(image), palette).labels + 1)
    assert all(isinstance(level, np.ndarray) for level in levels) == (kind is np.asarray)
    assert isinstance(levels[-1], np.ndarray)  # the thumbnail
    assert "designed from the full resolution" in run_result.summary
    assert "PSNR" in run_result.summary


def test_a_lazy_image_without_levels_becomes_labels_in_memory(large_photo):
    run_result, labels, values, _ = do(Image(lazy(large_photo), rgb=True))
    assert isinstance(labels, np.ndarray)
    assert "multiscale" not in values
    np.testing.assert_array_equal(labels, cq.quantize(large_photo, 16).labels + 1)
    assert run_result.indexed.palette == cq.quantize(large_photo, 16).palette


@pytest.mark.parametrize(
    "recipe", [cq.Recipe(palette=cq.Palette([[0, 0, 0], [255, 0, 0], [255, 255, 255]])), cq.Recipe(dither="bayer"),
               cq.Recipe(smoothness=2.0), cq.Recipe(cleaning={"min_size": 30})],
)  # fmt: skip
def test_labels_that_came_into_memory_have_the_shares_of_their_pixels(large_photo, recipe):
    for scope in (Scope(), Scope("sample")):
        run_result, labels, values, _ = do(Image(lazy(large_photo), rgb=True), recipe, scope=scope)
        palette = run_result.indexed.palette
        counts = np.bincount(labels.ravel() - 1, minlength=len(palette))
        np.testing.assert_allclose(palette.shares, counts / counts.sum(), atol=1e-7)
        np.testing.assert_array_equal(values["features"]["count"], counts)


def test_a_small_image_in_memory_is_not_large(large_photo):
    layer = Image(large_photo, rgb=True)
    assert not is_large(layer)
    assert "designed" not in do(layer)[0].summary
    assert is_large(Image(lazy(large_photo), rgb=True))
    assert is_large(pyramid(large_photo))


def test_a_zarr_array_is_read_lazily(tmp_path, large_photo):
    import zarr

    array = zarr.create_array(tmp_path / "image.zarr", data=np.ascontiguousarray(large_photo), chunks=(128, 128, 3))
    layer = Image(array, rgb=True)
    assert read_levels(layer)[0].chunksize == (128, 128, 3)
    assert do(layer)[0].indexed.palette == cq.quantize(large_photo, 16).palette


def test_a_level_or_a_sample_is_designed_from(large_photo):
    layer = pyramid(large_photo, lazy)
    run_result = do(layer, scope=Scope("level", level=1))[0]
    assert run_result.indexed.palette.hex == cq.design_palette(large_photo[::2, ::2], 16).hex
    assert "designed from level 1, 256 × 256" in run_result.summary
    run_result = do(layer, scope=Scope("sample"))[0]
    assert run_result.indexed.palette.hex == cq.design_palette(large_photo, 16).hex  # small enough to be its own sample
    assert "designed from a sample" in run_result.summary


@pytest.mark.parametrize("origin", ["full", "level", "sample"])
@pytest.mark.parametrize("kind", [np.asarray, lazy])
def test_a_region_is_that_of_the_level(large_photo, origin, kind):
    region = np.zeros(large_photo.shape[:2], bool)
    region[:100, 200:300] = True
    run_result = do(pyramid(large_photo, kind), scope=Scope(origin, level=1), importance=region)[0]
    step = 2 if origin == "level" else 1
    expected = cq.design_palette(large_photo[::step, ::step], 16, importance=region[::step, ::step])
    assert run_result.indexed.palette.hex == expected.hex


def test_an_rgb_result_of_a_pyramid_is_a_pyramid(large_photo):
    _, levels, values, kind = do(pyramid(large_photo, lazy), kind="rgb")
    assert (kind, values["rgb"], values["multiscale"]) == ("image", True, True)
    assert [level.shape for level in levels] == [(512, 512, 3), (256, 256, 3), (128, 128, 3)]
    np.testing.assert_array_equal(np.asarray(levels[0]), cq.quantize(large_photo, 16).to_rgb())


def test_pixels_without_data_are_label_0_at_every_level(rgba_photo):
    for make in (np.asarray, lazy):
        layer = Image([make(rgba_photo), make(rgba_photo[::2, ::2])], multiscale=True, rgb=True)
        levels = do(layer)[1]
        for level, image in zip(levels, (rgba_photo, rgba_photo[::2, ::2]), strict=True):
            np.testing.assert_array_equal(np.asarray(level) == 0, image[..., 3] == 0)


def test_a_given_palette_is_mapped_onto(large_photo):
    palette = cq.Palette([[0, 0, 0], [255, 255, 255]])
    run_result = do(pyramid(large_photo, lazy), cq.Recipe(palette=palette))[0]
    assert run_result.indexed.palette.hex == palette.hex
    assert "designed" not in run_result.summary


@pytest.fixture
def dusk(photo):
    return np.stack([photo, (photo * 0.7).astype(np.uint8), (photo * 0.4).astype(np.uint8)])


@pytest.mark.parametrize("make", [np.asarray, lambda image: da.from_array(image, chunks=(1, 64, 64, 3))])
@pytest.mark.parametrize("kind", ["labels", "rgb"])
def test_a_stack_can_have_a_palette_per_frame(dusk, make, kind):
    run_result, data, _, _ = do(Image(make(dusk), rgb=True), kind=kind, scope=Scope(per_frame=True, frame=1))
    expected = quantize_frames(dusk, 16)
    np.testing.assert_array_equal(data, expected.labels + 1 if kind == "labels" else expected.to_rgb())
    for _, each, _ in run_result.made:
        written = each["metadata"][KEY]
        assert written["palettes"] == [palette.to_dict() for palette in expected.palettes]
        assert written["frame"] == 1
        assert written["palette"] == expected.palettes[1].to_dict()
    assert "a palette per frame" in run_result.summary


def test_a_pyramid_of_frames_has_the_same_palettes_at_every_level(dusk):
    layer = Image([dusk, dusk[:, ::2, ::2]], multiscale=True, rgb=True)
    levels = do(layer, scope=Scope(per_frame=True))[1]
    expected = quantize_frames(dusk, 16)
    np.testing.assert_array_equal(levels[0], expected.labels + 1)
    np.testing.assert_array_equal(levels[1], expected.labels[:, ::2, ::2] + 1)
    for origin in ("level", "sample"):
        assert len(do(layer, scope=Scope(origin, level=1, per_frame=True))[1]) == 2


def test_a_result_that_is_no_pyramid_any_more_takes_its_place(qapp, large_photo):
    viewer = ViewerModel()
    results, source = Results(viewer), viewer.add_layer(pyramid(large_photo))
    results.place(source, plan_run(source, cq.Recipe(), "labels", {})().made)
    assert viewer.layers["slide quantized"].multiscale
    single = Image(large_photo, rgb=True, name="slide")
    made = plan_run(single, cq.Recipe(), "labels", {})().made
    results.place(source, made)
    assert not viewer.layers["slide quantized"].multiscale
    assert len(viewer.layers) == 3


@pytest.mark.parametrize("keep", ["lightness", "chroma"])
def test_what_pixels_keep_is_shown_and_measured_in_a_lazy_pyramid(large_photo, keep):
    layer, recipe = pyramid(large_photo, lazy), cq.Recipe(6, keep=keep)
    run_result, levels, _, layer_type = do(layer, recipe, kind="rgb")
    expected = cq.quantize(large_photo, 6, keep=keep)
    assert layer_type == "image"
    np.testing.assert_array_equal(np.asarray(levels[0]), expected.to_rgb())
    assert run_result.distortion.mse == cq.distortion(large_photo, expected).mse


def test_that_an_error_is_of_a_sample_is_told(large_photo, monkeypatch):
    assert "measured on a sample" not in do(pyramid(large_photo, lazy))[0].summary
    monkeypatch.setattr(large_task, "MEASURED", 1 << 14)
    assert "measured on a sample" in do(pyramid(large_photo, lazy))[0].summary
    assert "measured on a sample" not in do(pyramid(large_photo))[0].summary
