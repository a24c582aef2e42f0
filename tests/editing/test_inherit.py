"""What a palette inherits from the one before it."""

import numpy as np
import pytest

from napari_colorquant.editing import inherit
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
