"""What holds of every edit, and of any number of them in a row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.palette import Palette

IMAGE = np.random.default_rng(7).integers(0, 256, (3, 6, 7, 3), np.uint8)


def _some(draw, indexed, least=1):
    count = len(indexed.palette)
    return draw(st.lists(st.integers(0, count - 1), min_size=min(least, count), max_size=4, unique=True))


def _color(draw):
    return draw(st.tuples(*[st.integers(0, 255)] * 3))


def _order(draw, indexed):
    return draw(st.permutations(range(len(indexed.palette))))


def _sorted(draw, indexed):
    return editing.sort_order(indexed.palette, draw(st.sampled_from(editing.SORT_KEYS)))


def _painted(draw, indexed):
    """Paint anywhere, also where there is no data."""
    labels = indexed.labels.copy()
    labels[draw(st.integers(0, 2)), draw(st.integers(0, 5))] = _some(draw, indexed)[0]
    return editing.painted(indexed, labels, indexed.valid)


def _learnt(draw, indexed):
    """Strokes anywhere, also where there is no data."""
    strokes = np.zeros(indexed.shape, int)
    strokes[0, 0, 0] = draw(st.integers(1, len(indexed.palette)))
    strokes[draw(st.integers(0, 2)), draw(st.integers(0, 5))] = draw(st.integers(1, len(indexed.palette)))
    return editing.learn(indexed, IMAGE, strokes, method=draw(st.sampled_from(editing.LEARNERS)))


EDITS = {
    "add_color": lambda draw, one: editing.add_color(one, IMAGE, _color(draw)),
    "classify": lambda draw, one: editing.classify(one, dict.fromkeys(_some(draw, one), "a")),
    "delete_color": lambda draw, one: editing.delete_color(one, IMAGE, _some(draw, one)[0]),
    "learn": _learnt,
    "lock": lambda draw, one: editing.lock(one, dict.fromkeys(_some(draw, one), True)),
    "make_distinguishable": lambda draw, one: editing.make_distinguishable(one, draw(st.integers(0, 20))),
    "merge": lambda draw, one: editing.merge(one, _some(draw, one, 2)),
    "painted": _painted,
    "ramp": lambda draw, one: editing.ramp(one, _some(draw, one, 3)),
    "recolor": lambda draw, one: editing.recolor(one, dict.fromkeys(_some(draw, one), _color(draw))),
    "rename": lambda draw, one: editing.rename(one, dict.fromkeys(_some(draw, one), "b")),
    "reorder": lambda draw, one: editing.reorder(one, _order(draw, one)),
    "set_colors": lambda draw, one: editing.set_colors(one, [_color(draw)]),
    "show_measured": lambda draw, one: editing.show_measured(one),
    "snap": lambda draw, one: editing.snap(one, [(0, 0, 0), (255, 255, 255), _color(draw)]),
    "sort_order": lambda draw, one: editing.reorder(one, _sorted(draw, one)),
    "split": lambda draw, one: editing.split(one, IMAGE, _some(draw, one)[0], draw(st.integers(2, 3))),
    "swap": lambda draw, one: editing.swap(one, _some(draw, one)[0], _some(draw, one)[0]),
}


def test_all_edits_are_looked_at():
    functions = {name for name in editing.__all__ if callable(getattr(editing, name))}
    assert functions - {"inherit", "least_difference", "lost_names"} == EDITS.keys()


@pytest.fixture(scope="module")
def masked():
    """Two in five pixels have no data; one frame has all, one has none."""
    mask = np.random.default_rng(8).random(IMAGE.shape[:-1]) > 0.4
    mask[0], mask[1] = True, False
    return cq.quantize(IMAGE, 5, mask=mask)


@settings(max_examples=150)
@given(data=st.data(), names=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=5))
def test_pixels_without_data_have_label_0_whatever_is_edited(masked, data, names):
    edited, labels = masked, masked.labels.copy()
    for name in names:
        try:
            edited = EDITS[name](data.draw, edited)
        except ValueError as refused:  # an edit that this palette does not allow
            _check_form(refused)
        assert not edited.labels[~edited.valid].any()
        assert edited.labels.dtype == np.uint8
        assert edited.labels.max() < len(edited.palette)
        np.testing.assert_array_equal(edited.valid, masked.valid)
        np.testing.assert_allclose(edited.palette.shares.sum(), 1)
        assert isinstance(edited.palette, Palette)
    np.testing.assert_array_equal(masked.labels, labels)


def _check_form(refused):
    message = str(refused)
    assert " must " in message, message
    assert ", got " in message, message
