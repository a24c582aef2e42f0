"""Channels as the file displays them: whose colours, whose windows, in memory and chunk by chunk."""

from collections import Counter

import dask.array as da
import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

from napari_colorquant import design_palette, map_pixels, quantize
from napari_colorquant.annotate.tables.files import measure_files
from napari_colorquant.cli import main
from napari_colorquant.io.channels import choose_channels, composite_channels
from napari_colorquant.io.image import Channel, ImageFile
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.read import read_image

COLORS = ((0, 0, 255), (0, 255, 0), (255, 128, 0), (255, 0, 255))
#: The colours in which napari shows several channels of which it knows nothing.
NAPARI = ((0, 255, 255), (255, 255, 0), (255, 0, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255))
RAMP = np.arange(256, dtype=np.uint8)


def added_up(planes, colors, windows):
    """What a screen adds up: each channel rounded to 8 bits, and clipped at white."""
    total = np.zeros((*planes[0].shape, 3), int)
    for plane, color, (low, high) in zip(planes, colors, windows, strict=True):
        share = np.clip((plane.astype(float) - low) / (high - low), 0, 1)
        total += np.rint(share[..., None] * color).astype(int)
    return np.minimum(total, 255)


def assert_looks_like(image, expected):
    """The colormap of a screen has 1024 steps of 8 bits: each channel may be off by one, by two at most together."""
    found = np.asarray(image.levels[0])
    assert (found.dtype, found.shape) == (np.uint8, expected.shape)
    assert np.abs(found.astype(int) - expected).max() <= 2


def make_image(stack, channels=None, axes=("c", "y", "x"), **facts):
    count = stack.shape[axes.index("c")]
    return ImageFile.from_axes([stack], axes, channels=channels or [Channel()] * count, **facts)


def range_of(plane):
    return float(plane.min()), float(plane.max())


def write_imagej(path, stack, colors, windows):
    tables = [np.outer(color, RAMP / 255).round().astype(np.uint8) for color in colors]
    meta = {"axes": "TZCYX", "LUTs": tables, "mode": "composite", "Ranges": tuple(np.ravel(windows)), "unit": "um"}
    tifffile.imwrite(path, stack, imagej=True, metadata=meta, resolution=(2, 4))


def write_ome(path, stack, colors, _):
    codes = [int.from_bytes(bytes([*color, 255]), "big", signed=True) for color in colors]
    meta = {"axes": "TZCYX", "Channel": {"Color": codes}, "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.25}
    tifffile.imwrite(path, stack, metadata=meta, photometric="minisblack", tile=(16, 16))


def write_omero(path, stack, colors, windows, **settings):
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.create_array("0", data=stack, chunks=(1, 1, 2, 7, 9))
    group.create_array("1", data=stack[..., ::2, ::2], chunks=(1, 1, 1, 7, 9))
    units = {"t": "second"} | dict.fromkeys("zyx", "micrometer")
    kinds = {"t": "time", "c": "channel"}
    axes = [{"name": name, "type": kinds.get(name, "space"), "unit": units.get(name, "")} for name in "tzcyx"]
    scales = [[1.0, 1.0, 1.0, 0.25, 0.5], [1.0, 1.0, 1.0, 0.5, 1.0]]
    datasets = [
        {"path": str(i), "coordinateTransformations": [{"type": "scale", "scale": scale}]}
        for i, scale in enumerate(scales)
    ]
    shown = [{"color": bytes(color).hex()} for color in colors]
    for entry, window in zip(shown, windows, strict=False):
        entry["window"] = {"start": window[0], "end": window[1]}
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": datasets}]
    group.attrs["omero"] = {"channels": shown, **settings}


WRITERS = {"a.tif": write_imagej, "a.ome.tif": write_ome, "a.zarr": write_omero}


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("name", WRITERS)
def test_frames_and_planes_of_a_file_are_the_same_picture_in_memory_and_chunk_by_chunk(tmp_path, rng, name, count):
    stack = rng.integers(0, 4000, (2, 3, count, 20, 18), np.uint16)
    windows = [(100.0, 2000.0), (0.0, 3000.0), (500.0, 4000.0), (0.0, 1000.0)][:count]
    WRITERS[name](tmp_path / name, stack, COLORS[:count], windows)
    planes = np.moveaxis(stack, 2, 0)
    if name == "a.ome.tif":  # which has no place for windows
        windows = list(map(range_of, planes))
    image, lazily = (read_image(tmp_path / name, channels="displayed", lazy=lazy) for lazy in (False, True))
    assert_looks_like(image, added_up(planes, COLORS[:count], windows))
    for level, other in zip(image.levels, lazily.levels, strict=False):
        np.testing.assert_array_equal(np.asarray(level), np.asarray(other))
    assert image.notes == lazily.notes
    assert (image.axes, image.rgb, image.channels) == (("t", "z", "y", "x"), True, ())
    assert (image.scales[0][2:], image.units[2:]) == ((0.25, 0.5), ("micrometer", "micrometer"))


def test_levels_of_a_pyramid_have_the_windows_of_the_largest(tmp_path, rng):
    stack = rng.integers(0, 4000, (1, 1, 2, 20, 18), np.uint16)
    stack[..., 1, 1] = 9000  # what the smaller level leaves out
    write_omero(tmp_path / "a.zarr", stack, COLORS[:2], [])
    large, small = read_image(tmp_path / "a.zarr", channels="displayed").levels
    np.testing.assert_array_equal(np.asarray(large)[::2, ::2], np.asarray(small))


def test_channels_keep_their_colours_whichever_are_shown(rng):
    stack = rng.integers(0, 255, (5, 6, 7), np.uint8)
    image = make_image(stack)
    for chosen in ([1, 3], [4, 0, 2, 1], [0, 1, 2, 3, 4]):
        expected = added_up(stack[chosen], [NAPARI[i] for i in chosen], [range_of(stack[i]) for i in chosen])
        assert_looks_like(choose_channels(image, chosen), expected)
    hidden = make_image(stack, [Channel(visible=i != 1) for i in range(5)])
    seen = [0, 2, 3, 4]
    expected = added_up(stack[seen], [NAPARI[i] for i in seen], [range_of(stack[i]) for i in seen])
    assert_looks_like(choose_channels(hidden, "displayed"), expected)
    assert "4 channels of 5 as displayed" in choose_channels(hidden, "displayed").notes[-1]


def test_a_plus_adds_up_what_commas_make_red_green_and_blue(rng):
    stack = rng.integers(0, 4000, (4, 6, 7), np.uint16)
    names = ["DAPI", "CD3+", "CD4+,CD8+", "Cy5"]
    windows = [(0.0, 1000.0 * (i + 1)) for i in range(4)]
    image = make_image(stack, list(map(Channel, names, COLORS, windows)))
    for text, chosen in (("0+2+3", [0, 2, 3]), ("DAPI + Cy5", [0, 3]), ("3,CD3+", [3, 1]), ("3+0+2+1", [3, 0, 2, 1])):
        shown = choose_channels(image, text)
        assert_looks_like(shown, added_up(stack[chosen], [COLORS[i] for i in chosen], [windows[i] for i in chosen]))
        told = ", ".join(f"{names[i]} #{bytes(COLORS[i]).hex()} 0..{windows[i][1]:g}" for i in chosen)
        assert shown.notes == (f"{len(chosen)} channels of 4 as displayed, added up: {told}",)
    for text, chosen in (("3,0,CD3+", [3, 0, 1]), ("3,0,1", [3, 0, 1])):
        np.testing.assert_array_equal(choose_channels(image, text).levels[0], np.moveaxis(stack[chosen], 0, -1))
    for text, number in (("CD4+,CD8+", 2), ("CD3+", 1), ("3", 3)):
        np.testing.assert_array_equal(choose_channels(image, text).levels[0], stack[number])


@pytest.mark.parametrize("said", ["0+9", "0,", "+", "GFP", [""], [9], [0, 1, 2, "GFP"]])
def test_a_channel_that_is_not_there_is_told(rng, said):
    image = make_image(rng.integers(0, 255, (4, 6, 7), np.uint8))
    with pytest.raises(ValueError, match=r"a channel of a\.tif must be one of 0\.\.3 or 0, 1, 2, 3, got"):
        choose_channels(image, said, "a.tif")


def test_of_an_image_without_channels_none_can_be_chosen(photo):
    image = ImageFile.from_axes([photo], ("y", "x", "s"))
    assert choose_channels(image, "displayed") is image
    for said in ("0+1", "0", [0, 1, 2]):
        with pytest.raises(ValueError, match=r"the channels of a\.png, which has the axes y, x, must be left out, got"):
            choose_channels(image, said, "a.png")
    with pytest.raises(ValueError, match="channels must be 'displayed', or a list of names and numbers, got ''"):
        choose_channels(image, "")


def test_tables_of_imagej_are_looked_up(tmp_path, rng):
    stack = rng.integers(0, 256, (2, 16, 18), np.uint8)
    inverted = np.stack([RAMP[::-1]] * 3)
    fire = np.stack([np.minimum(255, RAMP * 3.0), RAMP, RAMP // 2]).astype(np.uint8)
    meta = {"axes": "CYX", "mode": "composite", "LUTs": [inverted, fire], "Ranges": (0.0, 255.0, 0.0, 255.0)}
    tifffile.imwrite(tmp_path / "a.tif", stack, imagej=True, metadata=meta)
    image = read_image(tmp_path / "a.tif", channels="displayed")
    assert_looks_like(image, np.minimum(255, inverted.T[stack[0]].astype(int) + fire.T[stack[1]]))
    assert "0 a table of 256 colours from #ffffff to #000000 0..255" in image.notes[-1]


def test_a_gray_rendering_has_no_colours_and_an_inverted_channel_is_bright_where_it_is_low(tmp_path, rng):
    stack = rng.integers(0, 4000, (1, 1, 2, 20, 18), np.uint16)
    windows = [(0.0, 9000.0), (0.0, 8000.0)]
    write_omero(tmp_path / "a.zarr", stack, COLORS[:2], windows, rdefs={"model": "greyscale"})
    expected = added_up(stack[0, 0], [(255, 255, 255)] * 2, windows)
    assert_looks_like(read_image(tmp_path / "a.zarr", channels="displayed"), expected)
    shown = [{"color": "ff8000", "inverted": True, "window": {"start": 0, "end": 4000}}, {"active": False}]
    zarr.open_group(tmp_path / "a.zarr").attrs["omero"] = {"channels": shown}
    expected = added_up([4000 - stack[0, 0, 0].astype(int)], [(255, 128, 0)], [(0, 4000)])
    assert_looks_like(read_image(tmp_path / "a.zarr", channels="displayed"), expected)


@pytest.mark.parametrize("lazy", [False, True])
def test_a_channel_without_data_or_contrast_is_black(rng, lazy):
    stack = rng.random((4, 6, 7))
    stack[0], stack[1], stack[2, :3] = np.nan, 7.5, np.nan
    channels = [Channel(), Channel(), Channel(), Channel(window=(0.0, np.inf))]
    image = make_image(da.from_array(stack, chunks=(2, 4, 4)) if lazy else stack, channels)
    shown = composite_channels(image)
    filled = np.nan_to_num(stack[2:], nan=-1)
    windows = [(np.nanmin(stack[2]), np.nanmax(stack[2])), range_of(stack[3])]
    assert_looks_like(shown, added_up(filled, NAPARI[2:4], windows))
    assert "0 #00ffff 0..1, 1 #ffff00 7.5..11.25, " in shown.notes[-1]


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint32, np.float16])
def test_numbers_of_every_kind_are_shown_by_their_range(rng, dtype):
    stack = rng.integers(0, 2 if dtype == np.bool_ else 100, (2, 6, 7)).astype(dtype)
    assert_looks_like(
        composite_channels(make_image(stack)), added_up(stack, ((255, 0, 255), (0, 255, 0)), map(range_of, stack))
    )


def test_windows_are_found_in_one_look_and_a_crop_reads_its_own_chunks_alone(rng):
    stack, seen = rng.integers(0, 4000, (3, 40, 40), np.uint16), Counter()

    def see(block, block_info):
        seen[tuple(block_info[0]["chunk-location"])] += 1
        return block

    counted = da.from_array(stack, chunks=(3, 10, 10)).map_blocks(see, dtype=stack.dtype, meta=stack[:0, :0, :0])
    shown = composite_channels(make_image(counted))
    assert set(seen.values()) == {1}
    assert len(seen) == 16
    seen.clear()
    np.asarray(shown.levels[0][12:18, 1:9])
    assert seen == {(0, 1, 0): 1}


def test_channels_that_hold_colours_keep_them(rng):
    stack = rng.integers(0, 128, (2, 6, 7, 3), np.uint8)
    image = ImageFile.from_axes([stack], ("c", "y", "x", "s"))
    alone = choose_channels(image, [1])
    assert (alone.rgb, alone.axes) == (True, ("y", "x"))
    np.testing.assert_array_equal(alone.levels[0], stack[1])
    assert np.shares_memory(alone.levels[0], stack)
    assert_looks_like(composite_channels(image), stack.astype(int).sum(axis=0))
    with pytest.raises(ValueError, match="a channel of the image, which holds colours, must be chosen alone, got 3"):
        choose_channels(image, [0, 1, 1])


def test_three_channels_that_are_colours_stay_so(tmp_path, photo):
    tifffile.imwrite(tmp_path / "a.ome.tif", np.moveaxis(photo, -1, 0), photometric="rgb", metadata={"axes": "CYX"})
    Image.fromarray(photo).save(tmp_path / "a.png")
    for name in ("a.ome.tif", "a.png"):
        image = read_image(tmp_path / name, channels="displayed")
        assert (image.rgb, image.axes, image.notes) == (True, ("y", "x"), ())
        np.testing.assert_array_equal(image.levels[0], photo)


@pytest.fixture
def frames(tmp_path, rng):
    """A folder of frames of four channels, and the numbers: (T, C, Y, X)."""
    stack = rng.integers(0, 4000, (3, 4, 16, 18), np.uint16) * np.uint16([1, 2, 4])[:, None, None, None]
    (tmp_path / "in").mkdir()
    for i, frame in enumerate(stack):
        meta = {"axes": "CYX", "Channel": {"Name": list("abcd")}}
        tifffile.imwrite(tmp_path / "in" / f"{i}.ome.tif", frame, metadata=meta, photometric="minisblack")
    return tmp_path / "in", stack


@pytest.mark.parametrize("target", ["out.gif", "out.zarr"])
def test_a_stack_of_files_has_one_window_for_all_frames(frames, tmp_path, target, capsys):
    folder, stack = frames
    assert main([str(folder), "--stack", "--channels", "a+d", "-n", "6", "-o", str(tmp_path / target)]) == 0
    a, d = stack[:, 0], stack[:, 3]
    told = f"a #00ffff {a.min()}..{a.max():g}, d #ff0000 {d.min()}..{d.max():g}"
    assert f"note: {folder / '0.ome.tif'}: 2 channels of 4 as displayed, added up: {told}" in capsys.readouterr().err
    shown = read_image(sorted(folder.iterdir()), channels="a+d")
    assert_looks_like(shown, added_up([a, d], [NAPARI[0], NAPARI[3]], [range_of(a), range_of(d)]))
    expected = quantize(np.asarray(shown.levels[0]), 6)
    np.testing.assert_array_equal(read_indexed(tmp_path / target).to_rgb(), expected.to_rgb())


def test_channels_are_not_stacked_on_planes(frames, tmp_path, rng):
    folder, _ = frames
    tifffile.imwrite(folder / "z.ome.tif", rng.integers(0, 9, (4, 16, 18), np.uint16), metadata={"axes": "ZYX"})
    with pytest.raises(ValueError, match=r"z\.ome\.tif must be as .*0\.ome\.tif, .* with channels along axis 0, got"):
        read_image(sorted(folder.iterdir()))


def test_files_of_a_folder_are_shown_each_by_itself_and_may_share_a_palette(frames, tmp_path, capsys):
    folder, _ = frames
    words = [str(folder), "--shared", "--channels", "2+0+1", "-n", "6", "-o", f"{tmp_path / 'out'}/"]
    assert main(words) == 0
    assert capsys.readouterr().err.count("3 channels of 4 as displayed, added up: c #ff00ff ") == 3
    for source in sorted(folder.iterdir()):
        shown = read_image(source, channels="2+0+1").levels[0]
        found = read_indexed(tmp_path / "out" / source.with_suffix(".png").name)
        mapped = map_pixels(shown, found.palette, space=quantize(shown, 2).recipe.space)
        np.testing.assert_array_equal(found.to_rgb(), mapped.to_rgb())


def test_planes_of_a_chosen_channel_are_frames_where_files_share_a_palette(tmp_path, rng):
    stack = rng.integers(0, 60_000, (2, 3, 2, 16, 18), np.uint16)
    (tmp_path / "in").mkdir()
    for name, planes in zip("ab", stack, strict=True):
        tifffile.imwrite(tmp_path / "in" / f"{name}.tif", planes, imagej=True, metadata={"axes": "ZCYX"})
    words = [str(tmp_path / "in"), "--shared", "--channels", "1", "-n", "6", "-o", f"{tmp_path / 'out'}/"]
    assert main(words) == 0
    palette = design_palette(list(stack[:, :, 1]), 6, frames=True)
    for name, planes in zip("ab", stack, strict=True):
        expected = map_pixels(planes[:, 1], palette, frames=True)
        np.testing.assert_array_equal(read_indexed(tmp_path / "out" / f"{name}.gif").to_rgb(), expected.to_rgb())


def test_files_are_measured_on_the_channels_that_are_meant(frames):
    folder, _ = frames
    files = sorted(folder.iterdir())
    for channels in ("displayed", "a+d", ["c", "b", "a"]):
        shown = read_image(files[0], channels=channels).levels[0]
        indexed = quantize(shown, 5, scale="range")
        rows = measure_files(files[:1], indexed.palette, indexed.recipe, channels=channels, by="color")
        np.testing.assert_array_equal([row["pixels"] for row in rows], np.bincount(indexed.labels.ravel(), minlength=5))
    (row,) = measure_files(files[:1], indexed.palette, channels="x")
    assert "must be one of 0..3 or a, b, c, d, got x" in row["error"]


def test_a_scale_is_refused_where_each_channel_has_its_own(frames, tmp_path, capsys):
    folder, _ = frames
    first = str(min(folder.iterdir()))
    for words in ([first], [str(folder), "--shared", "-o", f"{tmp_path / 'out'}/"]):
        assert main([*words, "-n", "4", "--scale", "100,4000"]) == 2
        told = capsys.readouterr().err
        assert "must be left out where channels are added up, each in the window in which it is displayed" in told
    assert main([first, "-n", "4", "--scale", "100,4000", "--channels", "1"]) == 0
    assert main([first, "-n", "4", "--scale", "100,4000", "--channels", "0,1,2"]) == 0
