"""Laws of a palette that is found together with its dots."""

import dask.array as da
import numpy as np
import pytest

from napari_colorquant import Cancelled, Recipe, design_palette, map_pixels, quantize
from napari_colorquant._runtime.progress import watch
from napari_colorquant.design.eye_planes import _read_plane, is_joint, take_planes
from napari_colorquant.design.joint import _add_equations, _alternate, _Goal, _solve
from napari_colorquant.mapping.dithers._eye import to_opponent
from napari_colorquant.mapping.dithers._light import LIGHT
from napari_colorquant.mapping.dithers._relax import Seen, find_neighbors, settle_well
from napari_colorquant.pipeline.frames import quantize_frames
from napari_colorquant.pixels.source import open_source
from napari_colorquant.spaces import SPACES


@pytest.fixture(scope="module")
def coffee():
    from skimage import data

    return np.ascontiguousarray(data.coffee()[100:260, 200:400])


def _plane(image, **beside):
    return _read_plane(open_source(image, **beside), (), image.shape[0] * image.shape[1])


def _weighed_lack(plane, labels, light):
    """Return what lacks to an eye with some colours in linear light, by a plane of errors."""
    from napari_colorquant.mapping.dithers._eye import OPPONENT, WIDE, blur, sum_tents

    errors = (light @ OPPONENT.T)[labels] - plane.original
    errors = (errors * plane.counts[..., None]).astype(np.float32)
    blurred = blur(errors)[4:-4, 4:-4].astype(np.float64)
    return (errors * blurred).sum() + float(WIDE) * np.square(sum_tents(errors), dtype=np.float64).sum()


def _equations(plane, labels, count):
    matrix, vector = np.zeros((3 * count, 3 * count)), np.zeros(3 * count)
    _add_equations(plane, labels, _Goal.of(plane), matrix, vector)
    return matrix, vector


def test_the_equations_are_those_of_what_lacks(photo, rng):
    part = np.ascontiguousarray(photo[:70, :50])
    plane, labels = _plane(part), rng.integers(0, 5, (70, 50)).astype(np.uint8)
    matrix, vector = _equations(plane, labels, 5)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-6)
    nothing = _weighed_lack(plane, labels, np.zeros((5, 3)))
    for _ in range(4):
        light = rng.random((5, 3))
        found = light.reshape(-1) @ matrix @ light.reshape(-1) - 2 * vector @ light.reshape(-1) + nothing
        assert found == pytest.approx(_weighed_lack(plane, labels, light), rel=1e-3)


def test_they_are_solved_within_the_gamut_and_fixed_values_stay(rng):
    from scipy.optimize import lsq_linear

    root, goal = rng.standard_normal((40, 12)), rng.standard_normal(40) * 3
    unknown, fixed = np.full(12, 0.5), np.zeros(12, bool)
    _solve(root.T @ root, root.T @ goal, fixed, 500, unknown)
    np.testing.assert_allclose(unknown, lsq_linear(root, goal, (0, 1), tol=1e-12).x, atol=1e-4)
    held, fixed[3:6] = np.full(12, 0.5), True
    _solve(root.T @ root, root.T @ goal, fixed, 500, held)
    assert (held[3:6] == 0.5).all()


@pytest.mark.parametrize("n_colors", [4, 16])
def test_a_palette_found_with_its_dots_leaves_less_than_one_found_before(n_colors, coffee):
    plane = _plane(coffee)

    def lack(joint):
        made = quantize(coffee, n_colors, dither=f"spatial:joint={joint}")
        return _weighed_lack(plane, made.labels, LIGHT[made.palette.colors].astype(np.float64))

    assert lack("true") < 0.95 * lack("false")


def test_rounds_of_colors_and_dots_leave_less_than_the_start(coffee):
    plane = _plane(coffee)
    start, none = design_palette(coffee, 6).colors, np.zeros(6, bool)

    def lack(colors):
        labels = map_pixels(coffee, colors).labels
        seen = Seen.open(plane.original, labels, to_opponent(colors), None, np.ones(labels.shape, bool), 1.0)
        settle_well(seen, find_neighbors(seen.colors))
        return _weighed_lack(plane, labels, LIGHT[colors].astype(np.float64))

    assert lack(_alternate([plane], start, none, 5)[0]) < 0.9 * lack(start)


@pytest.mark.parametrize("space", list(SPACES))
def test_in_any_space_there_are_as_many_colors_as_asked_for(space, photo):
    for n_colors in (1, 2, 9):
        made = quantize(photo, n_colors, space=space, dither="spatial")
        assert len(made.palette) == len(np.unique(made.palette.colors, axis=0)) == n_colors


def test_the_same_palette_is_designed_and_mapped_in_two_steps(photo):
    made = quantize(photo, 7, dither="spatial")
    palette = design_palette(photo, 7, dither="spatial")
    assert palette.hex == made.palette.hex
    assert (map_pixels(photo, palette, dither="spatial").labels == made.labels).all()
    assert made.palette.hex != design_palette(photo, 7, dither="spatial:joint=false").hex


def test_chunks_do_not_show(photo):
    stack = np.stack([photo, photo[::-1], photo[:, ::-1]])
    lazy = da.from_array(stack, chunks=(2, 50, 60, 3))
    whole, chunked = (quantize(image, 6, dither="spatial") for image in (stack, lazy))
    assert chunked.palette.hex == whole.palette.hex
    assert (chunked.load().labels == whole.labels).all()


def test_cells_and_colors_design_alike_and_a_palette_is_found_there_too(rng):
    noise = rng.integers(0, 256, (200, 200, 3), dtype=np.uint8)  # so many colours that their cells are looked at
    whole = quantize(noise, 8, space="srgb", dither="spatial")
    assert whole.palette.hex == design_palette(noise, 8, space="srgb", dither="spatial").hex
    assert whole.palette.hex != design_palette(noise, 8, space="srgb", dither="spatial:joint=false").hex


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_fixed_colors_are_in_it_verbatim(depth, photo):
    image = photo if depth == np.uint8 else photo.astype(np.uint16) * 257
    made = quantize(image, 6, dither="spatial", fixed=["#ff00ff", "#102030"])
    assert {"#ff00ff", "#102030"} <= set(made.palette.hex)
    assert len(set(made.palette.hex)) == 6
    assert sum(made.palette.locked) == 2


def test_an_image_of_few_colors_is_left_alone(photo):
    few = design_palette(photo, 5).colors[map_pixels(photo, design_palette(photo, 5)).labels]
    for n_colors in (5, 9):
        assert (quantize(few, n_colors, dither="spatial").to_rgb() == few).all()


def test_grays_stay_gray(gray_photo):
    made = quantize(gray_photo, 5, dither="spatial")
    assert (np.ptp(made.palette.colors.astype(int), axis=1) <= 1).all()


def test_masked_pixels_and_those_of_no_importance_have_no_say(photo, rng):
    mask = np.ones(photo.shape[:2], bool)
    mask[30:70, 20:90] = False
    other = photo.copy()
    other[~mask] = rng.integers(0, 256, ((~mask).sum(), 3))
    first, second = (quantize(image, 6, dither="spatial", mask=mask) for image in (photo, other))
    assert first.palette.hex == second.palette.hex
    plane = _plane(photo, importance=mask)
    assert (plane.counts[~mask] == 0).all()
    assert (plane.counts[mask] > 0).all()


def test_at_most_four_planes_of_half_a_million_pixels_are_looked_at(rng):
    recipe = Recipe(8, dither="spatial")
    film = rng.integers(0, 256, (9, 800, 700, 3), dtype=np.uint8)
    planes = take_planes([open_source(film)], recipe)
    assert len(planes) == 4
    assert sum(plane.counts.size for plane in planes) <= 1 << 19
    assert (planes[-1].original[0, 0] == to_opponent(film[-1])[1, 1]).all()
    assert take_planes([open_source(film)], recipe.replace(dither="bayer")) == []


def test_who_asks_for_it(photo):
    assert is_joint(Recipe(8, dither="spatial"))
    assert is_joint(Recipe("auto", target="de2000=4", dither="spatial"))
    for other in ("none", "floyd_steinberg", "spatial:joint=false", "spatial:strength=0"):
        assert not is_joint(Recipe(8, dither=other))
    assert not is_joint(Recipe(8, dither="spatial", palette=design_palette(photo, 4)))
    assert not is_joint(Recipe(300, dither="spatial", quantizer="kmeans"))


def test_frames_have_what_each_has_alone(photo):
    frames = quantize_frames(np.stack([photo, photo[::-1]]), 5, dither="spatial")
    for i, image in enumerate((photo, photo[::-1])):
        assert set(frames.palettes[i].hex) == set(quantize(image, 5, dither="spatial").palette.hex)


def test_auto_refines_the_palette_that_it_finds(coffee):
    joint = quantize(coffee, "auto", target="de2000=6", dither="spatial")
    apart = quantize(coffee, "auto", target="de2000=6", dither="spatial:joint=false")
    assert len(joint.palette) == len(apart.palette)
    assert joint.palette.hex != apart.palette.hex


@pytest.mark.parametrize(("what", "count"), [("Designing the palette", 5), ("Dithering", 2)])
def test_it_can_be_cancelled_while_the_palette_and_while_the_dots_are_found(what, count, photo):
    heard = []

    def stop(done, doing):
        heard.append(doing)
        if heard.count(what) == count:
            raise Cancelled

    with pytest.raises(Cancelled), watch(stop):
        quantize(photo, 6, dither="spatial")
    assert heard.count(what) == count
