"""Laws of spatial quantization: what an eye lacks, and the dots that leave least of it."""

import numpy as np
import pytest

from napari_colorquant import design_palette, map_pixels, quantize
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.mapping.dithers._eye import (
    OPPONENT,
    OVERLAPS,
    OWN,
    REACH,
    STRIP,
    TENT,
    WIDE,
    blur,
    sum_tents,
    to_opponent,
)
from napari_colorquant.mapping.dithers._light import LIGHT
from napari_colorquant.mapping.dithers._relax import Seen, find_neighbors, settle, settle_well


def _open(photo, colors, strength=1.0, valid=None):
    labels = map_pixels(photo, colors).labels
    free = np.ones(labels.shape, bool) if valid is None else valid
    return Seen.open(to_opponent(photo), labels, to_opponent(colors), valid, free, strength)


def _lack(seen, strength=1.0):
    """Return what is lacking to the eye, by its definition: own errors, overlapping ones, and those under tents."""
    errors = (seen.colors[seen.labels] - seen.original).astype(np.float64)
    own = np.sum((1 + OWN - strength) * errors**2)
    near = np.sum(errors * _blur_by_loops(errors)) * strength
    wide = np.square(_tents_by_loops(errors)).sum() * float(WIDE) * strength
    return own + near + wide


def _blur_by_loops(errors):
    height, width, _ = errors.shape
    padded = np.pad(errors, ((REACH, REACH), (REACH, REACH), (0, 0)))
    blurred = np.zeros_like(errors)
    for i in range(2 * REACH + 1):
        for j in range(2 * REACH + 1):
            blurred += OVERLAPS[i] * OVERLAPS[j] * padded[i : i + height, j : j + width]
    return blurred


def _tents_by_loops(errors):
    """Return sums under tents twice as wide as their distance, the first of them half a pixel before the plane."""

    def tents(length):
        places = np.arange(length // TENT + 2) * TENT - 0.5
        return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(length)) / TENT)

    return np.einsum("ir,jc,rca->ija", tents(errors.shape[0]), tents(errors.shape[1]), errors)


def test_opponent_colors_of_grays_are_luminance_alone():
    grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    opponent = to_opponent(grays)
    np.testing.assert_allclose(opponent[:, 0], LIGHT, atol=1e-4)
    np.testing.assert_allclose(opponent[:, 1:], 0, atol=1e-4)
    np.testing.assert_allclose(to_opponent(np.array([[[7, 90, 255]]], np.uint8))[0, 0], OPPONENT @ LIGHT[[7, 90, 255]])


def test_errors_are_blurred_and_summed_as_defined(rng):
    errors = rng.standard_normal((STRIP + 13, 37, 3)).astype(np.float32)
    inner = np.s_[REACH:-REACH, REACH:-REACH]
    for strength in (1.0, 0.4):
        expected = strength * _blur_by_loops(errors) + (1 + OWN - strength) * errors
        np.testing.assert_allclose(blur(errors, strength)[inner], expected, atol=1e-4)
    np.testing.assert_allclose(sum_tents(errors), _tents_by_loops(errors), atol=1e-3)


@pytest.mark.parametrize("strength", [1.0, 0.4])
def test_each_look_at_the_plane_leaves_less_and_keeps_count_of_it(strength, photo):
    colors = design_palette(photo, 12).colors
    seen = _open(photo, colors, strength)
    lacks = [_lack(seen, strength)]
    for i in range(4):
        assert settle(seen, find_neighbors(seen.colors), strength, backwards=i % 2 == 1) > 0
        lacks.append(_lack(seen, strength))
    assert (np.diff(lacks) < 0).all()
    errors = seen.colors[seen.labels] - seen.original
    inner = np.s_[REACH:-REACH, REACH:-REACH]
    np.testing.assert_allclose(seen.blurred[inner], blur(errors, strength)[inner], atol=1e-3)
    np.testing.assert_allclose(seen.wide, sum_tents(errors), atol=1e-3)


def test_in_the_end_no_other_color_of_any_pixel_leaves_less(photo):
    part = np.ascontiguousarray(photo[20:52, 30:60])
    seen = _open(part, design_palette(part, 6).colors)
    neighbors = find_neighbors(seen.colors)
    for _ in range(60):
        if settle(seen, neighbors, 1.0, backwards=False) == 0:
            break
    least = _lack(seen)
    for row in range(0, 32, 3):
        for column in range(0, 30, 3):
            kept = seen.labels[row, column]
            for other in range(6):
                seen.labels[row, column] = other
                assert _lack(seen) >= least * (1 - 1e-4)
            seen.labels[row, column] = kept


def test_pixels_without_data_and_held_ones_keep_their_labels(photo, rng):
    colors = design_palette(photo, 8).colors
    valid = rng.random(photo.shape[:2]) < 0.7
    seen = _open(photo, colors, valid=valid)
    before = seen.labels.copy()
    settle_well(seen, find_neighbors(seen.colors))
    assert (seen.labels == before)[~valid].all()
    assert (seen.labels != before)[valid].any()


def test_neighbors_are_the_nearest_palette_colors_in_order(rng):
    colors = rng.random((200, 3)).astype(np.float32)
    found = find_neighbors(colors)
    assert found.shape == (200, 65)
    distances = np.linalg.norm((colors[:, None] - colors) * np.sqrt(1 + OWN), axis=-1)
    assert (found[:, 0] == np.arange(200)).all()
    np.testing.assert_allclose(np.take_along_axis(distances, found, 1), np.sort(distances, axis=1)[:, :65], atol=1e-6)


def test_spatial_leaves_less_to_the_eye_than_any_other_dither(photo):
    palette = design_palette(photo, 8)
    seen = _open(photo, palette.colors)

    def lack(dither):
        seen.labels = map_pixels(photo, palette, dither=dither).labels
        return _lack(seen)

    others = ("floyd_steinberg", "floyd_steinberg:settled=false", "blue_noise", "atkinson", "riemersma")
    assert lack("spatial") < 0.95 * min(lack(dither) for dither in others)


def test_threads_do_not_show(photo):
    tall = np.ascontiguousarray(np.concatenate([photo, photo[::-1, ::-1], photo[:, ::-1]]))
    with limit_threads(1):
        one = quantize(tall, 8, dither="spatial")
    with limit_threads(5):
        five = quantize(tall, 8, dither="spatial")
    assert one.palette == five.palette
    assert (one.labels == five.labels).all()


@pytest.mark.parametrize("n_colors", [300, 2000])
def test_palettes_of_more_than_256_colors_can_be_used(n_colors, photo, rng):
    palette = np.unique(rng.integers(0, 256, (n_colors, 3), dtype=np.uint8), axis=0)
    mapped = map_pixels(photo, palette, dither="spatial")
    assert mapped.labels.dtype == np.uint16
    plain = map_pixels(photo, palette)
    assert (mapped.labels != plain.labels).any()
