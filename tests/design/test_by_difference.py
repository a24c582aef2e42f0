"""The objective "de2000": its mean difference is never above that of the same choices without it."""

import dask.array as da
import numpy as np
import pytest
from PIL import Image
from skimage import data

import napari_colorquant as cq
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.cli import main
from napari_colorquant.design.by_difference import _find_steps
from napari_colorquant.pipeline.frames import quantize_frames
from napari_colorquant.pipeline.tiles import quantize_tiles
from napari_colorquant.pixels.device_grid import DeviceGrid, check_bits
from napari_colorquant.spaces import SPACES
from napari_colorquant.spaces.delta_e import ciede2000
from napari_colorquant.spaces.difference import nearest_by_difference

PHOTO = data.astronaut()[::4, ::4].copy()
PICTURES = {
    "astronaut": PHOTO,
    "coffee": data.coffee()[::5, ::5].copy(),
    "stain": data.immunohistochemistry()[::5, ::5].copy(),
    "blues": np.clip(PHOTO // 4 + np.array([0, 0, 180], np.uint8), 0, 255).astype(np.uint8),
}


def _error(image, indexed):
    return cq.distortion(image, indexed).mean_de2000


def _pair(image, *args, **choices):
    plain, lowered = (_error(image, cq.quantize(image, *args, objective=o, **choices)) for o in ("mse", "de2000"))
    return plain, lowered


@pytest.mark.parametrize("quantizer", cq.QUANTIZERS)
def test_no_method_has_a_higher_error_with_it(quantizer):
    plain, lowered = _pair(PHOTO, 12, quantizer=quantizer)
    assert lowered < plain


@pytest.mark.parametrize("space", [name for name in cq.SPACES if name != "stains"])
def test_no_space_has_a_higher_error_with_it(space):
    plain, lowered = _pair(PHOTO, 9, space=space)
    assert lowered < plain


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("n_colors", [1, 2, 4, 16, 64, 256])
def test_no_picture_has_a_higher_error_with_it(name, n_colors):
    plain, lowered = _pair(PICTURES[name], n_colors)
    assert lowered <= plain


def test_it_is_a_tenth_below_the_error_of_the_channels():
    errors = [
        (_error(image, cq.quantize(image, k, space="srgb")), _error(image, cq.quantize(image, k, objective="de2000")))
        for image in PICTURES.values()
        for k in (16, 64)
    ]
    assert np.mean([lowered / plain for plain, lowered in errors]) < 0.9


@pytest.mark.parametrize("image", PICTURES.values(), ids=PICTURES)
def test_every_pixel_has_the_colour_that_differs_least(image):
    indexed = cq.quantize(image, 24, objective="de2000")
    lab = SPACES["lab"]
    pixels, palette = lab.from_srgb(image.reshape(-1, 3)), lab.from_srgb(indexed.palette.colors)
    own = ciede2000(pixels, palette[indexed.labels.reshape(-1)])
    np.testing.assert_array_equal(own, nearest_by_difference(pixels, palette)[1])


def test_a_given_palette_is_mapped_by_it_too():
    palette = cq.design_palette(PHOTO, 8)
    plain, lowered = (cq.map_pixels(PHOTO, palette, objective=o) for o in ("mse", "de2000"))
    assert _error(PHOTO, lowered) < _error(PHOTO, plain)
    assert lowered.palette.hex == plain.palette.hex


@pytest.mark.parametrize(
    "choices", [{}, {"dither": "floyd_steinberg"}, {"smoothness": 1.0}], ids=["", "dither", "smooth"]
)
def test_chunks_are_the_whole(choices):
    chunked = da.from_array(PHOTO, chunks=(50, 41, 3))
    whole, parts = (cq.quantize(image, 16, objective="de2000", **choices) for image in (PHOTO, chunked))
    assert whole.palette.hex == parts.palette.hex
    np.testing.assert_array_equal(np.asarray(parts.labels), whole.labels)


def test_it_is_the_same_on_one_thread():
    several = cq.quantize(PHOTO, 64, objective="de2000")
    with limit_threads(1):
        alone = cq.quantize(PHOTO, 64, objective="de2000")
    assert alone.palette.hex == several.palette.hex
    np.testing.assert_array_equal(alone.labels, several.labels)


def test_fixed_colours_stay_and_the_others_move():
    fixed = ("#123456", "#ff0000", "#00ff00")
    indexed = cq.quantize(PHOTO, 9, objective="de2000", fixed=fixed)
    assert set(fixed) <= set(indexed.palette.hex)
    assert len(indexed.palette) == 9
    plain, lowered = _pair(PHOTO, 9, fixed=fixed)
    assert lowered < plain
    assert len(cq.quantize(PHOTO, 3, objective="de2000", fixed=fixed).palette) == 3


def test_colours_of_areas_stay_exact():
    image = np.full((40, 60, 3), 240, np.uint8)
    image[:, 20:40], image[10:30, 25:35] = (200, 30, 40), (10, 60, 120)
    image[:, 40:] = np.linspace(0, 255, 20).astype(np.uint8)[None, :, None]
    indexed = cq.quantize(image, 8, objective="de2000")
    for color in ((240, 240, 240), (200, 30, 40), (10, 60, 120)):
        assert color in set(map(tuple, indexed.palette.colors.tolist()))


def test_an_image_of_few_colours_is_left_alone():
    image = np.array([[[9, 200, 30], [250, 5, 0]], [[0, 0, 255], [9, 200, 30]]], np.uint8)
    np.testing.assert_array_equal(cq.quantize(image, 4, objective="de2000").to_rgb(), image)


def test_what_a_mask_hides_and_importance_weighs_is_heeded():
    mask = np.zeros(PHOTO.shape[:2], bool)
    mask[:64] = True
    shown, other = PHOTO.copy(), PHOTO.copy()
    other[64:] = 0
    first, second = (cq.quantize(image, 12, objective="de2000", mask=mask).palette.hex for image in (shown, other))
    assert first == second
    weighed = cq.quantize(PHOTO, 12, objective="de2000", importance=mask)
    evenly = cq.quantize(PHOTO, 12, objective="de2000")
    assert _error(PHOTO[:64], weighed.palette.colors[weighed.labels[:64]]) < _error(
        PHOTO[:64], evenly.palette.colors[evenly.labels[:64]]
    )


def test_the_fewest_colours_for_a_target_are_no_more_with_it():
    numbers = [len(cq.quantize(PHOTO, "auto", target="de2000=4", objective=o).palette) for o in ("mse", "de2000")]
    assert numbers[1] < numbers[0]
    assert _error(PHOTO, cq.quantize(PHOTO, "auto", target="de2000=4", objective="de2000")) <= 4


@pytest.mark.parametrize("bits", ["rgb332", "rgb444", "rgb565"])
def test_on_a_device_it_stays_on_its_grid_and_is_no_worse(bits):
    indexed = cq.quantize(PHOTO, 16, objective="de2000", bits=bits)
    assert DeviceGrid.from_text(check_bits("bits", bits)).holds(indexed.palette.colors).all()
    plain, lowered = _pair(PHOTO, 16, bits=bits)
    assert lowered <= plain


def test_colours_of_sixteen_bits_are_designed_in_full_depth():
    deep = PHOTO.astype(np.uint16) * 257 + np.arange(PHOTO.size, dtype=np.uint16).reshape(PHOTO.shape) % 200
    plain, lowered = _pair(deep, 12)
    assert lowered < plain


def test_each_frame_has_what_it_would_have_alone():
    stack = np.stack([PICTURES["astronaut"][:80, :80], PICTURES["coffee"][:80, :80]])
    frames = quantize_frames(stack, 8, objective="de2000")
    for number, image in enumerate(stack):
        np.testing.assert_array_equal(frames.frame(number).to_rgb(), cq.quantize(image, 8, objective="de2000").to_rgb())


def test_tiles_go_by_it_too():
    plain, lowered = (
        _error(PHOTO, quantize_tiles(PHOTO, 4, palettes=3, tile=16, objective=o).indexed) for o in ("mse", "de2000")
    )
    assert lowered < plain


def test_a_step_lowers_the_error():
    rng = np.random.default_rng(0)
    lab = SPACES["lab"].from_srgb(rng.integers(0, 256, (4000, 3), dtype=np.uint8))
    weights, centers = rng.uniform(0.1, 9, 4000).astype(np.float32), lab[:20].copy()
    labels, before = nearest_by_difference(lab, centers)
    moved = centers + _find_steps(lab, weights, centers, labels, before)
    after = ciede2000(lab, moved[labels])
    for label in range(20):
        own = labels == label
        assert np.dot(after[own], weights[own]) < np.dot(before[own], weights[own])


def test_the_terminal_takes_it(tmp_path):
    Image.fromarray(PHOTO).save(tmp_path / "photo.png")
    assert main([str(tmp_path / "photo.png"), "-n", "8", "--objective", "de2000", "-o", str(tmp_path / "out.png")]) == 0
    np.testing.assert_array_equal(
        np.asarray(Image.open(tmp_path / "out.png").convert("RGB")),
        cq.quantize(PHOTO, 8, objective="de2000").to_rgb(),
    )


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"objective": "psnr"}, "objective must be one of mse, de2000, flip, ssimulacra2, got 'psnr'"),
        ({"keep": "lightness"}, "keep must be 'none' with objective='de2000', got 'lightness'"),
        ({"axis_weights": (1, 2, 2)}, "axis_weights must be equal with objective='de2000'"),
        ({"alpha": "graded"}, "objective must be 'mse' with alpha='graded', got 'de2000'"),
    ],
)
def test_what_cannot_go_with_it_is_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        cq.Recipe(**{"objective": "de2000", **choices})


def test_half_transparent_pixels_are_cut():
    image = np.dstack([PHOTO, np.linspace(0, 255, PHOTO.shape[1]).astype(np.uint8)[None].repeat(len(PHOTO), 0)])
    indexed = cq.quantize(image, 8, objective="de2000")
    assert not indexed.palette.has_alpha
    np.testing.assert_array_equal(indexed.valid, image[..., 3] >= 128)
