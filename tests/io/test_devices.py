"""Palettes whose entries are written otherwise than they look: what is seen decides, what is written goes to files."""

import json

import numpy as np
import pytest
from PIL import Image
from skimage import data

from napari_colorquant import (
    PALETTES,
    Palette,
    map_pixels,
    read_palette,
    write_indexed,
    write_palette,
)
from napari_colorquant.cli import main
from napari_colorquant.cli.recipe_lines import as_command, as_python
from napari_colorquant.editing import learn, recolor
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.palettes import FORMATS
from napari_colorquant.spaces import SPACES

SPECTRA = PALETTES["epaper_spectra6"].palette
DEVICES = [name for name in PALETTES if name.startswith("epaper_")]
#: Palette formats that have no place for a second colour.
ONE_COLOR = [each for each in FORMATS.values() if each.write and each.name not in ("json", "csv")]
PHOTO = data.astronaut()[::4, ::4].copy()


@pytest.mark.parametrize("name", DEVICES)
def test_an_e_paper_set_has_a_name_a_look_and_a_device_colour_for_each_ink(name):
    palette = PALETTES[name].palette
    assert all(palette.names)
    assert all(palette.written)
    assert len(set(map(tuple, palette.device_colors))) == len(palette)
    assert "." in PALETTES[name].source  # a file of a project that publishes them


def test_the_seven_usual_kinds_of_e_paper_are_there():
    assert sorted(len(PALETTES[name]) for name in DEVICES) == [2, 3, 3, 4, 4, 6, 7]


@pytest.mark.parametrize("dither", ["none", "floyd_steinberg", "bayer"])
def test_what_is_written_does_not_change_a_label(dither):
    plain = map_pixels(PHOTO, SPECTRA.colors, dither=dither)
    device = map_pixels(PHOTO, SPECTRA, dither=dither)
    assert np.array_equal(device.labels, plain.labels)
    assert np.array_equal(device.to_rgb(), plain.to_rgb())


def test_dithered_with_what_is_seen_the_panel_is_nearer_to_the_image_than_with_what_is_written():
    def blurred_error(labels):
        light = [SPACES["linear"].from_srgb(np.ascontiguousarray(x.reshape(-1, 3))).reshape(x.shape) for x in
                 (PHOTO, SPECTRA.colors[labels])]  # fmt: skip
        small = [x.reshape(16, 8, 16, 8, 3).mean(axis=(1, 3)) for x in light]
        return float(np.square(small[0] - small[1]).mean())

    seen = map_pixels(PHOTO, SPECTRA, dither="floyd_steinberg")
    written = map_pixels(PHOTO, SPECTRA.as_written(), dither="floyd_steinberg")
    assert blurred_error(seen.labels) < 0.6 * blurred_error(written.labels)


@pytest.mark.parametrize("suffix", [".png", ".gif", ".apng", ".webp"])
def test_a_picture_file_holds_the_written_colours_and_the_same_indices(tmp_path, suffix):
    indexed = map_pixels(PHOTO, SPECTRA, dither="floyd_steinberg")
    write_indexed(indexed, tmp_path / f"panel{suffix}")
    with Image.open(tmp_path / f"panel{suffix}") as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB")), SPECTRA.device_colors[indexed.labels])
        if picture.mode == "P":
            assert np.array_equal(np.asarray(picture), indexed.labels)


def test_a_tiff_keeps_what_is_seen_and_what_is_written(tmp_path):
    indexed = map_pixels(PHOTO, SPECTRA)
    write_indexed(indexed, tmp_path / "panel.tif")
    again = read_indexed(tmp_path / "panel.tif")
    assert again.palette == indexed.palette
    assert again.palette.written == SPECTRA.written


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_json_and_csv_keep_both_colours(tmp_path, suffix):
    mixed = Palette(SPECTRA.colors, names=SPECTRA.names, written=("", *SPECTRA.written[1:]))
    write_palette(mixed, tmp_path / f"inks{suffix}")
    again = read_palette(tmp_path / f"inks{suffix}")
    assert again.written == mixed.written
    assert again.hex == mixed.hex


@pytest.mark.parametrize("entry", ONE_COLOR, ids=lambda each: each.name)
def test_a_palette_file_of_one_colour_an_entry_holds_the_written_one(tmp_path, entry):
    path = tmp_path / f"inks{entry.suffixes[0]}"
    write_palette(SPECTRA, path, format=entry.name)
    assert read_palette(path).hex == SPECTRA.written


@pytest.mark.parametrize(
    "text",
    [
        "name,hex,seen\nred,ff0000,711813\nblue,0000ff,24468b\n",
        "name;measured;colour\nred;#711813;#ff0000\nblue;#24468b;#0000ff\n",
        "name,hex,device\nred,#711813,#ff0000\nblue,#24468b,#0000ff\n",
        "name\thex\twritten\nred\t711813\tff0000\nblue\t24468b\t0000ff\n",
    ],
)
def test_a_table_with_two_columns_of_colours_is_read(tmp_path, text):
    (tmp_path / "inks.csv").write_text(text)
    palette = read_palette(tmp_path / "inks.csv")
    assert palette.hex == ("#711813", "#24468b")
    assert palette.written == ("#ff0000", "#0000ff")
    assert palette.names == ("red", "blue")


def test_a_table_with_a_seen_colour_alone_has_nothing_written(tmp_path):
    (tmp_path / "inks.csv").write_text("measured,name\n711813,red\n")
    palette = read_palette(tmp_path / "inks.csv")
    assert (palette.hex, palette.written) == (("#711813",), ("",))


@pytest.mark.parametrize("code", ["red", "#ff00", "#ff000080", "12"])
def test_a_written_colour_that_is_none_is_refused(tmp_path, code):
    with pytest.raises(ValueError, match=r" must be .*written #rrggbb.*, got"):
        Palette([[0, 0, 0]], written=[code])
    (tmp_path / "inks.csv").write_text(f"hex,written\n711813,{code}\n")
    with pytest.raises(ValueError, match=r" must be .*, got"):
        read_palette(tmp_path / "inks.csv")


def test_a_palette_goes_to_json_values_and_back_with_what_is_written():
    assert Palette.from_dict(json.loads(json.dumps(SPECTRA.to_dict()))) == SPECTRA
    assert "written" not in Palette(SPECTRA.colors).to_dict()
    assert Palette.from_dict({**SPECTRA.to_dict(), "written": []}) != SPECTRA


def test_entries_that_are_taken_keep_what_is_written_of_them():
    assert SPECTRA.take([3, 0]).written == ("#ff0000", "#000000")
    assert SPECTRA.take([3, 0]).as_written().hex == ("#ff0000", "#000000")


def test_a_palette_that_looks_as_it_is_written_is_itself():
    plain = Palette(SPECTRA.colors)
    assert plain.as_written() is plain
    assert np.array_equal(plain.device_colors, plain.colors)


def test_an_entry_that_is_given_another_colour_is_written_so():
    indexed = map_pixels(PHOTO, SPECTRA)
    changed = recolor(indexed, {3: "#802010"}).palette
    assert changed.written == (*SPECTRA.written[:3], "", *SPECTRA.written[4:])
    assert changed.as_written().hex[3] == "#802010"


def test_strokes_leave_what_is_written_of_colours_that_stay():
    indexed = map_pixels(PHOTO, SPECTRA)
    strokes = np.zeros(indexed.shape, np.uint8)
    strokes[:4, :4] = 2
    learnt = learn(indexed, PHOTO, strokes).palette
    same = (learnt.colors == SPECTRA.colors).all(axis=1)
    assert learnt.written == tuple(code if stays else "" for code, stays in zip(SPECTRA.written, same, strict=True))


def test_the_terminal_writes_for_the_device(tmp_path):
    Image.fromarray(PHOTO).save(tmp_path / "photo.png")
    arguments = [str(tmp_path / "photo.png"), "--map", "epaper_bwr", "--dither", "floyd_steinberg", "-o"]
    assert main([*arguments, str(tmp_path / "panel.png")]) == 0
    with Image.open(tmp_path / "panel.png") as picture:
        assert {tuple(color) for color in np.asarray(picture.convert("RGB")).reshape(-1, 3)} == {
            (0, 0, 0), (255, 255, 255), (255, 0, 0)
        }  # fmt: skip


def test_lines_to_copy_keep_what_is_written(tmp_path):
    recipe = map_pixels(PHOTO, SPECTRA).recipe
    assert "--map epaper_spectra6" in as_command(recipe)
    names = {"image": PHOTO}
    exec(as_python(recipe), names)
    assert names["indexed"].palette.written == SPECTRA.written
    own = map_pixels(PHOTO, Palette(SPECTRA.colors, title="epaper_spectra6")).recipe
    assert "--map #1f1829," in as_command(own).replace("'", "")
