"""What the table of image formats says of each format is true of it."""

import json

import numpy as np
import pytest
import zarr
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.io.formats import (
    IMAGE_FORMATS,
    check_target,
    find_format,
    find_writer,
    list_images,
    write_indexed,
    written_suffixes,
)
from napari_colorquant.io.large import read_lazy
from napari_colorquant.io.pillow import read_image_file

WRITTEN = [entry for entry in IMAGE_FORMATS.values() if entry.write is not None]
every_writer = pytest.mark.parametrize("entry", WRITTEN, ids=lambda entry: entry.name)


def read_back(path, entry):
    """Return the picture that a file shows, (..., H, W, 3)."""
    if not entry.chunks:
        return read_image_file(path)[..., :3]
    if not entry.folder:
        return np.asarray(read_lazy(path).levels[0])
    group = zarr.open(path, mode="r")
    return np.array(cq.Palette.from_dict(group.attrs["colorquant"]["palette"]).colors)[np.asarray(group["0"])]


@pytest.fixture(scope="module")
def indexed(photo):
    return cq.quantize(photo, 9)


def test_a_suffix_belongs_to_one_format():
    suffixes = [suffix for entry in IMAGE_FORMATS.values() for suffix in entry.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)


def test_every_picture_that_pillow_opens_is_in_the_table():
    Image.init()
    opened = {suffix for suffix, name in Image.registered_extensions().items() if name in Image.OPEN}
    # Not pictures, or only with programs of their own.
    others = {".pdf", ".eps", ".ps", ".wmf", ".emf", ".mpg", ".mpeg", ".grib", ".bufr", ".h5", ".hdf"}
    assert {suffix for suffix in opened - others if find_format(f"a{suffix}") is None} == set()


@every_writer
def test_what_is_written_shows_the_same_picture(entry, indexed, tmp_path):
    for suffix in entry.suffixes:
        path = tmp_path / f"out{suffix}"
        check_target(path)
        write_indexed(indexed, path)
        np.testing.assert_array_equal(read_back(path, entry), indexed.to_rgb())
        assert find_format(path) is entry
        assert list_images(tmp_path) == sorted(tmp_path.iterdir())


@every_writer
def test_stacks_are_written_where_the_table_says_so(entry, photo, tmp_path):
    stack = cq.quantize(np.stack([photo, photo[::-1], photo[:, ::-1]]), 9)
    path = tmp_path / f"out{entry.suffixes[0]}"
    if entry.frames:
        write_indexed(stack, path)
        np.testing.assert_array_equal(read_back(path, entry), stack.to_rgb())
    else:
        with pytest.raises(ValueError, match="one plane"):
            write_indexed(stack, path)
        assert not path.exists()


@every_writer
def test_what_exists_is_replaced_on_request_only(entry, indexed, tmp_path):
    path = tmp_path / f"out{entry.suffixes[0]}"
    write_indexed(indexed, path)
    for write in (check_target, lambda path: write_indexed(indexed, path)):
        with pytest.raises(FileExistsError, match="must not exist unless it may be overwritten"):
            write(path)
    check_target(path, overwrite=True)
    write_indexed(indexed, path, overwrite=True)
    np.testing.assert_array_equal(read_back(path, entry), indexed.to_rgb())


def test_only_what_is_written_has_a_writer(tmp_path):
    assert written_suffixes() == (".png", ".gif", ".tif", ".tiff", ".zarr")
    for name in ("a.jpg", "a.txt", "a"):
        with pytest.raises(ValueError, match=r"must be written as one of \.png, .*, got"):
            find_writer(tmp_path / name)


def test_labels_of_a_zarr_keep_palette_and_recipe(indexed, tmp_path):
    write_indexed(indexed, tmp_path / "out.zarr")
    kept = zarr.open(tmp_path / "out.zarr", mode="r").attrs["colorquant"]
    assert cq.Palette.from_dict(kept["palette"]) == indexed.palette
    assert cq.Recipe.from_json(json.dumps(kept["recipe"])) == indexed.recipe
