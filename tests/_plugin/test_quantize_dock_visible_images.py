"""The panel works on the visible layers, as displayed, as it does on one RGB layer."""

import numpy as np
import pytest
from napari.layers import Image, Labels

import napari_colorquant as cq
from napari_colorquant._plugin.commands.error_map import show_error_map
from napari_colorquant._plugin.layers.active_result import find_result
from napari_colorquant._plugin.layers.provenance import read_metadata
from napari_colorquant._plugin.layers.sources import find_source
from napari_colorquant._plugin.layers.visible_layers import find_visible_layers
from napari_colorquant._plugin.palette_dock.picking import color_at
from napari_colorquant._plugin.quantize_dock.live import REST_MS

PATIENCE_MS = 60_000
PLACE = {"scale": (0.5, 0.25), "translate": (10, 20), "units": ("um", "um"), "axis_labels": ("y", "x")}
RESULT, PREVIEW = "Visible layers quantized", "Visible layers preview"


def spots(number, shape=(64, 80)):
    y, x = np.mgrid[: shape[-2], : shape[-1]]
    plane = 2000 + 1000 * np.sin(x / (3 + number)) + 900 * np.cos(y / (4 + number))
    return np.broadcast_to(plane, shape).astype(np.uint16) + np.arange(shape[0]).reshape(-1, *(1,) * (len(shape) - 1))


@pytest.fixture
def channels(viewer):
    """Two fluorescence channels that lie alike."""
    how = {"contrast_limits": (100, 4000), "blending": "additive", **PLACE}
    return [
        viewer.add_image(spots(0), name="actin", colormap="green", **how),
        viewer.add_image(spots(1), name="nuclei", colormap="magenta", **how),
    ]


@pytest.fixture
def panel(channels, open_panel):
    """The panel, with the visible layers chosen."""
    panel = open_panel()
    panel.image.image.value = panel.image.VISIBLE
    return panel


def displayed(viewer):
    return np.asarray(find_visible_layers(viewer).data)


def choices(panel):
    box = panel.image.image.native
    return [box.itemText(place) for place in range(box.count())]


def test_the_choice_stands_behind_all_layers_and_only_where_there_are_any(viewer, open_panel):
    panel = open_panel()
    assert choices(panel) == []
    first = viewer.add_image(spots(0), name="first")
    assert panel.layer is first
    viewer.add_image(spots(1), name="second")
    first.name = "other"
    assert choices(panel)[-1] == "Visible layers"
    assert set(choices(panel)[:-1]) == {"second", "other"}
    viewer.layers.clear()
    assert panel.layer is None


def test_a_run_is_that_of_the_blend_and_lies_where_the_layers_lie(viewer, panel, run):
    panel.colors.n_colors.value = 7
    result = run(panel)
    layer = viewer.layers[RESULT]
    expected = cq.quantize(displayed(viewer), 7)
    np.testing.assert_array_equal(result.indexed.palette.colors, expected.palette.colors)
    np.testing.assert_array_equal(layer.data, expected.labels + 1)
    np.testing.assert_array_equal(layer.scale, PLACE["scale"])
    np.testing.assert_array_equal(layer.translate, PLACE["translate"])
    assert [str(unit) for unit in layer.units] == ["micrometer", "micrometer"]
    assert layer.axis_labels == PLACE["axis_labels"]
    assert viewer.layers.index(layer) == 2
    assert result.distortion.mse > 0


def test_a_second_run_updates_the_result_of_the_first(viewer, panel, channels, run):
    run(panel)
    count = len(viewer.layers)
    channels[0].contrast_limits = (100, 2500)
    run(panel)
    assert len(viewer.layers) == count
    expected = cq.quantize(displayed(viewer), 16)
    np.testing.assert_array_equal(viewer.layers[RESULT].data, expected.labels + 1)


def test_a_result_says_of_what_it_was_made(viewer, panel, channels, run):
    run(panel)
    looks = read_metadata(viewer.layers[RESULT])["looks"]
    assert [(look["layer"], look["colormap"]["name"]) for look in looks] == [("actin", "green"), ("nuclei", "magenta")]
    assert looks[0]["contrast_limits"] == [100, 4000]
    assert (looks[0]["gamma"], looks[0]["opacity"], looks[0]["blending"]) == (1, 1, "additive")


def test_the_source_of_a_result_is_what_was_displayed_then(viewer, panel, channels, run):
    run(panel)
    before = displayed(viewer)
    channels[0].visible = False
    source = find_source(viewer, viewer.layers[RESULT])
    np.testing.assert_array_equal(np.asarray(source.data), before)
    np.testing.assert_array_equal(color_at(source, source.data_to_world((5, 6))), before[5, 6])
    assert color_at(source, (0, 0)) is None
    assert find_result(viewer, channels[1]) is viewer.layers[RESULT]


def test_an_error_map_compares_with_what_was_displayed(viewer, panel, run, qtbot):
    run(panel)
    show_error_map(viewer, viewer.layers[RESULT])
    qtbot.waitUntil(lambda: "Visible layers ΔE₂₀₀₀" in viewer.layers, timeout=PATIENCE_MS)
    assert viewer.layers["Visible layers ΔE₂₀₀₀"].data.shape == (64, 80)
    assert find_visible_layers(viewer).layers == list(viewer.layers)[:2]


def test_an_rgb_result_is_not_blended_into_the_next_one(viewer, panel, run):
    panel.result.kind.value = "rgb"
    run(panel)
    assert isinstance(viewer.layers[RESULT], Image)
    before = displayed(viewer)
    run(panel)
    np.testing.assert_array_equal(displayed(viewer), before)


def test_the_panel_stays_with_the_blend_whichever_layer_is_adjusted(viewer, panel, channels):
    viewer.layers.selection.active = channels[0]
    assert panel.image.image.value == panel.image.VISIBLE
    viewer.add_image(spots(2), name="third")
    assert panel.image.image.value == panel.image.VISIBLE
    panel.layer = channels[1]
    assert panel.layer is channels[1]


def test_the_panel_says_what_is_blended_and_what_is_left_out(viewer, panel, channels):
    assert panel.image.blended.text() == "As displayed: actin + nuclei"
    viewer.add_image(spots(2), name="overview", scale=(7, 7))
    assert panel.image.blended.text() == "As displayed: actin + nuclei. Left out: overview (lies elsewhere)"
    for layer in viewer.layers:
        layer.visible = False
    assert panel.image.blended.text() == "No image layer is visible."
    panel.layer = channels[0]
    assert panel.image.blended.isHidden()


def test_without_a_visible_layer_a_run_is_refused(panel, channels):
    for layer in channels:
        layer.visible = False
    told = []
    panel.failed.connect(told.append)
    panel.run()
    assert "there must be an image layer to quantize, got none" in told[0]


@pytest.fixture
def live(panel, qtbot):
    """The panel with Live on and its first full result there."""
    panel.bar.live_box.setChecked(True)
    settle(panel, qtbot)
    return panel


def settle(panel, qtbot):
    """Wait until the full result of what is displayed is there."""

    def is_done():
        layers = panel.viewer.layers
        if panel.is_running or panel.live.is_shown or RESULT not in layers:
            return False
        expected = cq.quantize(displayed(panel.viewer), 16)
        return np.array_equal(layers[RESULT].data, expected.labels + 1)

    qtbot.waitUntil(is_done, timeout=PATIENCE_MS)


def test_live_follows_all_that_decides_how_the_layers_are_displayed(viewer, live, channels, qtbot):
    actin, nuclei = channels
    live.live._rest.setTimeout(3_600_000)  # a full result that is quicker than the preview would do without it
    for change in (
        {"contrast_limits": (500, 2200)}, {"gamma": 0.6}, {"colormap": "viridis"}, {"opacity": 0.5},
        {"blending": "translucent"}, {"visible": False},
    ):  # fmt: skip
        with qtbot.waitSignal(live.live.shown, timeout=PATIENCE_MS):
            for name, value in change.items():
                setattr(nuclei, name, value)
    live.live._rest.setTimeout(REST_MS)
    live.live._rest.flush()
    settle(live, qtbot)
    viewer.add_image(spots(3), name="third", blending="additive", colormap="red", **PLACE)
    settle(live, qtbot)
    viewer.layers.remove(actin)
    settle(live, qtbot)
    assert read_metadata(viewer.layers[RESULT])["looks"][0]["layer"] == "third"


def test_a_preview_shows_the_blend_and_goes_with_the_last_layer(viewer, live, channels, qtbot):
    live.live._rest.setTimeout(3_600_000)
    with qtbot.waitSignal(live.live.shown, timeout=PATIENCE_MS) as caught:
        channels[0].contrast_limits = (100, 3000)
    pixels = caught.args[0].seen.read()
    np.testing.assert_array_equal(pixels, displayed(viewer))
    assert viewer.layers.index(viewer.layers[PREVIEW]) > viewer.layers.index(channels[1])
    viewer.layers.remove(channels[0])
    viewer.layers.remove(channels[1])
    qtbot.waitUntil(lambda: not live.live.is_shown, timeout=PATIENCE_MS)


def test_a_stack_with_a_palette_for_each_frame_and_a_view_in_3d_work_too(viewer, open_panel, run):
    for number, colormap in enumerate(("green", "magenta")):
        viewer.add_image(spots(number, (3, 40, 48)), colormap=colormap, blending="additive")
    panel = open_panel()
    panel.image.image.value = panel.image.VISIBLE
    viewer.dims.ndisplay = 3
    viewer.mouse_over_canvas = True  # where it has not moved since
    viewer.cursor._view_direction = None
    run(panel)
    assert viewer.mouse_over_canvas
    assert viewer.layers[RESULT].data.shape == (3, 40, 48)
    viewer.dims.ndisplay = 2
    panel.scope.frames.value = "each"
    run(panel)
    assert isinstance(viewer.layers[RESULT], Labels)
    assert len(read_metadata(viewer.layers[RESULT])["palettes"]) == 3


def test_a_pyramid_gives_a_pyramid(viewer, open_panel, run):
    for number, colormap in enumerate(("green", "magenta")):
        levels = [spots(number, (256, 320))[::step, ::step] for step in (1, 2, 4)]
        viewer.add_image(levels, multiscale=True, colormap=colormap, blending="additive")
    panel = open_panel()
    panel.image.image.value = panel.image.VISIBLE
    run(panel)
    result = viewer.layers[RESULT]
    assert result.multiscale
    assert [level.shape for level in result.data] == [(256, 320), (128, 160), (64, 80)]
