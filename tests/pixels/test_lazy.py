import time
import warnings

import dask
import dask.array as da
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import napari_colorquant as cq
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant.mapping.labels import count_labels
from napari_colorquant.mapping.nearest_colors import label_keys
from napari_colorquant.mapping.tables import GrowingTable, table_of
from napari_colorquant.pixels.arrays import load
from napari_colorquant.pixels.counting import count_parts, count_pixels
from napari_colorquant.pixels.counts import EXACT_LIMIT, ColorCounts
from napari_colorquant.pixels.keys import rgb_to_keys
from napari_colorquant.pixels.lazy import LazyPixels
from napari_colorquant.pixels.scheduling import fold
from napari_colorquant.pixels.source import open_source
from napari_colorquant.spaces import SPACES, Metric

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def chunkings(shape):
    """Draw chunks for `shape`: any cuts along any axis."""
    return st.tuples(*(st.sets(st.integers(1, max(1, size - 1)), max_size=3).map(_sizes(size)) for size in shape))


def _sizes(size):
    return lambda cuts: tuple(int(step) for step in np.diff(sorted({0, size, *(cut for cut in cuts if cut < size)})))


def assert_same(indexed, expected):
    assert not isinstance(indexed.labels, np.ndarray)
    np.testing.assert_array_equal(indexed.palette.colors, expected.palette.colors)
    np.testing.assert_array_equal(indexed.palette.shares, expected.palette.shares)
    np.testing.assert_array_equal(indexed.labels, expected.labels)
    assert (indexed.valid is None) == (expected.valid is None)
    if expected.valid is not None:
        np.testing.assert_array_equal(indexed.valid, expected.valid)
    painted = indexed.to_rgb()
    assert painted.shape == expected.to_rgb().shape
    np.testing.assert_array_equal(painted, expected.to_rgb())


def assert_equal_counts(counts, expected):
    np.testing.assert_array_equal(counts.keys, expected.keys)
    np.testing.assert_array_equal(counts.counts, expected.counts)
    assert (counts.bins is None) == (expected.bins is None)
    if expected.bins is not None:
        np.testing.assert_array_equal(counts.bins, expected.bins)


@FEW
@given(data=st.data())
def test_any_chunking_gives_the_bits_of_numpy(photo, data):
    image = photo[:61, :47]
    chunks = data.draw(chunkings(image.shape))
    assert_same(cq.quantize(da.from_array(image, chunks=chunks), 8), cq.quantize(image, 8))


@FEW
@given(data=st.data())
def test_any_chunking_of_masked_stacks_of_floats_gives_the_bits_of_numpy(photo, data):
    stack = np.stack([photo[:30, :40, 0], photo[30:60, :40, 1], photo[60:90, :40, 2]]).astype(np.float32) * 3
    stack[0, :5, :7] = np.nan
    mask = data.draw(hnp.arrays(np.bool_, (30, 40), fill=st.just(True)))
    mask[-1, -1] = True
    importance = data.draw(st.sampled_from([None, stack[1] > 100, stack[2].astype(np.float64)]))
    chunks = data.draw(chunkings(stack.shape))
    choices = {"n_colors": 5, "scale": "range", "mask": mask, "importance": importance, "frames": True}
    lazy = da.from_array(stack, chunks=chunks)
    assert_same(cq.quantize(lazy, **choices), cq.quantize(stack, **choices))
    choices["mask"] = da.from_array(mask, chunks=(7, 11))
    assert_same(cq.quantize(lazy, **choices), cq.quantize(stack, **{**choices, "mask": mask}))


@pytest.mark.parametrize("dither", list(cq.DITHERS))
def test_dithers_do_not_see_the_chunks(rgba_photo, dither):
    stack = np.stack([rgba_photo, rgba_photo[::-1]])
    lazy = da.from_array(stack, chunks=(2, 37, 50, 1))
    assert_same(cq.quantize(lazy, 8, dither=dither), cq.quantize(stack, 8, dither=dither))


@pytest.mark.parametrize("space", list(SPACES))
def test_spaces_do_not_see_the_chunks(photo, space):
    lazy = da.from_array(photo, chunks=(50, 60, 3))
    assert_same(cq.quantize(lazy, 16, space=space), cq.quantize(photo, 16, space=space))


@pytest.mark.parametrize("threads", [1, 8])
def test_the_number_of_threads_does_not_show(photo, threads):
    with dask.config.set(scheduler="threads", num_workers=threads):
        assert_same(cq.quantize(da.from_array(photo, chunks=(20, 30, 3)), 16), cq.quantize(photo, 16))


def test_noise_with_more_colors_than_are_listed_gives_the_bits_of_numpy(rng):
    noise = rng.integers(0, 256, (1700, 1600, 3), np.uint8)
    expected = count_pixels(open_source(noise))
    assert not expected.is_exact
    for chunks in [(1700, 1600, 3), (300, 700, 3)]:
        assert_equal_counts(count_pixels(open_source(da.from_array(noise, chunks=chunks))), expected)
    assert_same(cq.quantize(da.from_array(noise, chunks=(900, 900, 3)), 4), cq.quantize(noise, 4))


def test_counts_add_up_the_same_in_any_order_across_the_limit(rng):
    # Three parts that are exact by themselves, of which only all together pass the limit.
    keys = rng.permutation(1 << 24)[: EXACT_LIMIT + 5].astype(np.uint32)
    parts = [ColorCounts(np.sort(part), np.full(len(part), 3)) for part in np.array_split(keys, 3)]
    first, second, third = parts
    whole = (first + second) + third
    assert not whole.is_exact
    assert whole.total == 3 * len(keys)
    for other in [first + (second + third), (third + first) + second, third + (second + first)]:
        assert_equal_counts(other, whole)
    assert_equal_counts(whole + first, first + whole)


def test_small_blocks_are_counted_together_as_one_by_one(rng):
    rgb = rng.integers(0, 9, (1000, 3), np.uint8)
    valid, importance = rng.random(1000) < 0.5, rng.integers(0, 9, 1000, np.uint16)
    for shown in (None, valid):
        for shares in (None, importance):
            parts = [
                (
                    rgb[i : i + 7],
                    None if shown is None else shown[i : i + 7],
                    None if shares is None else shares[i : i + 7],
                )
                for i in range(0, 1000, 7)
            ]
            assert_equal_counts(count_parts(iter(parts)), count_parts([(rgb, shown, shares)]))


@pytest.mark.parametrize("space", ["srgb", "gray", "oklab"])
def test_mapping_onto_the_designed_palette_gives_the_designed_labels(any_photo, space):
    # In a space of whole numbers many colours are as near to one entry as to another.
    indexed = cq.quantize(any_photo, 64, space=space)
    again = cq.map_pixels(any_photo, indexed.palette, space=space)
    np.testing.assert_array_equal(again.labels, indexed.labels)
    np.testing.assert_array_equal(again.palette.shares, indexed.palette.shares)
    assert (np.diff(indexed.palette.shares) <= 0).all()


def test_map_pixels_gives_the_labels_of_numpy_and_looks_at_nothing(photo, rgba_photo):
    for image in (photo, rgba_photo, photo[..., 0], photo > 100):
        with dask.config.set(scheduler=_never):
            indexed = cq.map_pixels(da.from_array(image, chunks=50), ["#000000", "#ff8800", "#0088ff"])
            assert not indexed.palette.shares.any()
        expected = cq.map_pixels(image, ["#000000", "#ff8800", "#0088ff"])
        shared = indexed.with_shares().palette
        np.testing.assert_array_equal(indexed.labels, expected.labels)
        np.testing.assert_array_equal(shared.shares, expected.palette.shares)
        np.testing.assert_array_equal(indexed.to_rgb(), expected.to_rgb())


def test_only_the_chunks_that_are_looked_at_are_read(photo):
    seen = []

    def read(block_info=None):
        (top, bottom), (left, right), _ = block_info[None]["array-location"]
        seen.append((top, left))
        return photo[top:bottom, left:right]

    lazy = da.map_blocks(read, chunks=((32,) * 4, (32,) * 4, (3,)), dtype=np.uint8, meta=np.empty((0, 0, 0), np.uint8))
    indexed = cq.map_pixels(lazy, ["#000000", "#ffffff"])
    indexed.labels[40:50, 70:80].compute()
    assert seen == [(32, 64)]


def test_removing_unused_colors_gives_the_palette_of_numpy(photo):
    palette = ["#000000", "#00ff00", "#ff8800", "#ffffff"]
    indexed = cq.map_pixels(da.from_array(photo, chunks=50), palette, remove_unused=True)
    assert_same(indexed, cq.map_pixels(photo, palette, remove_unused=True))


def test_a_palette_for_several_images_mixes_numpy_and_dask(photo, gray_photo):
    expected = cq.design_palette([photo, gray_photo], 8)
    mixed = cq.design_palette([da.from_array(photo, chunks=50), gray_photo], 8)
    np.testing.assert_array_equal(mixed.colors, expected.colors)
    np.testing.assert_array_equal(mixed.shares, expected.shares)


def test_load_brings_everything_into_memory(rgba_photo):
    indexed = cq.quantize(da.from_array(rgba_photo, chunks=50), 4)
    labels, valid, nothing = load(indexed.labels, indexed.valid, None)
    assert isinstance(labels, np.ndarray)
    assert isinstance(valid, np.ndarray)
    assert nothing is None


def test_labels_are_counted_where_they_are_valid(rng):
    labels = rng.integers(0, 5, (40, 30), np.uint8)
    valid = rng.random((40, 30)) < 0.5
    lazy, shown = da.from_array(labels, chunks=(7, 30)), da.from_array(valid, chunks=(7, 30))
    np.testing.assert_array_equal(count_labels(lazy, 6), np.bincount(labels.ravel(), minlength=6))
    np.testing.assert_array_equal(count_labels(lazy, 6, shown), np.bincount(labels[valid], minlength=6))


@pytest.mark.parametrize(
    ("image", "choices", "message"),
    [
        (np.full((4, 4), np.nan), {"scale": "range"}, "at least one pixel with data"),
        (np.full((4, 4), np.nan), {}, "at least one pixel with data"),
        (np.full((4, 4), 2.0), {}, r"floats must lie in 0\.\.1"),
        (np.zeros((4, 4, 3), np.uint8), {"mask": np.ones((3, 3))}, "mask must have the shape of the image"),
        (np.zeros((4, 4, 3), np.uint8), {"mask": np.zeros((4, 4))}, "at least one pixel"),
        (np.zeros((4, 4, 3), np.uint8), {"importance": np.zeros((4, 4))}, "importance must be > 0"),
        (np.zeros((4, 4, 3), np.uint8), {"importance": np.full((4, 4), -1.0)}, "importance must be finite and >= 0"),
        (np.zeros((4, 4, 3), np.uint8), {"importance": np.full((4, 4), np.nan)}, "importance must be finite and >= 0"),
        (np.zeros((4, 4, 5), np.uint8), {"rgb": True}, "an RGB image must have shape"),
        (np.zeros(4, np.uint8), {}, "at least two axes"),
    ],
)
def test_errors_are_those_of_numpy(image, choices, message):
    for each in (image, da.from_array(image, chunks=2)):
        with pytest.raises(ValueError, match=message):
            cq.quantize(each, 2, **choices)


def test_unknown_chunk_sizes_are_told():
    lazy = da.from_array(np.arange(64).reshape(8, 8), chunks=4)
    with pytest.raises(ValueError, match="chunks of known sizes"):
        cq.quantize(lazy[lazy[:, 0] > 8], 2)


def test_progress_is_told_and_rises(photo):
    heard = []
    large = da.tile(da.from_array(photo, chunks=-1), (32, 32, 1)).rechunk((1024, 1024, 3))
    with watch(lambda done, text: heard.append((done, text))):
        cq.quantize(large, 4)
    counting = [done for done, text in heard if text == "Counting colours" and done is not None]
    assert len(set(counting)) > 3
    assert counting == sorted(counting)
    assert 0 <= counting[0] <= counting[-1] <= 0.3 + 1e-9


@pytest.mark.parametrize("scheduler", ["threads", "synchronous"])
def test_cancelling_stops_the_computation(photo, scheduler):
    started = []

    def read(block_id=None):
        started.append(block_id)
        return photo[:8, :8]

    lazy = da.map_blocks(read, chunks=((8,) * 64, (8,) * 64, (3,)), dtype=np.uint8, meta=np.empty((0, 0, 0), np.uint8))
    with (
        dask.config.set(scheduler=scheduler, num_workers=2),
        watch(_cancel_after(0.05)),
        pytest.raises(Cancelled),
    ):
        fold(_sum_chunk, [lazy], sum)
    assert 0 < len(started) < 64 * 64 / 2


def test_tables_grow_to_the_labels_of_any_color(rng):
    for space in ("oklab", "lab"):
        metric = Metric(SPACES[space], (1, 0, 2))
        palette = rng.integers(0, 256, (9, 3), np.uint8)
        table = GrowingTable(palette, metric)
        for _ in range(3):
            rgb = rng.integers(0, 256, (500, 3), np.uint8)
            keys = rgb_to_keys(rgb)
            np.testing.assert_array_equal(table.look_up(rgb), label_keys(keys, palette, metric))
        assert table_of(palette, metric) is table_of(palette.copy(), Metric(SPACES[space], (1, 0, 2)))


def test_lazy_pixels_say_what_they_are(rgba_photo):
    pixels = open_source(da.from_array(rgba_photo, chunks=50))
    assert isinstance(pixels, LazyPixels)
    assert pixels.shape == rgba_photo.shape[:2]
    assert pixels.may_have_gaps
    np.testing.assert_array_equal(pixels.read_alpha(), rgba_photo[..., 3])


@pytest.fixture(scope="module")
def workers():
    """A cluster of two worker processes."""
    import distributed

    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=None
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def two_workers(workers):
    """A client of the cluster: for one test, since as long as it lives everything lazy is computed there."""
    import distributed

    with distributed.Client(workers) as client:
        yield client


def test_two_worker_processes_give_the_bits_of_numpy(two_workers, photo, rgba_photo):
    assert len(two_workers.scheduler_info()["workers"]) == 2
    assert_same(cq.quantize(da.from_array(photo, chunks=(50, 70, 3)), 16), cq.quantize(photo, 16))
    choices = {"dither": "floyd_steinberg", "importance": rgba_photo[..., 0] / 255, "space": "lab"}
    lazy = da.from_array(rgba_photo, chunks=(50, 70, 3))
    assert_same(cq.quantize(lazy, 8, **choices), cq.quantize(rgba_photo, 8, **choices))


def test_a_cluster_tells_its_progress_and_can_be_cancelled(two_workers, photo):
    lazy = da.from_array(photo, chunks=(16, 16, 3))
    heard = []
    with watch(lambda done, text: heard.append(done)):
        fold(_sum_chunk, [lazy], sum)
    assert len({done for done in heard if done}) > 2
    with watch(_cancel_after(0.01)), pytest.raises(Cancelled):
        fold(_sum_slowly, [lazy], sum)
    assert two_workers.submit(sum, [1, 2]).result(timeout=30) == 3


def _sum_chunk(chunks):
    return int(np.sum(chunks[0]))


def _sum_slowly(chunks):
    time.sleep(0.02)
    return int(np.sum(chunks[0]))


def _never(*args, **options):
    raise AssertionError("something was computed")


def _cancel_after(share):
    def listen(done, text):
        if done is not None and done > share:
            raise Cancelled

    return listen


@pytest.mark.parametrize("keep", ["lightness", "chroma"])
def test_what_pixels_keep_is_the_same_in_chunks(keep, photo, rgba_photo, gray_photo):
    mask = np.arange(128 * 128).reshape(128, 128) % 7 > 0
    for image, its_mask in ((photo, None), (photo, mask), (rgba_photo, None), (gray_photo, None), (gray_photo, mask)):
        lazy_mask = None if its_mask is None else da.from_array(its_mask, chunks=37)
        expected = cq.quantize(image, 5, space="oklab", keep=keep, mask=its_mask)
        indexed = cq.quantize(da.from_array(image, chunks=50), 5, space="oklab", keep=keep, mask=lazy_mask)
        assert indexed.recolored.shape == (128, 128, 3)
        assert not isinstance(indexed.recolored, np.ndarray)
        assert_same(indexed, expected)


def test_hue_alone_as_the_metric_of_a_table():
    from napari_colorquant.spaces.hue import make_metric

    palette = np.array([[200, 30, 30], [30, 200, 30], [128, 128, 128]], np.uint8)
    hues, plain = make_metric(SPACES["oklab"], (1.0, 1.0, 1.0), "chroma"), Metric(SPACES["oklab"])
    dark_red = np.array([[60, 5, 5]], np.uint8)
    assert table_of(palette, hues).look_up(dark_red) == 0
    assert table_of(palette, plain) is not table_of(palette, hues)


@pytest.mark.parametrize("what", ["image", "mask", "importance"])
def test_dask_arrays_of_masked_ones_would_forget_their_mask_and_are_refused(rng, what):
    image = rng.integers(0, 256, (9, 8, 3), np.uint8)
    given = {"image": image, "mask": np.ones((9, 8)), "importance": np.ones((9, 8))}
    hidden = np.ma.MaskedArray(given[what], rng.random(given[what].shape) > 0.5)
    given[what] = da.from_array(hidden, chunks=hidden.shape)
    with pytest.raises(TypeError, match=r"must hold plain numbers, dask\.array\.ma\.filled.*, got 'a dask array of ma"):
        cq.quantize(given.pop("image"), 4, **given)
