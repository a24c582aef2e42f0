"""Every reader of the table, at every depth and with all the channels that a file of its format may have."""

import struct

import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

from image_files import make_png, read_both
from napari_colorquant.io.formats import IMAGE_FORMATS

SHAPE = (18, 22)
#: Pillow's modes for channels of 8 bits.
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def make_pixels(dtype, channels):
    """Return an even ramp with a corner, in the whole range of a dtype, whose first pixel is not transparent."""
    dtype = np.dtype(dtype)
    ramp = np.linspace(0.1, 1, SHAPE[0] * SHAPE[1]).reshape(SHAPE)
    planes = np.stack([ramp, ramp[::-1], ramp[:, ::-1], np.where(ramp > 0.5, 1.0, 0.5)], axis=-1)[..., :channels]
    if channels == 2:
        planes[..., 1] = np.where(ramp > 0.5, 1.0, 0.5)
    planes[:4, :6] = 1
    if dtype.kind == "b":
        planes = planes > 0.5
    elif dtype.kind in "ui":
        planes = np.rint(planes * min(np.iinfo(dtype).max, 2**31))
    return (planes[..., 0] if channels == 1 else planes).astype(dtype)


def expect(pixels):
    """Return what a reader is to make of it: gray and alpha become RGB and alpha."""
    return pixels[..., [0, 0, 0, 1]] if pixels.ndim == 3 and pixels.shape[-1] == 2 else pixels


def by_pillow(name, **options):
    def write(path, pixels):
        mode = {"b": "1", "f": "F"}.get(pixels.dtype.kind)
        if mode is None:
            mode = MODES[1 if pixels.ndim == 2 else pixels.shape[-1]] if pixels.dtype == np.uint8 else "I;16"
        image = Image.fromarray(pixels)
        assert image.mode == mode
        image.save(path, name, **options)

    return write


def by_palette(name):
    return lambda path, pixels: Image.fromarray(pixels).convert("P").save(path, name)


def in_palette(pixels):
    """Return what a reader is to make of gray that is written with a palette: colours."""
    return np.repeat(pixels[..., None], 3, axis=-1)


def write_png_16(path, pixels):
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[1 if pixels.ndim == 2 else pixels.shape[-1]]
    path.write_bytes(make_png(pixels.reshape(*SHAPE, -1), kind))


def write_netpbm_16(path, pixels):
    kind = b"P5" if pixels.ndim == 2 else b"P6"
    path.write_bytes(kind + b"\n%d %d\n65535\n" % SHAPE[::-1] + pixels.astype(">u2").tobytes())


def write_psd(path, pixels):
    """A picture of one layer, flattened: its sections of palette, resources and layers are empty."""
    planes = pixels.reshape(*SHAPE, -1)
    count = planes.shape[-1]
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, count, *SHAPE, 8, 1 if count == 1 else 3)
    path.write_bytes(head + bytes(12) + bytes(2) + np.moveaxis(planes, -1, 0).tobytes())


def make_fits_unit(first, pixels, **further):
    """FITS counts its rows from below, and its axes from the last."""
    bits = 8 * pixels.dtype.itemsize * (-1 if pixels.dtype.kind == "f" else 1)
    sizes = {f"NAXIS{i + 1}": size for i, size in enumerate(pixels.shape[::-1])}
    cards = first | {"BITPIX": bits, "NAXIS": pixels.ndim} | sizes | further
    head = "".join(f"{key:8}= {value!s:>20} / of it".ljust(80) for key, value in cards.items()) + "END"
    body = np.flip(pixels, -2).astype(pixels.dtype.newbyteorder(">")).tobytes() if pixels.size else b""
    return head.ljust(2880).encode() + body.ljust(-(-len(body) // 2880) * 2880, b"\0")


def write_fits(path, pixels, **further):
    path.write_bytes(make_fits_unit({"SIMPLE": "T"}, pixels, **further))


def write_tiff(planar):
    def write(path, pixels):
        channels = 1 if pixels.ndim == 2 else pixels.shape[-1]
        options = {"photometric": "rgb" if channels > 2 else "minisblack"}
        if channels in (2, 4):
            options["extrasamples"] = ["unassalpha"]
        if pixels.ndim == 3 and planar == "separate":
            pixels = np.moveaxis(pixels, -1, 0)
        tifffile.imwrite(path, pixels, planarconfig=planar if channels > 1 else None, metadata=None, **options)

    return write


def write_zarr(path, pixels):
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.create_array("0", data=pixels, chunks=SHAPE)
    axes = [{"name": name, "type": "space"} for name in "yx"]
    scale = {"coordinateTransformations": [{"type": "scale", "scale": [1.0, 1.0]}], "path": "0"}
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": [scale]}]


#: Instead of a tolerance: exact, and in colour.
PALETTE = -1
NUMBERS = ("u1", "u2", "u4", "i1", "i2", "f2", "f4", "f8")
#: For each format: how others write it, for which dtypes, with how many channels, and how far the pixels may be off.
MADE = {
    "png": [(by_pillow("png"), "? u1 u2", (1,), 0), (by_pillow("png"), "u1", (2, 3, 4), 0),
            (write_png_16, "u2", (1, 2, 3, 4), 0), (by_palette("png"), "u1", (1,), PALETTE)],
    "apng": [(by_pillow("png", save_all=True), "u1", (1, 2, 3, 4), 0)],
    "gif": [(by_pillow("gif"), "u1", (1,), PALETTE), (by_palette("gif"), "u1", (1,), PALETTE)],
    "webp": [(by_pillow("webp", lossless=True, exact=True), "u1", (3, 4), 0)],
    "tiff": [(write_tiff(planar), " ".join(NUMBERS), (1, 2, 3, 4), 0) for planar in ("contig", "separate")],
    "zarr": [(write_zarr, " ".join((*NUMBERS, "?")), (1,), 0)],
    "jpeg": [(by_pillow("jpeg", quality=100, subsampling=0), "u1", (1, 3), 24)],
    "avif": [(by_pillow("avif", quality=100, subsampling="4:4:4"), "u1", (3, 4), 6)],
    "jpeg2000": [(by_pillow("jpeg2000"), "u1", (1, 2, 3, 4), 0), (by_pillow("jpeg2000"), "u2", (1,), 0)],
    "bmp": [(by_pillow("bmp"), "? u1", (1,), 0), (by_pillow("bmp"), "u1", (3,), 0)],
    "netpbm": [(by_pillow("ppm"), "? u1 f4", (1,), 0), (by_pillow("ppm"), "u1", (3,), 0),
               (write_netpbm_16, "u2", (1, 3), 0)],
    "psd": [(write_psd, "u1", (1, 3), 0)],
    "tga": [(by_pillow("tga"), "u1", (1, 2, 3, 4), 0)],
    "pcx": [(by_pillow("pcx"), "? u1", (1,), 0), (by_pillow("pcx"), "u1", (3,), 0)],
    "icon": [(by_pillow("ico", sizes=[SHAPE[::-1]]), "u1", (4,), 0)],
    "dds": [(by_pillow("dds"), "u1", (1, 2, 3, 4), 0)],
    "sgi": [(by_pillow("sgi"), "u1", (1, 3, 4), 0)],
    "fits": [(write_fits, "u1 i2 i4 i8 f4 f8", (1,), 0)],
    "other": [(by_pillow("xbm"), "?", (1,), 0), (by_pillow("qoi"), "u1", (3, 4), 0)],
}  # fmt: skip
CASES = [
    pytest.param(name, write, dtype, channels, off, id=f"{name}-{i}-{dtype}-{channels}")
    for name, ways in MADE.items()
    for i, (write, dtypes, counts, off) in enumerate(ways)
    for dtype in dtypes.split()
    for channels in counts
]


def test_every_reader_is_here():
    assert set(MADE) == set(IMAGE_FORMATS)


@pytest.mark.parametrize(("name", "write", "dtype", "channels", "off"), CASES)
def test_what_others_write_is_read_in_its_depth_with_its_channels(tmp_path, name, write, dtype, channels, off):
    pixels = make_pixels(dtype, channels)
    path = tmp_path / f"a{IMAGE_FORMATS[name].suffixes[0]}"
    write(path, pixels)
    image = read_both(path)
    found, expected = np.asarray(image.levels[0]), in_palette(pixels) if off == PALETTE else expect(pixels)
    assert image.format == ("png" if name == "apng" else name)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    assert image.rgb == (found.ndim == 3)
    np.testing.assert_allclose(found.astype(float), expected.astype(float), atol=max(off, 0))


def test_numbers_of_a_fits_are_scaled_as_it_says(tmp_path, rng):
    stored = rng.integers(-(2**15), 2**15, SHAPE).astype(np.int16)
    path = tmp_path / "a.fits"
    write_fits(path, stored, BZERO=32768)
    found = read_both(path).levels[0]
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, stored.astype(int) + 32768)
    stored[3, 4] = -99
    write_fits(path, stored, BSCALE="2.5D-1", BZERO=-7, BLANK=-99)
    found = read_both(path).levels[0]
    assert np.isnan(found[stored == -99]).all()
    np.testing.assert_array_equal(found[stored != -99], stored[stored != -99] * 0.25 - 7)


def test_a_cube_in_a_later_unit_of_a_fits_is_a_stack(tmp_path, rng):
    cube = rng.random((3, *SHAPE)).astype(np.float32)
    empty = make_fits_unit({"SIMPLE": "T"}, np.zeros(0, np.uint8), NAXIS=0)
    table = make_fits_unit({"XTENSION": "'BINTABLE'"}, rng.integers(0, 9, (5, 7), np.uint8), PCOUNT=0, GCOUNT=1)
    (tmp_path / "a.fits").write_bytes(empty + table + make_fits_unit({"XTENSION": "'IMAGE   '"}, cube))
    image = read_both(tmp_path / "a.fits")
    assert image.axes == ("z", "y", "x")
    np.testing.assert_array_equal(image.levels[0], cube)


@pytest.mark.parametrize("kind", [b"P2", b"P3", b"P5", b"P6"])
def test_a_deep_map_has_white_at_its_largest_number(tmp_path, rng, kind):
    channels = 3 if kind in (b"P3", b"P6") else 1
    numbers = rng.integers(0, 1001, (5, 7, channels))
    head = kind + b"# made by hand\n 7 # wide\n5\n#high\n1000\n"
    is_text = kind in (b"P2", b"P3")
    body = b" ".join(b"%d" % number for number in numbers.ravel()) if is_text else numbers.astype(">u2").tobytes()
    (tmp_path / "a.pnm").write_bytes(head + body)
    found = read_both(tmp_path / "a.pnm").levels[0]
    np.testing.assert_array_equal(found, np.rint(np.squeeze(numbers) * 65.535))
    (tmp_path / "a.pnm").write_bytes(head + body[:-4])
    with pytest.raises(ValueError, match=r"a\.pnm must be an image file that can be read"):
        read_both(tmp_path / "a.pnm")
