"""Make docs/first_minute.gif: ``xvfb-run -a -s "-screen 0 1200x800x24" python tools/first_minute.py``.

A real window is driven with real clicks and keys, and the screen is taken after each; the mouse and the line below are
drawn in. The film is quantized and written by the package itself.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import napari
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QImage
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication
from skimage import data

import napari_colorquant as cq
from napari_colorquant._plugin.legend.link import find_legend
from napari_colorquant._plugin.palette_dock.model import KEYS
from napari_colorquant._plugin.widgets.docks import find_dock

FILM = Path(__file__).parents[1] / "docs" / "first_minute.gif"
SIZE, LINE, N_COLORS = (1200, 770), 30, 128
LEFT = Qt.MouseButton.LeftButton
WORDS = (("lumen", "glass"), ("pale DAB", "stain"), ("DAB", "stain"), ("stroma", "tissue"), ("nuclei", "cells"))
#: The mouse, as a polygon from its tip.
ARROW = ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12))


class Film:
    """What is on the screen, picture after picture."""

    def __init__(self, window: Any) -> None:
        self.window, self.mouse, self.text = window, QPoint(620, 440), ""
        self.frames: list[np.ndarray] = []
        self.durations: list[float] = []
        self._font = ImageFont.truetype("DejaVuSans.ttf", 15)

    def take(self, seconds: float) -> None:
        """Let the window rest, then show what it shows for so long."""
        rest(0.25)
        screen = QApplication.primaryScreen()
        assert screen is not None
        shown = screen.grabWindow(0, 0, 0, *SIZE).toImage().convertToFormat(QImage.Format.Format_RGB888)
        bits = shown.constBits()
        bits.setsize(shown.sizeInBytes())
        pixels = np.frombuffer(bits, np.uint8).reshape(shown.height(), shown.bytesPerLine())[:, : 3 * shown.width()]
        picture = Image.new("RGB", (SIZE[0], SIZE[1] + LINE), "#101216")
        picture.paste(Image.fromarray(pixels.reshape(shown.height(), shown.width(), 3)))
        pen = ImageDraw.Draw(picture)
        pen.text((14, SIZE[1] + 6), self.text, font=self._font, fill="#f0f1f2")
        tip = self.mouse.x(), self.mouse.y()
        pen.polygon([(tip[0] + x, tip[1] + y) for x, y in ARROW], fill="white", outline="black")
        self.frames.append(np.asarray(picture))
        self.durations.append(seconds)

    def move(self, widget: Any, place: QPoint) -> None:
        """Put the mouse on a place of a widget."""
        self.mouse = widget.mapToGlobal(place)
        QTest.mouseMove(widget, place - QPoint(1, 0))
        QTest.mouseMove(widget, place)

    def click(self, widget: Any, place: QPoint | None = None) -> None:
        """Click a place of a widget, by default its middle."""
        place = widget.rect().center() if place is None else place
        self.move(widget, place)
        QTest.mouseClick(widget, LEFT, pos=place)

    def type(self, text: str, *keys: Qt.Key) -> None:
        """Type where the focus is."""
        for letter in text:
            QTest.keyClicks(self._focused(), letter)
        for key in keys:
            QTest.keyClick(self._focused(), key)

    def run_again(self) -> None:
        """Press Ctrl+Enter."""
        QTest.keyClick(self._focused(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def _focused(self) -> Any:
        self.window.activateWindow()  # there is no window manager to do so
        wait(lambda: QApplication.focusWidget() is not None)
        return QApplication.focusWidget()

    def save(self) -> None:
        """Write the film with one palette for all pictures."""
        stack = np.stack(self.frames)
        indexed = cq.quantize(stack, N_COLORS, rare=0.5)
        cq.write_indexed(indexed, FILM, duration=self.durations, overwrite=True)


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the window live until `condition` holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")
        QApplication.processEvents()
        time.sleep(0.005)


def rest(seconds: float) -> None:
    """Let the window live for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


def run_from_menu(film: Film, viewer: Any) -> Any:
    """Go through the menus to the first result; return the dock."""
    bar = film.window.menuBar()
    film.text = "A stained section is open. Layers > Filter > Reduce colours now ..."
    menu = _find(bar, "Layers").menu()
    film.click(bar, bar.actionGeometry(_find(bar, "Layers")).center())
    film.take(0.7)
    for title in ("Filter", "Reduce colours now"):
        action = _find(menu, title)
        film.move(menu, menu.actionGeometry(action).center())
        wait(action.menu().isVisible)
        menu = action.menu()
        film.take(0.7)
    action = _find(menu, "Reduce colours: stained section (Color Quantization)")
    film.move(menu, menu.actionGeometry(action).center())
    film.take(1.2)
    film.click(menu, menu.actionGeometry(action).center())
    wait(lambda: find_dock(viewer, "Color Quantization") is not None)
    panel = find_dock(viewer, "Color Quantization")[1]  # type: ignore[index]
    wait(lambda: "section quantized" in viewer.layers and not panel.is_running)
    film.text = "... and there it is: six colours, chosen by the stains of the section."
    film.take(2.5)
    return panel


def five_colors(film: Film, viewer: Any, panel: Any) -> None:
    """Run again with five."""
    film.text = "Five would do. Ctrl+Enter runs again, and the layers are updated."
    film.click(panel.colors.n_colors.spin_box)
    panel.colors.n_colors.spin_box.selectAll()
    film.type("5")
    film.take(0.8)
    film.run_again()
    wait(lambda: len(viewer.layers["section quantized"].features) == 5 and not panel.is_running)
    film.take(1.5)


def look_and_name(film: Film, panel: Any) -> None:
    """Hover the swatches, then give names and classes."""
    colors = panel.palette_editor.colors
    film.text = "A swatch under the mouse shows its pixels alone."
    for row in (2, 4):
        film.move(colors.grid.viewport(), colors.grid.visualRect(colors.grid.model().index(row, 0)).center())
        rest(0.4)
        film.take(1.0)
    film.text = "Type names and classes: Tab goes on."
    index = colors.table.palette_model.index(0, KEYS.index("name"))
    film.click(colors.table.viewport(), colors.table.visualRect(index).center())
    film.take(0.5)
    for name, group in WORDS:
        film.type(name, Qt.Key.Key_Tab)
        film.take(0.5)
        film.type(group, Qt.Key.Key_Return if (name, group) == WORDS[-1] else Qt.Key.Key_Tab)
        film.take(0.5)
    film.take(1.0)


def measure_and_show(film: Film, viewer: Any, panel: Any) -> None:
    """Measure the classes, and put the legend on the canvas."""
    editor = panel.palette_editor
    film.text = "Measure: the area of each class, in the unit of the image; saved as CSV, drawn as a figure."
    bar = editor.tabs.tabBar()
    film.click(bar, bar.tabRect(1).center())
    wait(lambda: editor.measure.save_button.isEnabled())
    film.take(2.5)
    film.text = "A legend on the canvas, in every exported figure."
    find_legend(viewer).show(viewer.layers["section quantized"])
    film.take(3.5)


def _find(menu: Any, title: str) -> Any:
    return next(action for action in menu.actions() if action.text().replace("&", "") == title)


def main() -> None:
    """Drive the window, and write the film."""
    viewer = napari.Viewer(show=False)
    window = viewer.window._qt_window
    window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    window.setGeometry(0, 0, *SIZE)
    viewer.window.show()
    window.setGeometry(0, 0, *SIZE)
    viewer.add_image(data.immunohistochemistry(), name="section", scale=(0.5, 0.5), units="um")
    rest(1.0)
    film = Film(window)
    film.text = "A stained section is open."
    film.take(1.0)
    panel = run_from_menu(film, viewer)
    five_colors(film, viewer, panel)
    look_and_name(film, panel)
    measure_and_show(film, viewer, panel)
    film.save()
    viewer.close()


if __name__ == "__main__":
    main()
