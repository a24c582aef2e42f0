"""Live and the undo steps of the palette's dock, in a real window: a slider that is dragged is one step."""

import numpy as np
import pytest

from napari_colorquant._plugin.commands.result_actions import open_palette

PATIENCE_MS = 60_000


@pytest.fixture
def dock(viewer, live_panel):
    """The palette's dock on the first result of Live, 16 colours."""
    dock = open_palette(viewer)
    assert len(dock.session.indexed.palette) == 16
    return dock


@pytest.fixture
def turn_to(live_panel, dock, qtbot):
    """A function that turns the number of colours, and waits for the full result."""

    def turn_to(count):
        live_panel.colors.n_colors.value = count
        qtbot.waitUntil(lambda: len(dock.session.indexed.palette) == count, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not live_panel.live.is_shown, timeout=PATIENCE_MS)

    return turn_to


def steps(dock):
    stack = dock.session.stack
    return [stack.text(number) for number in range(stack.count())]


def test_what_live_makes_in_a_row_is_one_step(viewer, dock, turn_to):
    before = dock.session.indexed
    for count in (5, 9, 30):
        turn_to(count)
    assert steps(dock) == ["Live"]
    assert dock.head.undo_button.toolTip() == "Undo: Live (Ctrl+Z)"
    after = dock.session.indexed
    dock.head.undo_button.click()
    assert dock.session.indexed is before
    np.testing.assert_array_equal(viewer.layers["photo quantized"].data, before.labels + 1)
    assert len(viewer.layers["photo palette"].data) == 16
    assert not dock.session.stack.canUndo()
    dock.head.redo_button.click()
    assert dock.session.indexed is after
    np.testing.assert_array_equal(viewer.layers["photo quantized"].data, after.labels + 1)


def test_a_run_by_hand_and_an_edit_are_steps_between_two_of_live(live_panel, dock, turn_to, run, qtbot):
    turn_to(5)
    run(live_panel)
    qtbot.waitUntil(lambda: dock.session.stack.count() == 2, timeout=PATIENCE_MS)
    turn_to(6)
    turn_to(7)
    dock.colors.editor.write(0, "name", "sky")
    turn_to(8)
    turn_to(9)
    assert steps(dock) == ["Live", "Run again", "Live", "Rename", "Live"]
    dock.undo()
    assert dock.session.indexed.palette.names[0] == "sky"
    assert len(dock.session.indexed.palette) == 7
    dock.undo()
    dock.undo()
    assert len(dock.session.indexed.palette) == 5


def test_live_that_is_switched_on_again_makes_a_step_of_its_own(live_panel, dock, turn_to):
    turn_to(5)
    turn_to(6)
    live_panel.bar.live_box.setChecked(False)
    live_panel.bar.live_box.setChecked(True)
    turn_to(7)
    assert steps(dock) == ["Live", "Live"]
    dock.undo()
    assert len(dock.session.indexed.palette) == 6


def test_a_result_that_comes_is_drawn_once_and_selects_nothing(viewer, dock, turn_to, qtbot):
    result, written = viewer.layers["photo quantized"], []
    dock.colors.table.select_rows([3, 4], quiet=False)
    assert result.selected_label == 4
    result.events.data.connect(written.append)
    turn_to(8)
    dock.session.settle()
    qtbot.wait(200)  # as long as painting takes to settle
    assert len(written) == 1
    assert dock.colors.table.rows() == []
    assert result.selected_label == 4
    np.testing.assert_array_equal(result.data, dock.session.indexed.labels + 1)
    shares = np.bincount(result.data.ravel(), minlength=9)[1:] / result.data.size
    np.testing.assert_allclose(result.features["share"], shares)
    np.testing.assert_array_equal(result.features["count"], np.rint(shares * result.data.size))
