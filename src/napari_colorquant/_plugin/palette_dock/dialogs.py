"""The questions that palette edits ask: a colour with a live preview, another palette, a number, a name."""

from collections.abc import Callable
from typing import Any

from napari.utils.colormaps import AVAILABLE_COLORMAPS
from napari.utils.theme import get_theme
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...io.named_palettes import PALETTES, find_palette
from ...palette import Palette
from ..layers.provenance import read_metadata, read_palette
from ..widgets.color_strip import ColorStrip
from ..widgets.forms import Note, dress, make_narrow


def ask_color(
    parent: QWidget,
    title: str,
    color: Any,
    on_accepted: Callable[[tuple[int, ...]], None],
    on_preview: Callable[[tuple[int, ...]], None] | None = None,
    on_rejected: Callable[[], None] | None = None,
) -> QColorDialog:
    """Open a colour dialog and return it; `on_preview` hears of every colour that is looked at.

    A `color` of four levels is asked for with its alpha.
    """
    count = len(color)
    dialog = QColorDialog(QColor(*(int(level) for level in color)), parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setOption(QColorDialog.ColorDialogOption.ShowAlphaChannel, count == 4)
    if on_preview is not None:
        dialog.currentColorChanged.connect(lambda chosen: on_preview(_levels(chosen)[:count]))
    if on_rejected is not None:
        dialog.rejected.connect(on_rejected)
    dialog.colorSelected.connect(lambda chosen: on_accepted(_levels(chosen)[:count]))
    dialog.open()
    code = dialog.findChild(QLineEdit, "qt_colorname_lineedit")  # not in a dialog of the system's own
    if code is not None:
        code.setFocus()
        code.selectAll()
    return dialog


class PaletteDialog(QDialog):
    """Choose a palette: a built-in one, a colormap, that of another layer, or a file.

    Parameters
    ----------
    parent : QWidget
    title, explanation : str
    n_colors : int
        How many steps of a colormap are taken.
    viewer : napari.Viewer
        Whose other results are offered.
    on_accepted : callable
        Gets the `Palette`.
    """

    def __init__(
        self,
        parent: QWidget,
        title: str,
        explanation: str,
        n_colors: int,
        viewer: Any,
        on_accepted: Callable[[Palette], None],
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._on_accepted = on_accepted
        self.choice, self.strip, self.note = QComboBox(), ColorStrip(), Note()
        self.strip.setMinimumHeight(28)
        make_narrow(self.choice)
        self.choice.setMaxVisibleItems(20)
        for text, meant in _offers(n_colors, viewer):
            self.choice.addItem(text, meant)
        self.choice.currentIndexChanged.connect(self._show_choice)
        browse = QPushButton("From a file …")
        browse.clicked.connect(self._browse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        layout = QVBoxLayout(self)
        for part in (Note(explanation), self.choice, self.strip, self.note, browse, buttons):
            layout.addWidget(part)
        self.setMinimumWidth(340)
        self.accepted.connect(self._hand_over)
        self._show_choice()
        dress(self, get_theme(viewer.theme))

    def chosen(self) -> Palette:
        """Return the palette that is chosen; ValueError or OSError if it cannot be read."""
        return find_palette(self.choice.currentData())

    def offer_file(self, path: str) -> None:
        """Add a palette file to the choices, and choose it."""
        self.choice.addItem(path, path)
        self.choice.setCurrentIndex(self.choice.count() - 1)

    def _show_choice(self) -> None:
        palette: Palette | None = None
        try:
            palette = self.chosen()
            text = f"{len(palette)} colours"
        except (OSError, TypeError, ValueError, LookupError) as error:
            text = str(error)
        self.strip.show_palette(palette)
        self.note.setText(text)
        if self._ok is not None:
            self._ok.setEnabled(palette is not None)

    def _browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a palette")
        if path:
            self.offer_file(path)

    def _hand_over(self) -> None:
        self._on_accepted(self.chosen())


def _offers(n_colors: int, viewer: Any) -> list[tuple[str, Any]]:
    """Return (text, what `find_palette` reads) of every palette there is to choose."""
    layers = [
        (f"Layer: {layer.name}", read_palette(layer))
        for layer in reversed(viewer.layers)
        if (found := read_metadata(layer)) is not None and found["role"] in ("labels", "rgb")
    ]
    named = [(name.replace("_", " "), name) for name in PALETTES]
    maps = [(f"Colormap: {name}", f"colormap:{name}:{n_colors}") for name in AVAILABLE_COLORMAPS]
    return [*named, *layers, *maps]


def _levels(color: QColor) -> tuple[int, ...]:
    return color.red(), color.green(), color.blue(), color.alpha()
