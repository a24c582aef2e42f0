"""One palette for many images, and the error of each colour."""

import dask.array as da
import numpy as np
import pytest
import tifffile
from PIL import Image

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant.annotate.tables.files import apply_palette, measure_files
from napari_colorquant.annotate.tables.table import color_errors
from napari_colorquant.io.formats import list_images
from napari_colorquant.io.image import ImageFile
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.read import read_image
from napari_colorquant.io.write import write_indexed
from napari_colorquant.quality.distortion import delta_e_map


@pytest.fixture
def indexed(photo):
    return editing.classify(cq.quantize(photo, 5, space="lab"), {0: "one", 1: "two", 2: "two"})


@pytest.fixture
def files(tmp_path, photo):
    for name, image in (("b.png", photo), ("a.tif", photo[:64])):
        Image.fromarray(image).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "deeper").mkdir()
    return tmp_path


def test_a_palette_brings_its_names_and_classes_along(photo, indexed):
    mapped = apply_palette(photo, indexed.palette, indexed.recipe)
    np.testing.assert_array_equal(mapped.labels, indexed.labels)
    assert mapped.palette.classes == indexed.palette.classes


def test_a_recipe_with_fixed_and_automatic_colours_can_be_applied(photo, indexed):
    recipe = cq.Recipe(n_colors="auto", target={"psnr": 20}, fixed=("#ff0000",))
    assert apply_palette(photo, indexed.palette, recipe).palette.hex == indexed.palette.hex


def test_files_are_measured_one_by_one(files, photo, indexed):
    rows = measure_files(list_images(files), indexed.palette, indexed.recipe, pixel_size=(2, 2), unit="mm")
    assert [(row["image"], row["class"]) for row in rows] == [
        ("a.tif", "one"),
        ("a.tif", "two"),
        ("b.png", "one"),
        ("b.png", "two"),
    ]
    assert rows[3]["pixels"] == np.isin(indexed.labels, [1, 2]).sum()
    assert rows[3]["area"] == rows[3]["pixels"] * 4


def test_a_file_that_says_its_pixel_size_is_measured_with_it(tmp_path, photo, indexed):
    ome = {
        "axes": "YXS",
        "PhysicalSizeX": 0.5,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": 2,
        "PhysicalSizeYUnit": "µm",
    }
    tifffile.imwrite(tmp_path / "a.ome.tif", photo, photometric="rgb", metadata=ome)
    tifffile.imwrite(tmp_path / "b.tif", photo, photometric="rgb", resolution=(20, 10), resolutionunit="CENTIMETER")
    imagej = {"axes": "YXS", "unit": "mm"}
    tifffile.imwrite(tmp_path / "c.tif", photo, imagej=True, metadata=imagej, resolution=(4, 4))
    tifffile.imwrite(tmp_path / "d.tif", photo, photometric="rgb", resolution=(72, 72), resolutionunit="INCH")
    like = ImageFile((), False, ("y", "x"), ((3.0, 2.0),), ("nanometer",) * 2, (0.0, 0.0))
    write_indexed(indexed, tmp_path / "e.tif", like)
    Image.fromarray(photo).save(tmp_path / "f.png")
    rows = measure_files(
        list_images(tmp_path), indexed.palette, indexed.recipe, by="class", pixel_size=(7, 7), unit="px"
    )
    found = {row["image"]: (row["area"] / row["pixels"], row["unit"]) for row in rows}
    expected = {"a.ome.tif": (1, "µm²"), "b.tif": (500_000, "µm²"), "c.tif": (1 / 16, "mm²"), "d.tif": (49, "px²"),
                "e.tif": (6, "nm²"), "f.png": (49, "px²")}  # fmt: skip
    assert {name: unit for name, (_, unit) in found.items()} == {name: unit for name, (_, unit) in expected.items()}
    np.testing.assert_allclose([found[name][0] for name in expected], [area for area, _ in expected.values()])


def test_a_zarr_is_measured_chunk_by_chunk_and_channels_as_they_are_displayed(tmp_path, rng, photo, indexed):
    da.from_array(photo, chunks=(50, 60, 3)).to_zarr(tmp_path / "a.zarr")
    tifffile.imwrite(
        tmp_path / "b.tif",
        rng.integers(0, 255, (4, 9, 9), np.uint8),
        metadata={"axes": "CYX"},
        photometric="minisblack",
    )
    rows = measure_files(list_images(tmp_path), indexed.palette, indexed.recipe, by="color")
    pixels = {name: [row["pixels"] for row in rows if row["image"] == name] for name in ("a.zarr", "b.tif")}
    np.testing.assert_array_equal(pixels["a.zarr"], np.bincount(indexed.labels.ravel()))
    shown = read_image(tmp_path / "b.tif", channels="displayed").levels[0]
    mapped = cq.map_pixels(shown, indexed.palette, space=indexed.recipe.space)
    np.testing.assert_array_equal(pixels["b.tif"], np.bincount(mapped.labels.ravel(), minlength=len(indexed.palette)))


def test_a_file_that_cannot_be_read_has_a_row_that_says_so(files, indexed):
    (files / "c.png").write_bytes(b"no picture")
    rows = measure_files(list_images(files), indexed.palette, by="color")
    assert rows[-1]["image"] == "c.png"
    assert "must be an image file" in rows[-1]["error"]
    assert len(rows) == 11


def test_a_batch_can_be_cancelled_between_files(files, indexed):
    def listener(share, text):
        if share:
            raise Cancelled

    with watch(listener), pytest.raises(Cancelled):
        measure_files(list_images(files), indexed.palette)


def test_a_folder_without_images_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="a folder must hold image files"):
        list_images(tmp_path)


def test_the_error_of_a_colour_is_the_mean_over_its_pixels(photo, indexed):
    differences = delta_e_map(photo, indexed)
    expected = [differences[indexed.labels == index].mean() for index in range(5)]
    np.testing.assert_allclose(color_errors(indexed, photo), expected, rtol=1e-5)


def test_a_colour_without_pixels_has_no_error(rgba_photo):
    palette = cq.Palette([[0, 0, 0], [255, 255, 255], [1, 254, 3]])
    indexed = cq.map_pixels(rgba_photo, palette)
    errors = color_errors(indexed, rgba_photo)
    assert np.isfinite(errors[:2]).all()
    assert np.isnan(errors[2])


def test_the_pictures_are_written_too(files, photo, indexed):
    paths = list_images(files)
    (files / "out").mkdir()
    rows = measure_files(paths, indexed.palette, indexed.recipe, pictures=files / "out" / "{name}-16.png")
    assert rows == measure_files(paths, indexed.palette, indexed.recipe)
    assert sorted(path.name for path in (files / "out").iterdir()) == ["a-16.png", "b-16.png"]
    written = read_indexed(files / "out" / "b-16.png")
    np.testing.assert_array_equal(written.labels, indexed.labels)
    assert written.palette.hex == indexed.palette.hex


def test_a_picture_that_cannot_be_written_is_told_in_its_row(files, indexed):
    rows = measure_files(list_images(files), indexed.palette, pictures=files / "no folder" / "{name}.png")
    assert [row["image"] for row in rows] == ["a.tif", "b.png"]
    assert all("no folder" in row["error"] for row in rows)


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [("out.png", "have {name} in its last part"), ("{name}/out.png", "have {name} in its last part"),
     ("{name}.jpg", "must be written as one of"), ("{name}.png", "name none of the files themselves")],
)  # fmt: skip
def test_patterns_that_would_do_harm_are_refused_before_anything_is_written(files, indexed, pattern, rule):
    before = {path: path.read_bytes() for path in list_images(files)}
    with pytest.raises(ValueError, match=rule):
        measure_files(list(before), indexed.palette, pictures=files / pattern)
    assert {path: path.read_bytes() for path in list_images(files)} == before


def test_two_files_of_one_name_do_not_share_a_picture(files, photo, indexed):
    Image.fromarray(photo).save(files / "deeper" / "b.tif")
    with pytest.raises(ValueError, match="another picture for each file"):
        measure_files([files / "b.png", files / "deeper" / "b.tif"], indexed.palette, pictures=files / "{name}-x.png")
