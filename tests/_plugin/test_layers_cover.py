"""A new result is seen: over all images that would hide it, and without what was made of the old one."""

import numpy as np
import pytest
from napari.components import ViewerModel

import napari_colorquant as cq
from napari_colorquant._plugin.commands.error_map import find_error_layer, show_error_map
from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.layers.derived import is_stale
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer, to_palette_layer
from napari_colorquant._plugin.layers.results import Results
from napari_colorquant.editing import classify

PATIENCE_MS = 180_000


@pytest.fixture
def model():
    return ViewerModel()


def _made(source, n_colors=4, result_id="a"):
    indexed = cq.quantize(source.data, n_colors, quantizer="median_cut")
    return [make(indexed, source, result_id) for make in (to_labels_layer, to_palette_layer)]


def _colors_on_canvas(viewer):
    shot = viewer.screenshot(canvas_only=True, flash=False)
    return {"#{:02x}{:02x}{:02x}".format(*color) for color in np.unique(shot[..., :3].reshape(-1, 3), axis=0)}


def test_a_result_stands_over_every_image_that_would_hide_it(model, photo):
    source = model.add_image(photo, name="photo")
    over = model.add_image(photo // 2, name="over")
    beside = model.add_image(photo, name="beside", translate=(0, 500))
    drawn = model.add_labels(np.zeros(photo.shape[:2], int), name="drawn")
    labels, squares = Results(model).place(source, _made(source))
    assert [layer.name for layer in model.layers] == [
        "photo", "over", "photo quantized", "beside", "drawn", "photo palette"
    ]  # fmt: skip
    assert all(layer.visible for layer in (over, beside, drawn, labels, squares))


def test_a_result_that_was_hidden_or_covered_since_is_seen_after_the_next_run(model, photo):
    source, results = model.add_image(photo, name="photo"), Results(model)
    labels, _ = results.place(source, _made(source))
    over = model.add_image(photo // 2, name="over")
    hidden = model.add_image(photo // 3, name="hidden", visible=False)
    labels.visible = False
    assert results.place(source, _made(source, 5, "b"))[0] is labels
    assert labels.visible
    assert model.layers.index(over) < model.layers.index(labels) < model.layers.index(hidden)


def test_a_result_that_is_seen_stays_where_the_user_has_put_it(model, photo):
    source, results = model.add_image(photo, name="photo"), Results(model)
    labels, _ = results.place(source, _made(source))
    model.layers.move(model.layers.index(labels), len(model.layers))
    before = list(model.layers)
    results.place(source, _made(source, 5, "b"))
    assert list(model.layers) == before


def test_a_result_that_is_seen_is_not_drawn_once_more_to_be_seen(model, photo):
    source = model.add_image(photo, name="photo")
    labels, _ = Results(model).place(source, _made(source))
    shown = []
    labels.events.visible.connect(shown.append)
    Results(model).place(source, _made(source, 5, "b"))
    assert labels.visible
    assert not shown


def test_what_was_made_of_the_last_result_gets_out_of_the_way_and_follows(viewer, panel, run, qtbot):
    """The error map and the class map of the first run lie over it; after the second, its own colours are seen."""
    panel.colors.n_colors.value = 5
    run(panel)
    dock, labels = open_palette(viewer), viewer.layers["photo quantized"]
    dock.session.edit("Class", classify(dock.session.indexed, dict.fromkeys(range(5), "all")))
    dock.show_class_map()
    shown = show_error_map(viewer, labels)
    qtbot.waitUntil(lambda: not shown.is_computing, timeout=PATIENCE_MS)
    classes, error = viewer.layers["photo quantized classes"], find_error_layer(viewer, labels)
    assert classes.visible
    assert error.visible
    old = error.data
    panel.colors.n_colors.value = 7
    panel.quantizer.method.value = "median_cut"
    palette = run(panel).indexed.palette
    viewer.layers["photo palette"].visible = False
    assert not classes.visible
    assert not error.visible
    assert set(palette.hex) <= _colors_on_canvas(viewer)
    qtbot.waitUntil(lambda: error.data is not old and not is_stale(error), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not is_stale(classes))
    assert not error.visible
    assert find_error_layer(viewer, labels) is error
    dock.show_class_map()
    assert classes.visible
    assert [layer.name for layer in viewer.layers].count(classes.name) == 1


def test_a_map_that_nothing_keeps_up_to_date_says_so(viewer, panel, run, qtbot):
    run(panel)
    dock, labels = open_palette(viewer), viewer.layers["photo quantized"]
    dock.session.edit("Class", classify(dock.session.indexed, {0: "dark"}))
    dock.show_class_map()
    dock.end_work()
    panel.colors.n_colors.value = 3
    run(panel)
    assert "photo quantized classes (out of date)" in viewer.layers
    assert not viewer.layers["photo quantized classes (out of date)"].visible
    dock.begin_work()
    dock.session.edit("Class", classify(dock.session.indexed, {0: "dark"}))
    qtbot.waitUntil(lambda: "photo quantized classes" in viewer.layers)
    assert set(np.unique(viewer.layers["photo quantized classes"].data)) == {0, 1}
    dock.session.edit("Class", classify(dock.session.indexed, {0: ""}))
    qtbot.waitUntil(lambda: "photo quantized classes (out of date)" in viewer.layers)
    assert labels.visible


def test_live_previews_lie_over_what_covers_the_image(viewer, panel, photo_layer, large_photo, qtbot):
    over = viewer.add_image(large_photo // 2, name="over")
    viewer.layers.selection.active = photo_layer
    panel.bar.live_box.setChecked(True)
    qtbot.waitUntil(lambda: "photo preview" in viewer.layers, timeout=PATIENCE_MS)
    assert viewer.layers.index("photo preview") > viewer.layers.index(over)
    qtbot.waitUntil(lambda: "photo quantized" in viewer.layers, timeout=PATIENCE_MS)
    assert viewer.layers.index("photo quantized") > viewer.layers.index(over)
    panel.bar.live_box.setChecked(False)
