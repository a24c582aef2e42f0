"""A palette per frame: each frame as if it were alone, in an order that flickers as little as possible."""

from itertools import permutations

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant.pipeline.frames import map_frames, match_order, quantize_frames
from napari_colorquant.pixels.counting import NoDataError


@pytest.fixture(scope="module")
def dusk(photo):
    """The photograph getting darker and bluer, (5, 64, 64, 3) uint8."""
    frames = [photo[::2, ::2] * np.array([1 - 0.15 * i, 1 - 0.12 * i, 1 - 0.05 * i]) for i in range(5)]
    return np.stack(frames).astype(np.uint8)


def _travel(before, after, metric):
    """Return the sum of the distances that the entries of a palette go."""
    return np.linalg.norm(metric.coordinates(after) - metric.coordinates(before), axis=1).sum()


@pytest.mark.parametrize("choices", [{}, {"space": "lab", "quantizer": "wu"}, {"dither": "bayer"}])
def test_each_frame_shows_what_its_own_design_shows(dusk, choices):
    frames = quantize_frames(dusk, 6, **choices)
    for number, image in enumerate(dusk):
        alone = cq.quantize(image, 6, **choices)
        np.testing.assert_array_equal(frames.frame(number).to_rgb(), alone.to_rgb())
        assert sorted(frames.palettes[number].hex) == sorted(alone.palette.hex)


def test_labels_of_a_frame_are_those_of_its_own_design_in_another_order(dusk):
    frames = quantize_frames(dusk, 6)
    for number, image in enumerate(dusk):
        alone = cq.quantize(image, 6)
        order = [frames.palettes[number].hex.index(code) for code in alone.palette.hex]
        np.testing.assert_array_equal(frames.labels[number], np.array(order, np.uint8)[alone.labels])
        np.testing.assert_allclose(frames.palettes[number].shares[order], alone.palette.shares)


def test_no_other_order_would_flicker_less(dusk):
    frames = quantize_frames(dusk, 5)
    metric = frames.recipe.metric
    for before, after in zip(frames.palettes, frames.palettes[1:], strict=False):
        least = min(_travel(before.colors, after.colors[list(order)], metric) for order in permutations(range(5)))
        assert _travel(before.colors, after.colors, metric) <= least + 1e-6


def test_a_still_picture_has_one_palette(dusk):
    frames = quantize_frames(np.stack([dusk[0]] * 3), 8)
    assert frames.palettes[0] == frames.palettes[1] == frames.palettes[2]
    assert (frames.labels == frames.labels[0]).all()


def test_the_first_frame_keeps_the_order_of_its_design(dusk):
    assert quantize_frames(dusk, 6).palettes[0] == cq.quantize(dusk[0], 6).palette


def test_places_that_a_frame_does_not_use_keep_their_colour():
    red, green, blue, black = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0]], np.uint8)
    two = np.array([[red, red, green]])
    four = np.array([[blue, red, black]])
    frames = quantize_frames(np.stack([two, four, two]), 4, space="srgb")
    assert len({len(palette) for palette in frames.palettes}) == 1
    for number, image in enumerate((two, four, two)):
        np.testing.assert_array_equal(frames.frame(number).to_rgb(), image)
    first, middle, last = frames.palettes
    place = first.hex.index("#ff0000")
    assert middle.hex[place] == last.hex[place] == "#ff0000"
    unused = first.shares == 0
    assert set(np.array(first.hex)[unused]) <= set(middle.hex)
    np.testing.assert_allclose([palette.shares.sum() for palette in frames.palettes], 1)


def test_an_order_is_a_set_of_different_places(rng):
    metric = cq.Recipe(space="oklab").metric
    for before, after in ((3, 7), (7, 3), (5, 5), (1, 1)):
        colors = [rng.integers(0, 256, (count, 3), np.uint8) for count in (before, after)]
        places = match_order(*colors, metric)
        assert len(set(places)) == after
        assert set(places) <= set(range(max(before, after)))


def test_a_dask_stack_gives_the_same(dusk):
    import dask.array as da

    lazy = quantize_frames(da.from_array(dusk, chunks=(2, 32, 64, 3)), 6)
    whole = quantize_frames(dusk, 6)
    assert lazy.palettes == whole.palettes
    np.testing.assert_array_equal(lazy.labels.compute(), whole.labels)
    np.testing.assert_array_equal(lazy.to_rgb().compute(), whole.to_rgb())


def test_another_level_is_mapped_onto_the_same_palettes(dusk):
    frames = quantize_frames(dusk, 6)
    again = map_frames(dusk, frames.palettes, frames.recipe)
    assert again.palettes == frames.palettes
    np.testing.assert_array_equal(again.to_rgb(), frames.to_rgb())
    small = map_frames(dusk[:, ::2, ::2], frames.palettes, frames.recipe)
    np.testing.assert_array_equal(small.labels, frames.labels[:, ::2, ::2])
    with pytest.raises(ValueError, match="palettes must be one for each of the 5 frames, got 2"):
        map_frames(dusk, frames.palettes[:2], frames.recipe)


def test_several_leading_axes_are_frames_in_order(dusk):
    flat, nested = quantize_frames(dusk[:4], 4), quantize_frames(dusk[:4].reshape(2, 2, *dusk.shape[1:]), 4)
    assert nested.palettes == flat.palettes
    np.testing.assert_array_equal(nested.labels.reshape(flat.shape), flat.labels)
    np.testing.assert_array_equal(nested.frame((1, 0)).labels, flat.frame(2).labels)
    plane = quantize_frames(dusk[0], 4)
    np.testing.assert_array_equal(plane.labels, flat.labels[0])
    assert len(plane.palettes) == 1


def test_pixels_without_data_stay_so(rgba_photo):
    opaque = rgba_photo.copy()
    opaque[..., 3] = 255
    frames = quantize_frames(np.stack([opaque, rgba_photo]), 4)
    np.testing.assert_array_equal(frames.valid[1], rgba_photo[..., 3] > 0)
    assert frames.valid[0].all()
    assert not frames.labels[1][~frames.valid[1]].any()


def test_masks_and_importance_are_those_of_the_frame(dusk):
    mask = np.zeros(dusk.shape[:3], bool)
    for number in range(len(dusk)):
        mask[number, : 20 + number] = True
    frames = quantize_frames(dusk, 5, mask=mask, importance=mask)
    np.testing.assert_array_equal(frames.valid, mask)
    alone = cq.quantize(dusk[3], 5, mask=mask[3], importance=mask[3])
    np.testing.assert_array_equal(frames.frame(3).to_rgb(), alone.to_rgb())


def test_the_range_of_the_data_is_that_of_the_stack(dusk):
    deep = dusk.astype(np.uint16) * 7
    frames = quantize_frames(deep, 4, scale="range")
    assert frames.recipe.scale == (deep.min(), deep.max())


def test_a_frame_that_cannot_be_done_is_named(dusk):
    bright = dusk.astype(np.float32) / 255
    bright[1] *= 2
    with pytest.raises(ValueError, match=r"frame 1 of \d+: floats must lie in 0\.\.1"):
        quantize_frames(bright, 4)


@pytest.mark.parametrize("blank", [(0,), (1,), (0, 1), (1, 3), (3,)])
@pytest.mark.parametrize("choices", [{}, {"keep": "lightness"}, {"fixed": [[255, 0, 0]]}, {"remove_unused": True}])
def test_frames_without_data_stand_between_the_others(dusk, blank, choices):
    alpha = np.full((4, *dusk.shape[1:3], 1), 255, np.uint8)
    alpha[list(blank)] = 0
    stack = np.concatenate([dusk[:4], alpha], axis=-1)
    frames = quantize_frames(stack, 5, **choices)
    seen = [number for number in range(4) if number not in blank]
    others = quantize_frames(stack[seen], 5, **choices)
    np.testing.assert_array_equal(frames.valid, alpha[..., 0] > 0)
    np.testing.assert_array_equal(frames.labels[seen], others.labels)
    assert len({len(palette) for palette in frames.palettes}) == 1
    for number, place in enumerate(seen):
        np.testing.assert_array_equal(frames.frame(place).to_rgb(), others.frame(number).to_rgb())
    with pytest.raises(NoDataError):
        quantize_frames(np.zeros_like(stack), 5)


def test_progress_rises_from_frame_to_frame_and_can_stop_it(dusk):
    shares = []
    with watch(lambda share, _: shares.append(share)):
        quantize_frames(dusk, 4)
    told = [share for share in shares if share is not None]
    assert told == sorted(told)
    assert told[-1] > 0.9

    def stop(share, _):
        if share and share > 0.5:
            raise Cancelled

    with watch(stop), pytest.raises(Cancelled):
        quantize_frames(dusk, 4)
