"""Pyramids, lazy images and stacks in a real window: what is not seen is not computed."""

from collections import Counter

import numpy as np
import pytest
from napari.layers import Labels
from qtpy.compat import isalive

import napari_colorquant as cq
from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.layers import image_levels
from napari_colorquant._plugin.layers.provenance import KEY, read_palette
from napari_colorquant._plugin.tasks import large_task
from napari_colorquant.io.large import read_lazy
from napari_colorquant.pipeline.frames import quantize_frames

SIDE, CHUNK, LEVELS = 4096, 256, 5
PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def slide(tmp_path_factory, large_photo):
    """An OME-Zarr pyramid of 4096 x 4096 pixels in chunks of 256, made of mirrored photographs."""
    import zarr

    folder = tmp_path_factory.mktemp("slide") / "slide.zarr"
    group = zarr.create_group(folder)
    tile = np.concatenate([large_photo, large_photo[:, ::-1]], axis=1)
    tile = np.concatenate([tile, tile[::-1]], axis=0)
    whole = np.tile(tile, (SIDE // 1024, SIDE // 1024, 1))
    ramp = np.linspace(0.4, 1, SIDE)[:, None, None]  # every part of it is another
    whole = (whole * ramp).astype(np.uint8)
    for level in range(LEVELS):
        part = np.ascontiguousarray(whole[:: 1 << level, :: 1 << level])
        group.create_array(str(level), data=part, chunks=(CHUNK, CHUNK, 3))
    datasets = [
        {"path": str(i), "coordinateTransformations": [{"type": "scale", "scale": [2**i, 2**i, 1]}]}
        for i in range(LEVELS)
    ]
    axes = [{"name": "y", "type": "space"}, {"name": "x", "type": "space"}, {"name": "c", "type": "channel"}]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}
    return folder


@pytest.fixture
def counted_levels(slide):
    """The levels of the slide, and a Counter of the chunks that were read: (level, row, column)."""
    reads = Counter()

    def count(block, level, block_info=None):
        reads[(level, *block_info[0]["chunk-location"][:2])] += 1
        return block

    levels = [
        array.map_blocks(count, level=level, dtype=array.dtype, meta=np.empty((0, 0, 0), np.uint8))
        for level, array in enumerate(read_lazy(slide).levels)
    ]
    reads.clear()
    return levels, reads


@pytest.fixture
def slide_panel(viewer, counted_levels, open_panel):
    """The panel, pointing at the slide."""
    viewer.add_image(counted_levels[0], multiscale=True, rgb=True, name="slide")
    return open_panel()


def settle(qtbot):
    """Let the window draw, so that levels and corners follow the camera."""
    qtbot.wait(150)


def test_panning_the_result_computes_only_the_chunks_that_are_seen(viewer, slide_panel, counted_levels, run, qtbot):
    reads = counted_levels[1]
    slide_panel.scope.design_from.value = "level"
    run(slide_panel)
    result = viewer.layers["slide quantized"]
    assert isinstance(result, Labels)
    assert result.multiscale
    viewer.layers["slide"].visible = False  # the image reads chunks, too
    reads.clear()
    viewer.layers["slide quantized"].refresh()
    settle(qtbot)
    assert {level for level, *_ in reads} <= {result.data_level, LEVELS - 1}  # far from the full resolution

    camera = viewer.scene.camera
    seen = set()
    for center in ((900, 900), (900, 1500), (3300, 2500)):
        camera.center, camera.zoom = center, 1.0
        settle(qtbot)
        assert result.data_level == 0
        reads.clear()
        result.refresh()  # whatever the window has kept of it
        viewer.screenshot(flash=False)
        (top, left), (bottom, right) = result.corner_pixels
        rows = range(top // CHUNK, (bottom + 1) // CHUNK + 1)
        columns = range(left // CHUNK, (right + 1) // CHUNK + 1)
        computed = {place[1:] for place in reads if place[0] == 0}
        assert computed <= {(row, column) for row in rows for column in columns}
        seen |= computed
    assert len(seen) < (SIDE // CHUNK) ** 2 / 2


def open_result(viewer, panel, qtbot):
    """Run, and draw the picture."""
    run_results = []
    panel._runner.succeeded.disconnect(panel._on_success)
    panel._runner.succeeded.connect(run_results.append)
    panel.run()
    qtbot.waitUntil(lambda: bool(run_results), timeout=PATIENCE_MS)
    panel._runner.succeeded.disconnect(run_results.append)
    panel._runner.succeeded.connect(panel._on_success)
    panel._on_success(run_results[0])
    viewer.screenshot(flash=False)


def test_opening_the_result_reads_what_is_on_the_screen(viewer, slide_panel, counted_levels, qtbot):
    reads = counted_levels[1]
    slide_panel.set_recipe(cq.Recipe(palette=cq.Palette([[0, 0, 0], [200, 80, 40], [240, 240, 240]])))
    settle(qtbot)
    viewer.layers["slide"].visible = False
    reads.clear()
    open_result(viewer, slide_panel, qtbot)
    settle(qtbot)
    shown = viewer.layers["slide quantized"].data_level
    assert shown >= 2
    # The level that is shown, the thumbnail's, and of the finest the few chunks on which the error is measured.
    assert {level for level, *_ in reads} <= {0, shown, LEVELS - 1}
    assert len([place for place in reads if place[0] == 0]) <= large_task.MEASURED // CHUNK**2


def test_the_design_is_from_what_the_panel_says(viewer, slide_panel, counted_levels, run, qtbot):
    levels = counted_levels[0]
    panel = slide_panel
    panel.advanced.expand(False)
    assert panel.scope.form.isVisibleTo(panel)
    assert panel.scope.design_from.choices == ("full", "sample", "level")
    panel.scope.design_from.value = "level"
    settle(qtbot)
    shown = viewer.layers["slide"].data_level
    run_result = run(panel)
    side = SIDE >> shown
    assert f"designed from level {shown}, {side} × {side}" in panel.bar.report.text()
    assert run_result.indexed.palette.hex == cq.design_palette(levels[shown].compute(), 16).hex
    panel.scope.design_from.value = "sample"
    run(panel)
    assert "designed from a sample" in panel.bar.report.text()


def test_running_again_updates_the_pyramid_in_place(viewer, slide_panel, run):
    slide_panel.scope.design_from.value = "level"
    run(slide_panel)
    before = list(viewer.layers)
    slide_panel.colors.n_colors.value = 256
    run(slide_panel)
    assert list(viewer.layers) == before
    assert before[1].data.dtype == np.uint16
    slide_panel.result.kind.value = "rgb"
    run(slide_panel)
    assert viewer.layers["slide quantized"].multiscale
    assert viewer.layers["slide quantized"].rgb
    assert len(viewer.layers) == 3


def test_the_palette_of_a_pyramid_can_be_recoloured_and_pixels_are_politely_left(viewer, slide_panel, run, qtbot):
    slide_panel.scope.design_from.value = "level"
    run(slide_panel)
    dock = open_palette(viewer)
    table = dock.colors.table
    assert table.palette_model.rowCount() == 16
    result = viewer.layers["slide quantized"]
    before = result.data[0]
    dock.colors.editor.write(3, "hex", "#12ab34")
    assert read_palette(result).hex[3] == "#12ab34"
    np.testing.assert_allclose(result.colormap.color_dict[4][:3], np.array([0x12, 0xAB, 0x34]) / 255, atol=1e-6)
    table.select_rows([0, 1], quiet=False)
    dock.colors.editor.merge()
    assert "not in memory" in dock.colors.note.text()
    dock.measure.run()
    assert "not in memory" in dock.measure.note.text()
    dock.colors.editor.classify("sky")
    dock.show_class_map()
    assert "not in memory" in dock.colors.note.text()
    assert result.data[0] is before
    dock.undo()
    dock.undo()
    assert read_palette(result).hex[3] != "#12ab34"


def test_a_large_image_in_memory_is_shown_as_a_pyramid(viewer, open_panel, run, large_photo, monkeypatch):
    monkeypatch.setattr(image_levels, "LARGE_PLANE", 500_000)
    image = np.tile(large_photo, (3, 4, 1))
    viewer.add_image(image, rgb=True, name="large")
    panel = open_panel()
    assert panel.scope.design_from.choices == ("full", "sample")
    run(panel)
    result = viewer.layers["large quantized"]
    assert result.multiscale
    assert [level.shape for level in result.data] == [(1536, 2048), (768, 1024)]
    np.testing.assert_array_equal(result.data[0], cq.quantize(image, 16).labels + 1)
    monkeypatch.undo()
    run(panel)  # a single level again, which takes the place of the pyramid; nothing is to choose
    assert not viewer.layers["large quantized"].multiscale
    assert len(viewer.layers) == 3


@pytest.fixture
def dusk(photo):
    """Three frames that get darker, (3, 128, 128, 3) uint8."""
    return np.stack([photo, (photo * 0.7).astype(np.uint8), (photo * 0.4).astype(np.uint8)])


def test_the_colours_follow_the_frame(viewer, open_panel, run, dusk, qtbot):
    viewer.add_image(dusk, rgb=True, name="dusk")
    panel = open_panel()
    dock = open_palette(viewer)
    viewer.dims.set_point(0, 0)
    panel.scope.frames.value = "each"
    panel.colors.n_colors.value = 8
    run_result = run(panel)
    assert "a palette per frame" in run_result.summary
    expected = quantize_frames(dusk, 8)
    result, swatches = viewer.layers["dusk quantized"], viewer.layers["dusk palette"]
    np.testing.assert_array_equal(result.data, expected.labels + 1)
    for frame in (0, 2, 1):
        viewer.dims.set_point(0, frame)
        palette = expected.palettes[frame]
        assert read_palette(result) == palette
        for label, color in enumerate(palette.colors, start=1):
            np.testing.assert_allclose(result.colormap.color_dict[label][:3], color / 255, atol=1e-6)
        np.testing.assert_allclose(swatches.face_color[:, :3], palette.colors / 255, atol=1e-6)
        assert list(result.features["hex"]) == list(palette.hex)
        assert dock.session.indexed.palette == palette
        assert not dock.session.stack.canUndo()
    swatches.visible = False
    qtbot.wait(50)
    shot = viewer.screenshot(canvas_only=True, flash=False)[..., :3].reshape(-1, 3)
    shown = {"#" + bytes(color).hex() for color in np.unique(shot, axis=0)}
    used = {expected.palettes[1].hex[index] for index in np.unique(expected.labels[1])}
    assert used <= shown

    viewer.window.remove_dock_widget(panel)  # it is the viewer that follows, not a dock
    panel.deleteLater()
    qtbot.waitUntil(lambda: not isalive(panel) and not isalive(dock))
    viewer.dims.set_point(0, 2)
    assert read_palette(result) == expected.palettes[2]


def test_a_palette_per_frame_is_not_edited_and_says_so(viewer, open_panel, run, dusk):
    viewer.add_image(dusk, rgb=True, name="dusk")
    panel = open_panel()
    panel.scope.frames.value = "each"
    run(panel)
    dock = open_palette(viewer)
    result, swatches = viewer.layers["dusk quantized"], viewer.layers["dusk palette"]
    before = read_palette(result)
    editor, note = dock.colors.editor, dock.colors.note
    assert note.text().startswith("16 colours of this frame · a palette per frame cannot be edited")
    assert dock.session.n_pixels == dusk[0].size // 3
    dock.colors.table.select_rows([2], quiet=False)
    asking = (editor.add_by_value, editor.add_from_image, editor.split, editor.classify, editor.set_colors, editor.snap)
    for verb in (lambda: editor.write(0, "hex", "#123456"), lambda: editor.recolor(0), editor.delete, *asking):
        editor.message.emit("")
        verb()
        assert "Every frame has a palette of its own" in note.text()
        assert "choose One for all at Frames, under Advanced, and run again" in note.text()
    assert editor.dialog is None
    assert "count" not in result.features  # a frame has its own
    swatches.face_color = np.ones((len(before), 4))
    np.testing.assert_allclose(swatches.face_color[:, :3], before.colors / 255, atol=1e-6)
    assert read_palette(result) == before
    panel.scope.frames.value = "one"
    run(panel)
    assert "palettes" not in result.metadata[KEY]
    dock.session.settle()
    dock.colors.editor.write(0, "hex", "#123456")
    assert read_palette(result).hex[0] == "#123456"
