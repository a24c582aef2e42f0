"""The classes as a legend: a click or a digit puts the selected colours into one of them."""

from collections.abc import Sequence
from functools import partial

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QColor, QIcon, QPixmap
from qtpy.QtWidgets import QSizePolicy, QToolButton, QWidget
from superqt import QFlowLayout

from ...annotate.tables.features import class_colors
from ...palette import Palette

#: Classes that have a digit and a button of their own.
DIGITS = 9
_LONGEST = 16
_SWATCH = 11


class ClassLegend(QWidget):
    """One button for each of the first classes, in its colour, and one for a new class.

    Attributes
    ----------
    names : tuple of str
        The classes in the order in which they came, so that a digit stays what it is while one works.
    asked : Signal of str
        The colours that are selected shall belong to a class; "" asks for a new one.
    """

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.names: tuple[str, ...] = ()
        self.buttons: list[QToolButton] = []
        self._drawn: tuple[object, ...] = ()
        self._rows = QFlowLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Classes")

    def follow(self, palette: Palette | None) -> None:
        """Show the classes of a palette; None forgets their order."""
        if palette is None:
            self.names = ()
            self._draw((), ())
            return
        there = dict.fromkeys(name for name in palette.classes if name)
        self.names = (
            *(name for name in self.names if name in there),
            *(name for name in there if name not in self.names),
        )
        colors = [QColor(*(int(level) for level in color)).name() for color in class_colors(palette, self.names)]
        self._draw(self.names, colors)

    def _draw(self, names: Sequence[str], colors: Sequence[str]) -> None:
        if (key := (*names, *colors)) == self._drawn and self.buttons:
            return
        self._drawn = key
        for button in self.buttons:
            self._rows.removeWidget(button)
            button.deleteLater()
        drawn = list(zip(names, colors, strict=True))[:DIGITS]
        self.buttons = [self._make(name, color, place) for place, (name, color) in enumerate(drawn, 1)]
        new = self._make("", "", len(names) + 1)
        self.buttons.append(new)
        for button in self.buttons:
            self._rows.addWidget(button)
        self.updateGeometry()

    def _make(self, name: str, color: str, place: int) -> QToolButton:
        button = QToolButton()
        short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        button.setText(f"{place} {short.replace('&', '&&')}" if name else "+ Class")
        keys = f" (key {place})" if place <= DIGITS else ""
        what = f"{name}: put the selected colours into this class{keys}\nWith nothing selected: select its colours."
        button.setToolTip(what if name else f"Put the selected colours into a new class{keys}; key 0 takes them out.")
        button.setAccessibleName(f"Class {name}" if name else "New class")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if color:
            pixmap = QPixmap(_SWATCH, _SWATCH)
            pixmap.fill(QColor(color))
            button.setIcon(QIcon(pixmap))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(partial(self._ask, name))
        return button

    def _ask(self, name: str, _: bool = False) -> None:
        self.asked.emit(name)
