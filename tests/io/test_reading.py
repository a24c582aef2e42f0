"""One reader by content: what a file says of its pixels is what comes out, in memory and lazily alike."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from napari_colorquant import quantize
from napari_colorquant.cli import main
from napari_colorquant.io.image import Channel
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.read import read_image, read_image_file

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_both(path):
    """Open a file in memory and lazily; return the image, whose pixels are the same both ways."""
    image, lazily = read_image(path), read_image(path, lazy=True)
    facts = ("rgb", "axes", "scales", "units", "origin", "channels", "durations", "loops", "format", "notes")
    assert [getattr(image, name) for name in facts] == [getattr(lazily, name) for name in facts]
    pixels = tuple(np.asarray(level) for level in image.levels)
    for level, other in zip(pixels, lazily.levels, strict=True):
        np.testing.assert_array_equal(level, np.asarray(other))
        assert level.dtype == other.dtype
    return image.with_facts(levels=pixels)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def make_png(pixels, kind, *extra, filters=(0,), interlace=0):
    """Return a PNG of (H, W, samples) pixels; the rows take the filters in turn."""
    height, width = pixels.shape[:2]
    depth = 8 * pixels.dtype.itemsize
    passes = ((0, 0, 1, 1),)
    if interlace:
        passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    stream = b"".join(filter_rows(pixels[y::v, x::h], filters) for x, y, h, v in passes if pixels[y::v, x::h].size)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    body = [chunk(b"IHDR", header), *(chunk(*each) for each in extra), chunk(b"IDAT", zlib.compress(stream))]
    return SIGNATURE + b"".join(body) + chunk(b"IEND", b"")


def filter_rows(pixels, filters):
    step = pixels.shape[2] * pixels.dtype.itemsize
    rows = pixels.astype(f">u{pixels.dtype.itemsize}").reshape(len(pixels), -1).view(np.uint8).astype(int)
    above, out = np.zeros_like(rows[0]), b""
    for i, row in enumerate(rows):
        left, corner = (np.concatenate([np.zeros(step, int), each])[: len(row)] for each in (row, above))
        method = filters[i % len(filters)]
        guess = [0, left, above, (left + above) // 2, paeth(left, above, corner)][method]
        out += bytes([method]) + ((row - guess) & 255).astype(np.uint8).tobytes()
        above = row
    return out


def paeth(left, above, corner):
    total = left + above - corner
    near = np.stack([abs(total - left), abs(total - above), abs(total - corner)])
    return np.choose(near.argmin(axis=0), [left, above, corner])


# --- PNG --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "samples"), [(0, 1), (2, 3), (4, 2), (6, 4)])
@pytest.mark.parametrize("interlace", [0, 1])
def test_png_of_16_bits_is_read_in_full(tmp_path, rng, kind, samples, interlace):
    pixels = rng.integers(0, 65536, (11, 13, samples), np.uint16)
    (tmp_path / "a.png").write_bytes(make_png(pixels, kind, filters=range(5), interlace=interlace))
    image = read_both(tmp_path / "a.png")
    expected = pixels[..., [0, 0, 0, 1]] if kind == 4 else pixels[..., 0] if kind == 0 else pixels
    assert image.levels[0].dtype == np.uint16
    np.testing.assert_array_equal(image.levels[0], expected)
    assert image.rgb == (kind != 0)


@pytest.mark.parametrize(("kind", "samples"), [(0, 1), (2, 3)])
def test_one_colour_of_a_deep_png_may_be_transparent(tmp_path, rng, kind, samples):
    pixels = rng.integers(0, 65536, (5, 7, samples), np.uint16)
    pixels[2, 3] = pixels[4, 1]
    clear = (b"tRNS", pixels[2, 3].astype(">u2").tobytes())
    (tmp_path / "a.png").write_bytes(make_png(pixels, kind, clear))
    found = read_image_file(tmp_path / "a.png")
    np.testing.assert_array_equal(found[..., :3], np.broadcast_to(pixels, (5, 7, 3)))
    expected = np.full((5, 7), 65535)
    expected[2, 3] = expected[4, 1] = 0
    np.testing.assert_array_equal(found[..., 3], expected)


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GAMMA_1 = (b"gAMA", struct.pack(">I", 100_000))
ADOBE = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))
REC_2020 = (b"cICP", bytes([9, 13, 0, 1]))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gamma_is_the_light_that_it_says(tmp_path, dtype):
    top = np.iinfo(dtype).max
    ramp = np.linspace(0, top, 64).round().astype(dtype).reshape(1, 64, 1).repeat(3, axis=2)
    (tmp_path / "a.png").write_bytes(make_png(ramp, 2, GAMMA_1))
    light = ramp / top
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(read_image_file(tmp_path / "a.png"), encoded * top, atol=0.51 + top / 1e5)
    usual = (b"gAMA", struct.pack(">I", 45_455))
    (tmp_path / "b.png").write_bytes(make_png(ramp, 2, usual))
    np.testing.assert_array_equal(read_image_file(tmp_path / "b.png"), ramp)


def test_the_first_of_cicp_iccp_srgb_and_gamma_counts(tmp_path, photo):
    srgb, profile = (b"sRGB", b"\0"), (b"iCCP", b"x\0\0" + zlib.compress(SRGB))

    def read(*extra):
        (tmp_path / "a.png").write_bytes(make_png(photo, 2, *extra))
        return read_image_file(tmp_path / "a.png")

    by_gamma, by_cicp = read(GAMMA_1), read(REC_2020)
    assert (by_gamma >= photo).all()
    assert not np.array_equal(by_cicp, photo)
    np.testing.assert_array_equal(read(srgb, GAMMA_1), photo)
    np.testing.assert_array_equal(read(profile, GAMMA_1), photo)
    np.testing.assert_array_equal(read((b"iCCP", b"x\0\0nonsense"), GAMMA_1), by_gamma)
    np.testing.assert_array_equal(read(REC_2020, profile, GAMMA_1), by_cicp)
    assert not np.array_equal(read(GAMMA_1, ADOBE), by_gamma)


def test_wider_primaries_become_stronger_colours_and_grays_stay(tmp_path):
    pixels = np.array([[[120, 120, 120], [100, 150, 100], [150, 100, 100]]], np.uint8)
    (tmp_path / "a.png").write_bytes(make_png(pixels, 2, REC_2020))
    gray, green, red = read_image_file(tmp_path / "a.png")[0].astype(int)
    np.testing.assert_array_equal(gray, 120)
    assert green[1] - green[0] > 60
    assert red[0] - red[2] > 60


# --- TIFF -------------------------------------------------------------------------------------


def test_rgb_of_12_bits_in_16_is_read_in_full(tmp_path, photo):
    deep = photo.astype(np.uint16) * 16
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="rgb")
    np.testing.assert_array_equal(read_both(tmp_path / "a.tif").levels[0], deep)


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize(
    ("extra", "expected"), [("unspecified", "rgb"), ("unassalpha", "taken"), ("assocalpha", "divided")]
)
def test_alpha_is_alpha_only_if_it_is_declared(tmp_path, photo, planar, extra, expected):
    alpha = np.full((*photo.shape[:2], 1), 128, np.uint8)
    pixels = np.concatenate([photo, alpha], axis=2)
    stored = np.moveaxis(pixels, -1, 0) if planar == "separate" else pixels
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planar, extrasamples=[extra])
    image = read_both(tmp_path / "a.tif")
    if expected == "rgb":
        np.testing.assert_array_equal(image.levels[0], photo)
        assert "not declared as alpha" in image.notes[0]
    else:
        np.testing.assert_array_equal(image.levels[0][..., 3], 128)
        divided = np.minimum(np.rint(photo / (128 / 255)), 255)
        np.testing.assert_array_equal(image.levels[0][..., :3], photo if expected == "taken" else divided)


def test_gray_with_alpha_and_gray_with_something_else(tmp_path, gray_photo):
    pixels = np.stack([gray_photo, gray_photo[::-1]], axis=-1)
    tifffile.imwrite(tmp_path / "la.tif", pixels, photometric="minisblack", extrasamples=["unassalpha"])
    found = read_both(tmp_path / "la.tif")
    assert found.rgb
    np.testing.assert_array_equal(found.levels[0], pixels[..., [0, 0, 0, 1]])
    tifffile.imwrite(tmp_path / "lx.tif", pixels, photometric="minisblack", extrasamples=["unspecified"])
    np.testing.assert_array_equal(read_both(tmp_path / "lx.tif").levels[0], gray_photo)


def test_cmyk_is_what_pillow_shows(tmp_path, photo):
    cmyk = np.asarray(Image.fromarray(photo).convert("CMYK")).copy()
    cmyk[..., 3] = photo[..., 0] // 3
    tifffile.imwrite(tmp_path / "a.tif", cmyk, photometric="separated")
    expected = np.asarray(Image.frombytes("CMYK", photo.shape[1::-1], cmyk.tobytes()).convert("RGB"))
    np.testing.assert_allclose(read_both(tmp_path / "a.tif").levels[0].astype(int), expected, atol=1)


def test_raw_ycbcr_is_what_pillow_shows(tmp_path, photo):
    for name in ("a.tif", "b.tif"):
        Image.fromarray(photo).convert("YCbCr").save(tmp_path / name, compression="raw" if name == "a.tif" else None)
        with Image.open(tmp_path / name) as file:
            expected = np.asarray(file.convert("RGB")).astype(int)
        np.testing.assert_allclose(read_both(tmp_path / name).levels[0], expected, atol=1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lab_is_converted_with_signed_chroma(tmp_path, dtype):
    from skimage.color import rgb2lab

    rgb = np.array([[[200, 90, 40], [90, 120, 200], [128, 128, 128], [250, 250, 250]]], np.uint8)
    lab = rgb2lab(rgb, illuminant="D65")  # grays are the same under any white
    bits = 8 * np.dtype(dtype).itemsize
    scale = np.array([(2**bits - 1) / 100, 2 ** (bits - 8), 2 ** (bits - 8)])
    stored = (np.rint(lab * scale).astype(np.int64) & (2**bits - 1)).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="cielab")
    found = read_both(tmp_path / "a.tif").levels[0]
    assert found.dtype == dtype
    shown = found.astype(float) / (1 if dtype == np.uint8 else 257)
    np.testing.assert_allclose(shown[0, 2:], rgb[0, 2:], atol=2)  # two white points: only grays agree
    assert shown[0, 0, 0] > shown[0, 0, 2] + 100
    assert shown[0, 1, 2] > shown[0, 1, 0] + 80


@pytest.mark.parametrize("factor", [1, 257])
def test_a_palette_may_have_8_or_16_bits(tmp_path, rng, factor):
    table = rng.integers(0, 256, (3, 256), np.uint16)
    table[0, 0] = 255
    labels = rng.integers(0, 256, (50, 60), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", labels, photometric="palette", colormap=table * factor)
    np.testing.assert_array_equal(read_both(tmp_path / "a.tif").levels[0], table.T[labels])


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_few_bits_of_gray_span_black_to_white(tmp_path, bits):
    levels = np.tile(np.arange(2**bits, dtype=np.uint8), (3, 8))
    gray = (levels * (255 // (2**bits - 1))).astype(np.uint8)
    if bits == 1:
        Image.fromarray(gray > 0).save(tmp_path / "a.tif")
        gray = gray > 0
    else:
        tifffile.imwrite(tmp_path / "a.tif", levels, photometric="minisblack", bitspersample=bits)
    np.testing.assert_array_equal(read_both(tmp_path / "a.tif").levels[0], gray)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_is_turned_as_its_tag_says(tmp_path, orientation):
    upright = np.zeros((4, 6, 3), np.uint8)
    upright[0, 0], upright[0, -1] = 200, 100
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = Image.fromarray(upright) if undo is None else Image.fromarray(upright).transpose(Image.Transpose(undo))
    tag = [(274, "H", 1, orientation, True)]
    tifffile.imwrite(tmp_path / "a.tif", np.asarray(stored), photometric="rgb", extratags=tag, metadata=None)
    np.testing.assert_array_equal(read_both(tmp_path / "a.tif").levels[0], upright)


def make_adobe_profile():
    """Return an ICC profile of Adobe RGB's primaries and gamma 2.2, from its parts."""
    xyz = {
        b"rXYZ": (0.60974, 0.31111, 0.01947),
        b"gXYZ": (0.20528, 0.62567, 0.06087),
        b"bXYZ": (0.14919, 0.06322, 0.74457),
    }
    xyz[b"wtpt"] = (0.9642, 1.0, 0.8249)
    tags = {
        kind: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in value)) for kind, value in xyz.items()
    }
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 6) + b"Adobe\0" + bytes(78)
    tags[b"cprt"] = b"text\0\0\0\0none\0"
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for kind, value in tags.items():
        value += bytes(-len(value) % 4)
        table += kind + struct.pack(">II", start + len(body), len(value))
        body += value
    header = struct.pack(">I4sI4s4s4s", 0, b"test", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    profile = header.ljust(128, b"\0") + table + body
    return struct.pack(">I", len(profile)) + profile[4:]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("suffix", [".tif", ".png", ".jpg"])
def test_profiles_are_applied_on_every_path(tmp_path, suffix, dtype):
    profile = make_adobe_profile()
    pixels = np.tile(np.array([[[100, 150, 100], [128, 128, 128]]], np.uint8), (8, 4, 1))
    deep = pixels.astype(dtype) * (1 if dtype == np.uint8 else 257)
    path = tmp_path / f"a{suffix}"
    if suffix == ".tif":
        tifffile.imwrite(path, deep, photometric="rgb", iccprofile=profile)
    elif suffix == ".png":
        path.write_bytes(make_png(deep, 2, (b"iCCP", b"Adobe\0\0" + zlib.compress(profile))))
    else:
        Image.fromarray(pixels).save(path, quality=100, subsampling=0, icc_profile=profile)
    image = read_both(path)
    shown = image.levels[0] / (1 if image.levels[0].dtype == np.uint8 else 257)
    green, gray = shown[0, 0].astype(int), shown[0, 1].astype(int)
    np.testing.assert_allclose(gray, 128, atol=3)
    assert green[0] < 75  # sRGB has to go further to show that green
    assert abs(int(green[1]) - 150) < 4
    if image.levels[0].dtype == np.uint16:
        assert "8 bits" in image.notes[0]


def test_pixels_that_are_no_number_stay_so(tmp_path):
    pixels = np.zeros((6, 9, 3), np.float32)
    pixels[:, :3] = np.nan
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb")
    found = read_both(tmp_path / "a.tif").levels[0]
    np.testing.assert_array_equal(np.isnan(found), np.isnan(pixels))


def test_pages_of_several_kinds_are_frames_of_the_richest(tmp_path, photo, gray_photo):
    Image.fromarray(photo).save(tmp_path / "a.tif", save_all=True, append_images=[Image.fromarray(gray_photo)])
    image = read_both(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.levels[0], [photo, np.repeat(gray_photo[..., None], 3, axis=2)])


# --- axes and channels ------------------------------------------------------------------------


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


# --- Zarr -------------------------------------------------------------------------------------


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


# --- animations -------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_animations_keep_their_timing_from_end_to_end(tmp_path, photo, suffix):
    frames = [Image.fromarray(np.roll(photo, 30 * i, axis=0)[:40, :50]).quantize(8) for i in range(3)]
    frames = frames if suffix == "gif" else [frame.convert("RGB") for frame in frames]
    options = {"lossless": True} if suffix == "webp" else {}
    times = [40, 500, 1200]
    frames[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:], duration=times, loop=3, **options)
    image = read_both(tmp_path / f"a.{suffix}")
    assert image.axes == ("t", "y", "x")
    np.testing.assert_allclose(image.durations, [0.04, 0.5, 1.2])
    assert image.loops == 3
    for target in ("b.gif", "b.apng", "b.tif", "b.zarr"):
        assert main([str(tmp_path / f"a.{suffix}"), "-n", "8", "-o", str(tmp_path / target), "--quiet"]) == 0
        written = read_image(tmp_path / target)
        np.testing.assert_allclose(written.durations, [0.04, 0.5, 1.2])
        assert written.loops == 3


@pytest.mark.parametrize("target", ["out.gif", "out.apng", "out.tif", "out.zarr"])
def test_pictures_become_an_animation_of_so_many_frames_a_second(tmp_path, photo, target):
    for i in range(3):
        Image.fromarray(np.roll(photo, 9 * i, axis=0)).save(tmp_path / f"f{i}.png")
    files = [str(tmp_path / f"f{i}.png") for i in range(3)]
    assert main([*files, "--stack", "-n", "4", "-o", str(tmp_path / target), "--fps", "4", "--quiet"]) == 0
    image = read_image(tmp_path / target)
    assert image.axes == ("t", "y", "x")
    np.testing.assert_allclose(image.durations, [0.25] * 3)


def test_a_frame_beyond_the_screen_of_a_gif_makes_it_larger(tmp_path, photo):
    frames = [Image.fromarray(photo[:20, :30]).quantize(8), Image.fromarray(photo[20:40, :30]).quantize(8)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100, disposal=2)
    data = (tmp_path / "a.gif").read_bytes()
    place = data.rindex(b"\x2c\0\0\0\0\x1e\0\x14\0")  # where the second frame lies
    (tmp_path / "a.gif").write_bytes(data[: place + 1] + struct.pack("<HH", 10, 5) + data[place + 5 :])
    image = read_both(tmp_path / "a.gif")
    assert image.levels[0].shape == (2, 25, 40, 4)
    assert (image.levels[0][0, :20, :30, 3] == 255).all()
    assert not image.levels[0][0, 20:, :, 3].any()
    assert image.durations == (0.1, 0.1)


# --- damage -----------------------------------------------------------------------------------


def make_seeds():
    ramp = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    seeds = [make_png(ramp.astype(np.uint16) * 257, 2, GAMMA_1, ADOBE, filters=range(5))]
    for options in (
        {"photometric": "rgb"}, {"photometric": "cielab"}, {"photometric": "rgb", "compression": "zlib"},
        {"photometric": "rgb", "imagej": True, "metadata": {"unit": "um"}}, {"photometric": "rgb", "ome": True},
    ):  # fmt: skip
        file = io.BytesIO()
        tifffile.imwrite(file, ramp, **options)
        seeds.append(file.getvalue())
    return seeds


@settings(max_examples=150, deadline=None)
@given(data=st.data(), seed=st.sampled_from(make_seeds()))
def test_a_damaged_file_is_an_error_or_an_image(data, seed):
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(1, len(damaged)))]
    try:
        image = read_image(io.BytesIO(bytes(damaged)))
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert image.levels[0].ndim >= 2


def test_a_chain_of_pages_that_leads_back_into_itself_ends(tmp_path, photo):
    tifffile.imwrite(tmp_path / "a.tif", photo, photometric="rgb", metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    (count,) = struct.unpack_from("<H", data, 8)
    struct.pack_into("<I", data, 10 + 12 * count, 8)  # where the next page is said to be: this one
    (tmp_path / "a.tif").write_bytes(data)
    np.testing.assert_array_equal(read_both(tmp_path / "a.tif").levels[0], photo)


def test_a_lazy_tiff_holds_no_more_tiles_than_its_bytes_can_name(tmp_path, photo):
    tifffile.imwrite(tmp_path / "a.tif", photo, photometric="rgb", tile=(16, 16), compression="zlib", metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    (count,) = struct.unpack_from("<H", data, 8)
    for at in range(10, 10 + 12 * count, 12):
        if struct.unpack_from("<H", data, at)[0] in (256, 257):
            struct.pack_into("<HII", data, at + 2, 4, 1, 60_000)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.tif must be a TIFF file that can be read: .* tiles or strips"):
        read_image(tmp_path / "a.tif", lazy=True)
    with pytest.raises(ValueError, match=r"a\.tif must be a TIFF file that can be read: .* at most \d+ pixels"):
        read_image(tmp_path / "a.tif")
