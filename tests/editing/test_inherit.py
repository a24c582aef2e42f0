"""What a palette inherits from the one before it."""

import numpy as np
import pytest

from napari_colorquant.editing import inherit, lost_names
from napari_colorquant.palette import Palette


@pytest.fixture
def before():
    colors = np.array([[1, 2, 3], [4, 5, 6], [1, 2, 3]], np.uint8)
    names, classes = ("one", "two", "again"), ("warm", "", "cold")
    return Palette(colors, np.full(3, 1 / 3), names=names, classes=classes, locked=(True, False, False))


def _palette(*colors, **words):
    return Palette(np.array(colors, np.uint8), np.full(len(colors), 1 / len(colors)), **words)


def test_the_same_colours_keep_their_words_wherever_they_stand(before):
    found = inherit(_palette([9, 9, 9], [4, 5, 6], [1, 2, 3]), before)
    assert found.names == ("", "two", "one")
    assert found.classes == ("", "", "warm")
    assert found.locked == (False, False, True)


def test_what_an_entry_says_itself_stands(before):
    found = inherit(_palette([1, 2, 3], [4, 5, 6], names=("mine", ""), locked=(False, True)), before)
    assert found.names == ("mine", "two")
    assert found.locked == (True, True)


def test_colours_and_shares_are_left_alone(before):
    palette = _palette([4, 5, 6], [7, 7, 7])
    found = inherit(palette, before)
    assert np.array_equal(found.colors, palette.colors)
    assert np.array_equal(found.shares, palette.shares)


def test_a_colour_that_has_moved_a_little_keeps_its_words_and_one_far_away_does_not():
    before = _palette([200, 40, 40], [40, 40, 200], [240, 240, 240], names=("red", "blue", ""), classes=("a", "b", "c"))
    found = inherit(_palette([40, 200, 40], [44, 42, 205], [205, 45, 38]), before)
    assert found.names == ("", "blue", "red")
    assert found.classes == ("", "b", "a")
    assert found.locked == (False, False, False)
    assert lost_names(found, before) == []
    assert lost_names(_palette([0, 0, 0]), before) == ["red", "blue"]


def test_a_name_goes_to_the_nearest_alone_and_a_class_to_all_that_are_near():
    before = _palette([200, 40, 40], [40, 40, 200], names=("red", "blue"), classes=("warm", "cold"))
    found = inherit(_palette([206, 40, 40], [201, 40, 40], [40, 40, 190]), before)
    assert found.names == ("", "red", "blue")
    assert found.classes == ("warm", "warm", "cold")


def test_what_a_palette_between_has_no_colour_for_is_inherited_from_an_older_one():
    older = _palette(
        [200, 40, 40], [40, 40, 200], [240, 240, 240], names=("red", "blue", ""), classes=("", "cold", "c")
    )
    between = _palette([201, 40, 40], [128, 128, 128], names=("red", "gray"))
    found = inherit(_palette([200, 40, 40], [40, 40, 200], [240, 240, 240], [128, 128, 128]), between, [older])
    assert found.names == ("red", "blue", "", "gray")
    assert found.classes == ("", "cold", "c", "")
    renamed = _palette([201, 40, 40], [128, 128, 128], names=("", "blue"))
    found = inherit(_palette([200, 40, 40], [40, 40, 200], [128, 128, 128]), renamed, [older, older])
    assert found.names == ("red", "", "blue"), "each name once, where the last palette has it"


def test_names_of_every_pair_within_reach_are_kept_once(rng):
    for _ in range(50):
        colors = rng.integers(0, 256, (8, 3))
        before = _palette(*colors, names=tuple("abcdefgh"))
        moved = _palette(*np.clip(colors[rng.permutation(8)] + rng.integers(-2, 3, (8, 3)), 0, 255))
        found = inherit(moved, before)
        given = [name for name in found.names if name]
        assert len(given) == len(set(given))
        assert set(given).isdisjoint(lost_names(found, before))
        assert {*given, *lost_names(found, before)} == set("abcdefgh")
        assert inherit(found, before) == found
