import dask.array as da
import numpy as np
import pytest
from napari.layers import Image, Labels

import napari_colorquant as cq
from napari_colorquant._plugin.layers.frames import add_palettes
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer
from napari_colorquant._plugin.tasks import sampling
from napari_colorquant.pipeline.frames import run_frames
from napari_colorquant.quality.cloud import color_cloud
from napari_colorquant.quality.distortion import delta_e_map


@pytest.fixture(scope="module")
def stack(photo):
    return np.stack([photo, 255 - photo, photo[::-1]])


def labels_layer(indexed, source, data=None):
    values, keywords, _ = to_labels_layer(indexed, source, "a result")
    return Labels(values if data is None else data, **keywords)


def test_a_lazy_result_has_the_errors_of_one_in_memory(stack):
    indexed = cq.quantize(stack, 4, quantizer="median_cut")
    source = Image(da.from_array(stack), rgb=True)
    layer = labels_layer(indexed, source, da.from_array(indexed.labels + np.uint8(1)))
    np.testing.assert_array_equal(sampling.error_task(layer, source)(), delta_e_map(stack, indexed))
    sampled, image = sampling.pixels_to_sample(layer, source)
    assert not isinstance(sampled.labels, np.ndarray)
    np.testing.assert_array_equal(color_cloud(sampled, image).owners, color_cloud(indexed, stack).owners)


def test_a_lazy_result_that_is_too_large_is_refused_before_it_is_read(monkeypatch, stack):
    monkeypatch.setattr(sampling, "_MOST", 10)
    indexed = cq.quantize(stack, 4, quantizer="median_cut")
    source = Image(stack, rgb=True)
    layer = labels_layer(indexed, source, da.from_array(indexed.labels + np.uint8(1)))
    with pytest.raises(ValueError, match="must have at most 10 pixels, got 49152"):
        sampling.error_task(layer, source)


def test_each_frame_is_compared_in_its_own_palette(stack):
    frames = run_frames(stack, cq.Recipe(n_colors=4, quantizer="median_cut"), rgb=True)
    source = Image(stack, rgb=True)
    made = to_labels_layer(frames.frame(0).__class__(frames.labels, frames.palettes[1], frames.recipe), source, "id")
    add_palettes([made], frames, 1)
    layer = Labels(made[0], **made[1])
    expected = [delta_e_map(frame, frames.frame(number)) for number, frame in enumerate(stack)]
    np.testing.assert_array_equal(sampling.error_task(layer, source)(), expected)
    sampled, image = sampling.pixels_to_sample(layer, source)
    np.testing.assert_array_equal(image, stack[1])
    np.testing.assert_array_equal(sampled.to_rgb(), frames.frame(1).to_rgb())


def test_a_coarse_level_of_a_pyramid_shows_its_colours(monkeypatch, large_photo):
    monkeypatch.setattr(sampling, "_ENOUGH", large_photo.shape[0] * large_photo.shape[1] // 4)
    levels = [large_photo, large_photo[::2, ::2], large_photo[::4, ::4]]
    indexed = cq.quantize(large_photo, 4, quantizer="median_cut")
    source = Image(levels, rgb=True, multiscale=True)
    values, keywords, _ = to_labels_layer(indexed, source, "a result")
    layer = Labels([values, values[::2, ::2], values[::4, ::4]], multiscale=True, **keywords)
    sampled, image = sampling.pixels_to_sample(layer, source)
    np.testing.assert_array_equal(image, levels[1])
    np.testing.assert_array_equal(sampled.labels, indexed.labels[::2, ::2])
