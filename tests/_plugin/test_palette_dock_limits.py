"""What cannot be done with a result is shown as such, and says why."""

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.layers.provenance import read_palette
from napari_colorquant._plugin.palette_dock.model import KEYS


@pytest.fixture
def frames_dock(viewer, open_panel, run, photo, qtbot):
    """The palette's dock on a stack with a palette for each frame."""
    viewer.add_image(np.stack([photo, 255 - photo]), name="stack", rgb=True)
    panel = open_panel()
    panel.colors.n_colors.value = 6
    panel.scope.frames.value = "each"
    run(panel)
    dock = open_palette(viewer)
    qtbot.waitUntil(lambda: dock.session is not None and dock.session.has_frames)
    return dock


def test_with_a_palette_for_each_frame_nothing_can_be_edited_and_it_says_why(frames_dock, qtbot):
    dock, toolbar, table = frames_dock, frames_dock.colors.toolbar, frames_dock.colors.table
    reason = dock.session.why_fixed
    assert "palette of its own" in reason
    table.select_rows([0, 1], quiet=False)
    edits = (toolbar.add_button, toolbar.delete_button, toolbar.merge_button, toolbar.split_button, toolbar.sort_button)
    for button in edits:
        assert not button.isEnabled()
        assert button.toolTip().endswith(reason)
    assert toolbar.pick_button.isEnabled()
    assert toolbar.alone_button.isEnabled()
    menu = toolbar.context_menu()
    menu.aboutToShow.emit()
    for action in menu.actions():
        if action.text() and action.menu() is None:
            assert not action.isEnabled()
            assert action.toolTip() == reason
    menu.deleteLater()
    for key in ("name", "class", "hex"):
        cell = table.palette_model.index(0, KEYS.index(key))
        assert not table.palette_model.flags(cell) & Qt.ItemFlag.ItemIsEditable
        assert reason in cell.data(Qt.ItemDataRole.ToolTipRole)
    before = dock.session.indexed
    for key, modifier in (
        (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
    ):
        qtbot.keyClick(table, key, modifier)
    assert dock.session.indexed is before
    assert dock.colors.editor.dialog is None
    assert reason in dock.colors.note.text()


def test_names_do_not_go_to_one_of_the_palettes_of_frames(viewer, open_panel, run, photo, qtbot):
    viewer.add_image(np.stack([photo, 255 - photo]), name="stack", rgb=True)
    panel = open_panel()
    panel.colors.n_colors.value = 6
    run(panel)
    layer, dock = viewer.layers["stack quantized"], open_palette(viewer)
    for row in range(6):
        dock.colors.editor.write(row, "name", f"colour {row}")
    dock.session.settle()
    assert "name" in layer.features
    panel.scope.frames.value = "each"
    run(panel)
    qtbot.waitUntil(lambda: dock.session.has_frames)
    for frame in (0, 1, 0):
        viewer.dims.set_current_step(0, frame)
        dock.session.settle()
        palette = dock.session.indexed.palette
        assert palette == read_palette(layer)
        assert not any(palette.names)
        assert "name" not in layer.features
        assert layer.features["hex"].tolist() == list(palette.hex)


def test_labels_that_are_not_in_memory_can_be_recoloured_but_not_moved(viewer, photo_layer, show_result):
    import dask.array as array

    labels, _ = show_result(viewer, photo_layer)
    labels.data = array.from_array(labels.data, chunks=256)
    dock = open_palette(viewer)
    toolbar = dock.colors.toolbar
    dock.colors.table.select_rows([0, 1], quiet=False)
    assert "not in memory" in toolbar.merge_button.toolTip()
    assert not toolbar.merge_button.isEnabled()
    assert "not in memory" not in dock.colors.table.palette_model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    dock.colors.editor.write(0, "name", "one")
    assert dock.session.indexed.palette.names[0] == "one"


def test_when_a_palette_can_be_edited_no_reason_is_left(viewer, photo_layer, show_result):
    show_result(viewer, photo_layer)
    dock = open_palette(viewer)
    dock.colors.table.select_rows([0, 1], quiet=False)
    assert dock.colors.toolbar.merge_button.isEnabled()
    assert "\n\n" not in dock.colors.toolbar.merge_button.toolTip()
