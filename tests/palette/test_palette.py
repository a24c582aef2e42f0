import json

import numpy as np
import pytest

from napari_colorquant.palette import Palette, parse_colors

COLORS = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


def test_a_palette_knows_its_colors():
    palette = Palette(COLORS)
    assert palette.colors.dtype == np.uint8
    assert palette.hex == ("#ff0000", "#00ff00", "#0000ff")
    assert len(palette) == 3
    assert list(palette) == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert palette.names == ("", "", "")
    assert palette.locked == (False, False, False)
    assert not palette.shares.any()
    assert repr(Palette(COLORS * 2)) == "Palette(6 colours: #ff0000, #00ff00, #0000ff, #ff0000, ...)"


def test_a_palette_never_changes():
    own = np.array(COLORS, np.uint8)
    palette = Palette(own, shares=[0.5, 0.25, 0.25])
    own[:] = 7
    assert palette.hex[0] == "#ff0000"
    for array in (palette.colors, palette.shares):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        palette.title = "other"


def test_entries_keep_what_is_known_of_them_in_any_order():
    palette = Palette(COLORS, [0.5, 0.3, 0.2], ("r", "g", "b"), (True, False, False), ("x", "y", "z"), "t")
    taken = palette.take(np.array([2, 0]))
    assert taken == Palette([COLORS[2], COLORS[0]], [0.2, 0.5], ("b", "r"), (False, True), ("z", "x"), "t")
    assert taken != palette
    assert palette != "palette"


def test_other_shares_leave_all_else_as_it_is():
    palette = Palette([[255, 0, 0], [0, 0, 255]], [0.25, 0.75], ["a", "b"], [True, False], ["c", "d"], title="e")
    measured = palette.with_shares([0.5, 0.5])
    np.testing.assert_array_equal(measured.shares, [0.5, 0.5])
    np.testing.assert_array_equal(palette.shares, [0.25, 0.75])
    assert measured.with_shares(palette.shares) == palette
    np.testing.assert_array_equal(palette.with_shares(()).shares, [0, 0])
    with pytest.raises(ValueError, match="read-only"):
        measured.shares[0] = 1
    with pytest.raises(ValueError, match=r"shares must be finite and >= 0, got -1"):
        palette.with_shares([-1.0, 0.0])
    with pytest.raises(ValueError, match="shares must have one entry for each of the 2 colours, got 3"):
        palette.with_shares([0.1, 0.1, 0.1])


def test_json_holds_everything():
    palette = Palette(COLORS, [0.5, 0.3, 0.2], ("r", "g", "b"), (True, False, False), ("x", "y", "z"), "t")
    assert Palette.from_dict(json.loads(json.dumps(palette.to_dict()))) == palette
    assert Palette.from_dict({"colors": ["#f00", "#0f0", "#00f"]}) == Palette(COLORS)


@pytest.mark.parametrize(
    "colors",
    [
        COLORS,
        np.array(COLORS, np.int64),
        np.array(COLORS, np.uint8),
        Palette(COLORS),
        ["#ff0000", "00FF00", " #00f "],
        ["#f00", (0, 255, 0), [0, 0, 255]],
        tuple(map(tuple, COLORS)),
    ],
)
def test_colors_are_read_as_people_write_them(colors):
    parsed = parse_colors(colors)
    assert parsed.dtype == np.uint8
    assert parsed.tolist() == COLORS


def test_one_text_is_one_color():
    assert parse_colors("#102030").tolist() == [[16, 32, 48]]


@pytest.mark.parametrize(
    ("colors", "error", "match"),
    [
        (["red"], ValueError, r"a colour must be written #rrggbb or #rgb, or #rrggbbaa, got 'red'"),
        (["#ff000"], ValueError, r"a colour must be written #rrggbb or #rgb, or #rrggbbaa, got '#ff000'"),
        (["#ff 0 0"], ValueError, r"a colour must be written #rrggbb"),
        (["#ff0000fe"], ValueError, r"colours must be opaque here, got '#ff0000fe'"),
        ([""], ValueError, r"a colour must be written #rrggbb"),
        ([], ValueError, r"palette colours must have shape \(K, 3\), or \(K, 4\) with alpha, got \(0,\)"),
        ([1, 2, 3], ValueError, r"palette colours must have shape \(K, 3\), or \(K, 4\) with alpha, got \(3,\)"),
        (np.zeros((2, 4), int), ValueError, "colours must be opaque here, got '#00000000'"),
        (np.zeros((2, 5), int), ValueError, r"palette colours must have shape \(K, 3\), or \(K, 4\) .*, got \(2, 5\)"),
        (np.zeros((65537, 3), int), ValueError, r"a palette must have 1\.\.65536 colours, got 65537"),
        (np.zeros((0, 3), int), ValueError, r"a palette must have 1\.\.65536 colours, got 0"),
        ([[0.5, 0, 0]], TypeError, r"palette colours must be integers in 0\.\.255, got float64"),
        ([[0, 0, 256]], ValueError, r"palette colours must lie in 0\.\.255, got 0\.\.256"),
        ([[0, 0, -1]], ValueError, r"palette colours must lie in 0\.\.255, got -1\.\.0"),
    ],
)
def test_what_is_no_palette_is_refused(colors, error, match):
    with pytest.raises(error, match=match):
        parse_colors(colors)


@pytest.mark.parametrize(
    "colors",
    [
        ["#ff000080", "#00ff00", "#0f08"],
        [(255, 0, 0, 128), (0, 255, 0), "#00ff0088"],
        np.array([[255, 0, 0, 128], [0, 255, 0, 255], [0, 255, 0, 136]]),
    ],
)
def test_colors_have_an_alpha_of_their_own(colors):
    palette = Palette(colors)
    assert palette.has_alpha
    assert palette.colors.tolist() == [[255, 0, 0], [0, 255, 0], [0, 255, 0]]
    assert palette.alphas.tolist() == [128, 255, 136]
    assert palette.hex == ("#ff000080", "#00ff00", "#00ff0088")
    assert Palette(palette.colors, alphas=palette.alphas) == palette == Palette(palette.hex)
    assert palette.take([2, 0]).alphas.tolist() == [136, 128]
    assert Palette.from_dict(palette.to_dict()) == palette
    assert not palette.alphas.flags.writeable
    assert not Palette(COLORS).has_alpha


@pytest.mark.parametrize(
    ("alphas", "error", "match"),
    [
        ([1, 2], ValueError, "alphas must have one entry for each of the 3 colours, got 2"),
        ([1, 2, 256], ValueError, r"alphas must lie in 0\.\.255, got 256"),
        ([1, 2, 0.5], TypeError, "alphas must be whole numbers, got 0.5"),
    ],
)
def test_what_is_no_alpha_is_refused(alphas, error, match):
    with pytest.raises(error, match=match):
        Palette(COLORS, alphas=alphas)


def test_every_part_has_an_entry_for_each_color():
    for part in ({"names": ("a",)}, {"shares": [1.0]}, {"locked": (True,) * 4}, {"classes": ("a", "b")}):
        name, values = next(iter(part.items()))
        with pytest.raises(
            ValueError, match=f"{name} must have one entry for each of the 3 colours, got {len(values)}"
        ):
            Palette(COLORS, **part)


@pytest.mark.parametrize(
    ("part", "error", "match"),
    [
        ({"shares": [np.nan, 0, 0]}, ValueError, "shares must be finite and >= 0, got nan"),
        ({"shares": [0, np.inf, 0]}, ValueError, "shares must be finite and >= 0, got inf"),
        ({"shares": [0, 0, 10**400]}, ValueError, "shares must be finite and >= 0, got 1000000"),
        ({"shares": np.array([0, -1, 0])}, ValueError, "shares must be finite and >= 0, got -1"),
        ({"shares": ["1", "2", "3"]}, TypeError, "shares must be a number, got '1'"),
        ({"shares": np.zeros((3, 2))}, TypeError, r"shares must be a number, got an array of shape \(2,\), float64"),
        ({"shares": 5}, TypeError, "shares must be a list, got 5"),
        ({"locked": ["False", "", "no"]}, TypeError, "locked must be True or False, got 'False'"),
        ({"locked": True}, TypeError, "locked must be a list, got True"),
        ({"names": "abc"}, TypeError, "names must be a list, got 'abc'"),
        ({"names": [None, 1, 2.5]}, TypeError, "names must be a text, got None"),
        ({"classes": {"a", "b", "c"}}, TypeError, "classes must be a list, got {"),
        ({"title": 5}, TypeError, "title must be a text, got 5"),
    ],
)
def test_a_part_that_is_not_what_it_says_is_refused(part, error, match):
    with pytest.raises(error, match=match):
        Palette(COLORS, **part)


@pytest.mark.parametrize(
    "values",
    [None, 5, "", [], [["colors", ["#000"]]], {}, {"colours": ["#000"]}, {"colors": None}, {"colors": 5},
     {"colors": ["#000"], "shares": ["1"]}, {"colors": ["#000"], "locked": ["False"]}, {"colors": [[0, 0, 10**400]]},
     {"colors": ["#000"], "names": [[]]}, {"colors": ["#000"], "title": None}, {"colors": [["#000"], [1, 2]]}],
    ids=str,
)  # fmt: skip
def test_a_strangers_palette_is_one_or_a_value_error(values):
    with pytest.raises(ValueError, match=r" must .*, got "):
        Palette.from_dict(values)


@pytest.mark.parametrize(
    ("order", "error"), [([3], IndexError), ([-1], IndexError), ([1.0], TypeError), (5, TypeError)]
)
def test_only_entries_that_are_there_can_be_taken(order, error):
    with pytest.raises(error, match=r"order must .*, got "):
        Palette(COLORS).take(order)
