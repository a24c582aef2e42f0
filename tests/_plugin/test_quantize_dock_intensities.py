"""What is black and white in the window: as displayed, but for bytes, which are taken as they are."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant._plugin.layers.provenance import read_palette, read_recipe


@pytest.fixture
def deep(photo):
    """12 bits in 16: nearly black by its data type."""
    return photo.astype(np.uint16) * 16


def colors_of(layer):
    return read_palette(layer).hex


@pytest.mark.parametrize("dtype", [np.uint16, np.int64, np.float32])
@pytest.mark.parametrize("rgb", [True, False])
def test_all_but_bytes_are_taken_as_displayed(viewer, open_panel, run, photo, dtype, rgb):
    image = (photo if rgb else photo[..., 0]).astype(dtype) * dtype(16)
    viewer.add_image(image, name="deep", rgb=rgb, contrast_limits=(0, 4080))
    panel = open_panel()
    assert panel.image.scale.value == "displayed"
    run(panel)
    expected = cq.quantize(image, 16, rgb=rgb, scale=(0, 4080))
    assert colors_of(viewer.layers["deep quantized"]) == expected.palette.hex


def test_gamma_counts_where_it_is_not_1(viewer, open_panel, run, deep):
    viewer.add_image(deep, name="deep", rgb=True, contrast_limits=(0, 4080), gamma=0.5)
    panel = open_panel()
    run(panel)
    layer = viewer.layers["deep quantized"]
    assert read_recipe(layer).scale == (0, 4080, 0.5)
    assert colors_of(layer) == cq.quantize(deep, 16, scale=(0, 4080, 0.5)).palette.hex
    panel.set_recipe(read_recipe(layer))
    assert panel.image.scale.value == "displayed"
    viewer.layers["deep"].gamma = 1
    panel.set_recipe(read_recipe(layer))
    assert panel.image.scale.current_choice == "0 to 4080, gamma 0.5"


def test_bytes_are_taken_as_they_are_and_ask_nothing(viewer, open_panel, photo):
    layer = viewer.add_image(photo, name="photo")
    panel = open_panel()
    panel.advanced.expand(False)
    assert panel.image.scale.value == "dtype"
    assert not panel.image.scale.native.isVisible()
    layer.contrast_limits = (20, 200)
    assert panel.image.scale.native.isVisible()
    layer.contrast_limits = (0, 255)
    assert not panel.image.scale.native.isVisible()
    viewer.add_image(photo[..., 0], name="gray")
    assert panel.image.scale.native.isVisible()


def test_each_image_begins_with_what_fits_it(viewer, open_panel, photo, deep):
    first, second = viewer.add_image(photo, name="photo"), viewer.add_image(deep, name="deep", rgb=True)
    panel = open_panel()
    assert (panel.layer, panel.image.scale.value) == (second, "displayed")
    panel.layer = first
    assert panel.image.scale.value == "dtype"
    panel.layer = second
    assert panel.image.scale.value == "displayed"


def test_the_panel_follows_the_limits_of_its_layer_and_of_no_other(viewer, open_panel, photo, deep, qtbot):
    other = viewer.add_image(photo, name="photo")
    layer = viewer.add_image(deep, name="deep", rgb=True, contrast_limits=(0, 4080))
    panel = open_panel()
    with qtbot.waitSignal(panel.changed):
        layer.contrast_limits = (0, 2000)
    assert panel.recipe().scale == (0, 2000)
    with qtbot.waitSignal(panel.changed):
        layer.gamma = 2
    assert panel.recipe().scale == (0, 2000, 2)
    with qtbot.assertNotEmitted(panel.changed):
        other.contrast_limits = (0, 100)
    panel.image.scale.value = "dtype"
    with qtbot.assertNotEmitted(panel.changed):
        layer.contrast_limits = (0, 1000)


def test_the_report_says_what_was_clipped(viewer, open_panel, run):
    image = np.array([[100, 200, 300, 400]] * 10, np.uint16)
    viewer.add_image(image, name="steps", contrast_limits=(100, 300))
    panel = open_panel()
    run(panel)
    assert "25 % clipped" in panel.bar.report.text()
    assert "exact" not in panel.bar.report.text()
    viewer.layers["steps"].contrast_limits = (100, 400)
    run(panel)
    assert "exact" in panel.bar.report.text()
