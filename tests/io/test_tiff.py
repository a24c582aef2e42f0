"""TIFF: what samples mean, in memory and chunk by chunk alike."""

import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from image_files import make_adobe_profile, make_png, read_both
from napari_colorquant.io.read import read_image


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
    image = Image.fromarray(photo).convert("YCbCr")
    expected = np.asarray(image.convert("RGB")).astype(int)
    for name in ("a.tif", "b.tif"):
        image.save(tmp_path / name, compression="raw" if name == "a.tif" else None)
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


def write_few_bits(path, levels, bits):
    """Write levels of few bits, packed by hand: few versions of imagecodecs pack them."""
    packed = np.packbits(np.unpackbits(levels[..., None], axis=-1)[..., -bits:].reshape(len(levels), -1), axis=1)
    tifffile.imwrite(path, packed, photometric="minisblack", metadata=None)
    with tifffile.TiffFile(path, mode="r+") as file:
        tags = file.pages[0].tags
        tags["BitsPerSample"].overwrite(bits)
        tags["ImageWidth"].overwrite(levels.shape[1])


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_few_bits_of_gray_span_black_to_white(tmp_path, bits):
    levels = np.tile(np.arange(2**bits, dtype=np.uint8), (3, 8))
    gray = (levels * (255 // (2**bits - 1))).astype(np.uint8)
    if bits == 1:
        Image.fromarray(gray > 0).save(tmp_path / "a.tif")
        gray = gray > 0
    else:
        write_few_bits(tmp_path / "a.tif", levels, bits)
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
    assert image.levels[0].dtype == (np.uint8 if suffix == ".jpg" else dtype)
    assert image.source_profile.name == "Adobe"
    assert image.profile is None


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


@pytest.mark.parametrize("name", ["a.ome.tif", "a.tif"])
def test_of_several_images_that_are_no_frames_and_no_levels_the_first_is_read_and_that_is_said(
    tmp_path, gray_photo, name
):
    with tifffile.TiffWriter(tmp_path / name) as file:
        file.write(gray_photo)
        file.write(gray_photo[:9], metadata={})
    image = read_both(tmp_path / name)
    np.testing.assert_array_equal(image.levels[0], gray_photo)
    assert image.notes == ("the first of its 2 images was read",)
    with tifffile.TiffWriter(tmp_path / name) as file:
        file.write(gray_photo, subifds=1)
        file.write(gray_photo[::2, ::2], subfiletype=1)
    assert read_image(tmp_path / name).notes == ()
