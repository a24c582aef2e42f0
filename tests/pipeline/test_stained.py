"""The space of stains in every door of the pipeline: found once, recorded in numbers, and the same again."""

import dask.array as da
import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.annotate.tables.files import apply_palette
from napari_colorquant.pipeline.frames import map_frames, quantize_frames
from napari_colorquant.pipeline.pyramid import make_levels, map_levels, quantize_levels
from napari_colorquant.pipeline.sampled import estimate_distortion
from napari_colorquant.pipeline.shared_palette import design_shared
from napari_colorquant.pipeline.verbs import run
from napari_colorquant.quality.cloud import color_cloud
from napari_colorquant.spaces.stains import METHODS, SEARCHES, STAIN_SETS, Stains, estimate_stains
from sections import DAB, EOSIN, HEMATOXYLIN, angle, make_section, overlap

SECTION, NUCLEI = make_section()
LAZY = da.from_array(SECTION, chunks=(70, 50, 3))
FOUND = estimate_stains(SECTION)


def assert_same(indexed, expected):
    np.testing.assert_array_equal(np.asarray(indexed.labels), np.asarray(expected.labels))
    assert indexed.palette.hex == expected.palette.hex
    assert indexed.recipe == expected.recipe


def is_blue(palette, index):
    red, _, blue = palette.colors[index].astype(int)
    return blue >= red


# --- what it is for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stains", [*METHODS, "known"])
@pytest.mark.parametrize(("second", "name"), [(EOSIN, "h&e"), (DAB, "h-dab")])
def test_nuclei_are_a_class_of_their_own_at_4_colours(stains, second, name):
    for seed in range(3):
        section, nuclei = make_section(second, seed=seed)
        indexed = cq.quantize(section, 4, space="stains", stains=name if stains == "known" else stains)
        overlaps = [overlap(indexed.labels == index, nuclei) for index in range(4)]
        assert max(overlaps) > 0.85
        assert is_blue(indexed.palette, int(np.argmax(overlaps)))


@pytest.mark.parametrize("n_colors", [3, 4, 5, 6])
def test_the_nuclei_of_the_sample_are_a_blue_class(n_colors, stains):
    found = cq.quantize(stains, n_colors, space="stains").palette
    (nuclei,) = (index for index in range(n_colors) if is_blue(found, index) and found.colors[index].max() < 200)
    assert 0.05 < found.shares[nuclei] < 0.25


def test_the_stains_of_the_sample_are_haematoxylin_and_dab(stains):
    for method in METHODS:
        found = estimate_stains(stains, 2, method)
        assert found.names == ("hematoxylin", "DAB")
        assert angle(found.vectors[0], HEMATOXYLIN) < 10
        assert angle(found.vectors[1], DAB) < 13


# --- in numbers --------------------------------------------------------------------------------------------------


GIVEN = [None, *SEARCHES, *STAIN_SETS, ("#7a78a8", "#a0703c"), [[0.6, 0.7, 0.3], [0.3, 0.6, 0.8]]]


@pytest.mark.parametrize("given", GIVEN)
def test_a_result_has_its_stains_in_numbers_and_repeats(given):
    indexed = cq.quantize(SECTION, 5, space="stains", stains=given)
    assert isinstance(indexed.recipe.stains, Stains)
    assert indexed.recipe.stains.is_complete
    assert_same(run(SECTION, cq.Recipe.from_json(indexed.recipe.to_json())), indexed)


def test_what_is_given_is_kept():
    assert cq.quantize(SECTION, 3, space="stains", stains="h-dab").recipe.stains.vectors == STAIN_SETS["h-dab"].vectors
    with_glass = STAIN_SETS["h-dab"].replace(background=(240, 241, 242))
    assert cq.quantize(SECTION, 3, space="stains", stains=with_glass).recipe.stains.background == (240, 241, 242)
    complete = with_glass.replace(units=(0.5, 1, 1))
    assert cq.quantize(SECTION, 3, space="stains", stains=complete).recipe.stains == complete


def test_axes_are_named_by_their_stains():
    recipe = cq.Recipe(space="stains", stains="h-dab", axis_weights={"hematoxylin": 2, "residual": 0})
    assert recipe.axis_weights == (2, 1, 0)
    with pytest.raises(ValueError, match=r"axis_weights must name axes of stains \(hematoxylin, DAB, residual\)"):
        cq.Recipe(space="stains", stains="h-dab", axis_weights={"eosin": 1})
    assert cq.Recipe(space="stains", axis_weights={"stain 2": 0}).axis_weights == (1, 0, 1)


def test_other_spaces_leave_stains_alone():
    assert cq.quantize(SECTION, 3, stains="vahadane").recipe.stains == "vahadane"


@pytest.mark.parametrize(
    "value", ["no", 5, True, [], [1, 2], ["#fff"], ["#fff", "no"], {"a": 1}, "#12,#13", [[1, 2, 3]], {}]
)
def test_what_is_no_stains_is_told(value):
    with pytest.raises((TypeError, ValueError), match=r"stains.* must .*, got "):
        cq.Recipe(stains=value)


# --- the same however an image comes -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_chunks_are_the_whole(method):
    choices = {"space": "stains", "stains": method}
    assert_same(cq.quantize(LAZY, 6, **choices), cq.quantize(SECTION, 6, **choices))
    palette = cq.design_palette(SECTION, 6, **choices)
    assert_same(cq.map_pixels(LAZY, palette, **choices).with_shares(), cq.map_pixels(SECTION, palette, **choices))


@pytest.mark.parametrize("dither", ["none", "bayer", "floyd_steinberg"])
def test_design_then_mapping_is_quantize(dither):
    indexed = cq.quantize(SECTION, 6, space="stains", dither=dither)
    palette = cq.design_palette(SECTION, 6, space="stains", dither=dither)
    assert palette.hex == indexed.palette.hex
    np.testing.assert_array_equal(cq.map_pixels(SECTION, palette, space="stains", dither=dither).labels, indexed.labels)


def test_every_frame_has_the_stains_of_the_stack():
    other, _ = make_section(EOSIN, seed=4)
    stack = np.stack([SECTION, other])
    frames = quantize_frames(stack, 4, space="stains")
    assert frames.recipe.stains == estimate_stains(stack)
    assert_same(frames.frame(0), replaced(cq.quantize(SECTION, 4, space="stains", stains=frames.recipe.stains), frames))
    mapped = map_frames(da.from_array(stack, chunks=(1, 90, 90, 3)), frames.palettes, cq.Recipe(space="stains"))
    np.testing.assert_array_equal(np.asarray(mapped.labels), frames.labels)
    assert mapped.recipe.stains == frames.recipe.stains


def replaced(indexed, frames):
    return cq.IndexedImage(indexed.labels, indexed.palette, frames.recipe)


@pytest.mark.parametrize("design_from", ["full", "level", "sample"])
def test_all_levels_of_a_pyramid_have_the_same_stains(design_from):
    recipe = cq.Recipe(n_colors=4, space="stains")
    levels = quantize_levels(make_levels(SECTION, smallest=64), recipe, design_from=design_from, level=1)
    assert len(levels) == 3
    assert len({level.recipe.stains for level in levels}) == 1
    if design_from == "full":
        assert levels[0].recipe.stains == FOUND
        mapped = map_levels(make_levels(SECTION, smallest=64), levels[0].palette, recipe)
        assert {level.recipe.stains for level in mapped} == {FOUND}
        given = quantize_levels(make_levels(SECTION, smallest=64), recipe.replace(palette=levels[0].palette))
        assert {level.recipe.stains for level in given} == {FOUND}


def test_several_images_have_one_set_of_stains():
    other, _ = make_section(EOSIN, seed=4)
    palette, recipe = design_shared([SECTION, other], cq.Recipe(n_colors=5, space="stains"))
    assert recipe.stains == estimate_stains(np.stack([SECTION, other]))
    assert palette.hex == cq.design_palette([SECTION, other], 5, space="stains").hex


def test_an_image_without_data_is_mapped_all_the_same():
    blank = np.zeros((8, 8, 4), np.uint8)
    mapped = cq.map_pixels(blank, ["#000000", "#ffffff"], space="stains")
    assert not mapped.valid.any()
    assert mapped.recipe.stains.is_complete


@pytest.mark.parametrize("alpha", ["auto", "graded", "cut", "ignore"])
def test_a_section_with_alpha_has_the_stains_of_what_is_opaque(alpha):
    veil = np.full((*SECTION.shape[:2], 1), 255, np.uint8)
    veil[:40] = 100
    image = np.concatenate([SECTION, veil], axis=2)
    indexed = cq.quantize(image, 6, space="stains", alpha=alpha)
    assert indexed.recipe.stains == (FOUND if alpha == "ignore" else estimate_stains(SECTION[40:]))
    assert_same(run(image, indexed.recipe), indexed)


def test_an_image_that_is_all_seen_through_has_stains():
    image = np.concatenate([SECTION, np.full((*SECTION.shape[:2], 1), 128, np.uint8)], axis=2)
    assert cq.quantize(image, 4, space="stains", alpha="graded").recipe.stains.is_complete


@pytest.mark.filterwarnings("ignore:the image shows fewer than (two|three) stains")
@pytest.mark.parametrize("stains", [None, "vahadane", "vahadane:3", "h-dab"])
def test_any_picture_can_be_done(any_photo, stains):
    indexed = cq.quantize(any_photo, 12, space="stains", stains=stains)
    assert len(indexed.palette) == 12
    few = any_photo[:2, :2]
    np.testing.assert_array_equal(cq.quantize(few, 4, space="stains", stains=stains).to_rgb(), few)


# --- what is done with a result ----------------------------------------------------------------------------------


def test_a_curve_has_the_stains():
    curve = cq.error_curve(SECTION, space="stains", stains="h-dab")
    assert curve.mse[3] < curve.mse[2] < curve.mse[0]
    assert not np.array_equal(curve.mse, cq.error_curve(SECTION, space="stains").mse)


def test_colours_lie_where_the_result_has_them():
    indexed = cq.quantize(SECTION, 4, space="stains")
    for space in (None, "stains"):
        cloud = color_cloud(indexed, SECTION, space=space)
        assert cloud.space.axes == ("hematoxylin", "DAB", "residual")
        np.testing.assert_allclose(cloud.entries, FOUND.space.from_srgb(indexed.palette.colors), atol=1e-6)
    assert color_cloud(indexed, SECTION, space="lab").space.name == "lab"


def test_a_result_is_measured_and_applied_with_its_stains():
    indexed = cq.quantize(LAZY, 4, space="stains")
    assert estimate_distortion(SECTION, indexed.load()).mse > 0
    other, _ = make_section(EOSIN, seed=4)
    assert apply_palette(other, indexed.palette, indexed.recipe).recipe.stains == FOUND
