"""What users hand in as an image: masked arrays, Pillow images, paths."""

import warnings

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
from image_files import make_rgb_profile
from napari_colorquant.pixels.rgb_profile import RgbProfile


def test_what_a_masked_array_masks_has_no_data(photo):
    hidden = photo[..., 0] > 120
    masked = np.ma.masked_array(photo, np.repeat(hidden[..., None], 3, axis=-1))
    found, expected = cq.quantize(masked, 6), cq.quantize(photo, 6, mask=~hidden)
    np.testing.assert_array_equal(found.valid, ~hidden)
    np.testing.assert_array_equal(found.labels, expected.labels)
    assert found.palette == expected.palette
    assert cq.design_palette(masked, 6) == expected.palette
    np.testing.assert_array_equal(cq.map_pixels(masked, "ega").valid, ~hidden)
    assert cq.quantize(np.ma.masked_array(photo), 6).valid is None


def test_one_masked_channel_and_a_mask_beside_hide_a_pixel(photo):
    masked = np.ma.masked_array(photo, np.zeros(photo.shape, bool))
    masked.mask[3, 4, 1] = True
    mask = np.ones(photo.shape[:2], bool)
    mask[5] = False
    valid = cq.quantize(masked, 6, mask=mask).valid
    mask[3, 4] = False
    np.testing.assert_array_equal(valid, mask)


def test_masked_values_do_not_widen_the_range(gray_photo):
    values = gray_photo.astype(np.int32) + 1000
    values[:9] = -99999
    masked = np.ma.masked_equal(values, -99999)
    found = cq.quantize(masked, 8, scale="range")
    assert found.recipe.scale == (values[9:].min(), values[9:].max())
    np.testing.assert_array_equal(found.valid, values > 0)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1", "I;16", "F"])
def test_a_pillow_image_is_its_array(rgba_photo, mode):
    image = Image.fromarray(rgba_photo).convert({"I;16": "L", "F": "L"}.get(mode, mode)).convert(mode)
    found, expected = cq.quantize(image, 6, scale="range"), cq.quantize(np.asarray(image), 6, scale="range")
    np.testing.assert_array_equal(found.to_rgb(), expected.to_rgb())


def test_a_pillow_image_with_a_palette_shows_its_colours(photo):
    image = Image.fromarray(photo).quantize(7)
    np.testing.assert_array_equal(cq.quantize(image, 7).to_rgb(), np.asarray(image.convert("RGB")))
    image.info["transparency"] = 2
    found = cq.quantize(image, 7)
    np.testing.assert_array_equal(found.valid, np.asarray(image) != 2)
    cmyk = Image.fromarray(photo).convert("CMYK")
    np.testing.assert_array_equal(cq.quantize(cmyk, 256).shape, photo.shape[:2])


def test_a_gray_pillow_image_with_a_transparent_gray_has_gaps(gray_photo):
    image = Image.fromarray(gray_photo)
    image.info["transparency"] = int(gray_photo[0, 0])
    np.testing.assert_array_equal(cq.quantize(image, 4).valid, gray_photo != gray_photo[0, 0])


@pytest.mark.parametrize(
    "verb", [cq.quantize, cq.design_palette, cq.error_curve, lambda path: cq.map_pixels(path, "ega")]
)
def test_a_path_is_refused_with_what_reads_it(tmp_path, verb):
    for path in ("photo.png", tmp_path / "photo.png"):
        with pytest.raises(TypeError, match=r"read_image\(path\).*command colorquant.*got '.*photo\.png'"):
            verb(path)


def test_a_profile_of_a_pillow_image_is_not_passed_over_in_silence(photo):
    image = Image.fromarray(photo)
    for kind in ("adobe", "srgb"):
        image.info["icc_profile"] = make_rgb_profile(kind)
        for verb in (cq.quantize, cq.design_palette, lambda image, _, **said: cq.map_pixels(image, "ega", **said)):
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                verb(image, 4)
            texts = ["taken as sRGB, against the ICC profile" in str(each.message) for each in told]
            assert texts == [True] * (kind == "adobe")
    image.info["icc_profile"] = make_rgb_profile("adobe")
    cq.quantize(image, 4, profile=RgbProfile(make_rgb_profile("adobe")))  # that is said
