"""The sections of the panel: each shows a few choices, reads them off as fields of a `Recipe`, and takes them back.

A new section is a subclass of `Section` and one entry in `widget.QuantizeWidget`.
"""

from typing import Any

from magicgui.widgets import CheckBox, ComboBox
from napari.layers import Image
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Signal

from ...recipe import Recipe
from ..widgets.forms import Form

#: What to do where an image needs a scale.
SCALE_ADVICE = 'choose "As displayed" or "By data range" under Intensities'


class Section(QObject):
    """A part of the panel.

    Attributes
    ----------
    form : Form
        Its rows.
    changed : Signal
        Sent when a choice changes.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()

    def _emit_changed(self) -> None:
        self.changed.emit()

    def _follow_layers(self, viewer: Any, control: ComboBox) -> None:
        """List what a control offers anew whenever layers come, go or get another name."""
        self._listed = control
        events = viewer.layers.events
        for event in (events.inserted, events.removed, events.renamed):
            event.connect(self._list_anew)  # a method, which the viewer holds weakly: a lambda would stay

    def _list_anew(self, _: Any = None) -> None:
        if isalive(self.form):
            self._listed.reset_choices()

    def forms(self) -> list[Form]:
        """Return all forms whose labels stand in one column."""
        return [self.form]

    def read(self) -> dict[str, Any]:
        """Return the choices as fields of a `Recipe`."""
        return {}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the choices of a recipe."""

    def inputs(self, layer: Image) -> dict[str, Any]:
        """Return keywords of `pipeline.run` beside image and recipe, such as a mask for `layer`."""
        return {}


class ResultSection(Section):
    """What comes out: not a part of the recipe, but of where its result goes."""

    def __init__(self) -> None:
        super().__init__()
        self.kind: ComboBox = ComboBox(choices=[("Labels", "labels"), ("RGB image", "rgb")], value="labels")
        self.new_layers = CheckBox(text="New layers", value=False)
        self.form.add_row(
            "Result",
            self.kind,
            "Labels: an indexed image; recolour, select and measure each colour.\n"
            "RGB image: the picture in its new colours, as any viewer shows it.",
        )
        self.form.add_row("", self.new_layers, "Add new layers instead of updating those of the last run.")
