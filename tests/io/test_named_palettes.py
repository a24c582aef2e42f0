"""Palettes by name, and everything else that stands for a palette."""

import subprocess
import sys

import numpy as np
import pytest

from napari_colorquant import PALETTES, Palette, map_pixels, write_palette
from napari_colorquant.io.named_palettes import find_palette, sample_colormap


@pytest.mark.parametrize("entry", PALETTES.values(), ids=lambda entry: entry.name)
def test_every_palette_has_colours_a_summary_and_a_source(entry):
    assert 2 <= len(entry) <= 256
    assert entry.palette.title == entry.name
    assert entry.summary
    assert entry.source
    if entry.name != "vga":  # which the machine itself fills up with black
        assert len(set(entry.palette)) == len(entry)
    if entry.names:
        assert all(entry.palette.names)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        *(("web_safe", 216), ("black_and_white", 2), ("gray4", 4), ("gray16", 16), ("gray256", 256), ("ega", 16)),
        *(("vga", 256), ("nes", 55), ("game_boy", 4), ("pico8", 16), ("okabe_ito", 8), ("c64", 16)),
        *(("tab10", 10), ("tab20", 20), ("set1", 9), ("set2", 8), ("set3", 12), ("dark2", 8), ("paired", 12)),
    ],
)
def test_the_well_known_palettes_have_their_sizes(name, count):
    assert len(PALETTES[name]) == count


def test_web_safe_holds_the_corners_of_the_cube():
    colors = set(PALETTES["web_safe"].palette)
    assert {(0, 0, 0), (255, 255, 255), (51, 102, 204)} <= colors


def test_vga_is_what_the_bios_loads():
    vga = PALETTES["vga"].palette
    assert vga.hex[:16] == PALETTES["ega"].palette.hex
    assert vga.hex[31] == "#ffffff"
    # The known dump of mode 13h: the first entries of each of the nine rings.
    starts = [vga.hex[i : i + 2] for i in range(32, 248, 24)]
    assert starts == [
        *(("#0000ff", "#4100ff"), ("#7d7dff", "#9e7dff"), ("#b6b6ff", "#c7b6ff")),
        *(("#000071", "#1c0071"), ("#383871", "#453871"), ("#515171", "#595171")),
        *(("#000041", "#100041"), ("#202041", "#282041"), ("#2c2c41", "#302c41")),
    ]
    assert vga.hex[32 + 23] == "#0041ff"
    assert vga.hex[32 + 8] == "#ff0000"
    assert vga.hex[248:] == ("#000000",) * 8


@pytest.mark.parametrize("name", ["tab10", "tab20", "Set1", "Set2", "Set3", "Dark2", "Paired", "Accent", "Pastel1"])
def test_qualitative_sets_agree_with_matplotlib(name):
    import matplotlib

    expected = np.rint(np.array(matplotlib.colormaps[name].colors)[:, :3] * 255)
    np.testing.assert_array_equal(PALETTES[name.lower()].palette.colors, expected)


def test_colormaps_are_sampled_from_end_to_end():
    palette = sample_colormap("viridis", 5)
    assert palette.hex[0] == "#440154"
    assert palette.hex[-1] == "#fde725"
    np.testing.assert_allclose(palette.colors[2], [0x21, 0x91, 0x8C], atol=1)
    assert sample_colormap("viridis_r", 5).hex == palette.hex[::-1]
    assert sample_colormap("gray", 256).colors.tolist() == [[i] * 3 for i in range(256)]
    assert len(sample_colormap("bop orange", 3)) == 3
    assert len(sample_colormap("viridis", 1)) == 1
    for count in (0, 257):
        with pytest.raises(ValueError, match=rf"n_colors must lie in 1\.\.256, got {count}"):
            sample_colormap("viridis", count)
    with pytest.raises(ValueError, match=r"must be one of .*viridis.* got 'nonsense'"):
        sample_colormap("nonsense", 4)


def test_colormaps_are_those_of_matplotlib_where_napari_is_missing(monkeypatch):
    expected = sample_colormap("viridis", 9).hex, sample_colormap("magma_r", 9).hex
    monkeypatch.setitem(sys.modules, "napari.utils.colormaps.colormap_utils", None)
    assert (sample_colormap("viridis", 9).hex, sample_colormap("magma_r", 9).hex) == expected
    with pytest.raises(ValueError, match=r"must be one of .*viridis.* got 'nonsense'"):
        sample_colormap("nonsense", 4)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ValueError, match=r"napari's or matplotlib's; install one: pip install"):
        sample_colormap("viridis", 9)


def test_colormaps_need_no_qt_and_no_matplotlib():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from napari_colorquant.io.named_palettes import sample_colormap\n"
        "print(*sample_colormap('magma', 2).hex, *sample_colormap('RdYeBuCy', 2).hex[:0])\n"
        "print([name for name in sys.modules if 'qt' in name.lower().split('.')[0]])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "#000004 #fcfdbf\n[]\n"


def test_everything_that_stands_for_a_palette_is_found(tmp_path):
    palette = Palette([[255, 0, 0], [0, 0, 255]])
    path = tmp_path / "ours.gpl"
    write_palette(palette, path)
    assert find_palette(palette) is palette
    assert find_palette(palette.colors).hex == palette.hex
    assert find_palette(["#ff0000", "#0000ff"]).hex == palette.hex
    assert find_palette([[255, 0, 0], [0, 0, 255]]).hex == palette.hex
    assert find_palette("#ff0000, #0000ff").hex == palette.hex
    assert find_palette("ff0000,0000ff").hex == palette.hex
    assert find_palette("#f00").hex == ("#ff0000",)
    assert find_palette(path).hex == find_palette(str(path)).hex == palette.hex
    assert find_palette("pico8") is PALETTES["pico8"].palette
    assert find_palette("colormap:viridis:5").hex == sample_colormap("viridis", 5).hex
    assert len(find_palette("colormap:viridis")) == 16
    assert find_palette("gray:3").hex == ("#000000", "#808080", "#ffffff")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pico", "palette must be a known name, got 'pico'; did you mean 'pico8'.*or give a palette file"),
        ("xyzzy", "choose one of: web_safe"),
        ("colormap:viridis:many", "must be written like colormap:viridis:16, got 'colormap:viridis:many'"),
        ("colormap:viridis:900", r"n_colors must lie in 1\.\.256"),
        ("gray:", "must be written like gray:16"),
        ("gray:1", r"must have 2\.\.256 colours, got 1"),
        ("#ff", "must be written #rrggbb"),
        ("", "palette must be a known name, got ''"),
        (",", r"shape \(K, 3\)"),
    ],
)
def test_what_stands_for_no_palette_gets_a_clear_error(text, message):
    with pytest.raises(ValueError, match=message):
        find_palette(text)


def test_pixels_are_mapped_onto_a_palette_by_name(photo):
    named = map_pixels(photo, "pico8")
    assert named.palette.hex == PALETTES["pico8"].palette.hex
    np.testing.assert_array_equal(named.labels, map_pixels(photo, PALETTES["pico8"].palette).labels)
    with pytest.raises(TypeError, match="must be a Palette, a name, a file or colours, got 5"):
        map_pixels(photo, 5)


def test_a_missing_palette_file_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        find_palette(str(tmp_path / "missing.gpl"))
