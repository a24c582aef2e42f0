"""Each result with its own palette layer, however runs, their kinds and recoloured swatches follow each other."""

from functools import partial
from itertools import groupby

import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtWidgets import QApplication

import napari_colorquant as cq
from napari_colorquant._plugin.layers.frames import follow_frames
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer, to_palette_layer, to_rgb_layer
from napari_colorquant._plugin.layers.large_layers import make_layers
from napari_colorquant._plugin.layers.provenance import read_palette
from napari_colorquant._plugin.layers.results import Results
from napari_colorquant._plugin.layers.sources import find_palette_layer
from napari_colorquant._plugin.palette_dock.session import ResultSession
from napari_colorquant._plugin.palette_dock.widget import PaletteWidget
from napari_colorquant.pipeline.frames import run_frames

GIVEN = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")
NEW = "#74dedb"


@pytest.fixture
def model(qapp):
    return ViewerModel()


@pytest.fixture
def source(model, photo):
    return model.add_image(photo, name="photo", rgb=True)


@pytest.fixture
def dock(model, source, qtbot):
    """The palette's dock without a window, in which each new result is opened."""
    widget = PaletteWidget(model)
    qtbot.addWidget(widget)
    return widget


def _make(kind, source, photo, result_id):
    """Return the layers of a result of a kind, to be placed."""
    stack = np.stack([photo, 255 - photo])
    source.data = stack if kind in ("stack", "frames") else photo
    if kind == "frames":
        return make_layers(
            [run_frames(stack, cq.Recipe(n_colors=6, quantizer="median_cut"), rgb=True)], source, "labels"
        )
    if kind == "given":
        indexed = cq.map_pixels(source.data, GIVEN)
    else:
        n_colors = 4 if kind == "fewer" else 6
        indexed = cq.quantize(source.data, n_colors, quantizer="wu")
    show = to_rgb_layer if kind == "rgb" else to_labels_layer
    picture, palette = show(indexed, source, result_id), to_palette_layer(indexed, source, result_id)
    if kind == "pyramid":
        values, keywords, layer_type = picture
        picture = [values, values[::2, ::2]], {**keywords, "multiscale": True}, layer_type
    return [picture, palette]


def _assert_agrees(model, layer):
    """Assert that all that shows the palette of a result shows the same."""
    palette, swatches = read_palette(layer), find_palette_layer(model, layer)
    np.testing.assert_array_equal(np.rint(255 * swatches.face_color), palette.rgba)
    np.testing.assert_array_equal(np.rint(255 * layer.colormap.map(np.arange(1, len(palette) + 1))), palette.rgba)
    assert read_palette(swatches) == palette
    for each in (layer, swatches):
        assert tuple(each.features["hex"]) == palette.hex


KINDS = ("given", "fewer", "stack", "pyramid", "frames")


@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", ["plane", "rgb", "stack", "pyramid", "frames"])
def test_swatches_of_the_last_result_recolour_it_whatever_was_there_before(model, dock, source, photo, first, second):
    results = Results(model)
    results.place(source, _make(first, source, photo, "a"))
    layer, _ = results.place(source, _make(second, source, photo, "b"))
    model.layers.selection.active = layer
    QApplication.processEvents()
    swatches = find_palette_layer(model, layer)
    swatches.selected_data = {2}
    swatches.current_face_color = NEW
    dock.session.settle()
    assert dock.session.layer is layer
    assert (read_palette(layer).hex[2] == NEW) == (second != "frames")  # those are fixed, and the swatch says so
    assert dock.colors.table.palette_model.palette == read_palette(layer)
    _assert_agrees(model, layer)


def test_a_result_of_other_dimensions_takes_no_palette_away(model, dock, source, photo):
    results = Results(model)
    plane, of_plane = results.place(source, _make("plane", source, photo, "a"))
    before = read_palette(plane)
    stack, of_stack = results.place(source, _make("stack", source, photo, "b"))
    assert (plane.ndim, stack.ndim) == (2, 3)
    assert find_palette_layer(model, plane) is of_plane
    assert find_palette_layer(model, stack) is of_stack
    dock.open(plane)
    dock.session.settle()
    assert read_palette(plane) == before
    assert not dock.session.stack.count()
    _assert_agrees(model, plane)


def test_a_result_is_updated_with_its_own_palette_layer(model, source, photo):
    """Beside it are the swatches of a second one, whose picture was deleted."""
    results = Results(model)
    first, of_first = results.place(source, _make("plane", source, photo, "a"))
    second, of_second = results.place(source, _make("given", source, photo, "b"), new=True)
    model.layers.remove(second)
    assert results.place(source, _make("fewer", source, photo, "c")) == [first, of_first]
    assert len(of_first.data) == 4
    assert read_palette(of_second).hex == GIVEN


def test_swatches_whose_picture_was_deleted_become_those_of_the_next_run(model, dock, source, photo):
    results = Results(model)
    first, swatches = results.place(source, _make("plane", source, photo, "a"))
    model.layers.remove(first)
    layer, palette = results.place(source, _make("given", source, photo, "b"))
    assert palette is swatches
    _assert_agrees(model, layer)


def _recolor_all(swatches):
    swatches.face_color = NEW


def _recolor_selected(swatches, color):
    swatches.selected_data = {2}
    swatches.current_face_color = color


def _recolor_hidden(swatches):
    swatches.visible = False
    _recolor_selected(swatches, NEW)


def _recolor_renamed(swatches):
    swatches.name = "others"
    _recolor_selected(swatches, NEW)


def _recolor_twice(swatches):
    _recolor_selected(swatches, "#102030")
    _recolor_selected(swatches, NEW)


RECOLOR = {
    "one": partial(_recolor_selected, color=NEW),
    "as another": partial(_recolor_selected, color=GIVEN[0]),
    "as it is after the run": partial(_recolor_selected, color=GIVEN[2]),
    "all": _recolor_all,
    "hidden": _recolor_hidden,
    "renamed": _recolor_renamed,
    "twice": _recolor_twice,
}


@pytest.mark.parametrize("moment", ["before", "not taken yet", "taken"])
@pytest.mark.parametrize("kind", ["given", "plane", "fewer", "frames"])
@pytest.mark.parametrize("recolor", RECOLOR.values(), ids=RECOLOR)
def test_swatches_recoloured_at_any_moment_of_a_run_agree_with_all_else(model, source, photo, recolor, kind, moment):
    results = Results(model)
    layer, swatches = results.place(source, _make("stack" if kind == "frames" else "plane", source, photo, "a"))
    session = ResultSession(model, layer)
    next_run = _make(kind, source, photo, "b")
    if moment == "before":
        recolor(swatches)
    assert results.place(source, next_run) == [layer, swatches]
    if moment == "taken":
        session.settle()
    wanted = read_palette(layer).rgba
    if moment != "before":
        recolor(swatches)
        wanted = wanted if kind == "frames" else np.rint(255 * swatches.face_color)
    session.settle()
    np.testing.assert_array_equal(session.indexed.palette.rgba, wanted)
    assert session.indexed.palette == read_palette(layer)
    _assert_agrees(model, layer)
    session.close()


def test_swatches_follow_the_frame_wherever_they_stand_in_the_list(model, dock, source, photo):
    follow_frames(model)
    layer, swatches = Results(model).place(source, _make("frames", source, photo, "a"))
    model.layers.move(model.layers.index(swatches), 0)
    for frame in (1, 0):
        model.dims.set_current_step(0, frame)
        _assert_agrees(model, layer)


def test_a_first_result_does_not_make_its_source_active_between_palette_and_picture(model, source, photo):
    active = []
    model.layers.selection.events.active.connect(lambda event: active.append(event.value))
    picture, palette = Results(model).place(source, _make("labels", source, photo, "a"))
    assert [layer for layer, _ in groupby(filter(None, active))] == [palette, picture]


def test_a_palette_that_joins_its_picture_again_does_not_become_active(model, source, photo):
    results = Results(model)
    picture, palette = results.place(source, _make("labels", source, photo, "a"))
    model.layers.remove(palette)
    model.layers.selection.active = source
    results.place(source, _make("labels", source, photo, "b"))
    assert model.layers.selection.active is source
    assert find_palette_layer(model, picture) is not None
