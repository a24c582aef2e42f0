"""The table of image formats: what each says of itself is so."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.io.formats import (
    IMAGE_FORMATS,
    find_format,
    find_writer,
    is_image_name,
    list_images,
    list_suffixes,
)
from napari_colorquant.io.image import ImageFile
from napari_colorquant.io.indexed import is_indexed_file, read_indexed
from napari_colorquant.io.read import read_image, read_image_file
from napari_colorquant.io.write import check_target, write_indexed

WRITTEN = [entry for entry in IMAGE_FORMATS.values() if entry.write is not None]
SUFFIXES = [(entry, suffix) for entry in WRITTEN for suffix in entry.written]
SUFFIXES += [(IMAGE_FORMATS["tiff"], ".ome.tif")]
INDEXED = [(entry, suffix) for entry, suffix in SUFFIXES if entry.indexed]
every_writer = pytest.mark.parametrize("entry", WRITTEN, ids=lambda entry: entry.name)


def make_indexed(rng, shape, n_colors=5, gaps=True):
    """Return an indexed image with names, classes and, if so, pixels without data."""
    colors = rng.choice(256**3, n_colors, replace=False)
    colors = np.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=1).astype(np.uint8)
    valid = rng.random(shape) > 0.3 if gaps else np.ones(shape, bool)
    labels = np.where(valid, rng.integers(0, n_colors, shape), 0).astype(np.uint8)
    counts = np.bincount(labels[valid], minlength=n_colors)
    palette = cq.Palette(colors, counts / counts.sum(), names=tuple(f"colour {i}" for i in range(n_colors)))
    return cq.IndexedImage(labels, palette, cq.Recipe(palette=palette), valid if gaps else None)


def describe_frames(entry, indexed):
    """Return an image file that says of axes, units and timing as much as the format keeps."""
    count = len(indexed.shape)
    axes = ("t", "y", "x")[-count:]
    scales, units = ((2.0, 0.5, 0.25)[-count:],), ("second", "micrometer", "micrometer")[-count:]
    frames = math.prod(indexed.shape[:-2])
    times = tuple(0.04 * (i + 1) for i in range(frames)) if count > 2 and entry.timing else ()
    return ImageFile((), False, axes, scales, units, (0.0,) * count, durations=times, loops=3 if times else None)


def shapes_of(entry):
    return [(11, 13), (3, 11, 13)] if entry.frames else [(11, 13)]


@pytest.mark.parametrize(("entry", "suffix"), INDEXED, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("gaps", [False, True])
def test_what_is_written_is_read_back_with_all_that_the_format_keeps(tmp_path, rng, entry, suffix, gaps):
    for shape in shapes_of(entry):
        indexed = make_indexed(rng, shape, gaps=gaps)
        path = tmp_path / f"{len(shape)}{suffix}"
        like = describe_frames(entry, indexed)
        write_indexed(indexed, path, like)
        assert find_format(path) is (IMAGE_FORMATS["png"] if entry.name == "apng" else entry)
        assert is_indexed_file(path)
        found = read_indexed(path)
        valid = np.ones(shape, bool) if indexed.valid is None else indexed.valid
        assert (found.valid is None) == (not gaps)
        np.testing.assert_array_equal(found.valid if gaps else valid, valid)
        np.testing.assert_array_equal(found.labels[valid], indexed.labels[valid])
        np.testing.assert_array_equal(found.palette.colors, indexed.palette.colors)
        np.testing.assert_allclose(found.palette.shares, indexed.palette.shares)
        image = read_image(path)
        if entry.units:
            assert (image.axes, image.units) == (like.axes, like.units)
            np.testing.assert_allclose(image.scales, like.scales)
            assert found.palette.names == indexed.palette.names
        if like.durations:
            np.testing.assert_allclose(image.durations, like.durations)
            assert image.loops == 3


@pytest.mark.parametrize(("entry", "suffix"), SUFFIXES, ids=lambda value: getattr(value, "name", value))
def test_what_is_shown_is_what_was_written_and_no_data_is_transparent(tmp_path, rng, entry, suffix):
    indexed = make_indexed(rng, (11, 13))
    path = tmp_path / f"a{suffix}"
    write_indexed(indexed, path)
    pixels = np.asarray(read_image(path).levels[0])
    if entry.name == "zarr":  # a label image: numbers, with colours for them beside
        np.testing.assert_array_equal(pixels, np.where(indexed.valid, indexed.labels + 1, 0))
        return
    np.testing.assert_array_equal(pixels[..., 3] > 0, indexed.valid)
    np.testing.assert_array_equal(pixels[indexed.valid][:, :3], indexed.to_rgb()[indexed.valid])


@pytest.mark.parametrize("suffix", [".tif", ".ome.tif", ".zarr"])
def test_areas_that_another_program_measures_come_out_right(tmp_path, suffix):
    valid = np.ones((60, 90), bool)
    valid[:, :30] = False
    labels = np.repeat([[0] * 60 + [1] * 20 + [2] * 10], 60, axis=0).astype(np.uint8)
    indexed = cq.IndexedImage(labels, cq.Palette([[255, 0, 0], [0, 255, 0], [0, 0, 255]]), cq.Recipe(), valid)
    write_indexed(indexed, tmp_path / f"a{suffix}")
    if suffix == ".zarr":
        import zarr

        stored = np.asarray(zarr.open(tmp_path / "a.zarr", mode="r")["0"])
    else:
        with Image.open(tmp_path / f"a{suffix}") as file:
            stored = np.asarray(file)
    counts = np.bincount(stored.ravel(), minlength=4)
    np.testing.assert_allclose(counts / stored.size, [1 / 3, 1 / 3, 2 / 9, 1 / 9])


def test_labels_of_a_zarr_say_index_name_hex_and_share(tmp_path, rng):
    import zarr

    indexed = make_indexed(rng, (11, 13), n_colors=3)
    write_indexed(indexed, tmp_path / "a.zarr")
    (none, *rows) = zarr.open(tmp_path / "a.zarr", mode="r").attrs["ome"]["image-label"]["properties"]
    assert (none["label-value"], none["name"]) == (0, "no data")
    assert [row["index"] for row in rows] == [1, 2, 3]
    assert [row["hex"] for row in rows] == list(indexed.palette.hex)
    np.testing.assert_allclose([row["share"] for row in rows], indexed.palette.shares)


@pytest.mark.parametrize("suffix", [".zarr", ".tif"])
def test_256_colours_and_gaps_take_16_bits(tmp_path, rng, suffix):
    indexed = make_indexed(rng, (40, 50), n_colors=256)
    write_indexed(indexed, tmp_path / f"a{suffix}")
    found = read_indexed(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(found.labels, indexed.labels)
    np.testing.assert_array_equal(found.valid, indexed.valid)


@pytest.mark.parametrize("suffix", [".zarr", ".tif"])
def test_65536_colours_leave_no_number_for_gaps(tmp_path, rng, suffix):
    keys = np.arange(65536)
    colors = np.stack([keys >> 8, keys & 255, keys & 255], axis=1).astype(np.uint8)
    labels = keys.reshape(256, 256).astype(np.uint16)
    indexed = cq.IndexedImage(labels, cq.Palette(colors), cq.Recipe(), labels > 5)
    with pytest.raises(ValueError, match="beside pixels without data there must be at most 65535 colours, got 65536"):
        write_indexed(indexed, tmp_path / f"a{suffix}")
    assert not (tmp_path / f"a{suffix}").exists()


def test_equal_frames_stay_frames(tmp_path, rng):
    indexed = make_indexed(rng, (4, 11, 13))
    indexed.labels[2], indexed.valid[2] = indexed.labels[1], indexed.valid[1]
    for suffix in (".gif", ".apng", ".tif", ".zarr"):
        write_indexed(indexed, tmp_path / f"a{suffix}")
        np.testing.assert_array_equal(read_indexed(tmp_path / f"a{suffix}").valid, indexed.valid)


def test_pixels_that_keep_a_part_of_their_own_show_their_gaps(tmp_path, photo):
    indexed = cq.quantize(photo, 4, keep="lightness", mask=photo[..., 0] > 40)
    write_indexed(indexed, tmp_path / "a.tif")
    pixels = read_image_file(tmp_path / "a.tif")
    np.testing.assert_array_equal(pixels[..., 3] > 0, indexed.valid)
    np.testing.assert_array_equal(pixels[indexed.valid][:, :3], indexed.to_rgb()[indexed.valid][:, :3])
    with pytest.raises(ValueError, match=r"must be written as \.png, \.webp, \.tif or \.zarr, got .*a\.gif"):
        write_indexed(indexed, tmp_path / "a.gif")


@pytest.mark.parametrize("gaps", [False, True])
def test_a_webp_plays_the_frames_without_loss_in_their_time(tmp_path, rng, gaps):
    indexed = make_indexed(rng, (4, 11, 13), n_colors=200, gaps=gaps)
    indexed.labels[2] = indexed.labels[1]
    if gaps:
        indexed.valid[2] = indexed.valid[1]
    path, like = tmp_path / "a.webp", describe_frames(IMAGE_FORMATS["webp"], indexed)
    write_indexed(indexed, path, like)
    image = read_image(path)
    assert (image.format, image.axes, image.loops) == ("webp", ("t", "y", "x"), 3)
    assert find_format(path) is IMAGE_FORMATS["webp"]
    np.testing.assert_allclose(image.durations, like.durations)
    shown = np.asarray(image.levels[0])
    valid = indexed.valid if gaps else np.ones(indexed.shape, bool)
    assert shown.shape[-1] == (4 if gaps else 3)
    np.testing.assert_array_equal(shown[valid][:, :3], indexed.to_rgb()[valid])
    if gaps:
        np.testing.assert_array_equal(shown[..., 3], 255 * valid)
    write_indexed(indexed, path, like, overwrite=True, duration=[0.1, 0.2, 0.3, 0.4])
    np.testing.assert_allclose(read_image(path).durations, [0.1, 0.2, 0.3, 0.4])


def test_a_webp_holds_pixels_that_keep_a_part_of_their_own(tmp_path, photo):
    indexed = cq.quantize(photo, 4, keep="lightness", mask=photo[..., 0] > 40)
    write_indexed(indexed, tmp_path / "a.webp")
    pixels = read_image_file(tmp_path / "a.webp")
    np.testing.assert_array_equal(pixels[..., 3], 255 * indexed.valid)
    np.testing.assert_array_equal(pixels[indexed.valid][:, :3], indexed.to_rgb()[indexed.valid])
    long = cq.IndexedImage(np.zeros((1, 20_000), np.uint8), indexed.palette, indexed.recipe)
    with pytest.raises(ValueError, match="sides of at most 16383 pixels, got 20000 x 1"):
        write_indexed(long, tmp_path / "long.webp")
    assert not (tmp_path / "long.webp").exists()


def test_a_name_belongs_to_one_format_and_a_mark_to_one():
    suffixes = list_suffixes()
    assert len(set(suffixes)) == len(suffixes)
    marks = [mark for entry in IMAGE_FORMATS.values() for mark in entry.marks]
    assert not any(a != b and a.startswith(b) for a in marks for b in marks)
    for entry, suffix in SUFFIXES:
        assert find_writer(f"x{suffix.upper()}") is entry
    assert not is_image_name("._photo.jpg")
    assert is_image_name(Path("folder") / "Photo.JPG")


@pytest.mark.parametrize(
    "format_", ["png", "jpeg", "gif", "tiff", "bmp", "webp", "ppm", "pcx", "sgi", "jpeg2000", "avif"]
)
def test_a_file_is_told_by_its_content_whatever_it_is_called(tmp_path, photo, format_):
    Image.fromarray(photo).save(tmp_path / "right", format_)
    for name in ("wrong.tif", "wrong.png", "nothing"):
        (tmp_path / name).write_bytes((tmp_path / "right").read_bytes())
        for lazy in (False, True):
            image = read_image(tmp_path / name, lazy=lazy)
            assert image.levels[0].shape == photo.shape
            assert (image.rgb, image.axes) == (True, ("y", "x"))


def test_the_command_line_lists_the_table(capsys):
    assert main(["list", "images"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for entry in IMAGE_FORMATS.values():
        assert any(line.split()[0] == entry.name and entry.summary in line for line in lines)
    assert main(["--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert ", ".join(list_suffixes(written=True)) in told


def test_every_picture_that_pillow_opens_is_named_in_the_table():
    Image.init()
    opened = {suffix for suffix, name in Image.registered_extensions().items() if name in Image.OPEN}
    # Not pictures, or only with programs of their own.
    others = {".pdf", ".eps", ".ps", ".wmf", ".emf", ".mpg", ".mpeg", ".grib", ".bufr", ".h5", ".hdf"}
    assert {suffix for suffix in opened - others if not is_image_name(f"a{suffix}")} == set()


@every_writer
def test_stacks_are_written_where_the_table_says_so(entry, rng, tmp_path):
    stack = make_indexed(rng, (3, 11, 13))
    path = tmp_path / f"out{entry.suffixes[0]}"
    if entry.frames:
        write_indexed(stack, path)
        assert read_image(path).levels[0].shape[:3] == stack.shape
    else:
        with pytest.raises(ValueError, match="one plane"):
            write_indexed(stack, path)
        assert not path.exists()


@every_writer
def test_what_exists_is_replaced_on_request_only(entry, rng, tmp_path):
    path, indexed = tmp_path / f"out{entry.suffixes[0]}", make_indexed(rng, (11, 13))
    check_target(path)
    write_indexed(make_indexed(rng, (9, 9)), path)
    for write in (check_target, lambda path: write_indexed(indexed, path)):
        with pytest.raises(FileExistsError, match="must not exist unless it may be overwritten"):
            write(path)
    check_target(path, overwrite=True)
    write_indexed(indexed, path, overwrite=True)
    assert read_image(path).levels[0].shape[:2] == (11, 13)
    assert list_images(tmp_path) == [path]


def test_only_what_is_written_has_a_writer(tmp_path):
    written = list_suffixes(written=True)
    assert {find_writer(f"a{suffix.upper()}").name for suffix in written} == {entry.name for entry in WRITTEN}
    for name in ("a.jpg", "a.txt", "a", "a.zarr.zip"):
        with pytest.raises(ValueError, match=r"must be written as one of \.png, .*, got"):
            find_writer(tmp_path / name)
