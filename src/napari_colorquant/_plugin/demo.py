"""The main job in a real window: `python -m napari_colorquant._plugin.demo`, or `make demo`.

Opens napari with the dock widget on a photograph, runs it as a click would, and prints the palette.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

PLUGIN = "napari-colorquant"
WIDGET = "Color Quantization"
#: The first run on a machine compiles kernels.
PATIENCE = 120.0


def main(arguments: list[str] | None = None) -> int:
    """Run the demo.

    Parameters
    ----------
    arguments : list of str, optional
        The command line: ``--save PNG`` saves a picture of the window and ends; otherwise the
        window stays open. ``--theme`` and ``--size`` are for looking at it as others see it.

    Returns
    -------
    status : int
        0, or 1 if no result appeared.
    """
    parser = argparse.ArgumentParser(prog="demo", description="Quantize a photograph in napari.")
    parser.add_argument("--save", metavar="PNG", help="save a picture of the window and end")
    parser.add_argument("--theme", choices=("dark", "light"), help="the theme of the window")
    parser.add_argument("--size", default="1280x800", metavar="WxH", help="the size of the window")
    options = parser.parse_args(arguments)

    try:
        import napari
    except ImportError as error:
        print(f"The window needs napari: pip install 'napari-colorquant[all]' ({error})", file=sys.stderr)
        return 1
    from skimage import data

    viewer = napari.Viewer(show=True)
    if options.theme:
        viewer.theme = options.theme
    width, _, height = options.size.partition("x")
    viewer.window.resize(int(width), int(height))
    image = viewer.add_image(data.astronaut(), name="astronaut", rgb=True)
    viewer.layers.selection.active = image
    _, widget = viewer.window.add_plugin_dock_widget(PLUGIN, WIDGET)

    errors: list[str] = []
    widget.failed.connect(errors.append)
    if widget.is_warming_up:
        print("Making the kernels ready; the first time on a machine they are compiled.", flush=True)
        _wait(lambda: not widget.is_warming_up)
    start = time.perf_counter()
    widget.run()
    _wait(lambda: bool(errors) or len(_results(viewer)) >= 2)
    appeared = len(_results(viewer)) >= 2
    if not appeared:
        print(errors[0] if errors else f"no result after {PATIENCE:.0f} s", file=sys.stderr)
    else:
        print(f"{image.name}, {image.data.shape[1]} x {image.data.shape[0]}: {time.perf_counter() - start:.2f} s")
        _print_palette(_results(viewer))
        viewer.reset_view()  # the palette lies beside the image
    if options.save:
        _wait(lambda: False, 1.0)  # let the window settle: thumbnails, the report, the status bar
        viewer.screenshot(options.save, canvas_only=False, flash=False)
        print(f"saved {options.save}")
        viewer.close()
    elif appeared:
        napari.run()
    return 0 if appeared else 1


def _results(viewer: Any) -> list[Any]:
    """Return the layers that the plugin made."""
    return [layer for layer in viewer.layers if PLUGIN in layer.metadata]


def _wait(is_done: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Keep the window alive until `is_done`, or for so many seconds; return whether it is."""
    from qtpy.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while not is_done() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)
    return is_done()


def _print_palette(layers: list[Any]) -> None:
    """Print one line per colour: its hex code and its share of the pixels."""
    features = next(layer.features for layer in layers if {"hex", "share"} <= set(layer.features))
    for code, share in zip(features["hex"], features["share"], strict=True):
        print(f"{code}  {share:7.2%}")


if __name__ == "__main__":
    sys.exit(main())
