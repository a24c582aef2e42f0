"""Live preview in a real window: the last change is on the screen at once, the full result soon after."""

import threading

import numpy as np
import pytest
from napari.layers import Image
from qtpy.compat import isalive

import napari_colorquant as cq
from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.layers.visible_region import find_visible_region
from napari_colorquant._plugin.quantize_dock.live import REST_MS
from napari_colorquant._plugin.tasks import preview_task
from napari_colorquant._plugin.tasks.large_task import Scope
from napari_colorquant._plugin.tasks.runner import running_jobs

SIDE = 2048
PATIENCE_MS = 60_000


@pytest.fixture
def hold(live_panel):
    """No full result comes, so that previews can be looked at."""
    live_panel.live._rest.setTimeout(3_600_000)
    return live_panel


def change(panel, qtbot, **choices):
    """Show a recipe in the panel and wait for its preview."""
    with qtbot.waitSignal(panel.live.shown, timeout=PATIENCE_MS) as caught:
        panel.set_recipe(panel.recipe().replace(**choices))
    return caught.args[0]


def test_a_change_is_shown_before_its_full_result_and_gives_way_to_it(viewer, hold, qtbot):
    made = change(hold, qtbot, n_colors=5)
    layer = viewer.layers["photo preview"]
    assert layer.visible
    assert len(made.palette) == 5
    assert len(np.unique(layer.data.reshape(-1, 3), axis=0)) == 5
    assert hold.bar.report.text() == "Preview: 5 colours"
    hold.live._rest.flush()  # nothing has changed for a while
    qtbot.waitUntil(lambda: not layer.visible, timeout=PATIENCE_MS)
    assert viewer.layers["photo quantized"].data.max() == 5
    assert hold.bar.report.text().startswith("5 colours · PSNR")


def test_the_last_of_many_changes_wins(viewer, hold, qtbot):
    made = []
    hold.live.shown.connect(made.append)
    for number in range(3, 40):
        hold.colors.n_colors.value = number
        qtbot.wait(3)
    qtbot.waitUntil(lambda: bool(made) and len(made[-1].palette) == 39, timeout=PATIENCE_MS)
    qtbot.wait(200)
    assert len(made[-1].palette) == 39
    assert len(np.unique(viewer.layers["photo preview"].data.reshape(-1, 3), axis=0)) == 39


def test_every_choice_of_the_panel_is_shown(hold, qtbot):
    for choices in ({"space": "lab"}, {"axis_weights": (0, 1, 1)}, {"quantizer": "wu"}, {"dither": "bayer"},
                    {"seed": 3}, {"scale": "range"}, {"keep": "lightness", "dither": "none", "axis_weights": None},
                    {"n_colors": "auto", "target": {"psnr": 22.0}, "keep": "none"}):  # fmt: skip
        change(hold, qtbot, **choices)
    for weight in hold.space.weights:  # choices that do not go together are told, quietly
        weight.value = 0
    qtbot.waitUntil(lambda: "axis" in hold.bar.report.text(), timeout=PATIENCE_MS)
    hold.space.weights[0].value = 1
    qtbot.waitUntil(lambda: hold.bar.report.text().startswith("Preview"), timeout=PATIENCE_MS)


def test_a_preview_shows_what_the_pipeline_makes_of_what_is_seen(viewer, hold, photo_layer, qtbot):
    made = change(hold, qtbot, n_colors=6)
    pixels = find_visible_region(viewer, photo_layer).read()
    expected = cq.map_pixels(pixels, made.palette)
    np.testing.assert_array_equal(viewer.layers["photo preview"].data, expected.to_rgb())


def test_a_preview_lies_where_its_pixels_are_and_follows_the_view(viewer, hold, photo_layer, qtbot):
    for center, zoom in (((100, 400), 4.0), ((256, 256), 0.5), ((300, 100), 1.5)):
        viewer.scene.camera.center, viewer.scene.camera.zoom = center, zoom
        qtbot.wait(50)
        change(hold, qtbot, n_colors=200 + int(center[0]) % 50)
        layer = viewer.layers["photo preview"]
        seen = find_visible_region(viewer, photo_layer).read()
        assert layer.data.shape == seen.shape
        for corner in ((0, 0), (seen.shape[0] - 1, seen.shape[1] - 1)):
            row, column = np.rint(photo_layer.world_to_data(layer.data_to_world(corner))).astype(int)
            np.testing.assert_array_equal(photo_layer.data[row, column], seen[corner])

    with qtbot.waitSignal(hold.live.shown, timeout=PATIENCE_MS):
        viewer.scene.camera.zoom *= 4
    before = viewer.layers["photo preview"].translate
    with qtbot.waitSignal(hold.live.shown, timeout=PATIENCE_MS):
        viewer.scene.camera.center = (60, 60)
    assert (viewer.layers["photo preview"].translate != before).any()

    made = change(hold, qtbot, quantizer="genetic_kmeans")
    assert made.method == "fast"
    assert "by Fast in place of Genetic k-means" in hold.bar.report.text()
    assert set(cq.QUANTIZERS) >= preview_task.QUICK


def test_a_preview_takes_black_and_white_from_the_mask_as_a_run_does(viewer, rng):
    image = rng.integers(1000, 2000, (64, 64), np.uint16)
    image[:8], mask = 60000, np.ones((64, 64), bool)
    mask[:8] = False
    layer, recipe = viewer.add_image(image, name="deep"), cq.Recipe(4, scale="range")
    seen, known = find_visible_region(viewer, layer), None
    for inputs in ({}, {"mask": mask}, {}):
        known = preview_task.preview(layer, seen, recipe, Scope(), inputs, known)().counted
        looked_at = image[mask] if inputs else image
        assert known.scale[:2] == (looked_at.min(), looked_at.max())


def test_live_off_leaves_nothing_behind(viewer, hold, qtbot):
    change(hold, qtbot, n_colors=7)
    assert "photo preview" in viewer.layers
    hold.bar.live_box.setChecked(False)
    assert "photo preview" not in viewer.layers
    hold.colors.n_colors.value = 11
    qtbot.wait(REST_MS + 100)
    assert len(viewer.layers) == 3
    qtbot.waitUntil(lambda: not running_jobs(), timeout=PATIENCE_MS)


def test_closing_the_panel_ends_the_preview(viewer, hold, qtbot):
    change(hold, qtbot, n_colors=9)
    viewer.window.remove_dock_widget(hold)
    assert "photo preview" not in viewer.layers
    viewer.scene.camera.zoom *= 2
    qtbot.waitUntil(lambda: not running_jobs(), timeout=PATIENCE_MS)
    hold.deleteLater()
    qtbot.waitUntil(lambda: not isalive(hold))


def test_frames_and_levels_that_are_shown_are_what_is_previewed(viewer, open_panel, photo, qtbot):
    stack = np.stack([photo, photo // 2, photo // 4])
    layer = viewer.add_image(stack, rgb=True, name="stack")
    panel = open_panel()
    panel.live._rest.setTimeout(3_600_000)
    viewer.dims.set_point(0, 2)
    panel.scope.frames.value = "each"
    with qtbot.waitSignal(panel.live.shown, timeout=PATIENCE_MS) as caught:
        panel.bar.live_box.setChecked(True)
    assert caught.args[0].palette.hex == cq.design_palette(stack[2], 16).hex
    with qtbot.waitSignal(panel.live.shown, timeout=PATIENCE_MS) as caught:
        viewer.dims.set_point(0, 0)
    assert caught.args[0].palette.hex == cq.design_palette(stack[0], 16).hex
    viewer.layers.remove(layer)
    pyramid = [np.tile(photo, (8, 8, 1)), np.tile(photo, (4, 4, 1)), np.tile(photo, (2, 2, 1))]
    viewer.add_image(pyramid, multiscale=True, rgb=True, name="pyramid")
    viewer.reset_view()
    qtbot.waitUntil(lambda: "pyramid preview" in viewer.layers, timeout=PATIENCE_MS)
    shown = viewer.layers["pyramid preview"]
    np.testing.assert_allclose(np.array(shown.data.shape[:2]) * shown.scale, 1024, atol=16)


def test_one_layer_serves_the_previews_of_all_images(viewer, hold, photo, qtbot):
    change(hold, qtbot, n_colors=9)
    layer, removed = viewer.layers["photo preview"], []
    viewer.layers.events.removed.connect(lambda event: removed.append(event.value))
    clear = np.dstack([photo, np.full(photo.shape[:2], 100, np.uint8)])
    other = viewer.add_image(clear, rgb=True, name="other", scale=(2, 3), rotate=30)
    qtbot.waitUntil(lambda: "other preview" in viewer.layers, timeout=PATIENCE_MS)
    assert viewer.layers["other preview"] is layer
    assert viewer.layers.index(layer) == viewer.layers.index(other) + 1
    assert layer.data.shape[-1] == 4
    np.testing.assert_allclose(layer.affine.affine_matrix, find_visible_region(viewer, other).placement["affine"])
    np.testing.assert_allclose(layer.data_to_world((0, 0)), other.data_to_world((0, 0)), atol=3)
    viewer.layers.selection.active = viewer.layers["photo"]
    qtbot.waitUntil(lambda: "photo preview" in viewer.layers, timeout=PATIENCE_MS)
    assert layer.data.shape[-1] == 3
    assert viewer.layers.index(layer) == viewer.layers.index(other) + 1  # which would hide it
    assert viewer.layers.index(layer) > viewer.layers.index("photo quantized")
    assert removed == []
    viewer.layers.remove("photo")
    qtbot.waitUntil(lambda: layer in removed)


@pytest.fixture
def big_live_panel(viewer, open_panel, qtbot, rng, large_photo):
    """The panel with Live on, on a noisy photograph of 2048 x 2048 pixels, with hundreds of thousands of colours."""
    image = np.tile(large_photo, (SIDE // 512, SIDE // 512, 1)).astype(np.int16)
    image = np.clip(image + rng.integers(-6, 7, image.shape, np.int16), 0, 255).astype(np.uint8)
    viewer.add_image(image, name="big")
    panel = open_panel()
    panel.live._rest.setTimeout(3_600_000)
    with qtbot.waitSignal(panel.live.shown, timeout=PATIENCE_MS):
        panel.bar.live_box.setChecked(True)
    qtbot.wait(300)
    return panel


def test_previews_are_made_beside_the_window(big_live_panel, qtbot, monkeypatch):
    """The window's own thread only shows them; how long they take is measured by the benchmarks."""
    threads = []
    make = preview_task.run

    def run(*args, **options):
        threads.append(threading.current_thread())
        return make(*args, **options)

    monkeypatch.setattr(preview_task, "run", run)
    for number in (40, 41):
        with qtbot.waitSignal(big_live_panel.live.shown, timeout=PATIENCE_MS):
            big_live_panel.colors.n_colors.value = number
    assert threads
    assert threading.main_thread() not in threads


def test_a_preview_is_no_step_no_source_not_active_and_goes_with_its_image(viewer, hold, photo_layer, qtbot):
    dock = open_palette(viewer)
    dock.colors.editor.write(0, "name", "sky")
    before, active = dock.session.stack.count(), viewer.layers.selection.active
    for number in (4, 8, 12):
        change(hold, qtbot, n_colors=number)
    assert dock.session.stack.count() == before
    assert dock.session.layer is viewer.layers["photo quantized"]
    assert len(dock.session.indexed.palette) == 16
    assert viewer.layers.selection.active is active
    assert hold.layer is photo_layer
    assert isinstance(viewer.layers["photo preview"], Image)
    assert viewer.layers.index("photo preview") > viewer.layers.index("photo quantized")
    viewer.layers.remove(photo_layer)
    qtbot.waitUntil(lambda: "photo preview" not in viewer.layers)
    qtbot.wait(50)


def test_all_layers_can_be_selected_and_deleted_while_a_preview_is_there(viewer, hold, qtbot):
    # napari takes one after the other from a list: none of them may go by itself meanwhile.
    change(hold, qtbot, n_colors=5)
    viewer.layers.select_all()
    viewer.layers.remove_selected()
    qtbot.waitUntil(lambda: not viewer.layers)
