"""A result layer and its palette kept as one, without a window: edits, painting, swatches, runs, undo."""

import tracemalloc

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Layer
from napari.utils.notifications import notification_manager

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant._plugin.layers.indexed_layers import to_indexed, to_labels_layer, to_palette_layer
from napari_colorquant._plugin.layers.palette_layer import entry_features
from napari_colorquant._plugin.layers.provenance import read_palette, read_recipe, write_palette
from napari_colorquant._plugin.palette_dock.editor import PaletteEditor
from napari_colorquant._plugin.palette_dock.session import ResultSession
from napari_colorquant._plugin.palette_dock.table import PaletteTable
from napari_colorquant._plugin.palette_dock.undo import MEMORY, undo_limit


@pytest.fixture
def viewer(qapp):
    return ViewerModel()


@pytest.fixture
def source(viewer, photo):
    return viewer.add_image(photo, name="photo", rgb=True)


@pytest.fixture
def indexed(photo):
    return cq.quantize(photo, 6)


def _add_result(viewer, source, indexed, result_id="a"):
    for make in (to_labels_layer, to_palette_layer):
        viewer.add_layer(Layer.create(*make(indexed, source, result_id)))
    return viewer.layers[-2], viewer.layers[-1]


@pytest.fixture
def layers(viewer, source, indexed):
    return _add_result(viewer, source, indexed)


@pytest.fixture
def session(viewer, layers):
    session = ResultSession(viewer, layers[0])
    yield session
    session.close()


def _shown(layer):
    """Return the picture that a Labels layer shows, as uint8 RGBA."""
    return np.rint(layer.colormap.map(layer.data) * 255).astype(np.uint8)


def test_an_edit_shows_in_picture_swatches_metadata_and_features(session, layers):
    labels, swatches = layers
    session.edit("Recolour", editing.recolor(session.indexed, {2: "#12ab34"}))
    session.edit("Rename", editing.rename(session.indexed, {2: "sky"}))
    session.settle()
    np.testing.assert_array_equal(_shown(labels)[..., :3], session.indexed.to_rgb())
    np.testing.assert_allclose(swatches.face_color[2][:3] * 255, (0x12, 0xAB, 0x34), atol=0.5)
    for layer in layers:
        assert read_palette(layer) == session.indexed.palette
        assert layer.features["hex"][2] == "#12ab34"
        assert layer.features["name"][2] == "sky"


def test_recolouring_never_touches_the_labels(session, layers):
    data, before = layers[0].data, layers[0].data.copy()
    moved = []
    layers[0].events.data.connect(moved.append)
    session.edit("Recolour", editing.recolor(session.indexed, {0: "#ff0000"}))
    assert layers[0].data is data
    assert not moved
    np.testing.assert_array_equal(data, before)


@pytest.mark.parametrize("count", [255, 256])
def test_recolouring_copies_no_pixels(viewer, count, rng):
    labels = rng.integers(0, count, (4096, 4096), dtype=np.uint8)
    palette = cq.Palette(rng.integers(0, 256, (count, 3)), shares=np.full(count, 1 / count))
    source = viewer.add_image(np.zeros((4096, 4096, 3), np.uint8), rgb=True)
    layer, _ = _add_result(viewer, source, cq.IndexedImage(labels, palette, cq.Recipe()))
    session = ResultSession(viewer, layer)
    session.edit("Recolour", editing.recolor(session.indexed, {3: (9, 0, 0)}))  # what is made once is made
    data, recolored = layer.data, editing.recolor(session.indexed, {3: (1, 0, 0)})
    tracemalloc.start()
    session.edit("Recolour", recolored)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert layer.data is data
    assert peak < labels.nbytes / 4
    session.close()


def test_undo_and_redo_go_through_every_kind_of_step(session, layers, photo, indexed):
    steps = [
        lambda now: editing.rename(now, {0: "dark"}),
        lambda now: editing.merge(now, [1, 3]),
        lambda now: editing.lock(now, {1: True}),
        lambda now: editing.split(now, photo, 0, 3),
        lambda now: editing.delete_color(now, photo, 2),
        lambda now: editing.add_color(now, photo, "#00ff00"),
        lambda now: editing.reorder(now, editing.sort_order(now.palette, "hue")),
        lambda now: editing.classify(now, {0: "sky"}),
        lambda now: editing.snap(now, cq.PALETTES["web_safe"].palette),
    ]
    states = [session.indexed]
    for number, step in enumerate(steps):
        session.edit(str(number), step(session.indexed))
        states.append(session.indexed)
    for state in reversed(states[:-1]):
        session.stack.undo()
        assert session.indexed is state
        np.testing.assert_array_equal(to_indexed(layers[0]).labels, state.labels)
        assert read_palette(layers[0]) == state.palette
        assert len(layers[1].data) == len(state.palette)
    assert session.indexed.palette == indexed.palette
    for state in states[1:]:
        session.stack.redo()
        assert session.indexed is state
    np.testing.assert_array_equal(_shown(layers[0])[..., :3], states[-1].to_rgb())


def test_a_step_after_an_undo_drops_what_could_be_redone(session):
    session.edit("one", editing.rename(session.indexed, {0: "one"}))
    session.stack.undo()
    session.edit("two", editing.rename(session.indexed, {0: "two"}))
    assert not session.stack.canRedo()
    assert session.stack.count() == 1


def test_undo_takes_bounded_memory():
    assert undo_limit(512 * 512) == 200
    assert undo_limit(1 << 24) * (1 << 24) <= MEMORY
    assert undo_limit(1 << 34) == 4


def test_painting_counts_and_can_be_undone(session, layers, indexed):
    layer = layers[0]
    layer.brush_size = 21
    layer.paint((30, 30), 3)
    session.settle()
    assert session.stack.undoText() == "Paint"
    shares = np.bincount(layer.data.reshape(-1), minlength=7)[1:] / layer.data.size
    np.testing.assert_allclose(session.indexed.palette.shares, shares)
    np.testing.assert_allclose(layer.features["share"], shares)
    np.testing.assert_allclose(read_palette(layer).shares, shares)
    session.stack.undo()
    np.testing.assert_array_equal(layer.data, indexed.labels + 1)


def test_painting_undone_on_the_canvas_is_seen(session, layers, indexed):
    layers[0].paint((30, 30), 3)
    session.settle()
    layers[0].undo()
    session.settle()
    np.testing.assert_array_equal(session.indexed.labels, indexed.labels)


def test_erased_pixels_have_no_data(session, layers):
    layers[0].brush_size = 11
    layers[0].paint((30, 30), 0)
    session.settle()
    assert not session.indexed.valid[30, 30]
    assert session.n_pixels == np.count_nonzero(layers[0].data)
    assert session.indexed.palette.shares.sum() == pytest.approx(1)


def test_painting_with_a_label_beyond_the_palette_is_taken_back(session, layers, indexed):
    layers[0].paint((30, 30), 9)
    session.settle()
    assert "labels 1 to 6" in notification_manager.records[-1].message
    np.testing.assert_array_equal(layers[0].data, indexed.labels + 1)
    assert session.stack.count() == 0


def test_the_colour_control_of_the_palette_layer_recolours_the_image(session, layers):
    labels, swatches = layers
    swatches.selected_data = {1, 4}
    swatches.current_face_color = "#ff00ff"
    assert session.indexed.palette.hex[1] == session.indexed.palette.hex[4] == "#ff00ff"
    np.testing.assert_array_equal(_shown(labels)[..., :3], session.indexed.to_rgb())
    session.stack.undo()
    assert "#ff00ff" not in session.indexed.palette.hex
    assert (np.rint(swatches.face_color[:, :3] * 255) == session.indexed.palette.colors).all()


def test_the_colour_control_of_the_palette_layer_sets_alpha_too(session, layers):
    session.edit("Recolour", editing.recolor(session.indexed, {1: "#11223380"}))
    layers[1].selected_data = {1, 4}
    for color in ("#ff00ff", "#ff00ff40", "#ff00ff"):  # the second and third differ in alpha alone
        layers[1].current_face_color = color
        assert session.indexed.palette.hex[1] == session.indexed.palette.hex[4] == color
        np.testing.assert_array_equal(np.rint(layers[1].face_color * 255), session.indexed.palette.rgba)
    session.stack.undo()
    assert session.indexed.palette.hex[1] == "#11223380"
    np.testing.assert_array_equal(np.rint(layers[1].face_color * 255), session.indexed.palette.rgba)


def test_dragging_through_a_colour_dialog_is_one_step(session, layers, indexed):
    layers[1].selected_data = {1}
    for level in range(0, 256, 15):
        layers[1].current_face_color = (level / 255, 0, 0, 1)
    assert session.stack.count() == 1
    session.stack.undo()
    assert session.indexed.palette == indexed.palette


def test_a_selected_square_and_a_picked_label_tell_their_entry(session, layers, qtbot):
    with qtbot.waitSignal(session.picked) as caught:
        layers[1].selected_data = {4}
    assert caught.args == [[4]]
    with qtbot.waitSignal(session.picked) as caught:
        layers[0].selected_label = 3
    assert caught.args == [[2]]


@pytest.mark.parametrize("mode", ["dim", "hide"])
def test_a_colour_is_shown_alone(session, layers, mode):
    session.shown.emphasize([2], mode)
    shown, mine = _shown(layers[0]), session.indexed.labels == 2
    assert (shown[mine] == [*session.indexed.palette.colors[2], 255]).all()
    others = shown[~mine]
    assert (others == 0).all() if mode == "hide" else (others[:, :1] == others[:, :3]).all()
    session.shown.emphasize(None)
    np.testing.assert_array_equal(_shown(layers[0])[..., :3], session.indexed.to_rgb())


def test_a_session_that_is_opened_again_goes_on_where_it_ended(viewer, session, layers):
    session.edit("Merge", editing.merge(session.indexed, [0, 2]))
    session.edit("Name", editing.rename(session.indexed, {0: "both"}))
    session.settle()
    again = ViewerModel()
    for layer in viewer.layers:
        again.add_layer(Layer.create(*layer.as_layer_data_tuple()))
    opened = ResultSession(again, again.layers[1])
    assert opened.indexed.palette == session.indexed.palette
    np.testing.assert_array_equal(opened.indexed.labels, session.indexed.labels)
    assert opened.source is again.layers[0]
    assert opened.shown.swatches.find() is again.layers[2]
    opened.close()


def test_a_new_run_is_a_step_and_keeps_names_of_locked_colours(viewer, source, session, layers, photo):
    labels, swatches = layers
    session.edit("Name", editing.rename(session.indexed, {1: "kept"}))
    session.edit("Class", editing.classify(session.indexed, {1: "things"}))
    session.edit("Lock", editing.lock(session.indexed, {1: True}))
    before = session.indexed
    kept = before.palette.hex[1]
    rerun = cq.quantize(photo, 4, fixed=[kept])
    for layer, make in ((labels, to_labels_layer), (swatches, to_palette_layer)):
        data, values, _ = make(rerun, source, "b")
        layer.data = data
        for name in ("colormap", "features", "metadata") if layer is labels else ("features", "face_color", "metadata"):
            setattr(layer, name, values[name])
    session.settle()
    palette = session.indexed.palette
    index = palette.hex.index(kept)
    assert len(palette) == 4
    assert (palette.names[index], palette.classes[index], palette.locked[index]) == ("kept", "things", True)
    assert read_recipe(labels).n_colors == 4
    session.stack.undo()
    assert session.indexed is before
    assert len(swatches.data) == 6
    assert read_recipe(labels).n_colors == 6


def test_features_of_the_result_before_a_run_are_never_written_over_those_of_the_run(source, session, layers, photo):
    session.edit("Merge", editing.merge(session.indexed, [0, 1]))  # its features are due in a moment
    rerun = cq.quantize(photo, 5, quantizer="median_cut")
    data, values, _ = to_labels_layer(rerun, source, "b")
    layers[0].data = data
    for name in ("colormap", "features", "metadata"):
        setattr(layers[0], name, values[name])
    session.shown.settle()  # the moment is over before the run is taken in
    session.settle()
    np.testing.assert_allclose(layers[0].features["share"], rerun.palette.shares)
    assert layers[0].features["count"].sum() == photo[..., 0].size


def test_our_palette_written_by_others_is_not_a_new_run(session, layers):
    write_palette(layers[0], session.indexed.palette)
    session.settle()
    assert session.stack.count() == 0


def test_measurements_in_the_features_stay_with_recolouring_and_go_with_the_pixels(session, layers):
    session.settle()
    layers[0].features = layers[0].features.assign(mean_red=1.5)
    session.edit("Recolour", editing.recolor(session.indexed, {0: "#010203"}))
    session.settle()
    assert (layers[0].features["mean_red"] == 1.5).all()
    session.edit("Merge", editing.merge(session.indexed, [0, 1]))
    session.settle()
    assert "mean_red" not in layers[0].features


def test_features_name_what_is_named_only(indexed):
    assert "name" not in entry_features(indexed)
    named = editing.classify(editing.rename(indexed, {0: "dark"}), {0: "background"})
    assert list(entry_features(named).columns[:4]) == ["index", "hex", "name", "class"]


def test_labels_that_are_not_in_memory_are_recoloured_and_never_loaded(viewer, source, photo, qtbot):
    import dask.array as array

    indexed = cq.quantize(photo, 6)
    (labels, _) = _add_result(viewer, source, indexed)
    labels.data = array.from_array(labels.data, chunks=64)
    session = ResultSession(viewer, labels)
    assert session.is_lazy
    table = PaletteTable()
    qtbot.addWidget(table)
    editor = PaletteEditor(table, table)
    editor.work_on(session)
    table.palette_model.show(session.indexed.palette)
    editor.write(0, "hex", "#ff0000")
    editor.write(0, "name", "red")
    session.settle()
    assert (read_palette(labels).hex[0], read_palette(labels).names[0]) == ("#ff0000", "red")
    assert session.n_pixels == 128 * 128
    table.select_rows([0, 1], quiet=False)
    for moving in (editor.merge, editor.delete, lambda: editor.sort("hue")):
        with qtbot.waitSignal(editor.message) as caught:
            moving()
        assert "not in memory" in caught.args[0]
    assert isinstance(labels.data, array.Array)
    session.stack.undo()
    session.stack.undo()
    assert session.indexed.palette == indexed.palette
    session.close()
