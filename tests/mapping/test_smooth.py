"""Labels that hang together: smoothness 0 is what it was, blocks and chunks do not show, and the energy falls."""

import dask.array as da
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import napari_colorquant as cq
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.mapping import smooth
from napari_colorquant.pipeline.smoothing import smoothing_cost
from napari_colorquant.pixels.lazy_arrays import widen_chunks

PALETTE = cq.Palette([[60, 60, 160], [200, 120, 150], [230, 220, 210], [120, 80, 40]])


@pytest.fixture
def truth(rng):
    """Discs of four classes, (120, 150) uint8."""
    rows, columns = np.mgrid[:120, :150]
    classes = np.zeros((120, 150), np.uint8)
    for row, column, radius, name in zip(*rng.integers((0, 0, 5, 0), (120, 150, 25, 4), (20, 4)).T, strict=True):
        classes[(rows - row) ** 2 + (columns - column) ** 2 < radius**2] = name
    return classes


def noisy(truth, rng, sigma=35.0):
    """Return classes in their colours, with noise."""
    colors = PALETTE.colors[truth]
    return np.clip(colors + rng.normal(0, sigma, colors.shape), 0, 255).astype(np.uint8)


def energy(image, labels, strength, space="oklab"):
    """Return the energy that smoothing brings down, over planes, in plain NumPy."""
    metric = cq.Recipe(space=space).metric
    palette = metric.coordinates(PALETTE.colors).astype(float)
    points = metric.coordinates(image.reshape(-1, 3)).astype(float).reshape(*image.shape)
    spacing = smooth.find_spacing(palette)
    total = ((points - palette[labels]) ** 2).sum() / spacing
    for down, right, length in ((0, 1, 1), (1, 0, 1), (1, 1, 2), (1, -1, 2)):
        one = np.s_[: labels.shape[0] - down, max(0, -right) : labels.shape[1] - max(0, right)]
        other = np.s_[down:, max(0, right) : labels.shape[1] + min(0, right)]
        weight = 1 / (1 + ((points[one] - points[other]) ** 2).sum(axis=-1) / spacing) / np.sqrt(length)
        # A pair is counted for both of its pixels, each of which sees half of the price of the whole.
        total += strength * (weight * (labels[one] != labels[other])).sum() / (4 + 4 * np.sqrt(0.5))
    return total


@pytest.mark.parametrize("space", ["oklab", "gray", "srgb"])
def test_smoothness_0_is_the_exact_mapping(space, photo):
    assert np.array_equal(
        cq.quantize(photo, 7, space=space, smoothness=0).labels, cq.quantize(photo, 7, space=space).labels
    )


@pytest.mark.parametrize("strength", [0.5, 2.0, 10.0])
def test_the_energy_falls(strength, truth, rng):
    image = noisy(truth, rng)
    nearest = cq.map_pixels(image, PALETTE).labels
    smoothed = cq.map_pixels(image, PALETTE, smoothness=strength).labels
    before, after = energy(image, nearest, strength), energy(image, smoothed, strength)
    assert after < before


def test_no_single_pixel_of_an_image_at_rest_has_a_cheaper_label(rng):
    image = noisy(np.kron(rng.integers(0, 4, (2, 2)), np.ones((5, 6), int)), rng, 25)
    labels = cq.map_pixels(image, PALETTE, smoothness=1.0).labels
    least = energy(image, labels, 1.0)
    for place in np.ndindex(labels.shape):
        for other in range(4):
            changed = labels.copy()
            changed[place] = other
            assert energy(image, changed, 1.0) > least - 1e-4


def test_noise_goes_and_the_classes_stay(truth, rng):
    image = noisy(truth, rng)
    wrong = [(cq.map_pixels(image, PALETTE, smoothness=s).labels != truth).mean() for s in (0, 1, 2, 4)]
    assert wrong == sorted(wrong, reverse=True)
    assert wrong[-1] < wrong[0] / 5


def test_an_image_of_palette_colors_is_left_alone(truth):
    two = PALETTE.take([0, 2])
    checkers = np.indices((20, 30)).sum(axis=0) % 2
    for labels in (checkers, truth % 2):
        assert np.array_equal(cq.map_pixels(two.colors[labels], two, smoothness=1.0).labels, labels)


def test_the_error_rises_by_what_the_report_says(photo):
    smoothed = cq.quantize(photo, 8, smoothness=2.0)
    nearest = cq.map_pixels(photo, smoothed.palette)
    cost = smoothing_cost(photo, smoothed)
    assert cost.changed == np.count_nonzero(smoothed.labels != nearest.labels) > 0
    assert cost.share == cost.changed / smoothed.labels.size
    assert cost.before == cq.distortion(photo, nearest)
    assert cost.after == cq.distortion(photo, smoothed)
    assert cost.after.mean_de2000 > cost.before.mean_de2000
    lazy = cq.quantize(da.from_array(photo, chunks=(50, 40, 3)), 8, smoothness=2.0)
    assert smoothing_cost(photo, lazy).changed == cost.changed


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.integers(9, 60),
    columns=st.integers(9, 60),
    threads=st.sampled_from([1, 4]),
    space=st.sampled_from(["oklab", "gray"]),
)
def test_chunks_and_threads_do_not_show(rows, columns, threads, space, truth):
    image = noisy(truth, np.random.default_rng(1), 60)[:97, :83]
    whole = cq.map_pixels(image, PALETTE, smoothness=3.0, space=space)
    with limit_threads(threads):
        lazy = cq.map_pixels(da.from_array(image, chunks=(rows, columns, 3)), PALETTE, smoothness=3.0, space=space)
        assert lazy.labels.shape == whole.labels.shape
        assert np.array_equal(np.asarray(lazy.labels), whole.labels)


@pytest.mark.parametrize("volume", [False, True])
def test_blocks_do_not_show_and_stacks_are_planes_or_volumes(volume, truth, rng, monkeypatch):
    stack = np.stack([noisy(truth, rng)[:70, :60] for _ in range(20)])
    choices = {"smoothness": 2.0, "smooth_frames": volume}
    whole = cq.map_pixels(stack, PALETTE, **choices).labels
    alone = np.stack([cq.map_pixels(plane, PALETTE, smoothness=2.0).labels for plane in stack])
    assert np.array_equal(whole, alone) is not volume
    assert volume is bool((whole != truth[:70, :60]).mean() < (alone != truth[:70, :60]).mean())
    for chunks in ((1, 70, 60, 3), (3, 33, 41, 3), (17, 20, 60, 3)):
        lazy = cq.map_pixels(da.from_array(stack, chunks=chunks), PALETTE, **choices)
        assert np.array_equal(np.asarray(lazy.labels), whole)
    monkeypatch.setattr(smooth, "_SIDE", 33)
    monkeypatch.setattr(smooth, "_SIDE_OF_VOLUMES", 17)
    assert np.array_equal(cq.map_pixels(stack, PALETTE, **choices).labels, whole)
    assert np.array_equal(cq.map_pixels(stack[None], PALETTE, **choices).labels[0], whole)


def test_the_order_of_the_palette_does_not_show(truth, rng):
    image, order = noisy(truth, rng), [2, 0, 3, 1]
    labels = cq.map_pixels(image, PALETTE, smoothness=2.0).labels
    assert np.array_equal(np.take(order, cq.map_pixels(image, PALETTE.take(order), smoothness=2.0).labels), labels)


def test_gaps_stay_and_have_no_say(truth, rng):
    image = noisy(truth, rng)
    mask = rng.random(truth.shape) > 0.3
    smoothed = cq.map_pixels(image, PALETTE, smoothness=2.0, mask=mask)
    assert np.array_equal(smoothed.valid, mask)
    assert not smoothed.labels[~mask].any()
    image[~mask] = (0, 255, 0)
    assert np.array_equal(cq.map_pixels(image, PALETTE, smoothness=2.0, mask=mask).labels, smoothed.labels)


@pytest.mark.parametrize("n_colors", [1, 4])
def test_shares_are_those_of_the_smoothed_labels(n_colors, large_photo):
    indexed = cq.quantize(large_photo, n_colors, smoothness=1.0)
    counts = np.bincount(indexed.labels.reshape(-1), minlength=n_colors)
    assert np.allclose(indexed.palette.shares, counts / counts.sum())
    assert indexed.recipe.smoothness == 1.0


@given(hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(1, 9)), st.integers(0, 20))
def test_wide_chunks_cover_the_axis_and_are_wide_enough(sizes, least):
    wide = widen_chunks([tuple(sizes)], [least])[0]
    assert sum(wide) == sizes.sum()
    assert len(wide) == 1 or min(wide) >= least
    assert set(np.cumsum(wide)) <= set(np.cumsum(sizes))
