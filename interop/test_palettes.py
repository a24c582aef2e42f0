"""Other programs and readers find the colours and names of our palettes."""

import re

import pytest
import swatch

import napari_colorquant as cq

_GIMP = """
(begin
  (gimp-palettes-refresh)
  (let* ((colors (car (gimp-palette-get-info "{name}"))) (i 0) (text "FOUND"))
    (while (< i colors)
      (set! text (string-append text "|" (car (gimp-palette-entry-get-name "{name}" i))))
      (set! i (+ i 1)))
    (let ((file (open-output-file "{target}"))) (display text file) (close-output-port file))))
"""


def test_gimp_lists_our_palette_by_its_title_with_its_names(tmp_path, run, indexed, monkeypatch):
    monkeypatch.setenv("GIMP2_DIRECTORY", str(tmp_path / "gimp"))
    (tmp_path / "gimp" / "palettes").mkdir(parents=True)
    cq.write_palette(indexed.palette, tmp_path / "gimp" / "palettes" / "section.gpl")
    text = (tmp_path / "gimp" / "palettes" / "section.gpl").read_text(encoding="utf-8")
    name = next(line.removeprefix("Name: ") for line in text.splitlines() if line.startswith("Name: "))
    assert name == "section"
    run("gimp", "-n", "-i", "-f", "-b", _GIMP.format(name=name, target=tmp_path / "names.txt"), "-b", "(gimp-quit 0)")
    found = (tmp_path / "names.txt").read_text(encoding="utf-8").split("|")
    assert len(found) == 1 + len(indexed.palette)
    assert found[1] == "wall"
    assert found[4] == "suit"


@pytest.mark.parametrize(("package", "at_least"), [("inkscape", 20), ("krita-data", 10)])
def test_we_read_the_palettes_that_inkscape_and_krita_bring(tmp_path, run, package, at_least):
    run("apt-get", "-q", "download", package)  # their palettes alone are wanted, not the programs with all they need
    (archive,) = tmp_path.glob("*.deb")
    run("dpkg-deb", "-x", archive, "all")
    files = sorted((tmp_path / "all").rglob("palettes/*.gpl"))
    assert len(files) >= at_least
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        rows = [re.match(r"\s*(\d+)\s+(\d+)\s+(\d+)\s*(.*)", line) for line in text.splitlines()]
        palette = cq.read_palette(file)
        assert list(palette) == [tuple(int(row[part]) for part in (1, 2, 3)) for row in rows if row], file.name
        told = [row[4].strip() for row in rows if row]
        assert palette.names == tuple("" if name.lower() == "untitled" else name for name in told), file.name


def test_swatch_reads_our_ase(tmp_path, indexed):
    cq.write_palette(indexed.palette, tmp_path / "a.ase")
    colors = [entry["data"]["values"] for entry in swatch.parse(str(tmp_path / "a.ase"))]
    assert [tuple(round(level * 255) for level in color) for color in colors] == list(indexed.palette)


def test_imagemagick_maps_onto_our_swatches(tmp_path, run, indexed):
    cq.write_palette(indexed.palette, tmp_path / "strip.png")
    cq.write_indexed(indexed, tmp_path / "a.png")
    run("convert", "a.png", "+dither", "-remap", "strip.png", "same.png")
    assert (cq.read_image(tmp_path / "same.png").levels[0] == indexed.to_rgb()).all()
