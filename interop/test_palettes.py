"""Other programs and readers find the colours and names of our palettes."""

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


def test_swatch_reads_our_ase(tmp_path, indexed):
    cq.write_palette(indexed.palette, tmp_path / "a.ase")
    colors = [entry["data"]["values"] for entry in swatch.parse(str(tmp_path / "a.ase"))]
    assert [tuple(round(level * 255) for level in color) for color in colors] == list(indexed.palette)


def test_imagemagick_maps_onto_our_swatches(tmp_path, run, indexed):
    cq.write_palette(indexed.palette, tmp_path / "strip.png")
    cq.write_indexed(indexed, tmp_path / "a.png")
    run("convert", "a.png", "+dither", "-remap", "strip.png", "same.png")
    assert (cq.read_image(tmp_path / "same.png").levels[0] == indexed.to_rgb()).all()
