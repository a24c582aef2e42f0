"""Make the pictures of the window in docs/: ``xvfb-run -a -s "-screen 0 1600x1200x24" python tools/screenshots.py``."""

import time
from collections.abc import Callable
from pathlib import Path

import napari
from qtpy.QtWidgets import QApplication
from skimage import data

DOCS = Path(__file__).parents[1] / "docs"
PLUGIN = "napari-colorquant"


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


def take(name: str, theme: str, n_colors: int, show_curve: bool) -> None:
    """Quantize the immunohistochemistry sample in a real window and save what is on the screen."""
    viewer = napari.Viewer()
    viewer.window.resize(1440, 900)
    viewer.theme = theme
    image = data.immunohistochemistry()
    viewer.add_image(image, name="immunohistochemistry", scale=(0.5, 0.5), units="um")
    _, panel = viewer.window.add_plugin_dock_widget(PLUGIN, "Color Quantization")
    done: list[object] = []
    panel.finished.connect(done.append)
    panel.colors.n_colors.value = n_colors
    if show_curve:
        panel.curve.fold.expand(False)
    panel.run()
    wait(lambda: bool(done))
    rest()
    viewer.screenshot(str(DOCS / name), canvas_only=False, flash=False)
    viewer.close()


if __name__ == "__main__":
    take("window.png", "dark", 6, show_curve=False)
    take("curve.png", "light", 12, show_curve=True)
