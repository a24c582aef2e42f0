"""Axes, units and channels that a file names."""

import numpy as np
import pytest
import tifffile
import zarr

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


def write_sizes(path, pixels, unit_y, unit_x):
    sizes = {"PhysicalSizeY": 2.0, "PhysicalSizeYUnit": unit_y, "PhysicalSizeX": 500.0, "PhysicalSizeXUnit": unit_x}
    tifffile.imwrite(path, pixels, metadata={"axes": "YX", **sizes})


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (("µm", "nm"), ((2, 0.5), "µm")),
        (("nm", "Å"), ((2, 50), "nm")),
        (("mm", "µm"), ((2, 0.5), "mm")),
        (("cm", "in"), ((2, 1270), "cm")),
        (("Å", "Å"), ((2, 500), "Å")),
        (("furlong", "furlong"), ((2, 500), "furlong")),
        (("furlong", "nm"), None),
        (("pixel", "pixel"), None),
        (("reference frame", "reference frame"), None),
    ],
)
def test_sides_of_a_pixel_in_two_units_are_told_in_one(tmp_path, gray_photo, units, expected):
    write_sizes(tmp_path / "a.ome.tif", gray_photo, *units)
    found = read_both(tmp_path / "a.ome.tif").find_pixel_size()
    assert (found is None) == (expected is None)
    if expected is not None:
        np.testing.assert_allclose(found[0], expected[0])
        assert found[1] == expected[1]


@pytest.mark.parametrize(("word", "unit"), [("h", "hour"), ("min", "minute"), ("", "second"), ("frames", "frames")])
def test_times_between_frames_have_the_unit_that_imagej_says(tmp_path, rng, word, unit):
    stack = rng.integers(0, 255, (3, 8, 9), np.uint8)
    metadata = {"axes": "TYX", "finterval": 0.5, "tunit": word}
    tifffile.imwrite(tmp_path / "a.tif", stack, imagej=True, metadata=metadata)
    image = read_both(tmp_path / "a.tif")
    assert (image.scales[0][0], image.units[0]) == (0.5, unit)


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
            assert main([str(tmp_path / name), "-o", str(tmp_path / target), "--force"]) == 0
            assert f"{count} channels of {count} as displayed, added up: 0 #" in capsys.readouterr().err


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


def added_up(stack, colors, windows):
    """What a screen adds up: each channel rounded to 8 bits, and clipped at white."""
    total = np.zeros((*stack.shape[1:], 3), int)
    for plane, color, (low, high) in zip(stack, colors, windows, strict=True):
        share = np.clip((plane.astype(float) - low) / (high - low), 0, 1)
        total += np.rint(share[..., None] * color).astype(int)
    return np.minimum(total, 255)


COLORS = ((0, 0, 255), (0, 255, 0), (255, 128, 0), (255, 0, 255))


@pytest.fixture(params=["imagej", "ome", "omero"])
def displayed(request, tmp_path, rng):
    """A file of four channels, what it says of colours and windows, and the numbers: (C, Z, Y, X)."""
    stack = rng.integers(0, 4000, (4, 2, 16, 18), np.uint16)
    windows = [(100.0, 2000.0), (0.0, 3000.0), (500.0, 4000.0), (0.0, 1000.0)]
    if request.param == "imagej":
        ramps = [np.outer(color, np.arange(256) / 255).round().astype(np.uint8) for color in COLORS]
        ranges = [number for window in windows for number in window]
        meta = {"axes": "ZCYX", "LUTs": ramps, "mode": "composite", "Ranges": tuple(ranges)}
        tifffile.imwrite(tmp_path / "a.tif", stack.swapaxes(0, 1), imagej=True, metadata=meta)
        return tmp_path / "a.tif", COLORS, windows, stack
    if request.param == "ome":
        codes = [int.from_bytes(bytes([*color, 255]), "big", signed=True) for color in COLORS]
        meta = {"axes": "CZYX", "Channel": {"Name": list("abcd"), "Color": codes}}
        tifffile.imwrite(tmp_path / "a.ome.tif", stack, metadata=meta, photometric="minisblack")
        return tmp_path / "a.ome.tif", COLORS, [(int(p.min()), int(p.max())) for p in stack], stack
    group = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=2)
    group.create_array("0", data=stack, chunks=(1, 1, 7, 9))
    axes = [{"name": "c", "type": "channel"}, *({"name": name, "type": "space"} for name in "zyx")]
    scale = {"type": "scale", "scale": [1.0] * 4}
    dataset = {"path": "0", "coordinateTransformations": [scale]}
    shown = [
        {"label": label, "color": bytes(color).hex(), "window": {"start": low, "end": high}, "active": label != "d"}
        for label, color, (low, high) in zip("abcd", COLORS, windows, strict=True)
    ]
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": [dataset]}]
    group.attrs["omero"] = {"channels": shown}
    return tmp_path / "a.zarr", COLORS[:3], windows[:3], stack[:3]


@pytest.mark.parametrize("lazy", [False, True])
def test_channels_are_added_up_as_the_file_displays_them(displayed, lazy):
    path, colors, windows, stack = displayed
    image = read_image(path, channels="displayed", lazy=lazy)
    assert (image.rgb, image.axes, image.channels) == (True, ("z", "y", "x"), ())
    difference = np.asarray(image.levels[0]).astype(int) - added_up(stack, colors, windows)
    assert np.abs(difference).max() <= 2  # the colormap of a screen has 1024 steps of 8 bits
    assert f"{len(stack)} channels of 4 as displayed" in image.notes[-1]
    assert f"#{bytes(colors[1]).hex()} {windows[1][0]:g}..{windows[1][1]:g}" in image.notes[-1]


def test_some_channels_are_added_up_as_displayed(displayed):
    path, colors, windows, stack = displayed
    image = read_image(path, channels=[2, 0])
    expected = added_up(stack[[2, 0]], [colors[2], colors[0]], [windows[2], windows[0]])
    assert np.abs(np.asarray(image.levels[0]).astype(int) - expected).max() <= 2
    with pytest.raises(ValueError, match=r"must be one of 0\.\.3 or .*, got 9"):
        read_image(path, channels=[0, 9])


def test_the_command_line_says_which_channels_it_shows(displayed, tmp_path, capsys):
    path, *_ = displayed
    for target in ("out.tif", "out.zarr"):
        assert main([str(path), "-n", "5", "-o", str(tmp_path / target)]) == 0
        assert "as displayed, added up: " in capsys.readouterr().err
        expected = quantize(read_image(path, channels="displayed").levels[0], 5)
        found = read_indexed(tmp_path / target)
        np.testing.assert_array_equal(found.to_rgb(), np.asarray(expected.to_rgb()))


def test_channels_of_which_nothing_is_said_have_the_colours_that_napari_gives_them(tmp_path, rng):
    stack = rng.integers(0, 4000, (2, 16, 18), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", stack, metadata={"axes": "CYX"}, photometric="minisblack")
    image = read_image(tmp_path / "a.tif", channels="displayed")
    windows = [(int(plane.min()), int(plane.max())) for plane in stack]
    expected = added_up(stack, ((255, 0, 255), (0, 255, 0)), windows)
    assert np.abs(np.asarray(image.levels[0]).astype(int) - expected).max() <= 2
