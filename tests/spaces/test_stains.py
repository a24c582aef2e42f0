"""Stains: vectors found in sections whose stains are known, the space that they span, and their texts."""

import pickle

import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import napari_colorquant as cq
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.pipeline.stained import StainsNotFoundWarning
from napari_colorquant.spaces.stains import (
    METHODS,
    STAIN_SETS,
    STAINS,
    Stains,
    complete_stains,
    estimate_stains,
    pick_colors,
    read_stains,
    write_stains,
)
from sections import DAB, EOSIN, GLASS, HEMATOXYLIN, angle, make_section

COLORS = np.random.default_rng(1).integers(0, 256, (20_000, 3), dtype=np.uint8)
COMPLETE = [
    *(stains.replace(background=(236, 234, 240), units=(0.3, 1.0, 1.0)) for stains in STAIN_SETS.values()),
    Stains("near", ("a", "b"), [(0.65, 0.7, 0.29), (0.55, 0.75, 0.38)], (200, 255, 190), (0.1, 1.5, 1.5)),
]
every_complete = pytest.mark.parametrize("stains", COMPLETE, ids=lambda stains: stains.name)
every_method = pytest.mark.parametrize("method", METHODS)


# --- vectors from the image --------------------------------------------------------------------------------------


@every_method
@pytest.mark.parametrize("noise", [1.0, 3.0])
@pytest.mark.parametrize(("second", "name"), [(EOSIN, "eosin"), (DAB, "DAB")])
def test_vectors_are_found_within_3_degrees(method, noise, second, name):
    for seed in range(3):
        found = estimate_stains(make_section(second, seed=seed, noise=noise)[0], 2, method)
        assert angle(found.vectors[0], HEMATOXYLIN) < 3
        assert angle(found.vectors[1], second) < 3
        assert found.names == ("hematoxylin", name)


@pytest.mark.parametrize("glass", [GLASS, np.array([255, 255, 255]), np.array([214, 220, 226])])
def test_the_light_of_the_empty_slide_is_found(glass):
    found = estimate_stains(make_section(glass=glass)[0])
    np.testing.assert_allclose(found.background, glass, atol=1.5)


def test_a_section_that_fills_the_picture_is_held_against_white():
    section, _ = make_section()
    stained = section[(section.min(axis=2) < 180)][None]
    assert estimate_stains(stained).background == (255, 255, 255)


def test_units_are_the_largest_amounts_of_each_stain():
    section, _ = make_section(DAB, noise=0)
    stains = complete_stains(STAIN_SETS["h-dab"], *np.unique(section.reshape(-1, 3), axis=0, return_counts=True))
    coordinates = stains.space.from_srgb(section.reshape(-1, 3))
    is_stained = np.linalg.norm(coordinates, axis=1) > 0.3
    np.testing.assert_allclose(np.quantile(coordinates[is_stained], 0.99, axis=0)[:2], 1, atol=0.05)
    assert stains.units[2] == max(stains.units)
    assert stains.units[0] < stains.units[1]


def test_a_stain_that_is_not_there_is_not_drawn_out():
    section, _ = make_section(DAB)
    stains = complete_stains(STAIN_SETS["h&e-dab"], section.reshape(-1, 3), np.ones(section.size // 3))
    assert min(stains.units) >= 0.1 * max(stains.units) - 1e-5


@every_method
def test_chunks_threads_and_order_do_not_show(method):
    section, _ = make_section()
    whole = estimate_stains(section, method=method)
    assert estimate_stains(da.from_array(section, chunks=(50, 70, 3)), method=method) == whole
    assert estimate_stains(section[::-1, ::-1], method=method) == whole
    with limit_threads(1):
        assert estimate_stains(section, method=method) == whole


@every_method
def test_16_bits_say_what_8_bits_say(method):
    section, _ = make_section()
    deep = estimate_stains(section.astype(np.uint16) * 257, method=method)
    for first, second in zip(deep.vectors, estimate_stains(section, method=method).vectors, strict=True):
        assert angle(first, second) < 0.1


def test_many_colors_are_gathered_without_a_change_to_see():
    section, _ = make_section(size=384, noise=4.0)
    found = estimate_stains(section)
    assert len(np.unique(section.reshape(-1, 3), axis=0)) > 1 << 15
    assert angle(found.vectors[0], HEMATOXYLIN) < 3
    assert angle(found.vectors[1], DAB) < 3


def test_masked_pixels_say_nothing():
    section, _ = make_section()
    spoilt, mask = section.copy(), np.ones(section.shape[:2], bool)
    spoilt[:60], mask[:60] = (255, 0, 255), False
    assert estimate_stains(spoilt, mask=mask) == estimate_stains(section[60:])


def test_three_stains_are_told_apart_where_they_are():
    draw = np.random.default_rng(0)
    amounts = draw.dirichlet((0.3, 0.3, 0.3), 20_000) * draw.uniform(0.2, 1.2, (20_000, 1))
    light = 255 * 10 ** -(amounts @ np.stack([HEMATOXYLIN, EOSIN, DAB])) + draw.standard_normal((20_000, 3))
    found = estimate_stains(np.clip(np.rint(light), 0, 255).astype(np.uint8).reshape(100, 200, 3), 3)
    assert found.names == found.axes
    for name, vector in (("hematoxylin", HEMATOXYLIN), ("eosin", EOSIN), ("DAB", DAB)):
        assert angle(found.vectors[found.names.index(name)], vector) < 6


@pytest.mark.parametrize("image", [np.full((9, 9, 3), 255), np.full((9, 9, 3), 90), np.zeros((9, 9)),
                                   np.tile(np.arange(0, 250, 5), (9, 1))])  # fmt: skip
def test_where_there_are_no_two_stains_a_section_is_taken_for_h_and_e(image):
    image = image.astype(np.uint8)
    for method in METHODS:
        with pytest.raises(ValueError, match="an image must have pixels of 2 stains, got colours that show fewer"):
            estimate_stains(image, method=method)
        colors = np.atleast_3d(image).repeat(3 if image.ndim == 2 else 1, axis=2).reshape(-1, 3)
        assert complete_stains(method, colors, np.ones(len(colors))).vectors == STAIN_SETS["h&e"].vectors


# --- the space ---------------------------------------------------------------------------------------------------


@every_complete
def test_every_color_comes_back(stains):
    space = stains.space
    np.testing.assert_array_equal(space.to_srgb8(space.from_srgb(COLORS)), COLORS)
    deep = COLORS.astype(np.uint16) * 257 + 100
    np.testing.assert_array_equal(space.to_levels(space.from_srgb(deep), np.uint16), deep)


@every_complete
def test_the_empty_slide_is_the_origin_and_black_is_far_but_finite(stains):
    glass = np.array([stains.background], np.float32) / 255
    np.testing.assert_allclose(stains.space.from_srgb(glass), 0, atol=1e-6)
    assert np.isfinite(stains.space.from_srgb(np.zeros((1, 3), np.uint8))).all()
    assert np.isfinite(stains.space.to_rgb(np.full((1, 3), 1e30, np.float32))).all()


@pytest.mark.parametrize("stains", COMPLETE[:3], ids=lambda stains: stains.name)
def test_a_stain_alone_lies_on_its_axis_and_one_unit_is_at_1(stains):
    for axis, vector in enumerate(stains.vectors):
        light = np.array([stains.background]) / 255 * 10 ** -(stains.units[axis] * np.array([vector]))
        expected = np.zeros((1, 3))
        expected[0, axis] = 1
        np.testing.assert_allclose(stains.space.from_srgb(light.astype(np.float32)), expected, atol=0.03)


def test_the_residual_is_perpendicular_to_both_stains():
    for name in ("h&e", "h-dab"):
        stains = STAIN_SETS[name]
        np.testing.assert_allclose(stains.matrix[:2] @ stains.matrix[2], 0, atol=1e-9)
        assert stains.axes == (*stains.names, "residual")
    assert STAIN_SETS["h&e-dab"].axes == ("hematoxylin", "eosin", "DAB")


def test_amounts_are_those_of_color_deconvolution():
    from skimage.color import separate_stains

    stains = STAIN_SETS["h&e-dab"]
    colors = COLORS[COLORS.min(axis=1) > 60][:500]
    theirs = separate_stains(colors[None] / 255, np.linalg.inv(stains.matrix))[0]
    measured = stains.measure(colors / np.float32(255))  # theirs are cut off at 0, and in other units
    positive = theirs > 0.02
    ratios = measured[positive] / theirs[positive]
    np.testing.assert_allclose(ratios, -np.log10(1e-6), rtol=0.15)
    assert measured.min() < 0


def test_spaces_of_equal_stains_are_equal_and_travel():
    for stains in COMPLETE:
        again = read_stains("stains", write_stains(stains))
        assert again == stains
        assert hash(again.space) == hash(stains.space)
        sent = pickle.loads(pickle.dumps(stains.space))
        assert sent == again.space
        np.testing.assert_array_equal(sent.from_srgb(COLORS), stains.space.from_srgb(COLORS))
    assert len({stains.space for stains in COMPLETE}) == len(COMPLETE)
    assert STAINS.axes == ("stain 1", "stain 2", "residual")


# --- texts -------------------------------------------------------------------------------------------------------


QUPATH = (
    '{"Name" : "H-DAB default", "Stain 1" : "Hematoxylin", "Values 1" : "0.65111 0.70119 0.29049 ", '
    '"Stain 2" : "DAB", "Values 2" : "0.26917 0.56824 0.77759 ", "Background" : " 240 240 242 "}'
)


def test_what_qupath_writes_is_read():
    stains = read_stains("stains", QUPATH)
    assert (stains.name, stains.names, stains.background) == ("H-DAB default", ("Hematoxylin", "DAB"), (240, 240, 242))
    assert stains.vectors == STAIN_SETS["h-dab"].vectors
    assert stains.units is None
    third = QUPATH.replace('"Background"', '"Stain 3" : "{}", "Values 3" : "0.2159 0.8012 0.5581", "Background"')
    assert read_stains("stains", third.replace("{}", "Residual")) == stains
    assert read_stains("stains", third.replace("{}", "Eosin")).names == ("Hematoxylin", "DAB", "Eosin")


def test_what_is_written_is_what_qupath_writes_and_the_units():
    text = write_stains(STAIN_SETS["h-dab"].replace(background=(240, 240, 242.5), units=(0.25, 1, 1)))
    assert text == (
        '{"Name" : "H-DAB", "Stain 1" : "hematoxylin", "Values 1" : "0.65111 0.70119 0.29049", "Stain 2" : "DAB", '
        '"Values 2" : "0.26917 0.56824 0.77759", "Background" : "240 240 242.5", "Units" : "0.25 1 1"}'
    )


vectors = st.tuples(*(st.floats(0, 1) for _ in range(3))).filter(lambda vector: max(vector) > 0.01)


@given(first=vectors, second=vectors, background=st.none() | st.tuples(*(st.floats(1, 255) for _ in range(3))),
       units=st.none() | st.tuples(*(st.floats(0.001, 9) for _ in range(3))),
       name=st.text(max_size=9))  # fmt: skip
@settings(deadline=None)
def test_any_stains_come_back_from_their_text(first, second, background, units, name):
    if angle(first, second) < 5.1:
        return
    stains = Stains(name, ("a", "b"), (first, second), background, units)
    assert read_stains("stains", write_stains(stains)) == stains


def test_sets_methods_and_vectors_are_read():
    assert read_stains("stains", None) is None
    assert read_stains("stains", " Vahadane ") == "vahadane"
    assert read_stains("stains", "H-DAB") is STAIN_SETS["h-dab"]
    given = read_stains("stains", [[13, 14, 6], [5, 11, 15]])
    assert given.names == ("stain 1", "stain 2")
    np.testing.assert_allclose(np.linalg.norm(given.vectors, axis=1), 1, atol=1e-4)


def test_picked_colors_are_vectors_over_their_background():
    amounts = np.array([[0.5, 0], [0, 0.7]])
    colors = np.rint(GLASS * 10 ** -(amounts @ np.stack([HEMATOXYLIN, DAB]))).astype(np.uint8)
    picked = Stains.of_colors(colors, GLASS)
    assert angle(picked.vectors[0], HEMATOXYLIN) < 1
    assert angle(picked.vectors[1], DAB) < 1
    with pytest.raises(ValueError, match="the colours of stains must be two or three, got 1"):
        Stains.of_colors(colors[:1])


def test_colors_are_picked_at_places():
    image = np.zeros((20, 30, 3), np.uint8)
    image[:10, :10], image[10:, 10:] = (120, 118, 170), (160, 110, 60)
    assert pick_colors(image, [(4, 4), (15, 20)]) == ("#7876aa", "#a06e3c")
    assert pick_colors(da.from_array(image, chunks=7), [(0, 0), (19, 29), (0, 29)], radius=0)[2] == "#000000"
    assert pick_colors(image[None], [(0, 4, 4), (0, 15, 20)], frames=True) == ("#7876aa", "#a06e3c")
    assert pick_colors(image, [(4, 9), (15, 20)], radius=1)[0] == "#504f71"  # a third of it is black
    for places, message in (
        ([(0, 0)], "places must be two or three, got"),
        ([(0, 0), (20, 0)], r"a place must lie in 0..19, got 20"),
        ([(0, 0), (0, 0, 0)], r"a place must have a number for each axis of \(20, 30\), got"),
    ):
        with pytest.raises(ValueError, match=message):
            pick_colors(image, places)


def test_picked_places_give_the_vectors_of_their_stains():
    section, nuclei = make_section(size=384)
    colors = np.rint(GLASS * 10 ** -np.stack([0.5 * HEMATOXYLIN, 0.7 * DAB])).astype(np.uint8)
    marked = section.copy()
    marked[:9, :9], marked[:9, 9:18] = colors
    picked = pick_colors(marked, [(4, 4), (4, 13)])
    found = complete_stains(picked, marked.reshape(-1, 3), np.ones(nuclei.size))
    assert angle(found.vectors[0], HEMATOXYLIN) < 2
    assert angle(found.vectors[1], DAB) < 2
    np.testing.assert_allclose(found.background, GLASS, atol=1.5)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "mallory",
            "stains must be one of macenko, vahadane, vahadane:3, h&e, h-dab, h&e-dab, two or three colours",
        ),
        ("{", "stains must be a string of QuPath's, which is JSON, got '{'"),
        ('{"Stain 1": "a"}', "stains must have Values 1 and Values 2, got"),
        (QUPATH.replace("Background", "Ground"), r"stains must have known keys only .*, got \['Ground'\]"),
        (QUPATH.replace("0.65111", "much"), "Values 1 must be numbers parted by spaces, got"),
        (QUPATH.replace(" 240 240 242 ", "0 240 242"), "background must lie in 1.0..255.0, got 0.0"),
        (QUPATH.replace(" 240 240 242 ", "240 242"), "background must be three numbers"),
        (QUPATH.replace("0.65111 0.70119", "0.65111"), "a stain vector must be three numbers"),
        (QUPATH.replace("Hematoxylin", "DAB"), "names of stains must be two or three different ones"),
        (QUPATH.replace("DAB", "residual"), "none of them 'residual', got"),
        ([[1, 0, 0]], "stains must be two or three vectors, got"),
        ([[1, 0, 0], [1, 0.01, 0]], "stain vectors must differ by at least 5 degrees and not lie in one plane, got"),
        ([[1, 0, 0], [0, 1, 0], [1, 1, 0.0001]], "not lie in one plane, got"),
        ([[1, 0, 0], [0, 0, 0]], "a stain vector must be three numbers, red, green and blue, not all 0"),
    ],
)
def test_what_is_no_stains_is_told(value, message):
    with pytest.raises(ValueError, match=message):
        read_stains("stains", value)


def test_what_cannot_be_found_is_told():
    section, _ = make_section(size=64)
    with pytest.raises(ValueError, match="method must be 'vahadane' for three stains, got 'macenko'"):
        estimate_stains(section, 3, "macenko")
    with pytest.raises(ValueError, match=r"n_stains must lie in 2..3, got 4"):
        estimate_stains(section, 4)
    with pytest.raises(ValueError, match="method must be one of macenko, vahadane, got 'ica'"):
        estimate_stains(section, 2, "ica")


def test_a_section_without_two_stains_is_told_to_have_none():
    gray = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 3, axis=2)
    with pytest.warns(StainsNotFoundWarning, match=r"fewer than two stains, so those of H&E were taken; name the set"):
        found = cq.quantize(gray, 3, space="stains")
    assert found.recipe.stains.vectors == STAIN_SETS["h&e"].vectors
    with pytest.warns(StainsNotFoundWarning, match="fewer than three stains"):
        cq.quantize(gray, 3, space="stains", stains="vahadane:3")
    cq.quantize(gray, 3, space="stains", stains="h-dab")  # what is given is not looked for
    cq.map_pixels(gray, found.palette, space="stains", stains=found.recipe.stains)
