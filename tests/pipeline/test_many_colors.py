"""More than 256 colours: labels of 16 bits, exact as ever, through every method, dither and file that takes them."""

import dask.array as da
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import pairwise_distances, pairwise_distances_argmin

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.shapes.cleaning import clean
from napari_colorquant.cli import main
from napari_colorquant.clustering.nearest import nearest, nearest_with_distance
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.palettes import FORMATS, read_palette, write_palette
from napari_colorquant.io.read import read_image_file
from napari_colorquant.io.write import write_indexed
from napari_colorquant.palette import Palette
from napari_colorquant.quality.cloud import color_cloud

MANY = [name for name, entry in cq.QUANTIZERS.items() if entry.most > 256]
#: Of these, the ones that take seconds at 4,096.
SLOW = ("minibatch_kmeans", "sklearn_kmeans")


@pytest.fixture(scope="module")
def varied(large_photo):
    return np.ascontiguousarray(large_photo[::3, ::3])


@pytest.fixture(scope="module")
def long_palette():
    colors = np.unique(np.random.default_rng(5).integers(0, 256, (700, 3), np.uint8), axis=0)
    return Palette(colors[np.random.default_rng(6).permutation(len(colors))][:600])


def test_they_are_those_of_the_field():
    assert set(MANY) == {
        "kmeans", "fast", "wu", "pca", "median_cut", "octree", "pnn", "popularity", "uniform",
        "minibatch_kmeans", "sklearn_kmeans",
    }  # fmt: skip


@pytest.mark.parametrize("method", MANY)
@pytest.mark.parametrize("n_colors", [257, 300, 4096])
def test_a_method_designs_as_many_as_are_asked_for(varied, method, n_colors):
    if n_colors == 4096 and method in SLOW:
        n_colors = 1000
    indexed = cq.quantize(varied, n_colors, quantizer=method, space="srgb")
    assert len(indexed.palette) == n_colors == len(set(indexed.palette.hex))
    assert indexed.labels.dtype == np.uint16
    assert (np.diff(indexed.palette.shares) <= 0).all()
    assert indexed.palette.shares.sum() == pytest.approx(1)
    fewer = cq.quantize(varied, 256, quantizer=method, space="srgb")
    assert cq.distortion(varied, indexed).mse < cq.distortion(varied, fewer).mse or n_colors == 257


@pytest.mark.parametrize("method", [name for name in cq.QUANTIZERS if name not in MANY])
def test_the_others_say_their_limit_before_the_work(method):
    with pytest.raises(ValueError, match=f"n_colors must be at most 256 with {method}, got 257"):
        cq.Recipe(n_colors=257, quantizer=method)
    assert cq.Recipe(n_colors=257, quantizer=method, palette=Palette(["#000"])).n_colors == 257  # nothing is designed


@pytest.mark.parametrize("space", cq.SPACES)
def test_pixels_get_their_nearest_colour_in_any_space(varied, long_palette, space):
    part = varied[:40]
    indexed = cq.map_pixels(part, long_palette, space=space)
    metric = indexed.recipe.metric
    points, centers = metric.coordinates(part.reshape(-1, 3)), metric.coordinates(long_palette.colors)
    distances = pairwise_distances(points.astype(float), centers.astype(float))
    own = distances[np.arange(len(points)), indexed.labels.reshape(-1)]
    np.testing.assert_allclose(own, distances.min(axis=1), atol=1e-5 * distances.max())


def test_nearest_is_that_of_scikit_learn(rng):
    points, centers = (rng.random((count, 3), np.float32) for count in (5000, 4096))
    labels = nearest(points, centers)
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(labels, pairwise_distances_argmin(points, centers))
    found, distances = nearest_with_distance(points, centers)
    np.testing.assert_allclose(distances, ((points - centers[found]) ** 2).sum(axis=1), rtol=1e-5)


@pytest.mark.parametrize("dither", cq.DITHERS)
def test_a_dither_chooses_among_them_all(varied, long_palette, dither):
    indexed = cq.map_pixels(varied, long_palette, dither=dither)
    assert indexed.labels.dtype == np.uint16
    assert indexed.labels.max() > 255
    flat = long_palette.colors[np.arange(600).reshape(20, 30)]
    np.testing.assert_array_equal(cq.map_pixels(flat, long_palette, dither=dither).labels.reshape(-1), np.arange(600))
    lazy = cq.map_pixels(da.from_array(varied, chunks=(60, 50, 3)), long_palette, dither=dither)
    np.testing.assert_array_equal(lazy.labels, indexed.labels)


@pytest.mark.parametrize("steady", [True, False])
def test_stacks_that_are_larger_than_memory_are_dithered_as_those_in_it(varied, long_palette, steady):
    stack = np.stack([varied[:50, :60], varied[:50, :60], varied[50:100, :60]])
    how = {"dither": f"floyd_steinberg:steady={str(steady).lower()}", "frames": True}
    lazy = cq.map_pixels(da.from_array(stack, chunks=(1, 50, 60, 3)), long_palette, **how)
    np.testing.assert_array_equal(lazy.labels, cq.map_pixels(stack, long_palette, **how).labels)


def test_chunks_do_not_show(varied):
    whole = cq.quantize(varied, 300)
    lazy = cq.quantize(da.from_array(varied, chunks=(64, 70, 3)), 300).load()
    assert lazy.palette == whole.palette
    np.testing.assert_array_equal(lazy.labels, whole.labels)


def test_few_distinct_colours_are_their_own_palette(rng):
    levels = np.stack(np.meshgrid(np.arange(0, 256, 9), np.arange(0, 256, 9), [0, 128]), axis=-1).reshape(-1, 3)
    image = levels.astype(np.uint8)[rng.integers(0, len(levels), (90, 90))]
    indexed = cq.quantize(image, 65536)
    assert len(indexed.palette) == len(np.unique(image.reshape(-1, 3), axis=0)) > 256
    np.testing.assert_array_equal(indexed.to_rgb(), image)
    assert cq.distortion(image, indexed).is_exact


def test_the_longest_palette(rng):
    image = rng.integers(0, 256, (300, 300, 3), np.uint8)
    indexed = cq.quantize(image, 65536, quantizer="wu", space="srgb")
    assert len(indexed.palette) == 65536
    assert indexed.labels.max() > 65000
    with pytest.raises(ValueError, match=r"n_colors must lie in 1\.\.65536, got 65537"):
        cq.quantize(image, 65537)


def test_smoothing_cleaning_and_16_bits(varied, long_palette):
    smooth = cq.map_pixels(varied, long_palette, smoothness=2.0)
    assert smooth.labels.dtype == np.uint16
    assert (np.diff(smooth.labels.astype(int)) != 0).sum() < (
        np.diff(cq.map_pixels(varied, long_palette).labels.astype(int)) != 0
    ).sum()
    cleaned = clean(smooth, min_size=5)
    assert cleaned.labels.dtype == np.uint16
    deep = cq.quantize(varied[:60, :60].astype(np.uint16) * 250 + 17, 300)
    assert deep.labels.dtype == np.uint16
    assert cq.distortion(varied[:60, :60].astype(np.uint16) * 250 + 17, deep).n_pixels == 3600


def test_alpha_is_graded_among_many(varied):
    fade = np.broadcast_to(np.linspace(1, 255, varied.shape[1]).astype(np.uint8), varied.shape[:2])
    indexed = cq.quantize(np.dstack([varied, fade]), 300)
    assert len(indexed.palette) == 300
    assert indexed.labels.dtype == np.uint16
    assert indexed.palette.is_graded
    lazy = cq.quantize(da.from_array(np.dstack([varied, fade]), chunks=(60, 60, 4)), 300).load()
    np.testing.assert_array_equal(lazy.to_rgb(), indexed.to_rgb())


def test_edits_cross_the_bound_of_a_byte(varied):
    indexed = cq.quantize(varied, 256)
    longer = editing.add_color(indexed, varied, "#123456")
    assert (len(longer.palette), longer.labels.dtype) == (257, np.uint16)
    shorter = editing.delete_color(longer, varied, 256)
    assert (len(shorter.palette), shorter.labels.dtype) == (256, np.uint8)
    np.testing.assert_array_equal(shorter.labels, indexed.labels)
    merged = editing.merge(longer, [3, 200])
    assert merged.labels.dtype == np.uint8
    parts = editing.split(indexed, varied, 128, 3)
    assert (len(parts.palette), parts.labels.dtype) == (258, np.uint16)
    moved = editing.reorder(longer, list(range(256, -1, -1)))
    np.testing.assert_array_equal(moved.to_rgb(), longer.to_rgb())
    unused = cq.map_pixels(varied[:4, :4], longer.palette, remove_unused=True)
    assert unused.labels.dtype == np.uint8


def test_the_cloud_knows_the_owner_of_each_point(varied):
    indexed = cq.quantize(varied, 300)
    cloud = color_cloud(indexed, varied)
    assert cloud.owners.max() > 255
    metric = cq.spaces.Metric(cq.SPACES["oklab"]) if hasattr(cq, "spaces") else indexed.recipe.metric
    expected = nearest(cloud.points, np.ascontiguousarray(metric.coordinates(indexed.palette.colors)))
    assert (expected == cloud.owners).mean() > 0.9


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("suffix", [".tif", ".ome.tif", ".zarr"])
def test_files_of_16_bits_hold_them(varied, tmp_path, suffix, gaps):
    mask = np.ones(varied.shape[:2], bool)
    mask[:20] = not gaps
    indexed = cq.quantize(varied, 300, mask=mask)
    write_indexed(indexed, tmp_path / f"a{suffix}")
    again = read_indexed(tmp_path / f"a{suffix}")
    assert again.palette == indexed.palette
    np.testing.assert_array_equal(again.labels, indexed.labels)
    if suffix != ".zarr":  # which is labels to whoever does not know us
        np.testing.assert_array_equal(read_image_file(tmp_path / f"a{suffix}")[20:, ..., :3], indexed.to_rgb()[20:])


def test_webp_shows_their_colours(varied, tmp_path):
    indexed = cq.quantize(varied, 300)
    write_indexed(indexed, tmp_path / "a.webp")
    np.testing.assert_array_equal(read_image_file(tmp_path / "a.webp"), indexed.to_rgb())


@pytest.mark.parametrize("suffix", [".png", ".gif", ".apng"])
def test_files_of_8_bits_say_so_before_the_work(varied, tmp_path, monkeypatch, capsys, suffix):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(varied).save("a.bmp")
    monkeypatch.setattr("napari_colorquant.pipeline.pyramid.run", None)
    assert main(["a.bmp", "-n", "300", "-o", f"b{suffix}"]) == 2
    told = capsys.readouterr().err
    assert f"an image that is written as {suffix[1:]} must have at most 256 colours, got 300; write one of " in told
    assert ".tif" in told
    monkeypatch.undo()
    with pytest.raises(ValueError, match=r"must have at most 256 colours, got 300; more are written as \.webp, \.tif"):
        write_indexed(cq.quantize(varied, 300), tmp_path / f"b{suffix}")
    assert not (tmp_path / f"b{suffix}").exists()


@pytest.mark.parametrize("name", [name for name, entry in FORMATS.items() if entry.write])
def test_palette_files_hold_them_or_say_their_limit(long_palette, tmp_path, name):
    path = tmp_path / f"a{FORMATS[name].suffixes[0]}"
    if FORMATS[name].most_colors < 600:
        with pytest.raises(ValueError, match=f"must have at most {FORMATS[name].most_colors} colours, got 600"):
            write_palette(long_palette, path, format=name)
        assert not path.exists()
        return
    write_palette(long_palette, path, format=name)
    assert read_palette(path).hex == long_palette.hex


def test_the_longest_palette_goes_to_files(tmp_path, rng):
    keys = rng.permutation(1 << 24)[:65536]
    palette = Palette(np.stack([keys >> 16, keys >> 8 & 255, keys & 255], axis=1))
    for suffix in (".json", ".gpl", ".csv", ".ase"):
        write_palette(palette, tmp_path / f"a{suffix}")
        assert read_palette(tmp_path / f"a{suffix}").hex == palette.hex
