import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from qtpy.QtCore import QObject

import napari_colorquant as cq
from napari_colorquant._plugin.commands.error_map import ErrorMap, find_error_layer, show_error_map, to_error_layer
from napari_colorquant._plugin.layers.indexed_layers import to_indexed
from napari_colorquant._plugin.layers.provenance import read_metadata
from napari_colorquant._plugin.palette_dock.session import ResultSession
from napari_colorquant._plugin.tasks.runner import running_jobs
from napari_colorquant.editing import recolor
from napari_colorquant.quality.distortion import delta_e_map

PATIENCE_MS = 60_000


@pytest.fixture
def model():
    """The model of a viewer, in whose stead no window need be opened."""
    return ViewerModel()


@pytest.fixture
def photo_layer(model, large_photo):
    return model.add_image(large_photo, name="photo")


@pytest.fixture
def result(model, photo_layer, show_result):
    photo_layer.scale, photo_layer.translate = (0.5, 0.25), (3, 4)
    return show_result(model, photo_layer, 4)[0]


@pytest.fixture
def error_map(model, result, qapp):
    parent = QObject()
    yield ErrorMap(model, result, parent)
    parent.deleteLater()


@pytest.fixture
def show(model, result, error_map, qtbot):
    def show():
        error_map.show()
        qtbot.waitUntil(lambda: not error_map.is_computing, timeout=PATIENCE_MS)
        return find_error_layer(model, result)

    return show


def test_it_is_the_difference_of_each_pixel_where_the_pixel_is(show, result, photo_layer, model):
    layer = show()
    assert isinstance(layer, Image)
    np.testing.assert_array_equal(layer.data, delta_e_map(photo_layer.data, to_indexed(result)))
    assert layer.name == "photo ΔE₂₀₀₀"
    np.testing.assert_array_equal(layer.extent.world, result.extent.world)
    assert model.layers.index(layer) == model.layers.index(result) + 1
    assert model.layers.selection.active is result


def test_it_is_updated_in_place_and_keeps_how_it_is_shown(show, model):
    layer = show()
    layer.contrast_limits, layer.colormap = (0, 3), "viridis"
    assert show() is layer
    assert [type(each).__name__ for each in model.layers].count("Image") == 2
    assert layer.contrast_limits == [0, 3]
    assert layer.colormap.name == "viridis"


def test_it_follows_the_result(show, model, result, qtbot):
    layer = show()
    before = layer.data.mean()
    session = ResultSession(model, result)
    session.edit("Recolour", recolor(session.indexed, {0: "#ff00ff"}))
    qtbot.waitUntil(lambda: layer.data.mean() > before + 1, timeout=PATIENCE_MS)
    session.close()


def test_pixels_without_data_are_transparent(viewer, show_result, qtbot):
    image = np.zeros((40, 60, 4), np.uint8)
    image[:, :30] = (250, 0, 0, 255)
    image[:20, :30, 1] = 200
    result, _ = show_result(viewer, viewer.add_image(image, rgb=True, name="half"), 1)
    shown = show_error_map(viewer, result)
    qtbot.waitUntil(lambda: not shown.is_computing, timeout=PATIENCE_MS)
    assert show_error_map(viewer, result) is shown
    qtbot.waitUntil(lambda: not shown.is_computing, timeout=PATIENCE_MS)
    layer = find_error_layer(viewer, result)
    assert np.isnan(layer.data[:, 30:]).all()
    assert (layer.data[:, :30] > 0).all()
    for other in viewer.layers:
        other.visible = other is layer
    viewer.window._qt_viewer.canvas.view.canvas.bgcolor = "lime"
    seen = viewer.screenshot(flash=False)[..., :3].reshape(-1, 3)
    lime = (seen == (0, 255, 0)).all(axis=1)
    assert 0.3 < lime.mean() < 0.95


def test_without_the_image_nothing_is_shown_and_it_is_told(model, result, photo_layer, error_map, monkeypatch):
    told = []
    monkeypatch.setattr("napari_colorquant._plugin.commands.error_map.show_error", told.append)
    model.layers.remove(photo_layer)
    error_map.show()
    assert find_error_layer(model, result) is None
    assert "needs the image" in told[0]


def test_a_result_that_goes_meanwhile_leaves_no_map(model, result, error_map, qtbot):
    error_map.show()
    model.layers.remove(result)
    qtbot.waitUntil(lambda: not running_jobs())
    qtbot.wait(100)
    assert len(model.layers) == 2


def test_its_layer_is_none_that_can_be_quantized_by_accident(result):
    data, values, kind = to_error_layer(np.zeros(result.data.shape, np.float32), result)
    found = read_metadata(Image(data, **values))
    assert kind == "image"
    assert found["role"] == "error"
    assert cq.Recipe.from_dict(found["recipe"]).n_colors == 4
