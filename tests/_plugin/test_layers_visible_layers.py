"""The blend of the visible image layers is what the canvas shows of them, at full resolution."""

import dask.array as da
import numpy as np
import pytest
from napari.utils.colormaps import Colormap
from qtpy.QtWidgets import QApplication

from napari_colorquant._plugin.layers.image_levels import is_large, is_stored
from napari_colorquant._plugin.layers.visible_layers import find_visible_layers, is_there, place_above, recall_layers
from napari_colorquant.pixels.composite import Composite

HEIGHT, WIDTH = 150, 220
#: What the canvas may differ by: it rounds where it blends, and mixes the colours of a colormap coarsely.
NEAR = 2

TWO, FOUR = ("magenta", "green"), ("bop blue", "bop orange", "bop purple", "viridis")
INVERTED = ("I Blue", "I Orange")


def fluorescence(number, dtype=np.uint16, shape=(HEIGHT, WIDTH)):
    """Return spots and waves of 12 bits, others for each number."""
    y, x = np.mgrid[: shape[-2], : shape[-1]]
    waves = (np.sin(x / (7 + number)) + np.cos(y / (5 + 2 * number)) + 2) * 1000
    return (waves + np.random.default_rng(number).integers(0, 95, shape)).astype(dtype)


def add_channels(viewer, colormaps, **how):
    how = {"contrast_limits": (300, 3500), "blending": "additive", **how}
    return [
        viewer.add_image(fluorescence(number), name=f"channel {number}", colormap=colormap, **how)
        for number, colormap in enumerate(colormaps)
    ]


def on_canvas(viewer):
    """Return what the canvas shows of the images, pixel on pixel, over black."""
    viewer.canvas.background_color_override = "black"
    height, width = viewer.canvas.size
    viewer.scene.camera.zoom = 1  # after `add_image`, which fits the view
    odd = (height - HEIGHT) % 2 / 2, (width - WIDTH) % 2 / 2  # pixels of the image end where those of the screen do
    viewer.scene.camera.center = ((HEIGHT - 1) / 2 + odd[0], (WIDTH - 1) / 2 + odd[1])
    QApplication.processEvents()
    shown = viewer.screenshot(canvas_only=True, flash=False)
    top, left = (shown.shape[0] - HEIGHT) // 2, (shown.shape[1] - WIDTH) // 2
    return shown[top : top + HEIGHT, left : left + WIDTH, :3].astype(int)


def assert_as_on_canvas(viewer):
    made = np.asarray(find_visible_layers(viewer).data)
    assert made.any()
    assert np.abs(on_canvas(viewer) - made).max() <= NEAR


@pytest.mark.parametrize("opacity", [1.0, 0.5])
@pytest.mark.parametrize(
    ("colormaps", "blending"),
    [(TWO, "additive"), (FOUR, "additive"), (FOUR, "translucent"), (INVERTED, "minimum"), (TWO, "opaque")],
)
def test_channels_are_blended_as_on_the_canvas(viewer, colormaps, blending, opacity):
    add_channels(viewer, colormaps, blending=blending, opacity=opacity, gamma=0.6)
    assert_as_on_canvas(viewer)


def test_all_that_a_layer_can_be_is_blended_as_on_the_canvas(viewer):
    gaps = fluorescence(1, np.float32)
    gaps[::3] = np.nan
    rgba = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 4), dtype=np.uint8)
    steps = Colormap([[0.2, 0, 0], [0, 0.7, 0.1], [0.3, 0.4, 1]], controls=[0, 0.2, 0.5, 1], interpolation="zero")
    viewer.add_image(fluorescence(0), colormap="HiLo", contrast_limits=(1000, 3000), blending="opaque")
    assert_as_on_canvas(viewer)
    for data, how in (
        (gaps, {"colormap": "turbo", "blending": "translucent", "opacity": 0.6, "gamma": 1.8}),
        (rgba, {"rgb": True, "gamma": 0.7, "contrast_limits": (20, 200)}),
        (fluorescence(2, np.int32), {"colormap": steps, "blending": "minimum", "opacity": 0.5}),
        (fluorescence(3), {"colormap": "cyan", "blending": "additive", "opacity": 0.4}),
        (gaps, {"colormap": "yellow", "blending": "multiplicative"}),
    ):
        viewer.add_image(data, **how)
        assert_as_on_canvas(viewer)
    viewer.layers[0].visible = False  # another layer is the lowest then
    assert_as_on_canvas(viewer)
    viewer.layers.move(1, 5)
    assert_as_on_canvas(viewer)


def test_the_background_of_the_theme_is_not_in_the_blend(viewer):
    viewer.theme = "light"
    viewer.add_image(np.zeros((HEIGHT, WIDTH, 4), np.uint8), rgb=True)
    assert not np.asarray(find_visible_layers(viewer).data).any()


def test_hidden_layers_other_kinds_and_our_own_results_are_not_in_the_blend(viewer, show_result):
    one, other = add_channels(viewer, TWO)
    show_result(viewer, one, scale="range")
    viewer.add_labels(np.ones((HEIGHT, WIDTH), np.uint8))
    viewer.add_image(fluorescence(5), metadata=dict(viewer.layers["channel 0 quantized"].metadata))
    assert find_visible_layers(viewer).layers == [one, other]
    one.visible = False
    assert find_visible_layers(viewer).layers == [other]
    other.visible = False
    assert find_visible_layers(viewer) is None


def test_layers_that_lie_elsewhere_are_left_out_where_most_lie_alike(viewer):
    overview = viewer.add_image(fluorescence(7, shape=(400, 400)), name="overview", scale=(4, 4))
    channels = add_channels(viewer, FOUR)
    channels[1].translate = (0, 30)
    channels[2].scale = (1, 1.001)
    found = find_visible_layers(viewer)
    assert found.layers == [channels[0], channels[3]]
    assert found.left_out == [overview, *channels[1:3]]
    channels[1].translate = (0, 0.001)
    channels[2].scale = (1, 1)
    assert find_visible_layers(viewer).left_out == [overview]
    channels[1].units = ("um", "um")
    assert find_visible_layers(viewer).left_out == [overview, channels[1]]


def test_a_plane_is_blended_with_every_frame_of_a_stack_and_has_its_place(viewer):
    plane = viewer.add_image(fluorescence(0, shape=(32, 40)), scale=(0.5, 0.5), colormap="green")
    stack = viewer.add_image(
        fluorescence(1, shape=(3, 2, 32, 40)), scale=(9, 2, 0.5, 0.5), translate=(4, 0, 0, 0), blending="additive"
    )
    plane.translate = stack.translate[-2:] = (0, 0)
    found = find_visible_layers(viewer)
    assert found.layers == [plane, stack]
    assert found.data.shape == (3, 2, 32, 40, 3)
    assert found.ndim == 4
    np.testing.assert_array_equal(found.scale, stack.scale)
    np.testing.assert_array_equal(found.translate, stack.translate)
    for place in np.ndindex(3, 2):
        viewer.dims.set_point((0, 1), (4 + 9 * place[0], 2 * place[1]))
        assert found.data[place].shape == (32, 40, 3)


def test_what_is_in_memory_stays_unread_and_counts_as_in_memory(viewer):
    add_channels(viewer, TWO)
    found = find_visible_layers(viewer)
    assert isinstance(found.data, Composite)
    assert not is_stored(found)
    assert not is_large(found)


def test_stored_layers_are_blended_lazily(viewer):
    for number, blending in enumerate(("translucent", "additive")):
        lazy = da.from_array(fluorescence(number, shape=(2, 64, 80)), chunks=(1, 32, 32))
        viewer.add_image(lazy, colormap=TWO[number], blending=blending, contrast_limits=(0, 4000))
    viewer.add_image(fluorescence(2, shape=(64, 80)), blending="additive", colormap="blue", contrast_limits=(0, 4000))
    found = find_visible_layers(viewer)
    assert found.data.chunksize == (1, 32, 32, 3)
    assert is_stored(found)
    for layer in viewer.layers:
        layer.data = np.asarray(layer.data)
    np.testing.assert_array_equal(found.data.compute(), np.asarray(find_visible_layers(viewer).data))


def test_pyramids_are_blended_level_by_level_and_single_layers_with_them(viewer):
    pyramid = [da.from_array(fluorescence(0, shape=(101, 80))[::step, ::step], chunks=32) for step in (1, 2, 4)]
    levels = viewer.add_image(pyramid, multiscale=True, colormap="green", contrast_limits=(0, 4000))
    single = viewer.add_image(
        fluorescence(1, shape=(101, 80)), colormap="red", blending="additive", contrast_limits=(0, 4000)
    )
    found = find_visible_layers(viewer)
    assert found.layers == [levels, single]
    assert found.multiscale
    assert found.data.shape == (101, 80, 3)
    assert [level.shape for level in found.data] == [(101, 80, 3), (51, 40, 3), (26, 20, 3)]
    for number, level in enumerate(found.data):
        np.testing.assert_array_equal(np.asarray(level), np.asarray(found.data[0])[:: 2**number, :: 2**number])


def test_a_blend_is_recalled_as_it_was_displayed(viewer):
    one, other = add_channels(viewer, (Colormap([[0, 0, 0], [1, 0.5, 0.2]]), "viridis"))
    found = find_visible_layers(viewer)
    before = np.asarray(found.data)
    one.contrast_limits, other.visible, one.colormap = (0, 1000), False, "gray"
    np.testing.assert_array_equal(np.asarray(recall_layers(viewer, found.looks).data), before)
    assert find_visible_layers(viewer).key != found.key
    viewer.layers.remove(other)
    assert recall_layers(viewer, found.looks) is None


def test_a_blend_stands_in_the_list_where_its_highest_layer_does(viewer):
    channels = add_channels(viewer, TWO)
    found = find_visible_layers(viewer)
    viewer.add_labels(np.ones((HEIGHT, WIDTH), np.uint8))
    assert place_above(viewer, found) == 2
    assert is_there(viewer, found)
    viewer.layers.remove(channels[0])
    assert not is_there(viewer, found)
    assert place_above(viewer, found) == 1
