"""Which stains a section has: found in the image, a set that is in use, or what is typed."""

from collections.abc import Callable
from typing import Any

from magicgui.widgets import ComboBox, LineEdit
from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QPushButton

from ...recipe import Recipe
from ...spaces.stains import STAIN_SETS, Stains, write_stains
from ..widgets.forms import Form, Note

_OWN = "own"
_FOUND = (
    ("From the image", None),
    ("From the image, in sparse parts", "vahadane"),
    ("From the image, three in sparse parts", "vahadane:3"),
)
#: Before anything was chosen or typed, this set is shown as an example of what can be.
_EXAMPLE = "h-dab"


class StainRows(QObject):
    """Rows of a form, seen where the colour space is one of stains.

    Parameters
    ----------
    form : Form
        Gets the rows.
    pick : callable
        Returns the colours that the user has marked in the image; ValueError with what is to be done otherwise.

    Attributes
    ----------
    changed : Signal
        The stains are others.
    """

    changed = Signal()

    def __init__(self, form: Form, pick: Callable[[], tuple[str, ...]]) -> None:
        super().__init__()
        self._form, self._pick = form, pick
        sets = [(stains.name, name) for name, stains in STAIN_SETS.items()]
        choices = [*_FOUND, *sets, ("Own", _OWN)]
        self.which: ComboBox = ComboBox(choices=choices, nullable=False)
        self.text = LineEdit(value="")
        form.add_row(
            "Stains", self.which, "Which stains there are. From the image: the two outermost (Macenko), or those of\n"
            "which few at a time make up a colour (Vahadane). Background and amounts are always those of the image,\n"
            "unless they are typed.",
        )  # fmt: skip
        form.add_row(
            "Vectors", self.text, "A string of QuPath's, what its scripts give to setColorDeconvolutionStains,\n"
            "or two or three colours, each of one stain alone: #7a78a8, #a0703c.",
        )  # fmt: skip
        self.pick_button, self.note = QPushButton("Pick at points"), Note()
        self.pick_button.setAccessibleName(self.pick_button.text())
        form.add_row("", self.pick_button, "Take the colours under two or three points of a Points layer.")
        form.add_note(self.note)
        self.pick_button.clicked.connect(self._on_pick)
        self.which.changed.connect(self._on_chosen)
        self.text.changed.connect(lambda _: self.changed.emit())
        self._last = _EXAMPLE
        self._is_shown = True

    def read(self) -> dict[str, Any]:
        """Return the stains as a field of a `Recipe`."""
        return {"stains": self.text.value if self.which.value == _OWN else self.which.value}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the stains of a recipe."""
        stains = recipe.stains
        known = next((name for name, each in STAIN_SETS.items() if each == stains), stains)
        if isinstance(known, (Stains, tuple)):
            self._write(write_stains(known) if isinstance(known, Stains) else ", ".join(known))
            known = _OWN
        self.which.value = known
        self._show_text()

    def show_if(self, is_shown: bool) -> None:
        """Show the rows, or hide them."""
        self._is_shown = is_shown
        self._form.set_row_visible(self.which, is_shown)
        self._show_text()

    def _on_chosen(self, value: str | None) -> None:
        if value in STAIN_SETS:
            self._last = str(value)
        if value == _OWN and not self.text.value.strip():
            self._write(write_stains(STAIN_SETS[self._last]))
        self._show_text()
        self.changed.emit()

    def _on_pick(self) -> None:
        try:
            self.text.value = ", ".join(self._pick())
        except (TypeError, ValueError) as error:
            self.note.setText(str(error))
        else:
            self.note.setText("")
        self._show_text()

    def _write(self, text: str) -> None:
        self.text.value = text
        self.text.native.setCursorPosition(0)  # what it is stands at its beginning

    def _show_text(self) -> None:
        is_own = self._is_shown and self.which.value == _OWN
        for row in (self.text, self.pick_button):
            self._form.set_row_visible(row, is_own)
        self.note.setVisible(is_own and bool(self.note.text()))
