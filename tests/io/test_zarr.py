"""Zarr and OME-Zarr: channels, versions, zip files, collections."""

import numpy as np
import pytest
import zarr

from image_files import read_both
from napari_colorquant.io.image import Channel
from napari_colorquant.io.read import read_image


def write_group(path, array, axes, zarr_format=2, ome=None):
    """Write an OME-Zarr image of one level at `path` of a folder or a store."""
    group = zarr.create_group(path, zarr_format=zarr_format)
    group.create_array("0", data=array, chunks=array.shape)
    image = {"axes": [{"name": axis, "type": "channel" if axis == "c" else "space"} for axis in axes]}
    image["datasets"] = [{"path": "0", "coordinateTransformations": [
        {"type": "scale", "scale": [1.0] * len(axes)}, {"type": "translation", "translation": [5.0] * len(axes)},
    ]}]  # fmt: skip
    attributes = {"multiscales": [image], **(ome or {})}
    group.attrs.update({"ome": attributes} if zarr_format == 3 else attributes)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_omero_tells_how_channels_are_shown(tmp_path, rng, zarr_format):
    stack = rng.integers(0, 4000, (4, 16, 18), np.uint16)
    shown = [{"label": f"dye {i}", "color": f"0000{i:02X}", "window": {"start": i, "end": 4095}} for i in range(4)]
    write_group(tmp_path / "a.zarr", stack, "cyx", zarr_format, {"omero": {"channels": shown}})
    image = read_both(tmp_path / "a.zarr")
    assert (image.axes, image.rgb, image.origin) == (("c", "y", "x"), False, (5, 5, 5))
    assert image.channels == tuple(Channel(f"dye {i}", (0, 0, i), (i, 4095)) for i in range(4))
    np.testing.assert_array_equal(image.levels[0], stack)


def test_red_green_and_blue_by_omero_are_colours(tmp_path, photo):
    shown = [{"color": color, "window": {"start": 0, "end": 255}} for color in ("FF0000", "00FF00", "0000FF")]
    write_group(tmp_path / "a.zarr", np.moveaxis(photo, -1, 0), "cyx", ome={"omero": {"channels": shown}})
    image = read_both(tmp_path / "a.zarr")
    assert image.rgb
    assert image.notes == ("its three channels were taken as red, green and blue",)
    np.testing.assert_array_equal(image.levels[0], photo)
    others = [{**each, "color": "00FFFF"} for each in shown]
    write_group(tmp_path / "b.zarr", np.moveaxis(photo, -1, 0), "cyx", ome={"omero": {"channels": others}})
    assert not read_both(tmp_path / "b.zarr").rgb


@pytest.mark.parametrize(("version", "axes"), [("0.1", None), ("0.3", ["t", "c", "z", "y", "x"])])
def test_the_first_versions_of_ome_zarr_have_their_axes(tmp_path, rng, version, axes):
    pixels = rng.integers(0, 255, (2, 1, 3, 8, 9), np.uint8)
    group = zarr.create_group(tmp_path / "a.zarr", zarr_format=2)
    group.create_array("0", data=pixels)
    image = {"version": version, "datasets": [{"path": "0"}], **({"axes": axes} if axes else {})}
    group.attrs["multiscales"] = [image]
    found = read_both(tmp_path / "a.zarr")
    assert found.axes == ("t", "z", "y", "x")
    np.testing.assert_array_equal(found.levels[0], pixels[:, 0])


@pytest.mark.parametrize("name", ["a.zarr.zip", "a.ozx", "nothing"])
@pytest.mark.parametrize("inner", ["", "deep/a.zarr/"])
def test_a_zipped_zarr_is_read_whatever_it_is_called(tmp_path, photo, name, inner):
    import zipfile

    write_group(tmp_path / "folder", photo, "yxc", 3)
    with zipfile.ZipFile(tmp_path / name, "w") as file:
        for path in (tmp_path / "folder").rglob("*"):
            if path.is_file():
                file.write(path, inner + path.relative_to(tmp_path / "folder").as_posix())
    np.testing.assert_array_equal(read_both(tmp_path / name).levels[0], photo)
    np.testing.assert_array_equal(read_both(tmp_path / name / "0").levels[0], photo)


def test_a_collection_of_one_image_is_that_image_and_of_several_names_them(tmp_path, photo, gray_photo):
    group = zarr.create_group(tmp_path / "a.zarr", zarr_format=2)
    group.attrs["bioformats2raw.layout"] = 3
    zarr.create_group(tmp_path / "a.zarr" / "OME", zarr_format=2).attrs["series"] = ["0"]
    write_group(tmp_path / "a.zarr" / "0", photo, "yxc")
    np.testing.assert_array_equal(read_both(tmp_path / "a.zarr").levels[0], photo)
    write_group(tmp_path / "a.zarr" / "1", gray_photo, "yx")
    zarr.open_group(tmp_path / "a.zarr" / "OME").attrs["series"] = ["0", "1"]
    for lazy in (False, True):
        with pytest.raises(ValueError, match=r"collection of 2; give one of .*a\.zarr/0, .*a\.zarr/1"):
            read_image(tmp_path / "a.zarr", lazy=lazy)
    np.testing.assert_array_equal(read_both(tmp_path / "a.zarr" / "1").levels[0], gray_photo)


def test_a_plate_of_one_field_is_opened_and_of_several_lists_them(tmp_path, gray_photo):
    plate = zarr.create_group(tmp_path / "p.zarr", zarr_format=2)
    plate.attrs["plate"] = {"wells": [{"path": "A/1"}]}
    well = zarr.create_group(tmp_path / "p.zarr" / "A" / "1", zarr_format=2)
    well.attrs["well"] = {"images": [{"path": "0"}]}
    write_group(tmp_path / "p.zarr" / "A" / "1" / "0", gray_photo, "yx")
    np.testing.assert_array_equal(read_both(tmp_path / "p.zarr").levels[0], gray_photo)
    well.attrs["well"] = {"images": [{"path": "0"}, {"path": "1"}]}
    with pytest.raises(ValueError, match=r"collection of 2; .*p\.zarr/A/1/0, .*p\.zarr/A/1/1"):
        read_image(tmp_path / "p.zarr")
