"""Distortion against plain numpy and scikit-image, and the laws of its measures."""

import math

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.indexed import IndexedImage
from napari_colorquant.palette import Palette
from napari_colorquant.pixels.counts import count_colors
from napari_colorquant.pixels.keys import keys_to_rgb
from napari_colorquant.pixels.source import open_source
from napari_colorquant.quality.distortion import compare_colors, delta_e_map, distortion
from napari_colorquant.quality.image_metrics import blurred_difference
from napari_colorquant.recipe import Recipe

COLORS = np.array([[20, 20, 30], [90, 60, 50], [180, 140, 120], [240, 240, 230], [200, 30, 40]], np.uint8)


def posterize(image):
    return (image // 64 * 85).astype(np.uint8)


def index(image, valid=None, scale="dtype"):
    labels = ((image.astype(np.int64) @ [3, 5, 7]) // 640 % len(COLORS)).astype(np.uint8)
    return IndexedImage(labels, Palette(COLORS), Recipe(n_colors=len(COLORS), scale=scale), valid)


def checkerboard(size, first, second):
    board = np.indices((size, size)).sum(axis=0) % 2
    return np.array([first, second], np.uint8)[board]


def naive(image, other, valid=...):
    """Compute MSE, mean and 95th percentile of CIEDE2000 as the definitions say, by scikit-image."""
    error = np.square(image.astype(np.float64) - other).sum(axis=-1)[valid]
    differences = deltaE_ciede2000(rgb2lab(image), rgb2lab(other))[valid]
    return error.mean(), differences.mean(), np.percentile(differences, 95, method="inverted_cdf")


# --- the figures ---------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_definitions(any_photo):
    other = posterize(any_photo)
    measured = distortion(any_photo, other)
    mse, mean_de, p95_de = naive(any_photo, other)
    assert measured.mse == pytest.approx(mse, rel=1e-12)
    assert measured.mean_de2000 == pytest.approx(mean_de, rel=1e-5)
    assert measured.p95_de2000 == pytest.approx(p95_de, abs=1 / 512 + 1e-4)
    assert measured.max_de2000 == pytest.approx(deltaE_ciede2000(rgb2lab(any_photo), rgb2lab(other)).max(), rel=1e-4)
    assert measured.n_pixels == any_photo[..., 0].size


def test_mse_and_psnr_follow_skimage_per_channel(photo):
    other = posterize(photo)
    measured = distortion(photo, other)
    assert measured.mse == pytest.approx(3 * mean_squared_error(photo, other), rel=1e-12)
    assert measured.psnr == pytest.approx(peak_signal_noise_ratio(photo, other), rel=1e-12)


def test_an_image_is_no_distance_from_itself(photo):
    measured = distortion(photo, photo, perceptual=True)
    assert (measured.mse, measured.mean_de2000, measured.p95_de2000, measured.max_de2000) == (0, 0, 0, 0)
    assert measured.psnr == math.inf
    assert measured.blurred_de == 0
    assert measured.ssim == pytest.approx(1)


def test_black_and_white_are_as_far_apart_as_can_be():
    measured = distortion(np.zeros((4, 5, 3), np.uint8), np.full((4, 5, 3), 255, np.uint8))
    assert measured.mse == 3 * 255**2
    assert measured.psnr == 0
    assert measured.mean_de2000 == pytest.approx(100, abs=1e-3)
    assert measured.p95_de2000 == pytest.approx(100, abs=1e-2)


def test_p95_is_what_95_percent_do_not_exceed():
    image = np.zeros((10, 10, 3), np.uint8)
    for wrong, is_seen in ((5, False), (6, True)):
        other = image.copy().reshape(-1, 3)
        other[:wrong] = 255
        assert (distortion(image, other.reshape(image.shape)).p95_de2000 > 0) == is_seen


def test_an_indexed_image_is_measured_as_what_it_shows(any_photo):
    indexed = index(any_photo)
    assert distortion(any_photo, indexed) == distortion(any_photo, indexed.to_rgb())


def test_a_recolored_image_is_measured_as_what_it_shows(photo):
    recolored = posterize(photo)
    plain = index(photo)
    indexed = IndexedImage(plain.labels, plain.palette, plain.recipe, recolored=recolored)
    assert distortion(photo, indexed) == distortion(photo, recolored)


def test_distinct_colors_give_the_figures_of_the_image(any_photo):
    counts = count_colors(np.ascontiguousarray(any_photo.reshape(-1, 3)))
    colors = keys_to_rgb(counts.keys)
    by_colors = compare_colors(colors, posterize(colors), counts.counts)
    by_pixels = distortion(any_photo, posterize(any_photo))
    assert by_colors.mse == by_pixels.mse
    assert by_colors.n_pixels == by_pixels.n_pixels
    assert by_colors.p95_de2000 == by_pixels.p95_de2000
    assert by_colors.mean_de2000 == pytest.approx(by_pixels.mean_de2000, rel=1e-12)


def test_figures_do_not_depend_on_the_number_of_threads(large_photo):
    with limit_threads(1):
        alone = distortion(large_photo, posterize(large_photo))
    with limit_threads(3):
        assert distortion(large_photo, posterize(large_photo)) == alone


# --- what is compared ----------------------------------------------------------------------------------------


def test_pixels_without_data_are_not_compared(photo):
    valid = np.zeros(photo.shape[:2], bool)
    valid[10:60, 20:90] = True
    other = posterize(photo)
    expected = distortion(photo[10:60, 20:90], other[10:60, 20:90])
    for measured in (
        distortion(photo, other, mask=valid),
        distortion(np.dstack([photo, valid * np.uint8(200)]), other),
        distortion(photo, np.dstack([other, valid * np.uint8(200)])),
    ):
        assert measured.mse == expected.mse
        assert measured.n_pixels == expected.n_pixels == valid.sum()
        assert measured.p95_de2000 == expected.p95_de2000
        assert measured.mean_de2000 == pytest.approx(expected.mean_de2000, rel=1e-12)


def test_an_indexed_images_own_gaps_are_not_compared(photo):
    valid = np.arange(photo[..., 0].size).reshape(photo.shape[:2]) % 3 > 0
    indexed = index(photo, valid)
    mse, mean_de, _ = naive(photo, COLORS[indexed.labels], valid)
    measured = distortion(photo, indexed)
    assert measured.mse == pytest.approx(mse, rel=1e-12)
    assert measured.mean_de2000 == pytest.approx(mean_de, rel=1e-5)


def test_frames_are_measured_together(photo):
    stack = np.stack([photo, photo[::-1], 255 - photo])
    mse, mean_de, _ = naive(stack, posterize(stack))
    measured = distortion(stack, posterize(stack), perceptual=True)
    assert measured.mse == pytest.approx(mse, rel=1e-12)
    assert measured.mean_de2000 == pytest.approx(mean_de, rel=1e-5)
    each = [distortion(frame, posterize(frame), perceptual=True) for frame in stack]
    assert measured.blurred_de == pytest.approx(np.mean([one.blurred_de for one in each]))
    assert measured.ssim == pytest.approx(np.mean([one.ssim for one in each]))


def test_a_gray_image_is_measured_as_grays(gray_photo):
    as_rgb = np.repeat(gray_photo[..., None], 3, axis=-1)
    assert distortion(gray_photo, posterize(as_rgb)) == distortion(as_rgb, posterize(as_rgb))
    assert distortion(gray_photo, posterize(gray_photo)) == distortion(as_rgb, posterize(as_rgb))


def test_intensities_are_read_as_in_the_recipe(photo):
    wide = photo.astype(np.uint16) * 4
    limits = (0.0, 1020.0)
    assert distortion(wide, index(photo, scale=limits)) == distortion(photo, index(photo))
    assert distortion(wide, posterize(photo), scale=limits) == distortion(photo, posterize(photo))


def test_an_image_that_was_read_already_is_taken_as_it_is(photo):
    assert distortion(open_source(photo), posterize(photo)) == distortion(photo, posterize(photo))


def test_measuring_leaves_both_images_untouched(photo):
    other = posterize(photo)
    other.flags.writeable = False
    copies = photo.copy(), other.copy()
    distortion(photo, other, perceptual=True)
    delta_e_map(photo, other)
    np.testing.assert_array_equal(photo, copies[0])
    np.testing.assert_array_equal(other, copies[1])


def test_images_of_unlike_shapes_are_refused(photo):
    with pytest.raises(
        ValueError, match=r"the image must have the shape of the labels, \(128, 128\), got \(64, 128, 3\)"
    ):
        distortion(photo, photo[:64])
    with pytest.raises(ValueError, match="must have the shape of the labels"):
        delta_e_map(photo[None], photo)


def test_images_without_common_data_are_refused(photo):
    left = np.zeros(photo.shape[:2], bool)
    left[:, :64] = True
    with pytest.raises(ValueError, match="at least one pixel with data in common, got none"):
        distortion(photo, index(photo, ~left), mask=left)


# --- the map -------------------------------------------------------------------------------------------------


def test_map_shows_the_difference_of_every_pixel(any_photo):
    other = posterize(any_photo)
    differences = delta_e_map(any_photo, other)
    assert differences.dtype == np.float32
    np.testing.assert_allclose(differences, deltaE_ciede2000(rgb2lab(any_photo), rgb2lab(other)), rtol=1e-4, atol=1e-3)


def test_map_is_nan_where_there_is_no_data(photo):
    valid = np.zeros(photo.shape[:2], bool)
    valid[:50] = True
    differences = delta_e_map(photo, index(photo, valid))
    np.testing.assert_array_equal(np.isfinite(differences), valid)
    np.testing.assert_array_equal(differences[:50], delta_e_map(photo[:50], index(photo[:50])))


# --- what an eye makes of it -----------------------------------------------------------------------------------


def test_perceptual_measures_come_on_request_only(photo):
    measured = distortion(photo, posterize(photo))
    assert measured.blurred_de is None
    assert measured.ssim is None


def test_ssim_is_that_of_skimage(photo):
    other = posterize(photo)
    expected = structural_similarity(photo, other, channel_axis=-1, data_range=255, full=True)[1].mean()
    assert distortion(photo, other, perceptual=True).ssim == pytest.approx(expected, rel=1e-9)


def test_blur_leaves_flat_colors_as_they_are():
    first, second = np.array([[200, 60, 30], [60, 120, 200]], np.uint8)
    image, other = np.tile(first, (32, 32, 1)), np.tile(second, (32, 32, 1))
    measured = distortion(image, other, perceptual=True)
    assert measured.blurred_de == pytest.approx(measured.mean_de2000, rel=1e-4)


def test_a_fine_checkerboard_looks_like_its_mean_light():
    # Half the light of white: 188 in sRGB.
    flat = np.full((64, 64, 3), 188, np.uint8)
    board = checkerboard(64, (0, 0, 0), (255, 255, 255))
    assert distortion(flat, board).mean_de2000 > 30
    near, far = (distortion(flat, board, perceptual=True, pixels_per_degree=ppd).blurred_de for ppd in (15, 120))
    assert far < 1
    assert far < near


def test_blurred_difference_grows_as_the_eye_comes_nearer(photo):
    noisy = np.clip(photo + np.random.default_rng(0).normal(0, 30, photo.shape), 0, 255).astype(np.uint8)
    seen = [distortion(photo, noisy, perceptual=True, pixels_per_degree=ppd).blurred_de for ppd in (90, 30, 10)]
    assert seen == sorted(seen)


def test_pixels_without_data_do_not_bleed_into_the_blur(photo):
    valid = np.zeros(photo.shape[:2], bool)
    valid[20:90, 30:100] = True
    spoilt = photo.copy()
    spoilt[~valid] = (255, 0, 255)
    other = posterize(photo)
    seen = distortion(photo, other, mask=valid, perceptual=True)
    hidden = distortion(spoilt, np.where(valid[..., None], other, 7).astype(np.uint8), mask=valid, perceptual=True)
    assert hidden.blurred_de == seen.blurred_de
    assert hidden.ssim == seen.ssim


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (2, 2, 3), (3, 4, 3), (5, 6, 3)])
def test_images_of_any_size_have_perceptual_measures(shape):
    image = np.full(shape, 90, np.uint8)
    measured = distortion(image, image, perceptual=True)
    assert measured.blurred_de == 0
    assert measured.ssim == pytest.approx(1)


@pytest.mark.parametrize("wrong", [0, -3, math.nan])
def test_impossible_viewing_distances_are_refused(photo, wrong):
    with pytest.raises(ValueError, match=r"pixels_per_degree must lie in 0\.01\.\.10000\.0, got"):
        blurred_difference(photo, photo, pixels_per_degree=wrong)
