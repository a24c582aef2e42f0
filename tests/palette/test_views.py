"""How palettes and indexed images show themselves, and what other packages make of their colours."""

import base64
import io
import re
from html.parser import HTMLParser

import cmap
import matplotlib as mpl
import numpy as np
import pytest
from napari.utils import Colormap
from napari.utils.colormaps import AVAILABLE_COLORMAPS
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.io.named_palettes import find_palette
from napari_colorquant.palette.thumbnail import take_thumbnail
from napari_colorquant.quality.cloud import color_cloud

PALETTE = cq.Palette(
    [[255, 0, 0, 255], [0, 0, 255, 128], [9, 9, 9, 255]],
    shares=[0.5, 0.3, 0.2], names=["<b>", "", "dark"], title='a "title" & more',
)  # fmt: skip
OPAQUE = cq.Palette(PALETTE.colors, names=PALETTE.names)


def _refuse(*_):
    raise AssertionError("more was computed than is shown")


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Tags(HTMLParser):
    """Holds the attributes of each tag, and fails for one that is not closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_palette_is_html_that_shows_each_colour_and_escapes_its_texts():
    text = PALETTE._repr_html_()
    hints = [about["title"] for _, about in Tags(text).seen if "title" in about]
    assert hints == ["0: #ff0000, <b>, 50.00%", "1: #0000ff80, 30.00%", "2: #090909, dark, 20.00%"]
    assert "<b>" not in text
    assert "a &quot;title&quot; &amp; more, 3 colours" in text


def test_a_long_palette_shows_its_first_colours_and_says_so():
    text = cq.Palette(np.arange(900).reshape(300, 3).astype(np.uint8))._repr_html_()
    assert "and 44 more" in text
    assert text.count("title=") == 256


def test_an_indexed_image_is_html_with_its_picture(photo):
    indexed = cq.quantize(photo, 5)
    (about,) = (about for tag, about in Tags(indexed._repr_html_()).seen if tag == "img")
    picture = Image.open(io.BytesIO(base64.b64decode(about["src"].partition("base64,")[2])))
    np.testing.assert_array_equal(np.asarray(picture), indexed.to_rgb())
    assert about["alt"] == "128 x 128 pixels in 5 colours"


def test_of_a_large_lazy_stack_one_plane_is_computed(photo):
    import dask.array as da

    stack = da.stack(
        [
            da.from_array(photo),
            da.map_blocks(_refuse, dtype=np.uint8, chunks=photo.shape, meta=np.empty((0, 0, 0), np.uint8)),
        ]
    )
    assert take_thumbnail(stack[..., 0], stack, 50, 20).shape == (19, 19, 3)


def test_a_terminal_gets_blocks_of_the_colours_and_a_file_text_alone():
    terminal, file = Terminal(), io.StringIO()
    PALETTE.print(terminal)
    PALETTE.print(file)
    assert file.getvalue().splitlines() == ["#ff0000   50.00%  <b>", "#0000ff80   30.00%", "#090909   20.00%  dark"]
    assert "\x1b[48;2;255;0;0m    \x1b[0m #ff0000" in terminal.getvalue()
    assert re.sub(r"\x1b\[[\d;]*m(    )?( (?=#))?", "", terminal.getvalue()) == re.sub(r"^ +", "", file.getvalue())


def test_an_image_is_printed_in_half_blocks(photo, capsys):
    indexed = cq.quantize(photo[:5, :6], 3)
    terminal = Terminal()
    indexed.print(terminal)
    rows = [line for line in terminal.getvalue().splitlines() if "▀" in line]
    assert [row.count("▀") for row in rows] == [6, 6, 6]
    upper = [tuple(map(int, found)) for found in re.findall(r"\[38;2;(\d+);(\d+);(\d+)m", "".join(rows))]
    np.testing.assert_array_equal(upper, indexed.to_rgb()[::2].reshape(-1, 3))
    indexed.print()
    assert capsys.readouterr().out.splitlines()[0].startswith("#")
    with pytest.raises(ValueError, match=r"columns must lie in 8\.\.400, got 4"):
        indexed.print(columns=4)


def test_figures_show_the_colours(photo):
    indexed = cq.quantize(photo, 4)
    bars = PALETTE.plot().patches
    np.testing.assert_allclose([bar.get_width() for bar in bars], PALETTE.shares)
    assert [mpl.colors.to_hex(bar.get_facecolor(), keep_alpha=True) for bar in bars] == [
        "#ff0000ff", "#0000ff80", "#090909ff",
    ]  # fmt: skip
    ax = indexed.plot()
    np.testing.assert_array_equal(ax.images[0].get_array(), indexed.to_rgb())
    assert len(ax.get_legend().texts) == 4
    assert cq.Palette([[1, 2, 3]]).plot(ax) is ax


def test_curves_and_clouds_are_plotted(photo):
    curve = cq.error_curve(photo)
    np.testing.assert_array_equal(curve.plot(measure="psnr").lines[0].get_ydata(), curve.psnr)
    cloud = color_cloud(cq.quantize(photo, 4), photo)
    assert len(cloud.plot().collections) == 2


@pytest.mark.parametrize("make", ["to_matplotlib", "to_napari_colormap", "to_cmap"])
def test_a_palette_comes_back_from_a_colormap_of_another_package(make):
    for palette in (OPAQUE, PALETTE):
        assert find_palette(getattr(palette, make)()).hex == palette.hex


def test_the_other_packages_show_the_right_colour_of_each_label():
    middles = (np.arange(3) + 0.5) / 3
    for look_up in (OPAQUE.to_matplotlib(), OPAQUE.to_napari_colormap().map, OPAQUE.to_cmap()):
        colors = look_up(middles)
        np.testing.assert_array_equal(np.rint(np.asarray(colors)[:, :3] * 255), OPAQUE.colors)


def test_labels_that_matplotlib_draws_from_half_below_to_half_above_have_their_colours():
    for count in range(1, 257):
        palette = cq.Palette(np.repeat(np.arange(count, dtype=np.uint8)[:, None], 3, axis=1))
        place = mpl.colors.Normalize(-0.5, count - 0.5)
        shown = palette.to_matplotlib()(place(np.arange(count)))
        np.testing.assert_array_equal(np.rint(shown[:, :3] * 255), palette.colors)


@pytest.mark.parametrize(
    "blend",
    [cmap.Colormap("viridis"), mpl.colormaps["viridis"], AVAILABLE_COLORMAPS["viridis"]],
    ids=["cmap", "matplotlib", "napari"],
)
def test_a_blend_becomes_sixteen_steps(blend):
    steps = find_palette(blend)
    assert len(steps) == 16
    assert np.abs(steps.colors.astype(int) - find_palette("colormap:viridis:16").colors).max() <= 2


def test_listed_colormaps_keep_their_colours(photo):
    assert len(find_palette(mpl.colormaps["tab10"])) == 10
    assert find_palette(Colormap([[1, 0, 0, 1], [0, 0, 1, 1]], interpolation="zero")).hex == ("#ff0000", "#0000ff")
    assert cq.map_pixels(photo, cmap.Colormap(["red", "blue"], interpolation="nearest")).palette.hex[0] == "#ff0000"
