"""Graded alpha: colours with an alpha of their own, the same by any method, in any space, in any chunks."""

import gc
import io
import weakref

import dask.array as da
import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

import napari_colorquant as cq
from image_files import make_rgb_profile
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.palettes import read_palette, write_palette
from napari_colorquant.io.pictures.gif import write_gif
from napari_colorquant.io.pictures.png_writing import write_indexed_png
from napari_colorquant.io.write import write_indexed
from napari_colorquant.mapping.graded import label_rgba
from napari_colorquant.mapping.graded_dither import Mixture
from napari_colorquant.palette import Palette
from napari_colorquant.pipeline.frames import map_frames, quantize_frames
from napari_colorquant.pipeline.pyramid import quantize_levels
from napari_colorquant.pixels.alpha_counts import count_with_alpha
from napari_colorquant.pixels.hashing import number_keys
from napari_colorquant.pixels.keys import keys_to_rgba, rgba_to_keys
from napari_colorquant.pixels.rgb_profile import RgbProfile
from napari_colorquant.pixels.source import open_source
from napari_colorquant.pixels.transfer import DECODED
from napari_colorquant.quality.distortion import delta_e_map, distortion
from napari_colorquant.spaces import SPACES, Metric, Premultiplied


def draw_icon(side=64):
    """Return an orange disc with smooth rims over its soft shadow, (side, side, 4) uint8; two thirds are no data."""
    y, x = np.mgrid[:side, :side] / side
    disc = np.clip((0.25 - np.hypot(x - 0.45, y - 0.4)) * side + 0.5, 0, 1)
    shadow = 0.6 * gaussian_filter(np.roll(disc, (side // 12, side // 12), (0, 1)), side / 25)
    alpha = disc + shadow * (1 - disc)
    color = np.stack([1 - 0.3 * y, 0.6 - 0.3 * y, 0.1 * x], axis=-1) * (disc / np.maximum(alpha, 1e-6))[..., None]
    return np.rint(np.dstack([np.clip(color, 0, 1), alpha]) * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def icon():
    return draw_icon()


def over(rgba, ground):
    share = rgba[..., 3:] / 255
    return rgba[..., :3] * share + ground * (1 - share)


def seen_error(image, shown):
    """Return the mean squared difference over black and white."""
    return float(np.mean([(over(image, ground) - over(shown, ground)) ** 2 for ground in (0, 255)]))


def nearest_by_hand(rgba, palette, metric):
    """Return the squared distances of each colour to each palette colour, and to nothing, by the definition."""
    ends = metric.coordinates(np.array([[0, 0, 0], [255, 255, 255]], np.uint8)).astype(float)
    middle, spread = ends.mean(axis=0), ends.var(axis=0).sum()

    def place(colors):
        alpha = colors[:, 3:] / 255
        return (metric.coordinates(np.ascontiguousarray(colors[:, :3])) - middle) * alpha, alpha

    flat, alpha = place(rgba)
    its, its_alpha = place(palette)
    squares = ((flat[:, None] - its) ** 2).sum(axis=2) + spread * (alpha - its_alpha.T) ** 2
    return squares, (flat**2).sum(axis=1) + spread * alpha[:, 0] ** 2


@pytest.mark.parametrize("space", [name for name in SPACES if name != "gray"])
def test_each_pixel_gets_what_is_nearest_in_colour_and_alpha(icon, space):
    indexed = cq.quantize(icon, 12, space=space, stains="h&e" if space == "stains" else None)
    pixels = icon.reshape(-1, 4)
    squares, nothing = nearest_by_hand(pixels, indexed.palette.rgba, indexed.recipe.metric)
    valid = indexed.valid.reshape(-1)
    mine = squares[np.arange(len(pixels)), indexed.labels.reshape(-1)]
    scale = squares.max() * 1e-5
    assert np.all(mine[valid] <= squares.min(axis=1)[valid] + scale)
    seen = pixels[:, 3] > 0
    gone = seen & ~valid
    assert np.all(pixels[gone, 3] < 128)
    assert np.all(nothing[gone] <= squares.min(axis=1)[gone] + scale)
    assert not valid[~seen].any()


def test_what_is_near_is_what_looks_alike_over_black_and_white(rng):
    rgba = rng.integers(0, 256, (40, 4), np.uint8)
    coordinates = Premultiplied(Metric(SPACES["srgb"])).coordinates(np.ascontiguousarray(rgba[:, :3]), rgba[:, 3])
    squares = ((coordinates[:, None] - coordinates) ** 2).sum(axis=2)
    looks = np.stack([over(rgba, ground) for ground in (0, 255)]) / 255
    expected = ((looks[:, :, None] - looks[:, None]) ** 2).sum(axis=3).mean(axis=0)
    np.testing.assert_allclose(squares, expected, atol=1e-5)


@pytest.mark.parametrize("method", cq.QUANTIZERS)
@pytest.mark.parametrize("n_colors", [1, 7, 60])
def test_every_quantizer_designs_colours_with_alpha(icon, method, n_colors):
    indexed = cq.quantize(icon, n_colors, quantizer=method, space="srgb", alpha="graded")
    assert len(indexed.palette) == n_colors
    assert len(set(indexed.palette.hex)) == n_colors
    assert indexed.palette.alphas.min() > 0
    assert indexed.palette.is_graded
    np.testing.assert_array_equal(indexed.palette.shares, np.sort(indexed.palette.shares)[::-1])
    if n_colors > 1:
        cut = cq.quantize(icon, n_colors, quantizer=method, space="srgb", alpha="cut").to_rgb()
        assert seen_error(icon, indexed.to_rgb()) < 0.5 * seen_error(icon, cut)


def _seen_from_afar(rgba):
    """Return the light of an image over black and over white, without what is finer than an eye sees."""
    alpha = rgba[..., 3:] / 255
    light = DECODED[rgba[..., :3]] * alpha
    over = np.concatenate([light, light + 1 - alpha], axis=-1)
    return gaussian_filter(over, (2, 2, 0))


@pytest.mark.parametrize("dither", cq.DITHERS)
def test_every_dither_mixes_opaque_colours_where_pixels_are_opaque(icon, dither):
    plain = cq.quantize(icon, 8)
    dithered = cq.map_pixels(icon, plain.palette, dither=dither)
    alphas, is_opaque = plain.palette.alphas, icon[..., 3] == 255
    mixed = is_opaque & (alphas[plain.labels] == 255)
    assert (alphas[dithered.labels[mixed]] == 255).all()
    np.testing.assert_array_equal(dithered.labels[is_opaque & ~mixed], plain.labels[is_opaque & ~mixed])
    assert (dither == "none") == np.array_equal(dithered.labels, plain.labels)


@pytest.mark.parametrize("dither", [name for name in cq.DITHERS if name != "none"])
def test_every_dither_mixes_what_is_seen_in_part(dither):
    y, x = np.mgrid[:64, :64] / 64
    glow = np.stack(
        [0 * x + 250, 80 + 120 * y, 0 * x + 30, 280 * np.exp(-12 * (x - 0.5) ** 2 - 8 * (y - 0.4) ** 2) - 30]
    )
    glow = np.clip(glow, 0, 254).astype(np.uint8).transpose(1, 2, 0)
    palette = ["#fa501e", "#fac81e", "#fa501e50", "#fac81e50", "#fa8c1e10"]
    plain, dithered = (cq.map_pixels(glow, palette, dither=each) for each in ("none", dither))
    goal, before, after = map(_seen_from_afar, (glow, plain.to_rgb(), dithered.to_rgb()))
    assert np.square(after - goal).mean() < 0.2 * np.square(before - goal).mean()
    assert dithered.valid[glow[..., 3] >= 128].all()
    assert not dithered.valid[glow[..., 3] == 0].any()
    still = cq.map_pixels(glow, palette, dither=dither, dither_options={"strength": 0.0})
    np.testing.assert_array_equal(still.to_rgb(), plain.to_rgb())


@pytest.mark.parametrize("dither", cq.DITHERS)
def test_an_image_of_palette_colours_stays_as_it_is(icon, dither):
    plain = cq.quantize(icon, 8)
    again = cq.map_pixels(plain.to_rgb(), plain.palette, dither=dither)
    np.testing.assert_array_equal(again.to_rgb(), plain.to_rgb())


def test_pairs_are_those_whose_mixture_is_nearest_over_black_and_over_white(rng):
    palette = cq.Palette(rng.integers(0, 256, (5, 4), np.uint8))
    colors, alphas = rng.integers(0, 256, (40, 3), np.uint8), rng.integers(1, 256, 40, np.uint8)
    metric = Metric(SPACES["srgb"])
    labels, is_seen = label_rgba(colors, alphas, (palette.colors, palette.alphas), Premultiplied(metric))
    mixture = Mixture(palette, metric, 1.0)
    pairs, shares = mixture.pairs(colors, alphas, labels, is_seen)

    def grounds(rgb, alpha):
        light = DECODED[rgb].astype(float) * (alpha / 255)
        return np.concatenate([light, light + 1 - alpha / 255])

    nothing = grounds(np.zeros(3, np.uint8), 0)
    entries = [*(grounds(color, alpha) for color, alpha in zip(palette.colors, palette.alphas, strict=True)), nothing]
    for row, (color, alpha) in enumerate(zip(colors, alphas, strict=True)):
        own = int(labels[row]) if is_seen[row] else 5
        goal, costs = grounds(color, alpha), []
        for other in range(6 if alpha < 128 else 5):
            for share in np.linspace(0, 1, 101):
                mean = (1 - share) * entries[own] + share * entries[other]
                dots = 0.1 * share * (1 - share) * np.square(entries[own] - entries[other]).sum()
                costs.append(np.square(mean - goal).sum() + dots)
        first, second = (int(k) if k >= 0 else 5 for k in pairs[row])
        assert own in (first, second)
        mean = (1 - shares[row]) * entries[first] + shares[row] * entries[second]
        dots = 0.1 * shares[row] * (1 - shares[row]) * np.square(entries[first] - entries[second]).sum()
        # The share is that without the contrast: near the best one, at which the cost hardly changes.
        assert np.square(mean - goal).sum() + dots <= min(costs) * 1.12 + 1e-4


def test_the_weight_of_alpha_trades_it_for_colour(icon):
    rows = icon.reshape(-1, 4)[icon.reshape(-1, 4)[:, 3] > 0]
    errors = []
    for weight in (0.1, 1.0, 10.0):
        shown = cq.quantize(icon, 6, alpha="graded", alpha_weight=weight).to_rgb().reshape(-1, 4)
        shown = shown[icon.reshape(-1, 4)[:, 3] > 0]
        errors.append(np.square(shown[:, 3].astype(float) - rows[:, 3]).mean())
    assert errors[0] > errors[1] > errors[2]


def test_opaque_areas_stay_opaque(icon):
    for n_colors in (3, 8, 30):
        shown = cq.quantize(icon, n_colors).to_rgb()
        inside = (icon[..., 3] == 255) & (gaussian_filter((icon[..., 3] == 255).astype(float), 2) > 0.9)
        assert (shown[inside, 3] == 255).all()


def test_what_is_nearly_opaque_stays_so_where_no_opaque_pixels_are_with_it(rng):
    image = np.full((20, 20, 4), 252, np.uint8)
    image[..., :3] = rng.integers(0, 256, (20, 20, 3), np.uint8)
    assert (cq.quantize(image, 16).to_rgb()[..., 3] == 252).all()
    image[:14, :, 3] = 255
    image[..., :3] //= 64  # so near that both are in each cluster, and most are opaque
    assert (cq.quantize(image, 2).to_rgb()[..., 3] == 255).all()


@pytest.mark.parametrize(
    "choices", [{}, {"dither": "bayer"}, {"importance": True}, {"mask": True}, {"quantizer": "wu"}]
)
@pytest.mark.parametrize("n_colors", [3, 40, 250])
def test_pixels_have_the_labels_that_mapping_onto_the_palette_gives(icon, n_colors, choices):
    beside = {name: np.indices(icon.shape[:2]).sum(axis=0) % 7 for name in ("importance", "mask") if name in choices}
    indexed = cq.quantize(icon, n_colors, **choices | beside)
    beside.pop("importance", None)
    mapped = cq.map_pixels(icon, indexed.palette, dither=choices.get("dither", "none"), **beside)
    np.testing.assert_array_equal(indexed.labels, mapped.labels)
    np.testing.assert_array_equal(indexed.valid, mapped.valid)
    np.testing.assert_array_equal(indexed.palette.shares, indexed.with_shares().palette.shares)


@pytest.mark.parametrize("n_colors", [3, 40, 250])
@pytest.mark.parametrize("dither", ["none", "floyd_steinberg"])
def test_few_colours_come_out_as_by_the_way_of_many(icon, n_colors, dither, monkeypatch):
    few = cq.quantize(icon, n_colors, dither=dither)
    monkeypatch.setattr("napari_colorquant.pixels.alpha_counts.count_rgba", lambda rgba: None)
    monkeypatch.setattr("napari_colorquant.mapping.graded.plain_rgba", lambda pixels: None)
    many = cq.quantize(icon, n_colors, dither=dither)
    assert few.palette == many.palette
    np.testing.assert_array_equal(few.labels, many.labels)
    np.testing.assert_array_equal(few.valid, many.valid)


def test_memory_layout_does_not_show(icon):
    expected = cq.quantize(icon, 12)
    for layout in (
        np.asfortranarray(icon),
        icon.transpose(2, 0, 1).copy().transpose(1, 2, 0),
        np.repeat(icon, 2, 1)[:, ::2],
    ):
        result = cq.quantize(layout, 12)
        assert result.palette == expected.palette
        np.testing.assert_array_equal(result.labels, expected.labels)


@pytest.mark.parametrize("dither", ["none", "floyd_steinberg", "bayer"])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_chunks_and_threads_do_not_show(icon, dither, n_threads):
    expected = cq.quantize(icon, 9, dither=dither)
    with limit_threads(n_threads):
        lazy = cq.quantize(da.from_array(icon, chunks=(17, 23, 4)), 9, dither=dither).load()
        whole = cq.quantize(icon, 9, dither=dither)
    for indexed in (lazy, whole):
        assert indexed.palette == expected.palette
        np.testing.assert_array_equal(indexed.labels, expected.labels)
        np.testing.assert_array_equal(indexed.valid, expected.valid)
        np.testing.assert_array_equal(indexed.to_rgb(), expected.to_rgb())


def test_few_colours_are_their_own_palette():
    image = np.array([[[255, 0, 0, 255], [255, 0, 0, 90], [0, 0, 0, 0], [10, 20, 30, 4]]], np.uint8)
    indexed = cq.quantize(image, 8)
    assert sorted(indexed.palette.hex) == ["#0a141e04", "#ff0000", "#ff00005a"]
    np.testing.assert_array_equal(indexed.to_rgb(), image)
    assert distortion(image, indexed).is_exact


def test_alpha_that_hides_all_or_nothing_is_no_alpha(photo, icon):
    alpha = np.where(icon[..., 3] > 128, 255, 0).astype(np.uint8).repeat(2, axis=0).repeat(2, axis=1)
    image = np.dstack([photo, alpha])
    expected = cq.quantize(photo, 8, mask=alpha)
    for mode in ("auto", "cut"):
        indexed = cq.quantize(image, 8, alpha=mode)
        assert indexed.palette == expected.palette
        np.testing.assert_array_equal(indexed.labels, expected.labels)
        np.testing.assert_array_equal(indexed.to_rgb()[..., 3], alpha)


def test_cut_is_at_one_half():
    image = np.full((1, 4, 4), 200, np.uint8)
    image[0, :, 3] = 0, 127, 128, 255
    indexed = cq.quantize(image, 2, alpha="cut")
    assert indexed.valid.tolist() == [[False, False, True, True]]
    assert indexed.alpha.tolist() == [[0, 0, 255, 255]]
    assert not indexed.palette.has_alpha
    deep = (image.astype(np.uint16) * 257)[0]
    deep[:, 3] = 0, 32600, 32900, 65535
    assert cq.quantize(deep[None], 2, alpha="cut").valid.tolist() == [[False, False, True, True]]


def test_ignored_alpha_is_not_there(icon):
    indexed = cq.quantize(icon, 5, alpha="ignore")
    expected = cq.quantize(np.ascontiguousarray(icon[..., :3]), 5)
    assert indexed.valid is None
    assert indexed.alpha is None
    assert indexed.palette == expected.palette
    np.testing.assert_array_equal(indexed.to_rgb(), expected.to_rgb())


@pytest.mark.parametrize(
    "choices", [{"keep": "lightness"}, {"smoothness": 1.0}, {"n_colors": "auto", "target": {"psnr": 30}}]
)
def test_what_looks_at_three_axes_cuts(icon, choices):
    indexed = cq.quantize(icon, **{"n_colors": 4, **choices})
    assert not indexed.palette.has_alpha
    np.testing.assert_array_equal(indexed.valid, icon[..., 3] >= 128)
    name = next(iter(choices))
    with pytest.raises(ValueError, match=f"^{name} must be .* with alpha='graded', got .*; or take alpha='cut'"):
        cq.quantize(icon, **{"n_colors": 4, **choices}, alpha="graded")


@pytest.mark.parametrize("choices", [{"keep": "lightness"}, {"smoothness": 1.0}])
def test_what_looks_at_three_axes_refuses_a_palette_that_is_seen_in_part(icon, choices):
    (name,) = choices
    with pytest.raises(
        ValueError, match=f"^{name} must be .* with a palette of which some colours are seen in part, got"
    ):
        cq.map_pixels(icon, ["#ff8800", "#00000060"], **choices)
    assert not cq.map_pixels(icon, ["#ff8800", "#000000", "#0000"], **choices).palette.is_graded


def test_an_opaque_palette_cuts_and_one_with_alpha_grades(icon):
    plain = cq.map_pixels(icon, ["#ff8800", "#000000"])
    np.testing.assert_array_equal(plain.valid, icon[..., 3] >= 128)
    graded = cq.map_pixels(icon, ["#ff8800", "#00000060"])
    assert graded.valid.mean() > plain.valid.mean()
    rgb = cq.map_pixels(icon[..., :3], ["#ff8800", "#00000060", "#0000"])
    assert rgb.valid is None
    assert set(np.unique(rgb.labels)) <= {0, 1}


def test_what_is_hardly_seen_becomes_nothing_and_what_is_opaque_does_not(icon):
    dusty = icon.copy()
    dusty[:4, :, 3] = 1
    indexed = cq.quantize(dusty, 2)
    assert not indexed.valid[:4].any()
    white = np.full((2, 2, 4), 255, np.uint8)
    assert cq.map_pixels(white, ["#000000"], alpha="graded").valid is None


def test_pixels_weigh_as_they_are_seen(icon):
    # A slab that is hardly seen has most of the pixels, and next to nothing of the error.
    image = np.zeros((60, 60, 4), np.uint8)
    image[..., :3] = np.random.default_rng(1).integers(0, 256, (60, 60, 3))
    image[..., 3] = 3
    image[:10, :10] = draw_icon(10) | np.array([0, 0, 0, 255], np.uint8)
    palette = cq.quantize(image, 6).palette
    assert (palette.alphas > 200).sum() >= 4


def test_fixed_colours_keep_their_alpha(icon):
    palette = cq.quantize(icon, 6, fixed=["#ff000080", "#0000ff"]).palette
    assert {"#ff000080", "#0000ff"} <= set(palette.hex)
    assert sum(palette.locked) == 2
    assert len(palette) == 6
    everything = cq.quantize(icon, 2, fixed=["#ff000080", "#0000ff"]).palette
    assert set(everything.hex) == {"#ff000080", "#0000ff"}


def test_rare_colours_are_kept(icon):
    spotted = icon.copy()
    spotted[:2, :2] = 0, 0, 255, 160
    blue = [cq.quantize(spotted, 4, rare=rare).to_rgb()[0, 0].tolist() for rare in (0.0, 1.0)]
    assert blue[1] == [0, 0, 255, 160] != blue[0]


def test_a_mask_and_an_importance_count(icon):
    mask = np.zeros(icon.shape[:2], bool)
    mask[20:40, 20:40] = True
    masked = cq.quantize(icon, 5, mask=mask)
    assert not masked.valid[~mask].any()
    inside = cq.quantize(np.where(mask[..., None], icon, 0), 5)
    assert masked.palette == inside.palette
    weighed = cq.quantize(icon, 5, importance=mask)
    assert seen_error(icon[20:40, 20:40], weighed.to_rgb()[20:40, 20:40]) < seen_error(
        icon[20:40, 20:40], cq.quantize(icon, 5).to_rgb()[20:40, 20:40]
    )


def test_16_bits_and_floats_are_seen_as_8(icon):
    expected = cq.quantize(icon, 6)
    for image in (icon.astype(np.uint16) * 257, icon / np.float32(255)):
        indexed = cq.quantize(image, 6)
        assert np.abs(indexed.palette.rgba.astype(int) - expected.palette.rgba).max() <= 1
        assert (indexed.labels == expected.labels).mean() > 0.99


def test_frames_and_levels_are_of_one_kind(icon):
    opaque = icon | np.array([0, 0, 0, 255], np.uint8)
    stack = np.stack([opaque, icon, opaque])
    frames = quantize_frames(stack, 5)
    assert frames.recipe.alpha == "graded"
    assert frames.to_rgb().shape == (*stack.shape[:-1], 4)
    assert seen_error(stack[1], frames.to_rgb()[1]) < 100
    again = map_frames(stack, frames.palettes, cq.Recipe())
    np.testing.assert_array_equal(again.to_rgb(), frames.to_rgb())
    assert quantize_frames(np.stack([opaque, opaque]), 5).recipe.alpha == "cut"
    levels = quantize_levels([icon, icon[::2, ::2]], cq.Recipe(n_colors=5))
    assert levels[0].palette == levels[1].palette == cq.quantize(icon, 5).palette
    assert levels[1].to_rgb().shape == (32, 32, 4)


def test_distortion_is_that_over_black_and_white(icon):
    indexed = cq.quantize(icon, 4)
    seen = icon[..., 3] > 0
    measured = distortion(icon, indexed)
    shown = indexed.to_rgb()
    squares = [np.square(np.rint(over(icon, g)) - np.rint(over(shown, g))).sum(axis=2)[seen].mean() for g in (0, 255)]
    assert measured.mse == pytest.approx(np.mean(squares), rel=1e-6)
    assert measured.n_pixels == seen.sum()
    differences = delta_e_map(icon, indexed)
    assert np.isnan(differences[~seen]).all()
    assert np.nanmean(differences) == pytest.approx(measured.mean_de2000, rel=1e-4)
    lazy = distortion(da.from_array(icon, chunks=(20, 30, 4)), indexed)
    assert lazy.mse == pytest.approx(measured.mse, rel=1e-12)
    looked_at = distortion(icon, indexed, perceptual=True)
    assert 0 < looked_at.ssim < 1


def test_of_several_images_one_at_a_time_is_in_memory(icon):
    alive = []

    class Unread:
        """An image that is read when it is asked for, as those of a folder are."""

        def __init__(self, pixels):
            self.pixels = pixels

        def __array__(self, dtype=None, copy=None):
            gc.collect()
            assert sum(each() is not None for each in alive) <= 1  # the last one, while this is read
            read = self.pixels.copy()
            alive.append(weakref.ref(read))
            return read

    opaque = icon | np.array([0, 0, 0, 255], np.uint8)
    images = [opaque, icon, opaque[::-1], icon[:, ::-1]]
    palette = cq.design_palette([Unread(image) for image in images], 6)
    assert len(alive) == len(images)
    assert palette == cq.design_palette(images, 6)
    assert palette.is_graded


def test_a_dither_mixes_the_colours_of_the_own_rgb(photo):
    profile = RgbProfile(make_rgb_profile("p3"))
    image = np.dstack([photo, np.full(photo.shape[:2], 255, np.uint8)])
    image[:10, :, 3] = 90
    levels = np.array([[0, 0, 0], [250, 240, 20], [10, 250, 30], [230, 20, 10], [250, 250, 250]], np.uint8)
    opaque = Palette.of_levels(levels, profile)
    rgba = np.vstack([np.column_stack([levels, [255] * 5]), [[0, 0, 0, 90]]]).astype(np.uint8)
    palette = Palette.of_levels(rgba, profile)
    assert palette.is_graded
    how = {"dither": "bayer", "profile": profile, "space": "oklab"}
    graded, plain = cq.map_pixels(image, palette, **how), cq.map_pixels(photo, opaque, **how)
    mixed = palette.alphas[cq.map_pixels(image, palette, profile=profile).labels] == 255
    mixed[:10] = False
    assert mixed.mean() > 0.5
    np.testing.assert_array_equal(graded.labels[mixed], plain.labels[mixed])


# --- files ----------------------------------------------------------------------------------------


def test_a_png_shows_what_the_result_shows(icon, tmp_path):
    indexed = cq.quantize(icon, 20)
    for place in ("last", "first"):
        write_indexed(indexed, tmp_path / f"{place}.png", transparent=place)
        with Image.open(tmp_path / f"{place}.png") as picture:
            assert picture.mode == "P"
            index = np.array(picture)
            np.testing.assert_array_equal(np.array(picture.convert("RGBA")), indexed.to_rgb())
        assert set(index[~indexed.valid]) == {20 if place == "last" else 0}
        again = read_indexed(tmp_path / f"{place}.png")
        np.testing.assert_array_equal(again.to_rgb(), indexed.to_rgb())
        np.testing.assert_array_equal(again.valid, indexed.valid)
    assert read_indexed(tmp_path / "last.png").palette.hex == indexed.palette.hex
    write_indexed(again, tmp_path / "again.png")
    assert np.array_equal(np.array(Image.open(tmp_path / "again.png")), index)  # its numbering is kept


@pytest.mark.parametrize("suffix", [".apng", ".webp"])
def test_animations_show_what_the_result_shows(icon, tmp_path, suffix):
    stack = np.stack([icon, icon[::-1]])
    indexed = cq.quantize(stack, 9)
    write_indexed(indexed, tmp_path / f"a{suffix}")
    with Image.open(tmp_path / f"a{suffix}") as picture:
        for number, expected in enumerate(indexed.to_rgb()):
            picture.seek(number)
            shown = np.array(picture.convert("RGBA"))
            seen = expected[..., 3] > 0
            np.testing.assert_array_equal(shown[..., 3], expected[..., 3])
            np.testing.assert_array_equal(shown[seen], expected[seen])


def test_a_gif_is_cut(icon):
    indexed = cq.quantize(icon, 12)
    file = io.BytesIO()
    write_gif(indexed, file)
    file.seek(0)
    shown = np.array(Image.open(file).convert("RGBA"))
    expected = indexed.to_rgb()
    np.testing.assert_array_equal(shown[..., 3], np.where(expected[..., 3] >= 128, 255, 0))
    seen = shown[..., 3] > 0
    np.testing.assert_array_equal(shown[seen, :3], expected[seen, :3])


@pytest.mark.parametrize("suffix", [".tif", ".zarr"])
def test_our_own_metadata_keep_alpha(icon, tmp_path, suffix):
    indexed = cq.quantize(icon, 12)
    write_indexed(indexed, tmp_path / f"a{suffix}")
    again = read_indexed(tmp_path / f"a{suffix}")
    assert again.palette == indexed.palette
    np.testing.assert_array_equal(again.to_rgb(), indexed.to_rgb())


@pytest.mark.parametrize("suffix", [".json", ".gpl", ".hex", ".csv", ".png"])
def test_palette_files_keep_alpha(tmp_path, suffix):
    palette = Palette(["#00000000", "#ff0000", "#00ff0040", "#0000ff"])
    write_palette(palette, tmp_path / f"a{suffix}")
    again = read_palette(tmp_path / f"a{suffix}")
    assert again.hex == palette.hex


def test_a_palette_whose_first_colour_is_transparent_keeps_its_numbers(icon, photo, tmp_path):
    palette = Palette(["#00000000", "#ff0000", "#00ff00", "#0000ff"])
    write_palette(palette, tmp_path / "a.act")
    given = read_palette(tmp_path / "a.act")
    assert given.alphas.tolist() == [0, 255, 255, 255]
    indexed = cq.map_pixels(photo, given)
    opaque = cq.map_pixels(photo, palette.take([1, 2, 3]))
    np.testing.assert_array_equal(indexed.labels, opaque.labels + 1)
    np.testing.assert_array_equal(indexed.palette.shares[1:], opaque.palette.shares)
    dithered = cq.map_pixels(photo, given, dither="floyd_steinberg", remove_unused=True)
    assert len(dithered.palette) <= 3
    write_indexed_png(cq.map_pixels(icon, given), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert np.array_equal(np.array(picture) == 0, icon[..., 3] < 128)
    with pytest.raises(ValueError, match="a palette must have a colour that is seen, got only ones of alpha 0"):
        cq.map_pixels(photo, Palette(["#0000"]))


def test_256_colours_leave_no_index_for_nothing(icon, tmp_path):
    levels = np.column_stack([np.arange(256)] * 3).astype(np.uint8)
    indexed = cq.map_pixels(icon, levels)
    for place in ("last", "first"):
        with pytest.raises(ValueError, match="pixels without data need one of the 256 indices"):
            write_indexed(indexed, tmp_path / "a.png", transparent=place)
    with pytest.raises(ValueError, match="transparent must be one of last, first, got 'middle'"):
        write_indexed(indexed, tmp_path / "a.png", transparent="middle")


# --- counting -------------------------------------------------------------------------------------


def test_counts_add_up(icon):
    parts = [icon[:20], icon[20:41], icon[41:]]
    whole = count_with_alpha([open_source(icon)])
    sums = count_with_alpha([open_source(part) for part in parts])
    rgba, counts = np.unique(icon[(icon[..., 3] > 0) & (icon[..., 3] < 255)], axis=0, return_counts=True)
    for each in (whole, sums):
        np.testing.assert_array_equal(keys_to_rgba(each.seen_through.keys), rgba)
        np.testing.assert_array_equal(each.seen_through.counts, counts)
    assert whole.opaque.total == (icon[..., 3] == 255).sum()


def test_keys_are_numbered_as_numpy_does(rng):
    for size in (0, 1, 1000):
        keys = rgba_to_keys(rng.integers(0, 6, (size, 4), np.uint8))
        distinct, index = number_keys(keys)
        expected, places = np.unique(keys, return_inverse=True)
        np.testing.assert_array_equal(distinct, expected)
        np.testing.assert_array_equal(index, places)


def test_too_many_colours_lose_bits_in_any_chunks(rng, monkeypatch):
    monkeypatch.setattr("napari_colorquant.pixels.alpha_counts.EXACT_LIMIT", 300)
    monkeypatch.setattr("napari_colorquant.pixels.alpha_counts.count_rgba", lambda rgba: None)
    image = rng.integers(1, 255, (40, 40, 4), np.uint8)
    image[..., 0] = image[..., 1] = image[..., 2] = image[..., 2] // 16
    whole = count_with_alpha([open_source(image)]).seen_through
    sums = count_with_alpha([open_source(image[:3]), open_source(image[3:9]), open_source(image[9:])]).seen_through
    assert whole.lost == sums.lost > 0
    np.testing.assert_array_equal(whole.keys, sums.keys)
    np.testing.assert_array_equal(whole.counts, sums.counts)
    assert np.abs(keys_to_rgba(whole.keys).astype(int)[:, 3].max() - 254) <= 1 << whole.lost
