"""Make the pictures of the window in docs/: ``xvfb-run -a -s "-screen 0 1600x1200x24" python tools/screenshots.py``."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import napari
from qtpy.QtWidgets import QApplication
from skimage import data

from napari_colorquant._plugin.legend.link import find_legend
from napari_colorquant._plugin.quantize_dock.goals import GOALS

DOCS = Path(__file__).parents[1] / "docs"
PLUGIN = "napari-colorquant"
WORDS = (("lumen", "glass"), ("pale DAB", "stain"), ("DAB", "stain"), ("stroma", "tissue"), ("nuclei", "cells"))


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the window live until `condition` holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")
        QApplication.processEvents()
        time.sleep(0.01)


def rest(seconds: float = 1.5) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


def take(name: str, theme: str, n_colors: int, words: Sequence[tuple[str, str]] = ()) -> None:
    """Quantize the immunohistochemistry sample in a real window and save what is on the screen.

    With `words`, a name and a class for each colour, as a stained section with its legend; else with the error curve.
    """
    viewer = napari.Viewer()
    viewer.window.resize(1440, 900)
    viewer.theme = theme
    image = data.immunohistochemistry()
    viewer.add_image(image, name="immunohistochemistry", scale=(0.5, 0.5), units="um")
    _, panel = viewer.window.add_plugin_dock_widget(PLUGIN, "Color Quantization")
    done: list[object] = []
    panel.finished.connect(done.append)
    if words:
        panel.goal.goal.value = next(goal for goal in GOALS if goal.title == "Stained section")
    else:
        panel.curve.fold.expand(False)
    panel.colors.n_colors.value = n_colors
    panel.run()
    wait(lambda: bool(done))
    for row, (word, group) in enumerate(words):
        panel.palette_editor.colors.editor.write(row, "name", word)
        panel.palette_editor.colors.editor.write(row, "class", group)
    if words:
        find_legend(viewer).show(viewer.layers["immunohistochemistry quantized"])
        find_legend(viewer).overlay.position = "bottom_right"
    rest()
    viewer.screenshot(str(DOCS / name), canvas_only=False, flash=False)
    viewer.close()


if __name__ == "__main__":
    take("window.png", "dark", 5, WORDS)
    take("curve.png", "light", 12)
