"""Axes, units and channels that a file names."""

import numpy as np
import pytest
import tifffile

from image_files import read_both
from napari_colorquant import quantize
from napari_colorquant.cli import main
from napari_colorquant.io.image import Channel
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.read import read_image, read_image_file


def test_imagej_brings_size_unit_spacing_and_interval(tmp_path, photo):
    stack = np.stack([photo] * 6).reshape(2, 3, *photo.shape)
    tifffile.imwrite(
        tmp_path / "a.tif", stack, imagej=True, resolution=(2, 4),
        metadata={"axes": "TZYXS", "unit": "um", "spacing": 2.0, "finterval": 1.5},
    )  # fmt: skip
    image = read_both(tmp_path / "a.tif")
    assert (image.axes, image.rgb) == (("t", "z", "y", "x"), True)
    np.testing.assert_allclose(image.scales[0], (1.5, 2, 0.25, 0.5))
    assert image.units == ("second", "micrometer", "micrometer", "micrometer")
    np.testing.assert_array_equal(image.levels[0], stack)


def test_imagej_channels_have_the_colours_and_ranges_in_which_they_are_shown(tmp_path, rng):
    stack = rng.integers(0, 4000, (2, 16, 18), np.uint16)
    ramp = np.arange(256, dtype=np.uint8)
    tables = [np.stack([ramp, 0 * ramp, ramp]), np.stack([0 * ramp, ramp, 0 * ramp])]
    metadata = {"axes": "CYX", "mode": "composite", "LUTs": tables, "Ranges": (10.0, 2000.0, 5.0, 4000.0)}
    tifffile.imwrite(tmp_path / "a.tif", stack, imagej=True, metadata=metadata)
    image = read_both(tmp_path / "a.tif")
    assert (image.axes, image.rgb) == (("c", "y", "x"), False)
    assert image.channels == (Channel("", (255, 0, 255), (10, 2000)), Channel("", (0, 255, 0), (5, 4000)))


def test_ome_tiff_brings_axes_sizes_and_channels(tmp_path, rng):
    stack = rng.integers(0, 4000, (3, 2, 16, 18), np.uint16)
    metadata = {
        "axes": "ZCYX", "PhysicalSizeX": 0.5, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.25,
        "PhysicalSizeYUnit": "µm", "PhysicalSizeZ": 100.0, "PhysicalSizeZUnit": "nm",
        "Channel": {"Name": ["DAPI", "GFP"], "Color": [65535, 16711935]},
    }  # fmt: skip
    tifffile.imwrite(tmp_path / "a.ome.tif", stack, metadata=metadata)
    image = read_both(tmp_path / "a.ome.tif")
    assert image.axes == ("z", "c", "y", "x")
    np.testing.assert_allclose(image.scales[0], (100, 1, 0.25, 0.5))
    assert image.units == ("nanometer", "", "micrometer", "micrometer")
    assert image.channels == (Channel("DAPI", (0, 0, 255)), Channel("GFP", (0, 255, 0)))


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_channel_axis_is_never_colour_nor_alpha(tmp_path, rng, count, capsys):
    stack = rng.integers(0, 4000, (count, 16, 18), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", stack, metadata={"axes": "CYX"}, photometric="minisblack")
    tifffile.imwrite(tmp_path / "b.tif", np.moveaxis(stack, 0, -1), photometric="minisblack", planarconfig="contig")
    for name in ("a.tif", "b.tif") if count > 2 else ("a.tif",):
        image = read_both(tmp_path / name)
        assert (sorted(image.axes), image.rgb, len(image.channels)) == (["c", "x", "y"], False, count)
        with pytest.raises(ValueError, match=r"--channels .* got \d channels"):
            read_image_file(tmp_path / name)
        for target in ("out.png", "out.tif"):
            assert main([str(tmp_path / name), "-o", str(tmp_path / target)]) == 2
            assert "--channels" in capsys.readouterr().err


@pytest.mark.parametrize("lazy", [False, True])
def test_chosen_channels_are_gray_or_red_green_and_blue(tmp_path, rng, lazy):
    stack = rng.integers(0, 4000, (3, 4, 16, 18), np.uint16)
    names = ["DAPI", "GFP", "Cy3", "Cy5"]
    meta = {"axes": "ZCYX", "Channel": {"Name": names}, "PhysicalSizeX": 0.5, "PhysicalSizeXUnit": "µm"}
    tifffile.imwrite(tmp_path / "a.ome.tif", stack, metadata=meta, photometric="minisblack")
    image = read_image(tmp_path / "a.ome.tif", lazy=lazy)
    gray = image.with_channels(["Cy3"])
    assert (gray.rgb, gray.axes, gray.channels, gray.scales) == (
        False,
        ("z", "y", "x"),
        (Channel("Cy3"),),
        ((1, 1, 0.5),),
    )
    np.testing.assert_array_equal(gray.levels[0], stack[:, 2])
    rgb = image.with_channels([3, "0", "GFP"])
    assert (rgb.rgb, rgb.axes, rgb.channels, rgb.units) == (True, ("z", "y", "x"), (), ("", "", "micrometer"))
    np.testing.assert_array_equal(rgb.levels[0], np.moveaxis(stack[:, [3, 0, 1]], 1, -1))
    rgb.check_colors("it")
    with pytest.raises(ValueError, match=r"must be one of 0\.\.3 or DAPI, GFP, Cy3, Cy5, got 4"):
        image.with_channels([4])
    with pytest.raises(ValueError, match="must be one, or three for red, green and blue, got 2"):
        image.with_channels([0, 1])
    with pytest.raises(ValueError, match=r"must have channels of which some can be chosen, got axes z, y, x"):
        gray.with_channels([0])


def test_the_command_line_takes_the_channels_that_are_meant(tmp_path, rng, capsys):
    stack = rng.integers(0, 255, (4, 16, 18), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", stack, metadata={"axes": "CYX"}, photometric="minisblack")
    for target in ("a.png", "a.tif", "a.zarr"):
        for channels, expected in (("2,0,3", np.moveaxis(stack[[2, 0, 3]], 0, -1)), ("1", stack[1])):
            words = ["--channels", channels, "-n", "7", "-o", str(tmp_path / "out" / target), "--force"]
            (tmp_path / "out").mkdir(exist_ok=True)
            assert main([str(tmp_path / "a.tif"), *words]) == 0
            capsys.readouterr()
            found, quantized = read_indexed(tmp_path / "out" / target), quantize(expected, 7)
            np.testing.assert_array_equal(found.palette.colors[found.labels], quantized.to_rgb())
    assert main([str(tmp_path / "a.tif"), "--channels", "7"]) == 2
    assert "must be one of 0..3" in capsys.readouterr().err
