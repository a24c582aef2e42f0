"""What readers can tell apart: the sights are those of the paper's tables, and the worst pair is the worst."""

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

import napari_colorquant as cq
from napari_colorquant.quality.color_vision import VISIONS, simulate_vision
from napari_colorquant.quality.distinguishability import describe_closest, distinguishability


@pytest.mark.parametrize("vision", VISIONS)
def test_grays_look_as_they_are_to_everyone(vision):
    grays = np.repeat(np.arange(0, 256, 5, dtype=np.uint8)[:, None], 3, axis=1)
    np.testing.assert_allclose(simulate_vision(grays, vision), grays / 255, atol=0.002)


def test_normal_sight_changes_nothing(photo):
    colors = photo.reshape(-1, 3)[:500]
    np.testing.assert_allclose(simulate_vision(colors, "normal"), colors / 255, atol=1e-6)


def test_those_without_red_cones_confuse_red_and_dark_green_but_not_blue_and_yellow():
    red, green = rgb2lab(simulate_vision(["#d00000", "#606000"], "protan"))
    assert deltaE_ciede2000(red, green) < 10
    blue, yellow = rgb2lab(simulate_vision(["#0000ff", "#ffff00"], "protan"))
    assert deltaE_ciede2000(blue, yellow) > 50


def test_the_closest_pair_is_that_of_a_loop(photo):
    palette = cq.quantize(photo, 12).palette
    for found in distinguishability(palette):
        lab = rgb2lab(simulate_vision(palette, found.vision))
        pairs = {(i, j): deltaE_ciede2000(lab[i], lab[j]) for i in range(12) for j in range(i + 1, 12)}
        assert pairs[found.first, found.second] == pytest.approx(min(pairs.values()), rel=1e-3)
        assert found.difference == pytest.approx(min(pairs.values()), rel=1e-3)


def test_a_palette_is_judged_as_it_is_shown():
    palette = cq.Palette(["#ff0000", "#fe0000"], display=["", "#0000ff"])
    assert min(found.difference for found in distinguishability(palette)) > 20
    assert max(found.difference for found in distinguishability(palette, displayed=False)) < 1
    assert describe_closest(palette) == ""
    text = describe_closest(cq.Palette(["#d00000", "#606000"], names=["muscle", ""]))
    assert text.startswith("hard to tell apart with protan and deutan vision: muscle and #606000, dE2000 ")


def test_one_colour_has_none_to_be_told_from():
    with pytest.raises(ValueError, match=r"the number of colours must lie in 2\.\.2048, got 1"):
        distinguishability(["#000000"])
    assert describe_closest(cq.Palette(["#000000"])) == ""
    with pytest.raises(ValueError, match="vision must be one of normal, protan, deutan, tritan, got 'dog'"):
        simulate_vision(["#000000"], "dog")
