"""A method and its own options, built from the registry: nothing about any method is written here."""

import inspect
import re
from collections.abc import Callable
from typing import Any

from magicgui.widgets import ComboBox, SpinBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QModelIndex, QSize, Qt
from qtpy.QtGui import QIcon, QPainter
from qtpy.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem

from ...recipe import Recipe
from ...registry import GROUPS, Method, Registry
from ..widgets.forms import Fold, Note, align_labels, option_widget
from .sections import Section

#: The size of a picture before a method.
_PICTURE = QSize(40, 16)


class MethodPicker(Section):
    """A drop-down over a registry of methods, the summary of the chosen one, and a fold with its options.

    Parameters
    ----------
    registry : Registry of Method
    field : str
        The field of `Recipe` that names the method; its options are in the field ``{field}_options``.
    label, tooltip : str
        What stands before the drop-down, and what it does to the picture.
    find_icon : callable, optional
        Returns the picture of a method.
    """

    def __init__(
        self,
        registry: Registry[Method],
        field: str,
        label: str,
        tooltip: str,
        find_icon: Callable[[str], QIcon] | None = None,
    ) -> None:
        super().__init__()
        self._registry, self._field = registry, field
        entries = sorted(registry.values(), key=lambda entry: GROUPS.index(entry.group))
        self.method: ComboBox = ComboBox(choices=[(entry.title, entry.name) for entry in entries])
        _dress(self.method.native, entries)
        if find_icon is not None:
            self.method.native.setIconSize(_PICTURE)
            for place, entry in enumerate(entries):
                self.method.native.setItemIcon(place, find_icon(entry.name))
        self.summary = Note()
        self.fold = Fold("Options")
        self.options: dict[str, ValueWidget[Any]] = {}
        self.form.add_row(label, self.method, tooltip)
        self.form.add_note(self.summary)
        self.form.add_wide(self.fold)
        self.method.changed.connect(self._show_method)
        self._show_method(self.method.value)

    def read(self) -> dict[str, Any]:
        """Return the method and those of its options that differ from the defaults."""
        defaults = {name: option.default for name, option in self._registry[self.method.value].options.items()}
        chosen = {name: widget.value for name, widget in self.options.items()}
        changed = {name: value for name, value in chosen.items() if value != defaults[name]}
        return {self._field: self.method.value, f"{self._field}_options": changed}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the method and its options."""
        name, options = getattr(recipe, self._field), getattr(recipe, f"{self._field}_options")
        self.method.value = name
        self._show_method(name, options)

    def _show_method(self, name: str, values: dict[str, Any] | None = None) -> None:
        method = self._registry[name]
        self.summary.setText(method.summary)
        self.summary.setVisible(name != "none")  # which says what it is
        self.method.tooltip = describe(method)
        self.fold.form.clear()
        tooltips = describe_options(method)
        self.options = {}
        for option in method.options.values():
            if option.name == "seed":
                continue  # one seed for the whole run, a field of the recipe
            widget = option_widget(option, (values or {}).get(option.name))
            widget.changed.connect(self._emit_changed)
            text = readable(option.name)
            self.fold.form.add_row(text[:1].upper() + text[1:], widget, tooltips.get(option.name, ""))
            self.options[option.name] = widget
        align_labels([self.fold.form])
        self.fold.setVisible(bool(self.options))
        self.changed.emit()


class SeedSection(Section):
    """The seed of every random choice."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = SpinBox(min=0, max=2**31 - 1, value=0)
        self.form.add_row("Seed", self.seed, "Start of the random numbers: the same seed gives the same palette.")
        self.seed.changed.connect(self._emit_changed)

    def read(self) -> dict[str, Any]:
        """Return the seed."""
        return {"seed": self.seed.value}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the seed."""
        self.seed.value = recipe.seed


def _dress(box: QComboBox, entries: list[Method]) -> None:
    """Let a drop-down say what each method is, and draw a line between their groups."""
    for place, entry in enumerate(entries):
        words = f"{entry.group}. {entry.name}: {entry.summary}"
        box.setItemData(place, words, Qt.ItemDataRole.ToolTipRole)
    starts = {place for place in range(1, len(entries)) if entries[place].group != entries[place - 1].group}
    box.setItemDelegate(_GroupLines(box, starts))


class _GroupLines(QStyledItemDelegate):
    """Draws a line over the first entry of each group: magicgui takes separators out again whenever it is moved."""

    def __init__(self, parent: QComboBox, starts: set[int]) -> None:
        super().__init__(parent)
        self.starts = starts

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the entry, and the line."""
        super().paint(painter, option, index)
        if painter is not None and index.row() in self.starts:
            painter.save()
            color = option.palette.text().color()
            color.setAlpha(90)
            painter.setPen(color)
            painter.drawLine(option.rect.topLeft(), option.rect.topRight())
            painter.restore()


def readable(name: str) -> str:
    """Return the name of a method or an option as people write it."""
    return name.replace("_", " ")


def describe(method: Method) -> str:
    """Return the docstring of a method up to its parameters."""
    return (inspect.getdoc(method.func) or "").partition("\nParameters\n")[0].strip()


def describe_options(method: Method) -> dict[str, str]:
    """Return what the docstring of a method says of each option."""
    doc = inspect.getdoc(method.func) or ""
    found = re.findall(r"^(\w+) : .*\n((?:    .*\n?|\n(?=    ))+)", doc, flags=re.MULTILINE)
    return {name: " ".join(text.split()).replace("``", "") for name, text in found if name in method.options}
