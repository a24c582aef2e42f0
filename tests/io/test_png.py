"""PNG in full depth, with the colours that its chunks describe."""

import struct
import zlib

import numpy as np
import pytest

from image_files import ADOBE, GAMMA_1, REC_2020, SIGNATURE, SRGB, chunk, make_png, read_both
from napari_colorquant.io.read import read_image_file


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


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_one_gray_of_few_bits_may_be_transparent(tmp_path, bits):
    levels = np.arange(1 << min(bits, 4), dtype=np.uint8)
    row = np.packbits(np.unpackbits(levels[:, None], axis=1)[:, 8 - bits :]).tobytes()
    header = struct.pack(">IIBBBBB", len(levels), 1, bits, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"tRNS", b"\0\1"), (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b"")]
    (tmp_path / "a.png").write_bytes(SIGNATURE + b"".join(chunk(*part) for part in parts))
    gray = levels * (255 // ((1 << bits) - 1))
    expected = np.stack([gray, gray, gray, np.where(levels == 1, 0, 255)], axis=-1)
    np.testing.assert_array_equal(read_both(tmp_path / "a.png").levels[0][0], expected)


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
