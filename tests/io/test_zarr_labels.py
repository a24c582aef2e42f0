"""Labels in the image's own OME-Zarr: every value has a colour, and nothing of the image changes."""

import json
import warnings
import zipfile

import dask.array as da
import numpy as np
import pytest
import zarr

import napari_colorquant as cq
from napari_colorquant.io.read import read_image
from napari_colorquant.io.zarr import labels as zarr_labels
from napari_colorquant.io.zarr.labels import write_image_labels

LEVELS = 3


def make_image(path, photo, zarr_format, axes="cyx"):
    """Write the photograph as an OME-Zarr image of three levels, with units and a shift."""
    group = zarr.create_group(path, zarr_format=zarr_format)
    order = [axes.index(name) for name in axes if name in "cyx"]
    whole = photo[(None,) * (len(axes) - 3)]
    pixels = np.moveaxis(whole, [-3, -2, -1], [axes.index(name) for name in "yxc"])
    assert [pixels.shape[i] for i in order] == [
        {"c": 3, "y": photo.shape[0], "x": photo.shape[1]}[axes[i]] for i in order
    ]
    datasets = []
    for level in range(LEVELS):
        array = pixels[tuple(slice(None, None, 2**level if name in "yx" else 1) for name in axes)]
        group.create_array(str(level), data=array, chunks=tuple(min(50, size) for size in array.shape))
        steps = [
            {"type": "scale", "scale": [0.5 * 2**level if name in "yx" else 1.0 for name in axes]},
            {"type": "translation", "translation": [3.0 if name == "y" else 0.0 for name in axes]},
        ]
        datasets.append({"path": str(level), "coordinateTransformations": steps})
    types = {"t": "time", "c": "channel"}
    described = [
        {"name": n, "type": types.get(n, "space"), **({"unit": "micrometer"} if n in "yx" else {})} for n in axes
    ]
    values = {"multiscales": [{"axes": described, "datasets": datasets}]}
    group.attrs.update({"ome": {"version": "0.5", **values}} if zarr_format == 3 else values)
    group.attrs["mine"] = "kept"


def snapshot(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ome_of(group):
    return group.attrs.get("ome", dict(group.attrs))


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("axes", ["cyx", "yxc", "tczyx"])
@pytest.mark.parametrize("lazy", [False, True])
def test_labels_have_the_axes_and_levels_of_the_image_and_a_color_for_every_value(
    zarr_format, axes, lazy, photo, tmp_path
):
    make_image(tmp_path / "a.zarr", photo, zarr_format, axes)
    before = snapshot(tmp_path / "a.zarr")
    image = read_image(tmp_path / "a.zarr", lazy=True)
    indexed = cq.quantize(image.levels[0] if lazy else photo, 5)
    write_image_labels(indexed, tmp_path / "a.zarr", "few colours")
    after = snapshot(tmp_path / "a.zarr")
    assert {name: data for name, data in after.items() if not name.startswith("labels/")} == before
    assert not [name for name in after if ".part" in name or ".old" in name]

    group = zarr.open_group(tmp_path / "a.zarr", mode="r")
    assert ome_of(group["labels"])["labels"] == ["few colours"]
    label = group["labels/few colours"]
    assert label.metadata.zarr_format == zarr_format
    expected = np.asarray(indexed.labels) + 1
    for level in range(LEVELS):
        stored = label[str(level)]
        assert stored.dtype == np.uint8
        assert stored.ndim == len(axes) - 1
        height, width = group[str(level)].shape[axes.index("y")], group[str(level)].shape[axes.index("x")]
        rows, columns = (
            (np.arange(n) * 2 + 1) * size // (2 * n) for n, size in zip((height, width), photo.shape, strict=False)
        )
        assert np.array_equal(stored[:].reshape(height, width), expected[np.ix_(rows, columns)])

    values = ome_of(label)
    (multiscale,) = values["multiscales"]
    assert [axis["name"] for axis in multiscale["axes"]] == [name for name in axes if name != "c"]
    assert {axis.get("unit") for axis in multiscale["axes"] if axis["name"] in "yx"} == {"micrometer"}
    for level, dataset in enumerate(multiscale["datasets"]):
        scale, shift = dataset["coordinateTransformations"]
        assert scale["scale"][-2:] == [0.5 * 2**level] * 2
        assert shift["translation"][-2:] == [3.0, 0.0]
    described = values["image-label"]
    assert described["source"] == {"image": "../../"}
    assert described["version"] == values.get("version", "0.4") == ("0.5" if zarr_format == 3 else "0.4")
    colors = {entry["label-value"]: entry["rgba"] for entry in described["colors"]}
    assert colors == {0: [0, 0, 0, 0], **{i: [*color, 255] for i, color in enumerate(indexed.palette, 1)}}
    rows = {entry["label-value"]: entry for entry in described["properties"]}
    assert [rows[i + 1]["hex"] for i in range(5)] == list(indexed.palette.hex)
    assert [rows[i + 1]["share"] for i in range(5)] == indexed.palette.shares.tolist()
    assert set(rows) == set(colors)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_labels_of_other_names_and_all_else_stay(zarr_format, photo, tmp_path):
    make_image(tmp_path / "a.zarr", photo, zarr_format)
    first, second = cq.quantize(photo, 3), cq.quantize(photo, 4)
    write_image_labels(first, tmp_path / "a.zarr", "first")
    zarr.open_group(tmp_path / "a.zarr" / "labels", mode="r+").attrs["note"] = "kept"
    before = snapshot(tmp_path / "a.zarr")
    write_image_labels(second, tmp_path / "a.zarr", "second")
    after = snapshot(tmp_path / "a.zarr")
    listing = "labels/.zattrs" if zarr_format == 2 else "labels/zarr.json"
    assert [name for name in before if after[name] != before[name]] == [listing]
    group = zarr.open_group(tmp_path / "a.zarr" / "labels", mode="r")
    assert group.attrs["note"] == "kept"
    assert ome_of(group)["labels"] == ["first", "second"]

    with pytest.raises(FileExistsError, match="must not exist unless it may be overwritten"):
        write_image_labels(second, tmp_path / "a.zarr", "first")
    assert snapshot(tmp_path / "a.zarr") == after
    write_image_labels(second, tmp_path / "a.zarr", "first", overwrite=True)
    assert ome_of(zarr.open_group(tmp_path / "a.zarr" / "labels", mode="r"))["labels"] == ["first", "second"]
    assert zarr.open_array(tmp_path / "a.zarr" / "labels" / "first" / "0", mode="r")[:].max() == 4


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_consolidated_metadata_know_the_labels(zarr_format, photo, tmp_path):
    make_image(tmp_path / "a.zarr", photo, zarr_format)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr says that version 3 has no word on it
        zarr.consolidate_metadata(tmp_path / "a.zarr")
    file = tmp_path / "a.zarr" / (".zmetadata" if zarr_format == 2 else "zarr.json")
    before = json.loads(file.read_text())
    write_image_labels(cq.quantize(photo, 3), tmp_path / "a.zarr", "a")
    write_image_labels(cq.quantize(photo, 4), tmp_path / "a.zarr", "b")
    after = json.loads(file.read_text())
    held = [each if zarr_format == 2 else each["consolidated_metadata"] for each in (before, after)]
    assert held[0]["metadata"].items() <= held[1]["metadata"].items()
    assert before.get("attributes") == after.get("attributes")
    group = zarr.open_consolidated(tmp_path / "a.zarr")
    assert group["labels/b/1"].shape == group["1"].shape[1:]
    assert ome_of(group["labels"])["labels"] == ["a", "b"]


def test_gaps_are_0_and_256_colors_have_room(photo, tmp_path):
    make_image(tmp_path / "a.zarr", photo, 3)
    mask = np.ones(photo.shape[:2], bool)
    mask[:20] = False
    indexed = cq.quantize(photo, 256, mask=mask)
    write_image_labels(indexed, tmp_path / "a.zarr")
    stored = zarr.open_array(tmp_path / "a.zarr" / "labels" / "colorquant" / "0", mode="r")[:]
    assert stored.dtype == np.uint16
    assert np.array_equal(stored, np.where(mask, indexed.labels.astype(int) + 1, 0))


def test_the_only_image_of_a_collection_gets_them(photo, tmp_path):
    root = zarr.create_group(tmp_path / "a.zarr", zarr_format=2)
    root.attrs["bioformats2raw.layout"] = 3
    make_image(tmp_path / "a.zarr" / "0", photo, 2)
    write_image_labels(cq.quantize(photo, 3), tmp_path / "a.zarr", "few")
    assert (tmp_path / "a.zarr" / "0" / "labels" / "few" / "2").is_dir()


@pytest.mark.parametrize("is_first", [True, False])
def test_what_fails_leaves_nothing_behind(is_first, photo, tmp_path, monkeypatch):
    make_image(tmp_path / "a.zarr", photo, 3)
    indexed = cq.quantize(photo, 3)
    if not is_first:
        write_image_labels(indexed, tmp_path / "a.zarr", "old")
    before = snapshot(tmp_path / "a.zarr")

    def fail(*_):
        raise OSError("the disk is gone")

    monkeypatch.setattr(zarr_labels, "_take_nearest", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        write_image_labels(indexed, tmp_path / "a.zarr", "new")
    assert snapshot(tmp_path / "a.zarr") == before
    assert (tmp_path / "a.zarr" / "labels").exists() is not is_first


def test_what_is_no_image_or_does_not_fit_is_refused(photo, tmp_path):
    make_image(tmp_path / "a.zarr", photo, 3)
    zarr.create_array(tmp_path / "b.zarr", data=photo)
    (tmp_path / "d.png").write_text("no image")
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as file:
        file.writestr("zarr.json", "{}")
    indexed = cq.quantize(photo, 3)
    before = snapshot(tmp_path)
    for image, what, error, message in (
        ("b.zarr", indexed, ValueError, "must be one OME-Zarr image"),
        ("a.zarr", cq.quantize(photo[1:], 3), ValueError, "must have the shape of the image without channels"),
        ("c.zarr", indexed, OSError, "an image that gets labels must exist, got .*c.zarr"),
        ("d.png", indexed, ValueError, "d.png must be one OME-Zarr image, got one that cannot be read"),
        ("e.zip", indexed, ValueError, "an image that gets labels must be a folder, no zip file, got .*e.zip"),
    ):
        with pytest.raises(error, match=message):
            write_image_labels(what, tmp_path / image)
    for name in ("", "..", "a/b", ".x", "é"):
        with pytest.raises(ValueError, match="name must be letters"):
            write_image_labels(indexed, tmp_path / "a.zarr", name)
    assert snapshot(tmp_path) == before


def test_labels_are_not_replaced_while_they_are_read(photo, tmp_path):
    make_image(tmp_path / "a.zarr", photo, 3)
    write_image_labels(cq.quantize(photo, 3), tmp_path / "a.zarr", "few")
    stored = read_image(tmp_path / "a.zarr" / "labels" / "few", lazy=True).levels[0]
    indexed = cq.map_pixels(stored, cq.quantize(photo, 3).palette, scale=(0, 255))
    assert isinstance(indexed.labels, da.Array)
    with pytest.raises(ValueError, match="name must be none of the labels that the lazy ones are read from"):
        write_image_labels(indexed, tmp_path / "a.zarr", "few", overwrite=True)
