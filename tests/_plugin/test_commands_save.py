"""The picture as a file and the palette as text, from the dock."""

import re

import numpy as np
import pytest
from PIL import Image
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QFileDialog, QInputDialog

import napari_colorquant as cq
from napari_colorquant._plugin.commands import save_picture as module
from napari_colorquant._plugin.commands.copy_palette import COPIES
from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.commands.save_annotations import save_annotations
from napari_colorquant._plugin.layers.indexed_layers import to_indexed
from napari_colorquant.annotate.shapes.formats import ANNOTATIONS, About
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.palettes import read_palette

NAMED = cq.Palette([[255, 0, 0], [0, 128, 255], [1, 2, 3]], names=("Deep Sky", "deep sky", ""))


@pytest.fixture
def dock(viewer, photo_layer, show_result):
    show_result(viewer, photo_layer, 5)
    return open_palette(viewer)


@pytest.fixture
def ask(monkeypatch):
    """A function that lets the next file dialog answer with a path; returns what it was asked."""

    def ask(path, chosen="PNG (*.png)"):
        asked = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (asked.append(args), (str(path), chosen))[1])
        return asked

    return ask


def _act(dock, text):
    next(action for action in dock.head.result_button.menu().actions() if action.text().startswith(text)).trigger()


def test_the_button_saves_what_is_shown_and_offers_png_first(dock, ask, tmp_path, qtbot):
    dock.colors.editor.write(0, "hex", "#123456")
    asked = ask(tmp_path / "a.png")
    qtbot.mouseClick(dock.head.save_button, Qt.MouseButton.LeftButton)
    ((_, _, place, filters),) = asked
    assert place.endswith("photo quantized.png")
    assert filters.startswith("PNG (*.png);;")
    assert "(*.zarr)" in filters
    with Image.open(tmp_path / "a.png") as written:
        assert written.mode == "P"
    read = read_indexed(tmp_path / "a.png")
    assert read.palette.hex == to_indexed(dock.session.layer).palette.hex
    np.testing.assert_array_equal(read.labels, dock.session.indexed.labels)


@pytest.mark.parametrize(("chosen", "suffix"), [("GIF (*.gif)", ".gif"), ("TIFF (*.tif)", ".tif"), ("", ".png")])
def test_a_name_without_suffix_gets_that_of_the_filter(dock, ask, tmp_path, chosen, suffix):
    ask(tmp_path / "b", chosen)
    dock.save()
    assert [path.name for path in tmp_path.iterdir()] == [f"b{suffix}"]


def test_a_picture_can_be_enlarged(dock, ask, tmp_path, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (3, True))
    ask(tmp_path / "c.png")
    _act(dock, "Save the picture enlarged")
    wanted = np.repeat(np.repeat(dock.session.indexed.labels, 3, axis=0), 3, axis=1)
    np.testing.assert_array_equal(read_indexed(tmp_path / "c.png").labels, wanted)


@pytest.mark.parametrize("name", ANNOTATIONS)
def test_annotations_are_written_of_the_classes_if_there_are_some(dock, ask, tmp_path, name, qtbot):
    for row, word in enumerate(("sky", "sky", "ground")):
        dock.colors.editor.write(row, "class", word)
    entry = ANNOTATIONS[name]
    ask(tmp_path / "a", f"{entry.summary} (*{entry.suffix})")
    _act(dock, "Save annotations")
    path = tmp_path / f"a{entry.suffix}"
    qtbot.waitUntil(path.is_file)
    indexed, source = dock.session.indexed, dock.session.source
    entry.write(indexed, tmp_path / "b", About("class", image=source.data, rgb=True, image_name="photo", unit="px"))
    assert path.read_bytes() == (tmp_path / "b").read_bytes()
    assert "sky" in path.read_text()


def test_annotations_of_a_stack_are_refused_in_words(viewer, photo, show_result, monkeypatch):
    told = []
    monkeypatch.setattr("napari_colorquant._plugin.commands.save_annotations.show_error", told.append)
    result, _ = show_result(viewer, viewer.add_image(np.stack([photo, photo]), rgb=True))
    assert save_annotations(viewer.window._qt_window, viewer, result) is None
    assert "one plane" in told[0]


def test_a_folder_that_is_gone_is_told_and_nothing_is_left(dock, ask, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(module, "show_error", told.append)
    ask(tmp_path / "no" / "d.png")
    dock.save()
    assert len(told) == 1
    assert "no" in told[0]
    assert list(tmp_path.iterdir()) == []


def test_no_answer_writes_nothing(dock, ask, tmp_path):
    ask("")
    dock.save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", [title for title, _ in COPIES])
def test_the_palette_is_copied_as_every_text(dock, title):
    _act(dock, f"Copy the palette as {title}")
    text = QApplication.clipboard().text()
    found = re.findall("#[0-9a-f]{6}", text) or [
        "#{:02x}{:02x}{:02x}".format(*map(int, line.split()[:3])) for line in text.splitlines()[4:]
    ]
    assert tuple(found) == dock.session.indexed.palette.hex


def test_the_texts_are_what_the_programs_read(tmp_path):
    texts = {title: write(NAMED) for title, write in COPIES}
    assert texts["CSS"] == ":root {\n  --deep-sky: #ff0000;\n  --deep-sky-2: #0080ff;\n  --color-3: #010203;\n}"
    names = {}
    exec(texts["Python"], names)
    assert tuple(names["palette"]) == NAMED.hex
    assert texts["Hex codes"].split() == list(NAMED.hex)
    (tmp_path / "a.gpl").write_text(texts["GIMP palette (.gpl)"])
    np.testing.assert_array_equal(read_palette(tmp_path / "a.gpl").colors, NAMED.colors)


def test_ctrl_s_is_ours_on_a_result_alone(viewer, panel, run, ask, tmp_path, qtbot, monkeypatch):
    run(panel)
    window, result = viewer.window._qt_window, viewer.layers["photo quantized"]
    napari_asked = []
    monkeypatch.setattr(type(window._qt_viewer), "_save_layers_dialog", lambda *_, **__: napari_asked.append(1))
    asked = ask(tmp_path / "a.png")
    panel.palette_editor.colors.table.setFocus()

    def press():
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        qtbot.wait(50)

    viewer.layers.selection = {result}
    press()
    assert [filters.partition(";;")[0] for _, _, _, filters in asked] == ["PNG (*.png)"]
    assert read_indexed(tmp_path / "a.png").palette.hex == to_indexed(result).palette.hex
    for chosen in ({viewer.layers["photo"]}, {result, viewer.layers["photo"]}, {viewer.layers["photo palette"]}):
        viewer.layers.selection = chosen
        press()
    viewer.layers.selection = {result}
    viewer.window.remove_dock_widget(panel)
    press()
    assert len(asked) == 1
