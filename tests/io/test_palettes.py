"""Palette files: foreign files byte for byte, round trips of every format, and files that lie."""

import csv
import io
import json
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from image_files import make_adobe_profile
from napari_colorquant import Palette, Recipe, read_palette, write_palette
from napari_colorquant.io.cells import escape_cell, unescape_cell
from napari_colorquant.io.palettes import FORMATS, find_format, is_palette_file, read_palette_recipe
from napari_colorquant.io.palettes._content import one_line

WRITERS = [entry for entry in FORMATS.values() if entry.write]
#: What each format keeps beside the colours.
KEPT = {
    "json": {"names", "classes", "locked", "shares", "title"},
    "csv": {"names", "classes", "locked", "shares"},
    "gimp": {"names", "title"},
    "aco": {"names"},
    "ase": {"names", "classes"},
    "soc": {"names"},
    "scribus": {"title"},
    "krita": {"names", "title"},
    "paint.net": {"title"},
}

words = st.text(max_size=12).map(one_line)


@st.composite
def palettes(draw):
    count = draw(st.integers(1, 256) if draw(st.booleans()) else st.integers(1, 8))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    parts = {
        "names": st.lists(words, min_size=min(count, 8), max_size=min(count, 8)),
        "classes": st.lists(words, min_size=min(count, 8), max_size=min(count, 8)),
        "locked": st.lists(st.booleans(), min_size=min(count, 8), max_size=min(count, 8)),
    }
    drawn = {key: (draw(strategy) * count)[:count] for key, strategy in parts.items()}
    return Palette(
        generator.integers(0, 256, (count, 3), np.uint8), shares=generator.random(count), title=draw(words), **drawn
    )


def colors_of(palette):
    return [list(color) for color in palette]


def read_bytes(tmp_path, data, suffix):
    path = tmp_path / f"file{suffix}"
    path.write_bytes(data)
    return read_palette(path)


# --- every format -----------------------------------------------------------------------------


@pytest.mark.parametrize("entry", WRITERS, ids=lambda entry: entry.name)
@settings(max_examples=40, deadline=None)
@given(palette=palettes())
def test_what_is_written_is_read_again(entry, palette):
    read = entry.read(entry.write(palette))
    assert colors_of(read) == colors_of(palette)
    kept = KEPT.get(entry.name, set())
    if "names" in kept:
        unnamed = {"Untitled"} if entry.name == "gimp" else set()
        assert read.names == tuple("" if name in unnamed else name for name in palette.names)
    if "classes" in kept:
        assert read.classes == palette.classes
    if "locked" in kept:
        assert read.locked == palette.locked
    if "shares" in kept:
        np.testing.assert_array_equal(read.shares, palette.shares)
    if "title" in kept:
        assert read.title == ("" if entry.name == "gimp" and palette.title == "Untitled" else palette.title)


def test_a_palette_without_a_title_is_called_as_its_file_is(tmp_path):
    write_palette(Palette([[1, 2, 3]]), tmp_path / "section.gpl")
    assert "Name: section\n" in (tmp_path / "section.gpl").read_text(encoding="utf-8")
    assert read_palette(tmp_path / "section.gpl").title == "section"


SMALL = Palette(
    [[255, 0, 0], [0, 128, 255], [7, 8, 9]],
    names=["réd", "", "dark"],
    classes=["A", "A", ""],
    locked=[True, False, False],
)


@pytest.mark.parametrize("entry", WRITERS, ids=lambda entry: entry.name)
def test_a_file_cut_at_any_byte_is_an_error_or_a_palette(entry):
    data = entry.write(SMALL)
    for length in range(len(data)):
        try:
            palette = entry.read(data[:length])
        except ValueError as error:
            assert str(error)  # noqa: PT017
        else:
            assert 1 <= len(palette) <= 256


@pytest.mark.parametrize("entry", WRITERS, ids=lambda entry: entry.name)
@pytest.mark.parametrize("named", [False, True])
def test_colours_with_alpha_are_read_back_with_it_or_as_opaque(tmp_path, entry, named):
    colors = np.array([[1, 2, 3], [255, 0, 0], [9, 8, 7], [9, 8, 8]], np.uint8)
    palette = Palette(colors, alphas=[255, 128, 0, 255], names=("a", "b", "c", "d") if named else ())
    path = tmp_path / f"a{entry.suffixes[0]}"
    write_palette(palette, path, format=entry.name)
    read = read_palette(path)
    np.testing.assert_array_equal(read.colors, colors)
    assert set(read.names) <= {"", *palette.names}
    kept = palette.alphas if entry.alpha else np.full(4, 255)
    kept = np.where(kept > 0, 255, 0) if entry.name == "act" else kept  # one transparent index, and no more
    np.testing.assert_array_equal(read.alphas, kept)


@pytest.mark.parametrize("entry", FORMATS.values(), ids=lambda entry: entry.name)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_an_error_or_a_palette(entry, data):
    original = (entry.write or FORMATS["strip"].write)(SMALL)
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        palette = entry.read(bytes(damaged))
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert 1 <= len(palette) <= 256


@pytest.mark.parametrize("entry", FORMATS.values(), ids=lambda entry: entry.name)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_an_error_or_a_palette(entry, data):
    for mark in (b"", *entry.marks):
        try:
            palette = entry.read(mark + data)
        except ValueError as error:
            assert str(error)  # noqa: PT017
        else:
            assert 1 <= len(palette) <= 256


@pytest.mark.parametrize("entry", FORMATS.values(), ids=lambda entry: entry.name)
def test_empty_files_say_what_is_wrong(entry, tmp_path):
    path = tmp_path / f"empty{entry.suffixes[0]}"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"empty\.\w+ must be a palette file"):
        read_palette(path)


def _png(array):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "png")
    return file.getvalue()


def _zip(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_xml", ".xml").replace("_json", ".json").replace("_icc", ".icc"), content)
    return file.getvalue()


def _kpl(colorset, **members):
    return _zip(mimetype="application/x-krita-palette", colorset_xml=colorset, **members)


def _swatches(values):
    return _zip(Swatches_json=json.dumps(values))


_KRITA = '<ColorSetEntry><sRGB r="0" g="0" b="0"/></ColorSetEntry>'


def _too_many():
    count = (1 << 16) + 1
    return {
        "gimp": b"GIMP Palette\n" + b"1 2 3\n" * count,
        "hex": b"010203\n" * count,
        "jasc": b"JASC-PAL\n0100\n65537\n" + b"1 2 3\n" * count,
        "ase": struct.pack(">4sHHI", b"ASEF", 1, 0, count)
        + (struct.pack(">HIH", 1, 22, 1) + b"\0\0RGB " + bytes(14)) * count,
        "csv": b"hex\n" + b"#010203\n" * count,
        "soc": b"<color-table>" + b'<color color="#010203"/>' * count + b"</color-table>",
        "scribus": b"<SCRIBUSCOLORS>" + b'<COLOR RGB="#010203"/>' * count + b"</SCRIBUSCOLORS>",
        "paint.net": b"FF010203\n" * count,
        "krita": _kpl(
            "<Colorset>" + '<ColorSetEntry><sRGB r="0" g="0" b="0"/></ColorSetEntry>' * count + "</Colorset>"
        ),
        "procreate": _swatches([{"swatches": [{"hue": 0, "saturation": 0, "brightness": 0}] * count}]),
        "json": json.dumps({"colors": ["#010203"] * count}).encode(),
    }


@pytest.mark.parametrize(("name", "data"), _too_many().items())
def test_more_than_65536_colours_are_refused(name, data):
    with pytest.raises(ValueError, match=r"1\.\.65536 colours"):
        FORMATS[name].read(data)


def test_a_strip_of_more_than_256_colours_is_a_picture():
    strip = np.arange(3 * 300, dtype=np.uint16).astype("<u2").view(np.uint8)[: 3 * 300].reshape(1, 300, 3)
    with pytest.raises(ValueError, match=r"1\.\.256 colours"):
        FORMATS["strip"].read(_png(strip))


# --- the two verbs ----------------------------------------------------------------------------


def test_the_suffix_tells_the_format_in_either_case(tmp_path):
    write_palette(SMALL, tmp_path / "a.GPL")
    assert (tmp_path / "a.GPL").read_bytes().startswith(b"GIMP Palette")
    assert colors_of(read_palette(tmp_path / "a.GPL")) == colors_of(SMALL)


def test_jasc_and_microsoft_share_a_suffix_and_are_told_apart(tmp_path):
    write_palette(SMALL, tmp_path / "jasc.pal")
    write_palette(SMALL, tmp_path / "riff.pal", format="riff")
    assert (tmp_path / "jasc.pal").read_bytes().startswith(b"JASC-PAL")
    assert (tmp_path / "riff.pal").read_bytes().startswith(b"RIFF")
    assert colors_of(read_palette(tmp_path / "jasc.pal")) == colors_of(read_palette(tmp_path / "riff.pal"))


def test_an_unknown_suffix_is_refused_both_ways(tmp_path):
    with pytest.raises(ValueError, match=r"must end in one of \.json, \.gpl.*got .*a\.xyz"):
        write_palette(SMALL, tmp_path / "a.xyz")
    with pytest.raises(ValueError, match="must end in one of"):
        read_palette(tmp_path / "a.xyz")
    assert not is_palette_file("a.xyz")
    assert is_palette_file("a.ASE")
    assert find_format("a.pal").name == "jasc"
    with pytest.raises(ValueError, match="only read"):
        write_palette(SMALL, tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept_unless_it_may_be_overwritten(tmp_path):
    path = tmp_path / "a.hex"
    path.write_text("keep me")
    with pytest.raises(FileExistsError):
        write_palette(SMALL, path)
    assert path.read_text() == "keep me"
    write_palette(SMALL, path, overwrite=True)
    assert path.read_bytes() == b"ff0000\n0080ff\n070809\n"


def test_oversized_files_are_refused_without_being_read_whole(tmp_path):
    path = tmp_path / "big.hex"
    with path.open("wb") as file:
        file.truncate(10**9)
    tracemalloc.start()
    with pytest.raises(ValueError, match="at most 8 MB"):
        read_palette(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e7


def test_a_palette_too_long_for_its_file_is_not_written(tmp_path):
    with pytest.raises(ValueError, match=r"must have at most 8388608 bytes, got .*names are too long"):
        write_palette(Palette([[0, 0, 0]], names=["n" * 9_000_000]), tmp_path / "a.gpl")
    assert list(tmp_path.iterdir()) == []


def test_the_recipe_is_kept_in_json(tmp_path):
    recipe = Recipe(n_colors=3, space="lab")
    write_palette(SMALL, tmp_path / "a.json", recipe=recipe)
    assert Recipe.from_dict(read_palette_recipe(tmp_path / "a.json")) == recipe
    write_palette(SMALL, tmp_path / "b.json")
    assert read_palette_recipe(tmp_path / "b.json") is None
    (tmp_path / "c.json").write_text('{"colors": ["#000000"], "recipe": ["nonsense"]}')
    with pytest.raises(ValueError, match=r"c\.json must hold a recipe"):
        read_palette_recipe(tmp_path / "c.json")


# --- text -------------------------------------------------------------------------------------


def test_gimp_files_are_read_as_gimp_writes_them(tmp_path):
    data = (
        "GIMP Palette\nName: Caramel\nColumns: 16\n#\n 48  28  12\tUntitled\n255 253 208\tPâte: 2\n# end\n  0   0   0\n"
    )
    palette = read_bytes(tmp_path, data.encode(), ".gpl")
    assert colors_of(palette) == [[48, 28, 12], [255, 253, 208], [0, 0, 0]]
    assert palette.names == ("", "Pâte: 2", "")
    assert palette.title == "Caramel"


def test_old_gimp_files_in_latin_1_without_a_name_and_with_crlf_are_read(tmp_path):
    palette = read_bytes(tmp_path, b"GIMP Palette\r\n# old\r\n1 2 3 caf\xe9\r\n", ".gpl")
    assert palette.names == ("café",)


def test_aseprite_files_keep_alpha_and_the_place_of_transparent_entries(tmp_path):
    data = b"GIMP Palette\nChannels: RGBA\n#\n  0   0   0   0 mask\n 10  20  30 255 sky\n 1 2 3 40 haze\n 9 9 9 0 end\n"
    palette = read_bytes(tmp_path, data, ".gpl")
    assert palette.hex == ("#00000000", "#0a141e", "#01020328")
    assert palette.names == ("mask", "sky", "haze")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"JASC-PAL\n", "first line must be 'GIMP Palette'"),
        (b"GIMP Palette\n1 2\n", "line 2 must hold 3 whole numbers"),
        (b"GIMP Palette\n1 2 256\n", "line 2 must hold 3 whole numbers"),
        (b"GIMP Palette\n1 -2 3\n", "line 2 must hold 3 whole numbers"),
        (b"GIMP Palette\n" + b"9" * 5000 + b" 2 3\n", "line 2 must hold 3 whole numbers"),
        (b"GIMP Palette\nName: x\n", "got none"),
        (b"GIMP Palette\n\0\0\0", "must be text"),
    ],
)
def test_wrong_gimp_files_say_what_is_wrong(tmp_path, data, message):
    with pytest.raises(ValueError, match=message):
        read_bytes(tmp_path, data, ".gpl")


def test_hex_lists_may_have_marks_comments_and_windows_text(tmp_path):
    data = b"; made by hand\r\n#FF8000\r\n\r\n00ff00 ; green\r\nabc // short\r\n"
    assert read_bytes(tmp_path, data, ".hex").hex == ("#ff8000", "#00ff00", "#aabbcc")
    assert read_bytes(tmp_path, "ff8000\r\n".encode("utf-16"), ".hex").hex == ("#ff8000",)
    assert read_bytes(tmp_path, b"\xef\xbb\xbfff8000", ".hex").hex == ("#ff8000",)
    with pytest.raises(ValueError, match="line 2 must be a colour such as ff8000, got 'oops'"):
        read_bytes(tmp_path, b"ff8000\noops\n", ".hex")


def test_paint_shop_pro_files_are_read_with_or_without_alpha(tmp_path):
    assert colors_of(read_bytes(tmp_path, b"JASC-PAL\r\n0100\r\n2\r\n1 2 3\r\n4 5 6\r\n", ".pal")) == [
        [1, 2, 3],
        [4, 5, 6],
    ]
    with_alpha = read_bytes(tmp_path, b"JASC-PAL\n0100\n2\n1 2 3 40\n4 5 6 255\n", ".pal")
    assert with_alpha.hex == ("#01020328", "#040506")
    with pytest.raises(ValueError, match="must hold the 3 colours that it announces, got 1"):
        read_bytes(tmp_path, b"JASC-PAL\n0100\n3\n1 2 3\n", ".pal")
    with pytest.raises(ValueError, match="third line must be the number of colours"):
        read_bytes(tmp_path, b"JASC-PAL\n0100\nmany\n1 2 3\n", ".pal")
    with pytest.raises(ValueError, match="first line must be 'JASC-PAL'"):
        read_bytes(tmp_path, b"1 2 3\n", ".pal")


# --- Adobe and Microsoft ----------------------------------------------------------------------


def test_colour_tables_with_and_without_a_count_are_read(tmp_path):
    table = bytes(range(9)).ljust(768, b"\0")
    assert len(read_bytes(tmp_path, table, ".act")) == 256
    assert colors_of(read_bytes(tmp_path, table + struct.pack(">HH", 3, 0xFFFF), ".act")) == [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8],
    ]
    for transparent, expected in ((1, ("#000102", "#03040500", "#060708")), (2, ("#000102", "#030405"))):
        assert read_bytes(tmp_path, table + struct.pack(">HH", 3, transparent), ".act").hex == expected
    for count in (0, 257):
        with pytest.raises(ValueError, match=rf"count must lie in 1\.\.256, got {count}"):
            read_bytes(tmp_path, table + struct.pack(">HH", count, 0xFFFF), ".act")
    with pytest.raises(ValueError, match="must have 768 or 772 bytes, got 770"):
        read_bytes(tmp_path, table + b"\0\0", ".act")


def aco_name(text):
    return struct.pack(">I", len(text) + 1) + text.encode("utf-16-be") + b"\0\0"


#: (space, four words) as Photoshop writes them, and the sRGB that they are.
ACO_COLORS = [
    ((0, 0xFFFF, 0x8080, 0, 0), [255, 128, 0]),
    ((0, 0xFF00, 0x8000, 0, 0), [255, 128, 0]),
    ((1, 0, 0xFFFF, 0xFFFF, 0), [255, 0, 0]),
    ((1, 43690, 0xFFFF, 0xFFFF, 0), [0, 0, 255]),
    ((2, 0, 0xFFFF, 0xFFFF, 0xFFFF), [0, 255, 255]),
    ((2, 0xFFFF, 0xFFFF, 0xFFFF, 0), [0, 0, 0]),
    ((2, 0xFFFF, 0xFFFF, 0xFFFF, 0x7FFF), [127, 127, 127]),
    ((7, 10000, 0, 0, 0), [255, 255, 255]),
    ((7, 0, 0, 0, 0), [0, 0, 0]),
    ((7, 5429, 8080, 6990, 0), [255, 0, 0]),  # sRGB red in Lab D50: 54.29, 80.80, 69.90
    ((7, 2957, 6829, 0x10000 - 11203, 0), [0, 0, 255]),  # sRGB blue: 29.57, 68.29, -112.03
    ((8, 0, 0, 0, 0), [255, 255, 255]),
    ((8, 10000, 0, 0, 0), [0, 0, 0]),
    ((9, 0, 10000, 10000, 10000), [0, 255, 255]),
]


@pytest.mark.parametrize(("words", "color"), ACO_COLORS)
def test_swatches_of_every_model_become_srgb(words, color):
    data = struct.pack(">HH5H", 1, 1, *words)
    np.testing.assert_allclose(FORMATS["aco"].read(data).colors[0], color, atol=1)


def test_swatches_of_version_2_have_names_and_win_over_version_1(tmp_path):
    red, blue = struct.pack(">5H", 0, 0xFFFF, 0, 0, 0), struct.pack(">5H", 0, 0, 0, 0xFFFF, 0)
    first = struct.pack(">HH", 1, 2) + red + blue
    second = struct.pack(">HH", 2, 2) + red + aco_name("Röt") + blue + aco_name("")
    for data in (first + second, second, first + second + b"more that Photoshop adds"):
        palette = read_bytes(tmp_path, data, ".aco")
        assert colors_of(palette) == [[255, 0, 0], [0, 0, 255]]
        assert palette.names == ("Röt", "")
    assert read_bytes(tmp_path, first, ".aco").names == ("", "")
    with pytest.raises(ValueError, match="got colour space 3"):
        read_bytes(tmp_path, struct.pack(">HH5H", 1, 1, 3, 0, 0, 0, 0), ".aco")
    with pytest.raises(ValueError, match="cut short"):
        read_bytes(tmp_path, struct.pack(">HH", 1, 65535) + red, ".aco")
    with pytest.raises(ValueError, match="cut short"):
        read_bytes(tmp_path, struct.pack(">HH", 2, 1) + red + struct.pack(">I", 2**32 - 1), ".aco")


def ase_color(name, model, *values, kind=2):
    text = struct.pack(">H", len(name) + 1) + name.encode("utf-16-be") + b"\0\0"
    block = text + model + struct.pack(f">{len(values)}fH", *values, kind)
    return struct.pack(">HI", 1, len(block)) + block


def ase_group(name):
    text = struct.pack(">H", len(name) + 1) + name.encode("utf-16-be") + b"\0\0"
    return struct.pack(">HI", 0xC001, len(text)) + text


ASE_END = struct.pack(">HI", 0xC002, 0)


def ase(*blocks):
    return struct.pack(">4sHHI", b"ASEF", 1, 0, len(blocks)) + b"".join(blocks)


def test_swatch_exchange_has_every_model_names_and_groups(tmp_path):
    data = ase(
        ase_color("Orange", b"RGB ", 1.0, 0.5, 0.0, kind=0),
        ase_group("Inks"),
        ase_color("Cyan", b"CMYK", 1.0, 0.0, 0.0, 0.0, kind=1),
        ase_color("Mid", b"Gray", 0.5),
        ASE_END,
        struct.pack(">HI3s", 0x7777, 3, b"new"),
        ase_color("Red", b"LAB ", 0.5429, 80.80, 69.90),
    )
    palette = read_bytes(tmp_path, data, ".ase")
    np.testing.assert_allclose(palette.colors, [[255, 128, 0], [0, 255, 255], [128] * 3, [255, 0, 0]], atol=1)
    assert palette.names == ("Orange", "Cyan", "Mid", "Red")
    assert palette.classes == ("", "Inks", "Inks", "")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ASEX" + bytes(8), "must begin with 'ASEF'"),
        (struct.pack(">4sHHI", b"ASEF", 1, 0, 2**32 - 1) + ase_color("a", b"RGB ", 0, 0, 0), "cut short"),
        (ase(struct.pack(">HI", 1, 2**32 - 1)), "cut short"),
        (ase(ase_color("a", b"RGB ", float("nan"), 0, 0)), "finite"),
        (ase(ase_color("a", b"LAB ", float("inf"), 0, 0)), "finite"),
        (ase(ase_color("a", b"HEX ", 0)), "must be of the model"),
        (ase(struct.pack(">HIH", 1, 2, 9)), "cut short"),
        (ase(), "got none"),
    ],
)
def test_swatch_exchange_that_lies_is_refused(tmp_path, data, message):
    with pytest.raises(ValueError, match=message):
        read_bytes(tmp_path, data, ".ase")


def test_windows_palettes_are_read_past_other_chunks_and_wrong_lengths(tmp_path):
    table = struct.pack("<HH", 0x300, 2) + bytes([1, 2, 3, 0, 4, 5, 6, 4])
    extra = struct.pack("<4sI", b"plth", 3) + b"abc\0"
    for length in (len(table), len(table) + 4, 0):
        data = struct.pack("<4sI4s", b"RIFF", 999, b"PAL ") + extra + struct.pack("<4sI", b"data", length) + table
        assert colors_of(read_bytes(tmp_path, data, ".pal")) == [[1, 2, 3], [4, 5, 6]]
    header = struct.pack("<4sI4s", b"RIFF", 999, b"PAL ")
    with pytest.raises(ValueError, match="cut short"):
        read_bytes(tmp_path, header + struct.pack("<4sI", b"LIST", 2**32 - 1), ".pal")
    with pytest.raises(ValueError, match="version must be 0x0300"):
        read_bytes(tmp_path, header + struct.pack("<4sIHH", b"data", 4, 1, 1), ".pal")
    with pytest.raises(ValueError, match="'RIFF' and 'PAL '"):
        read_bytes(tmp_path, b"RIFF\0\0\0\0WAVE", ".pal")


# --- tables -----------------------------------------------------------------------------------


def test_tables_of_other_programs_are_read(tmp_path):
    assert read_bytes(tmp_path, b"Name;R;G;B\r\nsky;10;20;30\r\n", ".csv").names == ("sky",)
    assert read_bytes(tmp_path, b"#ff8000,orange\n#000000,\n", ".csv").names == ("orange", "")
    assert colors_of(read_bytes(tmp_path, b"1,2,3\n4,5,6\n", ".csv")) == [[1, 2, 3], [4, 5, 6]]
    assert colors_of(read_bytes(tmp_path, b"red\tgreen\tblue\n1\t2\t3\n", ".tsv")) == [[1, 2, 3]]
    assert read_bytes(tmp_path, b'colour,label\n#123456,"a, b"\n', ".csv").names == ("a, b",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"name\nsky\n", "whole numbers in 0..255"),
        (b"r,g,b\n1,2,300\n", r"must lie in 0\.\.255"),
        (b"hex,share\n#000000,lots\n", "share must be a number >= 0, got 'lots'"),
        (b"hex,share\n#000000,-1\n", "share must be a number >= 0"),
        (b'hex\n"' + b"x" * 200_000 + b'"\n', "readable as CSV"),
        (b"hex\n", "got none"),
    ],
)
def test_wrong_tables_say_what_is_wrong(tmp_path, data, message):
    with pytest.raises(ValueError, match=message):
        read_bytes(tmp_path, data, ".csv")


def test_json_may_be_a_bare_list(tmp_path):
    assert read_bytes(tmp_path, b'["#ff0000", [1, 2, 3]]', ".json").hex == ("#ff0000", "#010203")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3", "must be an object or a list"),
        ("{", "palette file"),
        ("{}", "'colors' must be a list"),
        ('{"colors": "red"}', "'colors' must be a list"),
        ('{"colors": [1]}', "must hold '#rrggbb' or"),
        ('{"colors": [[1, 2, 999]]}', "must hold '#rrggbb' or"),
        ('{"colors": [[1, 2, true]]}', "must hold '#rrggbb' or"),
        ('{"colors": ["red"]}', "must be written #rrggbb"),
        ('{"colors": ["#000000"], "names": ["a", "b"]}', "'names' must be a list of 1 texts"),
        ('{"colors": ["#000000"], "names": [1]}', "'names' must be a list of 1 texts"),
        ('{"colors": ["#000000"], "locked": [1]}', "'locked' must be a list of 1 true or false"),
        ('{"colors": ["#000000"], "shares": [NaN]}', "'shares' must be a list of 1 numbers"),
        ('{"colors": ["#000000"], "shares": [-1]}', "'shares' must be a list of 1 numbers"),
        ('{"colors": ["#000000"], "shares": [1' + "0" * 400 + "]}", "'shares' must be a list of 1 numbers"),
        ('{"colors": ["#000000"], "shares": {"a": 1}}', "'shares' must be a list of 1 numbers"),
        ('{"colors": ["#000000"], "title": 1}', "'title' must be a text"),
        ('{"colors": ["#000000"], "version": 99}', "version must be at most 1, got 99"),
        ("[" * 200_000, "nested"),
    ],
)
def test_wrong_json_says_what_is_wrong(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_bytes(tmp_path, text.encode(), ".json")


@pytest.mark.parametrize(
    ("values", "names", "title"),
    [
        (["264653", "2a9d8f"], ("", ""), ""),
        ({"Charcoal": "264653", "Sea": "2a9d8f"}, ("Charcoal", "Sea"), ""),
        ([{"name": "Charcoal", "hex": "264653", "rgb": [38, 70, 83]}, {"rgb": [42, 157, 143]}], ("Charcoal", ""), ""),
        ({"name": "Shore", "author": "x", "colors": ["264653", "2a9d8f"]}, ("", ""), "Shore"),
        ({"title": "A", "name": "B", "colors": [{"color": "#264653"}, {"value": "#2A9D8F", "label": "Sea"}]},
         ("", "Sea"), "A"),
    ],
)  # fmt: skip
def test_json_of_other_programs_is_read(tmp_path, values, names, title):
    palette = read_bytes(tmp_path, json.dumps(values).encode(), ".json")
    assert palette.hex == ("#264653", "#2a9d8f")
    assert palette.names == names
    assert palette.title == title


@pytest.mark.parametrize(
    "values", [{"a": "sea"}, {"a": 1}, [{"name": "x"}], [{"hex": 1}], [{"hex": "x"}], [[]], {"a": {}}]
)
def test_json_of_no_palette_is_refused(tmp_path, values):
    with pytest.raises(ValueError, match="must"):
        read_bytes(tmp_path, json.dumps(values).encode(), ".json")


# --- office, painting and games ---------------------------------------------------------------

SOC = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE office:color-table PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "office.dtd">
<ooo:color-table xmlns:draw="urn:x" xmlns:ooo="http://openoffice.org/2004/office">
 <draw:color draw:name="R\u00f6t &amp; mehr" draw:color="#ff0000"/>
 <draw:color draw:name="#00FF00" draw:color="#00ff00"/>
</ooo:color-table>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_office_colours_are_read_with_their_names(tmp_path, encoding):
    text = SOC.replace("UTF-8", encoding.upper())
    palette = read_bytes(tmp_path, text.encode(encoding), ".soc")
    assert palette.hex == ("#ff0000", "#00ff00")
    assert palette.names == ("Röt & mehr", "")


def test_scribus_swatches_of_every_version_are_read(tmp_path):
    data = b"""<?xml version="1.0"?><SCRIBUSCOLORS Name="Inks">
    <COLOR Spot="0" Register="0" NAME="Old" RGB="#ff8000"/><COLOR NAME="Ink" CMYK="#ff000000"/>
    <COLOR NAME="Red" SPACE="RGB" R="255" G="0" B="0"/><COLOR NAME="Black" SPACE="CMYK" C="0" M="0" Y="0" K="100"/>
    <COLOR NAME="#ff0000" SPACE="Lab" L="54.29" A="80.80" B="69.90"/></SCRIBUSCOLORS>"""
    palette = read_bytes(tmp_path, data, ".xml")
    np.testing.assert_allclose(
        palette.colors, [[255, 128, 0], [0, 255, 255], [255, 0, 0], [0, 0, 0], [255, 0, 0]], atol=1
    )
    assert palette.names[:4] == ("Old", "Ink", "Red", "Black")
    assert palette.title == "Inks"


def test_scribus_gets_names_of_which_none_is_empty_or_twice():
    palette = Palette([[1, 2, 3]] * 5, names=["a", "a", "", "a 2", ""])
    read = FORMATS["scribus"].read(FORMATS["scribus"].write(palette))
    assert read.names == ("a", "a 2", "", "a 2 2", "#010203 2")


@pytest.mark.parametrize(
    ("suffix", "text", "message"),
    [
        (".soc", '<!DOCTYPE a [<!ENTITY b "bbbb">]><color-table/>', "must declare no entities, got 'b'"),
        (".soc", '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd">%b;]><color-table/>', "no entities, got 'b'"),
        (".soc", "<html/>", "must be a 'color-table', got 'html'"),
        (".soc", '<color-table><color color="red"/></color-table>', "must be written #rrggbb"),
        (".soc", "<color-table><color/></color-table>", "must be written #rrggbb"),
        (".soc", "<color-table>", "must be XML that can be read"),
        (".soc", "no XML", "must be XML that can be read"),
        (".soc", '<?xml version="1.0" encoding="x"?><a/>', "must be XML that can be read"),
        (".soc", "<color-table>" + "<a>" * 100_000, "must be XML that can be read"),
        (".xml", "<SCRIBUSCOLORS/>", "got none"),
        (".xml", "<svg/>", "must be 'SCRIBUSCOLORS'"),
        (".xml", '<SCRIBUSCOLORS><COLOR SPACE="RGB" R="1" G="2"/></SCRIBUSCOLORS>', "B must be a number, got ''"),
        (".xml", '<SCRIBUSCOLORS><COLOR SPACE="Lab" L="nan" A="1" B="1"/></SCRIBUSCOLORS>', "L must be a number"),
        (".xml", '<SCRIBUSCOLORS><COLOR SPACE="HSV"/></SCRIBUSCOLORS>', "RGB, CMYK or Lab, got 'HSV'"),
        (".xml", '<SCRIBUSCOLORS><COLOR CMYK="#ff00"/></SCRIBUSCOLORS>', "RGB, CMYK or Lab, got '#ff00'"),
    ],
)
def test_wrong_xml_says_what_is_wrong(tmp_path, suffix, text, message):
    with pytest.raises(ValueError, match=message):
        read_bytes(tmp_path, text.encode(), suffix)


def test_kritas_swatches_have_every_model_names_groups_and_profiles(tmp_path):
    colorset = """<Colorset name="Paint" columns="4" version="1.0">
    <ColorSetEntry name="Orange" id="1" bitdepth="F32"><sRGB r="1" g="0.5" b="-0.25"/><Position row="0" column="0"/>
    </ColorSetEntry>
    <Group name="Inks" rows="1">
      <ColorSetEntry name="Cyan"><CMYK c="1" m="0" y="0" k="0" space="x"/></ColorSetEntry>
      <ColorSetEntry name="Mid"><Position row="0" column="1"/><Gray g="0,5"/></ColorSetEntry>
    </Group>
    <ColorSetEntry name="Red" bitdepth="F32"><Lab L="54.29" a="80.80" b="69.90"/></ColorSetEntry>
    <ColorSetEntry name="Same" bitdepth="U8"><Lab L="0.5429" a="0.8188" b="0.7761"/></ColorSetEntry>
    <ColorSetEntry name="White"><XYZ x="0.9642" y="1" z="0.8251"/></ColorSetEntry>
    <ColorSetEntry name="Wide"><RGB r="0" g="0.7843137" b="0" space="Adobe"/></ColorSetEntry></Colorset>"""
    profiles = '<Profiles><Profile name="Adobe" filename="adobe.icc" colorModelId="RGBA"/></Profiles>'
    data = _kpl(colorset, profiles_xml=profiles, adobe_icc=make_adobe_profile())
    palette = read_bytes(tmp_path, data, ".kpl")
    colors = [[255, 128, 0], [0, 255, 255], [128] * 3, [255, 0, 0], [255, 0, 0], [255] * 3, [0, 201, 0]]
    np.testing.assert_allclose(palette.colors, colors, atol=1)
    assert palette.names == ("Orange", "Cyan", "Mid", "Red", "Same", "White", "Wide")
    assert palette.classes == ("", "Inks", "Inks", "", "", "", "")
    assert palette.title == "Paint"


def test_krita_gets_groups_and_full_depth():
    levels = np.arange(12, dtype=np.uint16).reshape(4, 3) * 1000
    palette = Palette.of_levels(levels, classes=["", "a", "a", "b"], title="T")
    read = FORMATS["krita"].read(FORMATS["krita"].write(palette))
    np.testing.assert_array_equal(read.levels, levels)
    assert read.classes == palette.classes
    mixed = Palette(palette.colors, classes=["a", "", "a", "b"])  # groups that Krita could not show in this order
    assert FORMATS["krita"].read(FORMATS["krita"].write(mixed)).classes == ("",) * 4


def test_a_swatch_of_procreate_has_the_alpha_that_it_says(tmp_path):
    swatch = {"hue": 0.0, "saturation": 1, "brightness": 1}
    values = {"name": "Reef", "swatches": [{**swatch, "alpha": 0.5}, {**swatch, "alpha": 0}, swatch]}
    assert read_bytes(tmp_path, _swatches(values), ".swatches").alphas.tolist() == [128, 0, 255]
    with pytest.raises(ValueError, match="alpha of a swatch must be a number, got 'half'"):
        read_bytes(tmp_path, _swatches({"swatches": [{**swatch, "alpha": "half"}]}), ".swatches")


def test_procreates_swatches_are_read_with_their_title(tmp_path):
    swatch = {"hue": 0.0, "saturation": 1, "brightness": 1, "alpha": 1, "colorSpace": 0}
    values = [{"name": "Reef", "swatches": [swatch, None, {**swatch, "hue": 1 / 3}, {**swatch, "saturation": 0}]}]
    palette = read_bytes(tmp_path, _swatches(values), ".swatches")
    assert palette.hex == ("#ff0000", "#00ff00", "#ffffff")
    assert palette.title == "Reef"
    assert read_bytes(tmp_path, _swatches(values[0]), ".swatches") == palette


def _with_wrong_size(data, size):
    """Let a zip file claim that its members hold so many bytes when they are unpacked."""
    found = bytearray(data)
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = found.find(mark)
        while at >= 0:
            found[at + place : at + place + 4] = struct.pack("<I", size)
            at = found.find(mark, at + 4)
    return bytes(found)


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize("suffix", [".kpl", ".swatches"])
def test_zip_bombs_are_refused_before_they_are_unpacked(tmp_path, suffix, is_told):
    bomb = b"<Colorset>" + b" " * 200_000_000
    data = _kpl(bomb) if suffix == ".kpl" else _zip(Swatches_json=bomb)
    data = data if is_told else _with_wrong_size(data, 100)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"must (have at most|be readable|be XML|hold|be a|be an)"):
        read_bytes(tmp_path, data, suffix)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4e7


@pytest.mark.parametrize(
    ("suffix", "data", "message"),
    [
        (".kpl", b"no zip", "must be a zip file that can be read"),
        (".kpl", _zip(mimetype="image/openraster"), "must be a application/x-krita-palette"),
        (".kpl", _zip(other="x"), "must hold 'mimetype', got 'other'"),
        (".kpl", _zip(mimetype="application/x-krita-palette"), "must hold 'colorset.xml'"),
        (".kpl", _kpl("<svg/>"), "must be a 'Colorset', got 'svg'"),
        (".kpl", _kpl("<Colorset/>"), "got none"),
        (".kpl", _kpl('<!DOCTYPE a [<!ENTITY b "b">]><Colorset/>'), "must declare no entities"),
        (".kpl", _kpl("<Colorset><ColorSetEntry><YCbCr/></ColorSetEntry></Colorset>"), "got 'YCbCr'"),
        (".kpl", _kpl('<Colorset><ColorSetEntry><sRGB r="x" g="0" b="0"/></ColorSetEntry></Colorset>'), "r must be"),
        (".kpl", _kpl('<Colorset><ColorSetEntry><Gray g="inf"/></ColorSetEntry></Colorset>'), "g must be a number"),
        (".swatches", _swatches([1]), "must hold palettes with 'swatches', got int"),
        (".swatches", _swatches([{"swatches": ["#fff"]}]), "must have numbers for hue"),
        (
            ".swatches",
            _swatches([{"swatches": [{"hue": True, "saturation": 0, "brightness": 0}]}]),
            "must have numbers",
        ),
        (".swatches", _swatches([{"swatches": [{"hue": 10**400, "saturation": 0, "brightness": 0}]}]), "have numbers"),
        (
            ".swatches",
            _zip(Swatches_json='[{"swatches": [{"hue": NaN, "saturation": 0, "brightness": 0}]}]'),
            "numbers",
        ),
        (".swatches", _zip(Swatches_json="["), "palette file"),
        (".swatches", _swatches([]), "got none"),
    ],
)
def test_wrong_zip_files_say_what_is_wrong(tmp_path, suffix, data, message):
    with pytest.raises(ValueError, match=message):
        read_bytes(tmp_path, data, suffix)


@pytest.mark.parametrize("name", ["krita", "procreate"])
def test_zip_files_with_damage_are_an_error_or_a_palette(name, rng):
    swatches = [{"name": "a", "swatches": [{"hue": 0.5, "saturation": 1, "brightness": 1}]}]
    original = FORMATS["krita"].write(SMALL) if name == "krita" else _swatches(swatches)
    for _ in range(2000):
        damaged = bytearray(original)
        for place in rng.integers(0, len(damaged), rng.integers(1, 5)):
            damaged[place] = rng.integers(256)
        try:
            assert 1 <= len(FORMATS[name].read(bytes(damaged))) <= 256
        except ValueError as error:
            assert str(error)  # noqa: PT017


def test_paint_net_files_have_alpha_comments_and_a_title(tmp_path):
    data = b";paint.net Palette File\r\n;Palette Name: Dusk\r\n;Colors: 2\r\n"
    data += b"FFff8000 ; orange\r\n00112233\r\n800000FF\n123456"
    palette = read_bytes(tmp_path, data, ".txt")
    assert palette.hex == ("#ff8000", "#11223300", "#0000ff80", "#123456")
    assert palette.title == "Dusk"
    for line in (b"FF00", b"hello", b"FFFF0000FF"):
        with pytest.raises(ValueError, match="line 1 must be a colour such as ffff8000, got"):
            read_bytes(tmp_path, line, ".txt")


def test_bare_bytes_are_a_palette_of_8_bits_or_of_vgas_6(tmp_path):
    table = bytes(range(256)) * 3
    assert read_bytes(tmp_path, table, ".pal").colors.tobytes() == table
    assert len(read_bytes(tmp_path, table[:192], ".pal")) == 64
    vga = read_bytes(tmp_path, bytes([0, 63, 32] * 256), ".pal")
    assert colors_of(vga)[0] == [0, 255, 130]
    assert read_bytes(tmp_path, b"JASC-PAL\n0100\n1\n1 2 3\n".ljust(192, b"\n"), ".pal").hex == ("#010203",)
    with pytest.raises(ValueError, match=r"palette file \(JASC"):
        read_bytes(tmp_path, table[:191], ".pal")


@pytest.mark.parametrize("name", ["gimp", "scribus", "krita", "paint.net"])
def test_a_palette_without_a_name_is_called_as_its_file(tmp_path, name):
    suffix = FORMATS[name].suffixes[0]
    write_palette(Palette([[1, 2, 3]]), tmp_path / f"my sea.palette{suffix}")
    assert read_palette(tmp_path / f"my sea.palette{suffix}").title == "my sea"
    write_palette(Palette([[1, 2, 3]], title="Sky"), tmp_path / f"b{suffix}")
    assert read_palette(tmp_path / f"b{suffix}").title == "Sky"


# --- pictures ---------------------------------------------------------------------------------


def save(tmp_path, image, name, **options):
    image.save(tmp_path / name, **options)
    return read_palette(tmp_path / name)


def indexed_picture(colors, labels):
    image = Image.fromarray(np.asarray(labels, np.uint8))
    image.putpalette(np.asarray(colors, np.uint8).tobytes())
    return image


def test_the_palette_of_an_indexed_png_is_read_as_it_is_stored(tmp_path):
    colors = [[9, 8, 7], [0, 0, 0], [9, 8, 7], [1, 2, 3], [0, 0, 0]]
    image = indexed_picture(colors, [[0, 1], [3, 3]])
    assert colors_of(save(tmp_path, image, "a.png")) == colors
    for transparency, alphas in ((1, [255, 0, 255, 255, 255]), (bytes([128, 255, 0]), [128, 255, 0, 255, 255])):
        palette = save(tmp_path, image, "b.png", transparency=transparency)
        assert colors_of(palette) == colors
        assert palette.alphas.tolist() == alphas
    assert colors_of(save(tmp_path, image, "c.png", transparency=4)) == colors[:4]  # nothing has its place after it


def test_the_palette_of_a_gif_is_read_without_its_padding(tmp_path):
    colors = [[9, 8, 7], [200, 0, 0], [0, 90, 0], [1, 2, 3], [4, 4, 4]]
    image = indexed_picture(colors, [[0, 1, 2], [3, 4, 4]])
    assert colors_of(save(tmp_path, image, "a.gif")) == colors
    assert save(tmp_path, image, "b.gif", transparency=2).alphas.tolist() == [255, 255, 0, 255, 255]


def test_a_strip_in_true_colour_is_read_in_reading_order(tmp_path):
    strip = np.array([[[200, 0, 0], [200, 0, 0], [1, 2, 3]], [[1, 2, 3], [0, 0, 0], [200, 0, 0]]], np.uint8)
    assert colors_of(save(tmp_path, Image.fromarray(strip), "a.png")) == [[200, 0, 0], [1, 2, 3], [0, 0, 0]]
    alpha = np.concatenate([strip, np.full((2, 3, 1), 255, np.uint8)], axis=2)
    alpha[0, :2, 3] = 0
    alpha[1, 2, 3] = 0
    assert colors_of(save(tmp_path, Image.fromarray(alpha), "b.png")) == [[1, 2, 3], [0, 0, 0]]


def test_a_png_that_claims_to_be_huge_is_refused_before_it_is_decoded(tmp_path):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for side, color_type, match in ((60_000, 3, "must"), (9_000, 3, "at most"), (3_000, 2, "at most")):
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, color_type, 0, 0, 0))
        data += chunk(b"PLTE", bytes(6)) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
        tracemalloc.start()
        with pytest.raises(ValueError, match=match):
            read_bytes(tmp_path, data, ".png")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 4e6


def test_a_photograph_is_no_palette(tmp_path, photo):
    with pytest.raises(ValueError, match=r"must have 1\.\.256 colours, got \d{4,}"):
        save(tmp_path, Image.fromarray(photo), "a.png")


FORMULAS = ['=HYPERLINK("http://x","y")', "+1", "-x", "@x", "=", "'=1", "''+1", "'", "'x", "a=b", "x-y", "1+1", "−1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_that_would_be_a_formula_is_text_in_a_csv_and_comes_back(tmp_path, name):
    palette = Palette([[1, 2, 3]], names=[name], classes=[name])
    write_palette(palette, tmp_path / "a.csv")
    cells = next(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"))))
    assert not cells["name"].startswith(tuple("=+-@"))
    assert cells["class"] == cells["name"]
    assert read_palette(tmp_path / "a.csv") == palette


@given(st.text(max_size=12))
def test_any_cell_is_text_to_a_spreadsheet_and_comes_back(text):
    cell = escape_cell(text)
    assert not cell.startswith(tuple("=+-@\t\r\n"))
    assert unescape_cell(cell) == text
    assert escape_cell(-1.5) == -1.5
