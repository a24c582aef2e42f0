"""Laws that every dither obeys, and each kind's own."""

import dask.array as da
import numpy as np
import pytest

from napari_colorquant import DITHERS, design_palette, map_pixels
from napari_colorquant.mapping.dither import make_target
from napari_colorquant.mapping.dithers import Plane
from napari_colorquant.mapping.dithers._adaptive import find_calm
from napari_colorquant.mapping.dithers._light import CELL_OF_LIGHT, LIGHT, bound_errors
from napari_colorquant.mapping.dithers.diffusion import MATRICES
from napari_colorquant.mapping.dithers.ordered import SIZES, make_bayer, read_blue_noise
from napari_colorquant.registry import UnknownNameError
from napari_colorquant.spaces import SPACES, Metric

ALL = tuple(DITHERS)
ACTIVE = tuple(name for name in DITHERS if name != "none")
DIFFUSIONS = tuple(matrix.name for matrix in MATRICES)
ORDERED = ("bayer", "blue_noise")
#: Every setting that changes which pixels get which label.
SETTINGS = (
    *ACTIVE,
    *(f"bayer:size={size}" for size in SIZES),
    "floyd_steinberg:adaptive=false",
    "floyd_steinberg:settled=false",
    "floyd_steinberg:serpentine=false",
    "atkinson:adaptive=false,serpentine=false,settled=true",
    "stucki:strength=0.5",
    "blue_noise:strength=0.5",
    "riemersma:history=1",
    "riemersma:history=40,ratio=1",
    "spatial",
    "spatial:strength=0.5",
)


def _metric(space="oklab"):
    return Metric(SPACES[space])


def _mean_light(rgb):
    return LIGHT[rgb].reshape(-1, 3).mean(axis=0, dtype=np.float64)


@pytest.mark.parametrize("dither", SETTINGS)
@pytest.mark.parametrize("n_colors", [1, 2, 16, 256])
def test_labels_point_into_the_palette(dither, n_colors, photo):
    mapped = map_pixels(photo, design_palette(photo, n_colors), dither=dither)
    assert mapped.labels.dtype == np.uint8
    assert mapped.labels.shape == photo.shape[:2]
    assert mapped.labels.max() < n_colors
    assert mapped.palette.shares.sum() == pytest.approx(1)
    shares = np.bincount(mapped.labels.reshape(-1), minlength=n_colors) / mapped.labels.size
    assert (shares == mapped.palette.shares).all()


@pytest.mark.parametrize("dither", SETTINGS)
@pytest.mark.parametrize("space", ["oklab", "srgb", "hed"])
def test_palette_image_is_left_alone(dither, space, photo):
    palette = design_palette(photo, 16)
    image = palette.colors[map_pixels(photo, palette).labels]
    dithered = map_pixels(image, palette, dither=dither, space=space)
    assert (dithered.to_rgb() == image).all()


@pytest.mark.parametrize("dither", [name for name in DITHERS if "strength" in DITHERS[name].options])
def test_strength_zero_is_no_dither(dither, photo):
    palette = design_palette(photo, 8)
    without = map_pixels(photo, palette).labels
    assert (map_pixels(photo, palette, dither=dither, dither_options={"strength": 0.0}).labels == without).all()


@pytest.mark.parametrize("dither", ACTIVE)
def test_every_dither_has_a_strength_and_uses_it(dither, photo):
    palette = design_palette(photo, 8)
    plain = map_pixels(photo, palette).labels
    moved = [(map_pixels(photo, palette, dither=f"{dither}:strength={s}").labels != plain).mean() for s in (0.3, 1.0)]
    assert 0 < moved[0] < moved[1]


@pytest.mark.parametrize("dither", SETTINGS)
def test_same_image_same_labels_and_input_untouched(dither, photo):
    palette = design_palette(photo, 8)  # the photo is write-protected
    assert (map_pixels(photo, palette, dither=dither).labels == map_pixels(photo, palette, dither=dither).labels).all()


@pytest.mark.parametrize("dither", SETTINGS)
def test_frames_of_a_stack_are_dithered_alone(dither, photo):
    stack = np.stack([photo[:40], photo[40:80], photo[80:120]]).reshape(3, 1, 40, 128, 3)
    palette = design_palette(photo, 8)
    whole = map_pixels(stack, palette, dither=dither).labels
    for frame in range(3):
        assert (whole[frame, 0] == map_pixels(stack[frame, 0], palette, dither=dither).labels).all()


@pytest.mark.parametrize("dither", [*ORDERED, *(f"bayer:size={size}" for size in SIZES)])
def test_what_stands_still_in_a_film_keeps_its_labels_under_an_ordered_dither(dither, photo):
    film = np.stack([photo] * 4)
    moved = np.zeros(film.shape[:3], bool)
    for frame, place in enumerate(range(10, 90, 20)):
        film[frame, place : place + 12, place : place + 12] = (255, 40, 0)
        moved[frame, place - 1 : place + 13, place - 1 : place + 13] = True  # calm asks the next pixel, too
    labels = map_pixels(film, design_palette(photo, 8), dither=dither).labels
    still = ~(moved[1:] | moved[:-1])
    assert (labels[1:] == labels[:-1])[still].all()


@pytest.mark.parametrize("dither", SETTINGS)
def test_nothing_leaks_over_masks(dither, photo, rng):
    palette = design_palette(photo, 8)
    mask = np.ones(photo.shape[:2], bool)
    mask[30:50, 20:90] = mask[::7, ::5] = False
    other = photo.copy()
    other[~mask] = rng.integers(0, 256, ((~mask).sum(), 3))
    first, second = (map_pixels(image, palette, dither=dither, mask=mask) for image in (photo, other))
    assert (first.labels == second.labels).all()
    assert (first.labels[~mask] == 0).all()
    assert (first.valid == mask).all()


@pytest.mark.parametrize("dither", ACTIVE)
def test_transparent_pixels_have_no_data(dither, rgba_photo):
    mapped = map_pixels(rgba_photo, design_palette(rgba_photo, 8), dither=dither)
    assert not mapped.valid[:, :32].any()
    assert (mapped.to_rgb()[:, :32] == 0).all()


@pytest.mark.parametrize("dither", [name for name in ACTIVE if name != "atkinson"])
@pytest.mark.parametrize("level", [30, 90, 128, 200])
def test_flat_gray_keeps_its_light(dither, level):
    gray = np.full((128, 128, 3), level, np.uint8)
    for palette in (["#000", "#fff"], ["#000", "#111", "#fff"], ["#f00", "#0f0", "#00f", "#000", "#fff"]):
        mapped = map_pixels(gray, palette, dither=dither)
        assert _mean_light(mapped.to_rgb()) == pytest.approx(_mean_light(gray), abs=0.02)


@pytest.mark.parametrize("dither", ACTIVE)
def test_dithered_gradient_is_nearer_to_the_eye_than_a_banded_one(dither):
    from scipy.ndimage import uniform_filter

    ramp = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    palette = ["#000000", "#555555", "#aaaaaa", "#ffffff"]

    def error(name):
        seen = uniform_filter(LIGHT[map_pixels(ramp, palette, dither=name).to_rgb()][..., 0], 8)
        return np.abs(seen - uniform_filter(LIGHT[ramp][..., 0], 8)).mean()

    assert error(dither) < 0.5 * error("none")


@pytest.mark.parametrize("dither", SETTINGS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 50), (50, 3), (1, 2), (2, 1), (33, 17)])
def test_any_shape_can_be_dithered(dither, shape, rng):
    image = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert map_pixels(image, ["#000", "#fff", "#f00"], dither=dither).labels.shape == shape


@pytest.mark.parametrize("dither", ACTIVE)
def test_gray_images_and_floats_can_be_dithered(dither, gray_photo):
    palette = ["#000", "#fff"]
    eight = map_pixels(gray_photo, palette, dither=dither).labels
    assert (map_pixels(gray_photo / 255, palette, dither=dither).labels == eight).all()


@pytest.mark.parametrize("dither", [*ORDERED, *(f"bayer:size={size}" for size in SIZES)])
@pytest.mark.parametrize("origin", [(0, 0), (32, 0), (37, 53)])
def test_tiles_of_ordered_dithers_join(dither, origin, photo):
    name, _, size = dither.partition(":size=")
    options = {"size": size} if size else {}
    palette, metric = design_palette(photo, 8), _metric()
    labels = map_pixels(photo, palette).labels
    whole = DITHERS[name](Plane(photo, labels), make_target(palette.colors, metric), **options)
    tile = np.s_[origin[0] : origin[0] + 60, origin[1] : origin[1] + 50]
    part = Plane(np.ascontiguousarray(photo[tile]), np.ascontiguousarray(labels[tile]), None, origin)
    assert (DITHERS[name](part, make_target(palette.colors, metric), **options) == whole[tile]).all()


@pytest.mark.parametrize("name", DIFFUSIONS)
@pytest.mark.parametrize("serpentine", [True, False])
@pytest.mark.parametrize("strength", [1.0, 0.6])
def test_error_diffusion_follows_its_definition(name, serpentine, strength, photo):
    image, palette, metric = np.ascontiguousarray(photo[40:70, 30:62]), design_palette(photo, 12), _metric()
    target = make_target(palette.colors, metric)
    labels = map_pixels(image, palette).labels
    found = DITHERS[name](
        Plane(image, labels), target, serpentine=serpentine, strength=strength, adaptive=False, settled=False
    )
    matrix = next(matrix for matrix in MATRICES if matrix.name == name)
    assert (found == _diffuse(image, labels, target, matrix, serpentine, np.float32(strength))).mean() > 0.99


def _diffuse(image, labels, target, matrix, serpentine, strength):
    """Error diffusion as a loop that scatters each error (the kernel gathers them: sums round differently)."""
    height, width = labels.shape
    carried = np.zeros((height, width, 3))
    out = labels.copy()
    for row in range(height):
        step = -1 if serpentine and row % 2 else 1
        for column in range(width)[::step]:
            given = carried[row, column] * strength
            widest = bound_errors(target.colors)
            light = LIGHT[image[row, column]] + np.clip(given, -widest, widest)
            cell = tuple(CELL_OF_LIGHT[(np.clip(light, 0, 1) * 4095 + 0.5).astype(int)])
            if given.any() and cell != tuple(image[row, column] >> 2):
                out[row, column] = target.table[cell]
            error = light - LIGHT[target.colors[out[row, column]]]
            for down, parts in enumerate(matrix.rows):
                for across, part in zip(range(-2, 3), parts, strict=True):
                    place = row + down, column + step * across
                    if part and place[0] < height and 0 <= place[1] < width:
                        carried[place] += error * part / matrix.parts
    return out


@pytest.mark.parametrize("matrix", MATRICES, ids=lambda matrix: matrix.name)
def test_diffusion_matrices_hand_on_all_there_is_and_only_to_pixels_to_come(matrix):
    total = sum(map(sum, matrix.rows))
    assert total == (6 if matrix.name == "atkinson" else matrix.parts)
    assert matrix.rows[0][:3] == (0, 0, 0)
    assert len(matrix.rows) in (2, 3)


def test_calm_is_full_in_flat_areas_and_gradients_and_low_at_edges():
    ramp = np.repeat(np.arange(40, dtype=np.uint8)[None, :, None] * 5, 30, axis=0).repeat(3, axis=2)
    calm = find_calm(ramp)
    assert (calm[:, 1:-1] == 255).all()
    edge = np.zeros((20, 20, 3), np.uint8)
    edge[:, 10:, 1] = 200
    calm = find_calm(edge)
    assert (calm[:, 9:11] == 55).all()
    assert (calm[:, :9] == 255).all()
    assert (find_calm(edge.transpose(1, 0, 2).copy()) == calm.T).all()


def test_adaptive_dithers_less_in_noise_and_as_much_in_flat_areas(rng):
    palette = ["#000", "#fff"]
    noise = rng.integers(60, 190, (100, 100, 3), dtype=np.uint8)
    flat = np.full((100, 100, 3), 120, np.uint8)
    for image, is_less in ((noise, True), (flat, False)):
        plain = map_pixels(image, palette).labels
        moved = [
            (
                map_pixels(image, palette, dither=f"floyd_steinberg:settled=false,adaptive={adaptive}").labels != plain
            ).mean()
            for adaptive in ("true", "false")
        ]
        assert (moved[0] < 0.97 * moved[1]) if is_less else (moved[0] == moved[1])


def test_a_settled_plane_lacks_less_to_an_eye_that_blurs_and_is_left_alone_where_it_is_flat(photo, rng):
    from scipy.ndimage import gaussian_filter

    palette = design_palette(photo, 16)

    def lack(settled):
        seen = map_pixels(photo, palette, dither=f"floyd_steinberg:settled={settled}").to_rgb()
        return np.square(gaussian_filter(LIGHT[seen] - LIGHT[photo], (0.9, 0.9, 0))).mean()

    assert lack("true") < 0.95 * lack("false")
    flat = np.full((40, 40, 3), (120, 90, 60), np.uint8)
    first, second = (map_pixels(flat, palette, dither=f"floyd_steinberg:settled={s}").labels for s in ("true", "false"))
    assert (first == second).all()


def test_bayer_of_two_is_the_published_one_and_each_size_has_each_threshold_once():
    assert make_bayer(2).tolist() == [[0, 2], [3, 1]]
    for side in (2, 4, 8, 16):
        assert sorted(make_bayer(side).reshape(-1)) == list(range(side * side))


def test_bayer_sizes_differ(photo):
    palette = ["#000", "#fff"]
    results = [map_pixels(photo, palette, dither=f"bayer:size={size}").labels for size in SIZES]
    assert all((results[i] != results[i + 1]).any() for i in range(3))


def test_blue_noise_has_even_levels_and_no_low_frequencies():
    ranks = read_blue_noise().astype(float)
    assert ranks.shape == (128, 128)
    assert (np.bincount(ranks.astype(int).reshape(-1)) == 64).all()
    power = np.abs(np.fft.fft2(ranks - ranks.mean())) ** 2
    away = np.hypot(*np.meshgrid(np.fft.fftfreq(128), np.fft.fftfreq(128)))
    assert power[away < 0.15].mean() < 0.02 * power[away > 0.3].mean()


@pytest.mark.parametrize(
    ("wrong", "near"), [("floyd_steinburg", "floyd_steinberg"), ("bayers", "bayer"), ("siera", "sierra")]
)
def test_unknown_dithers_are_told_their_neighbour(wrong, near, photo):
    with pytest.raises(UnknownNameError, match=f"did you mean '{near}'"):
        map_pixels(photo, ["#000", "#fff"], dither=wrong)


def test_errors_are_bounded_by_the_widest_gap_that_must_be_crossed():
    grays = np.repeat(np.array([0, 100, 110, 250], np.uint8)[:, None], 3, axis=1)
    light = LIGHT[grays[:, 0]] * np.sqrt(3)
    assert bound_errors(grays) == pytest.approx(light[3] - light[2], rel=1e-5)
    assert bound_errors(grays[:1]) == bound_errors(grays[[0, 0]]) == 1


CARRYING = (*DIFFUSIONS, "riemersma", "spatial")


@pytest.fixture
def film(photo):
    """A photograph before which a square of noise moves, and which is another one from frame 6 on."""
    film = np.stack([photo] * 6 + [photo[:, ::-1]] * 3)
    noise = np.random.default_rng(5)
    for frame, place in enumerate(range(8, 80, 8)):
        film[frame, place : place + 12, place : place + 12] = noise.integers(0, 256, (12, 12, 3))
    return film


def _is_still(film):
    """Return where each frame but the first has the colour of the frame before."""
    return (film[1:] == film[:-1]).all(axis=-1)


@pytest.mark.parametrize("dither", [*CARRYING, "floyd_steinberg:adaptive=false,serpentine=false"])
def test_what_stands_still_in_a_film_keeps_its_labels_where_errors_are_carried(dither, film, photo):
    labels = map_pixels(film, design_palette(photo, 8), dither=dither).labels
    kept = (labels[1:] == labels[:-1]) | ~_is_still(film)
    assert kept[:5].all()
    assert kept[6:].all()
    alone = map_pixels(film[6], design_palette(photo, 8), dither=dither).labels
    assert (labels[6] == alone).all()  # another scene begins


@pytest.mark.parametrize("dither", CARRYING)
def test_a_film_whose_frames_are_not_steady_boils(dither, film, photo):
    palette, dither = design_palette(photo, 8), f"{dither}:steady=false"
    labels = map_pixels(film, palette, dither=dither).labels
    assert (labels[2] == map_pixels(film[2], palette, dither=dither).labels).all()
    assert (labels[1:] != labels[:-1])[_is_still(film)].any()


@pytest.mark.parametrize("dither", [*CARRYING, *ORDERED])
def test_a_lazy_film_is_dithered_as_one_in_memory(dither, film, photo):
    palette = design_palette(photo, 8)
    film = np.concatenate([film, np.full((*film.shape[:3], 1), 255, np.uint8)], axis=-1)
    film[2:5, 40:60, 5:30, 3] = 0  # gaps come and go
    film = np.stack([film, film[:, ::-1]], axis=1)
    lazy = da.from_array(film, chunks=(2, 1, 50, 70, 4))
    whole = map_pixels(film, palette, dither=dither)
    chunked = map_pixels(lazy, palette, dither=dither)
    assert (chunked.load().labels == whole.labels).all()
    assert (chunked.labels[6, 1].compute() == whole.labels[6, 1]).all()


@pytest.mark.parametrize(("dither", "mark"), [("floyd_steinberg:adaptive=false", ","), ("riemersma", ":")])
def test_what_is_held_has_the_light_of_the_image(dither, mark, film, photo):
    palette = design_palette(photo, 8)
    held = palette.colors[map_pixels(film, palette, dither=dither).labels]
    alone = palette.colors[map_pixels(film, palette, dither=f"{dither}{mark}steady=false").labels]
    for frame in range(len(film)):
        own = np.abs(_mean_light(alone[frame]) - _mean_light(film[frame])).max()
        assert np.abs(_mean_light(held[frame]) - _mean_light(film[frame])).max() <= own + 1e-3


@pytest.mark.parametrize("noise", [0, 1])
def test_a_smooth_sky_has_no_bands_in_64_even_colors(noise, rng):
    from scipy.ndimage import gaussian_filter

    down, across = np.mgrid[0:1:160j, 0:1:128j]
    sky = np.stack([70 + 110 * down + 10 * across, 130 + 80 * down + 5 * across, 205 + 35 * down], axis=-1)
    sky = np.rint(np.clip(sky + noise * rng.standard_normal(sky.shape), 0, 255)).astype(np.uint8)
    even = np.stack(np.meshgrid(*[[0, 85, 170, 255]] * 3), axis=-1).reshape(-1, 3).astype(np.uint8)

    def bands(dither):
        seen = LIGHT[map_pixels(sky, even, dither=dither).to_rgb()]
        lack = gaussian_filter((seen - LIGHT[sky]).mean(axis=1), (3, 0))[16:-16]
        return np.abs(lack).max()

    assert bands("floyd_steinberg") < 0.2 * bands("none")
