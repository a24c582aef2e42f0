"""What a user waits for in the window: ``python -m benchmarks.window FOLDER``, on a screen or under Xvfb.

Opens the result of a pyramid that is made in a folder of its own inside FOLDER, and turns choices
with Live on over a view of 2048 x 2048 pixels. Every figure is the least, the median and the most
of its repeats; gaps are those of the event loop, drawing included. Opening the panel, and a run from the click to
its layers, are told by the clock and as processor time of the window's thread, which a busy machine changes less.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 2048
PATIENCE = 600.0


def main() -> None:
    args = _parse()
    folder = Path(tempfile.mkdtemp(prefix="colorquant-", dir=args.folder))
    try:
        rows = [
            *_clicks(args.repeats), *_pyramid(folder, args.side, args.repeats), *_preview(args.repeats),
            *_recoloring(args.repeats),
        ]  # fmt: skip
    finally:
        shutil.rmtree(folder)
    print("\n### In the window\n")
    print("| | least | median | most |\n|---|---:|---:|---:|")
    for name, values in rows:
        figures = " | ".join(f"{1000 * figure:.0f} ms" for figure in (min(values), np.median(values), max(values)))
        print(f"| {name} | {figures} |")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.window", description=__doc__)
    parser.add_argument("folder", type=Path, help="where there is space for 8 bytes for each pixel")
    parser.add_argument("--side", type=int, default=20_000, help="rows and columns of the slide")
    parser.add_argument("-r", "--repeats", type=int, default=15)
    return parser.parse_args()


def _clicks(repeats: int) -> Iterator[tuple[str, list[float]]]:
    """From a click to the panel, and to the layers of a photograph: the first time, the first of a panel, and again."""
    import napari
    from skimage import data

    found: dict[str, list[tuple[float, float]]] = {}
    viewer = napari.Viewer()
    viewer.window._qt_window.resize(1600, 1100)
    photo = viewer.add_image(data.astronaut(), name="photograph")
    _wait(lambda: False, 1.0)

    def timed(name: str, act: Callable[[], Any]) -> Any:
        start, spent = time.perf_counter(), time.thread_time()
        result = act()
        found.setdefault(name, []).append((time.perf_counter() - start, time.thread_time() - spent))
        return result

    for turn in range(max(repeats // 3, 2)):
        words = ("the panel opens again", "first run of a panel") if turn else ("the panel opens", "first run at once")
        panel = timed(words[0], lambda: _open(viewer))
        if turn:
            _wait(lambda panel=panel: not panel.is_warming_up)  # type: ignore[misc]
        timed(words[1], lambda panel=panel: _run(panel))
        panel.colors.n_colors.value = 12
        timed("run again", lambda panel=panel: _run(panel))
        viewer.window.remove_dock_widget(panel)
        for layer in [layer for layer in viewer.layers if layer is not photo]:
            viewer.layers.remove(layer)
    _wait(lambda: False, 0.2)
    made = [napari.layers.Labels(data.astronaut()[..., 0]), napari.layers.Points(np.zeros((16, 2)))]
    timed("of a first run, napari's adding of a Labels and a Points layer", lambda: _add(viewer, made))
    viewer.close()
    for name, times in found.items():
        clock, processor = zip(*times, strict=True)
        yield f"{name}, clock", list(clock)
        yield f"{name}, processor time", list(processor)


def _open(viewer: Any) -> Any:
    from qtpy.QtWidgets import QApplication

    _, panel = viewer.window.add_plugin_dock_widget("napari-colorquant", "Color Quantization")
    QApplication.processEvents()
    return panel


def _run(panel: Any) -> None:
    from qtpy.QtWidgets import QApplication

    done: list[Any] = []
    panel.finished.connect(done.append)
    panel.bar.run_button.click()
    _wait(lambda: bool(done))
    panel.finished.disconnect(done.append)
    QApplication.processEvents()


def _add(viewer: Any, layers: list[Any]) -> None:
    from qtpy.QtWidgets import QApplication

    for layer in layers:
        viewer.add_layer(layer)
    QApplication.processEvents()


def _pyramid(folder: Path, side: int, repeats: int) -> Iterator[tuple[str, list[float]]]:
    """From the end of the work on the thread to the first picture of the result, and from place to place."""
    from napari_colorquant.io.large import read_lazy

    from .large import _slide, make

    make(folder, side)
    with _window() as (viewer, panel):
        viewer.add_image(list(read_lazy(_slide(folder, side)).levels), multiscale=True, rgb=True, name="slide")
        _wait(lambda: False, 0.5)
        panel.scope.design_from.value = "sample"
        opened, panned = [], []
        for _ in range(min(repeats, 5)):
            opened.append(_open_result(viewer, panel))
            viewer.layers["slide"].visible = False
            rng = np.random.default_rng(0)
            for _ in range(3):
                start = time.perf_counter()
                viewer.scene.camera.center, viewer.scene.camera.zoom = tuple(rng.uniform(0.2, 0.8, 2) * side), 1.0
                _draw(viewer)
                panned.append(time.perf_counter() - start)
            for layer in list(viewer.layers)[1:]:
                viewer.layers.remove(layer)
            viewer.layers["slide"].visible = True
            viewer.reset_view()
            _wait(lambda: False, 0.2)
    yield f"first picture of the result of a pyramid of {side} pixels squared", opened
    yield "another place at full resolution", panned


def _open_result(viewer: Any, panel: Any) -> float:
    run_results: list[Any] = []
    panel._runner.succeeded.disconnect(panel._on_success)
    panel._runner.succeeded.connect(run_results.append)
    panel.run()
    _wait(lambda: bool(run_results))
    panel._runner.succeeded.disconnect(run_results.append)
    panel._runner.succeeded.connect(panel._on_success)
    start = time.perf_counter()
    panel._on_success(run_results[0])
    _draw(viewer)
    return time.perf_counter() - start


def _preview(repeats: int) -> Iterator[tuple[str, list[float]]]:
    """From a change in the panel to its preview, and the worst gap of the event loop meanwhile."""
    from qtpy.QtCore import QTimer
    from qtpy.QtWidgets import QApplication

    from .images import sample_images

    image = next(image for _, image in sample_images())
    image = np.tile(image, (-(-SIDE // image.shape[0]), -(-SIDE // image.shape[1]), 1))[:SIDE, :SIDE]
    noise = np.random.default_rng(0).integers(-6, 7, image.shape, np.int16)
    with _window() as (viewer, panel):
        viewer.add_image(np.clip(image + noise, 0, 255).astype(np.uint8), name="photograph")
        panel.live._rest.setTimeout(int(1000 * PATIENCE))
        shown: list[Any] = []
        panel.live.shown.connect(shown.append)
        panel.bar.live_box.setChecked(True)
        _wait(lambda: bool(shown))
        ticks: list[float] = []
        timer = QTimer()
        timer.setInterval(2)
        timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
        spaces, methods = ("lab", "oklab", "srgb", "hsv"), ("wu", "octree", "kmeans", "neuquant")
        changes: dict[str, Callable[[int], Any]] = {
            "the number of colours": lambda turn: setattr(panel.colors.n_colors, "value", 8 + turn),
            "the space": lambda turn: setattr(panel.space.space, "value", spaces[turn % 4]),
            "a lever": lambda turn: setattr(panel.space.weights[0], "value", 0.1 * (turn + 2)),
            "the method": lambda turn: setattr(panel.quantizer.method, "value", methods[turn % 4]),
        }
        drawn = []
        for _ in range(repeats):
            viewer.scene.camera.zoom *= 1.0001
            start = time.perf_counter()
            QApplication.processEvents()
            drawn.append(time.perf_counter() - start)
        for name, choose in changes.items():
            waits, gaps = [], []
            for turn in range(repeats):
                shown.clear()
                ticks.clear()
                timer.start()
                start = time.perf_counter()
                choose(turn)
                _wait(lambda: bool(shown))
                waits.append(time.perf_counter() - start)
                _wait(lambda: False, 0.2)
                timer.stop()
                gaps.append(float(np.diff(ticks).max()))
            yield f"preview after a change of {name}", waits
            yield "worst gap of the event loop meanwhile", gaps
        yield "of it, napari's own drawing of the canvas", drawn


def _recoloring(repeats: int) -> Iterator[tuple[str, list[float]]]:
    """From an edit of one colour to the layers that show it, of a result of 4096 x 4096 pixels."""
    import napari_colorquant as cq
    from napari_colorquant import editing
    from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer, to_palette_layer
    from napari_colorquant._plugin.palette_dock.session import ResultSession

    rng = np.random.default_rng(0)
    indexed = cq.map_pixels(rng.integers(0, 256, (4096, 4096, 3), np.uint8), rng.integers(0, 256, (256, 3)))
    with _window() as (viewer, _):
        from napari.layers import Layer

        source = viewer.add_image(np.zeros((4096, 4096, 3), np.uint8), rgb=True)
        for make in (to_labels_layer, to_palette_layer):
            viewer.add_layer(Layer.create(*make(indexed, source, "a")))
        session, seconds = ResultSession(viewer, viewer.layers[-2]), []
        for level in range(repeats):
            recolored = editing.recolor(session.indexed, {3: (level, 0, 0)})
            start = time.perf_counter()
            session.edit("Recolour", recolored)
            seconds.append(time.perf_counter() - start)
        session.close()
    yield "another colour for an entry, 16 megapixels in 256 colours", seconds


@contextmanager
def _window() -> Iterator[tuple[Any, Any]]:
    import napari

    viewer = napari.Viewer()
    try:
        _, panel = viewer.window.add_plugin_dock_widget("napari-colorquant", "Color Quantization")
        viewer.window._qt_window.resize(1600, 1100)
        _wait(lambda: not panel.is_warming_up)
        yield viewer, panel
    finally:
        viewer.close()


def _draw(viewer: Any) -> None:
    """Draw at once, as the next frame would."""
    from qtpy.QtWidgets import QApplication

    QApplication.processEvents()
    viewer.screenshot(flash=False)


def _wait(is_done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    from qtpy.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while not is_done() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.0005)


if __name__ == "__main__":
    main()
