"""napari's own *Duplicate layer* on results, in a real window: a copy shares nothing with what it was copied from."""

import numpy as np
import pytest
from napari._app_model import get_app_model
from napari.layers import Layer

from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.layers.active_result import find_result
from napari_colorquant._plugin.layers.indexed_layers import to_indexed, to_rgb_layer
from napari_colorquant._plugin.layers.provenance import read_metadata, read_palette
from napari_colorquant._plugin.layers.results import Results
from napari_colorquant._plugin.layers.sources import find_palette_layer, find_source


def _duplicate(viewer, *layers):
    """Duplicate layers by the command of the layer list's menu, and return the copies in the same order."""
    before = set(viewer.layers)
    viewer.layers.selection = set(layers)
    get_app_model().commands.execute_command("napari.layer.duplicate").result()
    new = {layer.source.parent(): layer for layer in viewer.layers if layer not in before}
    return [new[layer] for layer in layers]


def _state(layer):
    """Return what a result layer holds and shows."""
    picture = np.asarray(layer.colormap.map(layer.data))
    return layer.data.tolist(), picture.tolist(), read_palette(layer).to_dict(), read_metadata(layer)["id"]


@pytest.fixture
def result(viewer, photo_layer, show_result):
    """A result of six colours, its swatches, and the dock."""
    layers = show_result(viewer, photo_layer)
    return *layers, open_palette(viewer)


def test_a_copy_is_the_same_picture_and_its_edits_are_its_own(viewer, result):
    original, swatches, dock = result
    before, squares = _state(original), swatches.face_color.copy()
    (copy,) = _duplicate(viewer, original)
    assert _state(copy)[:3] == before[:3]
    viewer.layers.selection.active = copy
    assert dock.session.layer is copy
    dock.colors.editor.write(0, "hex", "#ff00ff")
    dock.colors.editor.write(1, "name", "mine")
    copy.data[:5] = 3
    copy.events.paint(value=[])
    dock.session.settle()
    assert read_palette(copy).hex[0] == "#ff00ff"
    assert _state(original) == before
    np.testing.assert_array_equal(swatches.face_color, squares)
    assert find_palette_layer(viewer, copy) is None
    assert find_palette_layer(viewer, original) is swatches


def test_edits_of_the_original_leave_the_copy_alone(viewer, result):
    original, swatches, dock = result
    (copy,) = _duplicate(viewer, original)
    viewer.layers.selection.active = copy  # both have been open
    before = _state(copy)
    viewer.layers.selection.active = original
    swatches.selected_data = {2}
    swatches.current_face_color = "#00ff00"
    dock.colors.editor.write(0, "hex", "#ff00ff")
    dock.colors.editor.table.select_rows([0, 1])
    dock.colors.editor.merge()
    dock.session.settle()
    assert len(read_palette(original)) == len(swatches.data) == 5
    assert _state(copy) == before
    dock.undo()
    assert _state(copy) == before


def test_the_next_run_writes_into_the_original(viewer, photo_layer, open_panel, qtbot):
    panel = open_panel()
    for _ in range(2):
        with qtbot.waitSignal(panel.finished):
            panel.run()
    original = panel.palette_editor.session.layer
    (copy,) = _duplicate(viewer, original)
    before, count = _state(copy), len(viewer.layers)
    panel.set_recipe(to_indexed(original).recipe.replace(n_colors=3))
    with qtbot.waitSignal(panel.finished):
        panel.run()
    assert len(read_palette(original)) == 3
    assert _state(copy) == before
    assert len(viewer.layers) == count
    # After a restart layers are found by what is written in them; a copy lies above, and is not meant.
    assert Results(viewer).find(photo_layer, "labels") is original
    assert find_result(viewer, photo_layer) is original
    assert find_source(viewer, copy) is photo_layer
    viewer.layers.remove(original)
    assert Results(viewer).find(photo_layer, "labels") is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_swatches_that_are_copied_with_their_picture_go_with_the_copy(viewer, result, order):
    original, swatches, dock = result
    pair = (original, swatches)
    copies = {}
    for place in order:
        (copies[place],) = _duplicate(viewer, pair[place])
    copy, squares = copies[0], copies[1]
    assert find_palette_layer(viewer, copy) is squares
    assert find_palette_layer(viewer, original) is swatches
    viewer.layers.selection.active = copy
    dock.colors.editor.write(0, "hex", "#ff00ff")
    np.testing.assert_allclose(squares.face_color[0], (1, 0, 1, 1))
    assert not np.allclose(swatches.face_color[0], (1, 0, 1, 1))
    assert find_result(viewer, squares) is copy


def test_copies_made_while_no_dock_was_open_are_parted_when_one_opens(viewer, photo_layer, show_result):
    original, swatches = show_result(viewer, photo_layer)
    first, second = (_duplicate(viewer, original)[0] for _ in range(2))
    (of_copy,) = _duplicate(viewer, first)
    layers = (original, first, second, of_copy)
    before = _state(original)
    assert len({read_metadata(layer)["id"] for layer in layers}) == 1
    open_palette(viewer)
    assert len({read_metadata(layer)["id"] for layer in layers}) == len(layers)
    assert _state(original) == before
    assert find_palette_layer(viewer, original) is swatches


def test_a_copy_of_a_picture_in_colour_is_a_picture_like_any_other(viewer, photo_layer, result, show_result):
    original, _, _ = result
    made = viewer.add_layer(Layer.create(*to_rgb_layer(to_indexed(original), photo_layer, "in colour")))
    made.metadata = {**made.metadata, "mine": 1}
    (copy,) = _duplicate(viewer, made)
    assert copy.metadata == {"mine": 1}
    assert read_metadata(made)["id"] == "in colour"


def test_copied_swatches_alone_are_a_palette_of_no_image(viewer, photo_layer, result):
    original, swatches, _ = result
    (squares,) = _duplicate(viewer, swatches)
    found = read_metadata(squares)
    assert found["source_id"] == ""
    assert found["id"] != read_metadata(original)["id"]
    assert find_palette_layer(viewer, original) is swatches
    assert Results(viewer).find(photo_layer, "palette") is swatches
