"""Clean classes: labels that hang together, no crumbs, no ragged outlines."""

from typing import Any

from magicgui.widgets import FloatSlider, SpinBox

from ...recipe import Recipe
from ..widgets.forms import Fold
from .sections import Section

#: The controls of the cleaning step, by their options: label, largest value, and what they do.
_STEPS = (
    ("min_size", "Smallest part", 1_000_000, "Connected parts of a colour with fewer pixels go to the colours around."),
    ("min_hole", "Smallest hole", 1_000_000, "Holes of a colour with fewer pixels are filled with it."),
    ("majority", "Outlines", 50, "Radius in pixels within which a pixel takes the most frequent colour."),
)


class CleanSection(Section):
    """Smoothness and the usual steps of cleaning; others that a recipe has are kept, and not shown."""

    def __init__(self) -> None:
        super().__init__()
        self.smoothness = FloatSlider(value=0.0, min=0.0, max=10.0, step=0.1)
        self.steps = {name: SpinBox(value=0, min=0, max=most) for name, _, most, _ in _STEPS}
        self._others: dict[str, Any] = {}
        self._further: tuple[dict[str, Any], ...] = ()
        self.fold = Fold("Clean up")
        self.fold.form.add_row(
            "Smoothness",
            self.smoothness,
            "How much neighbours shall have one colour where the image has no edge: 0 gives each pixel its nearest.\n"
            "Not with a dither.",
        )
        for name, label, _, tooltip in _STEPS:
            self.fold.form.add_row(label, self.steps[name], f"{tooltip} 0: none.")
        self.form.add_wide(self.fold)
        controls: tuple[Any, ...] = (self.smoothness, *self.steps.values())
        for control in controls:
            control.changed.connect(self._emit_changed)

    def read(self) -> dict[str, Any]:
        """Return the smoothness and the steps of cleaning."""
        chosen = {name: control.value for name, control in self.steps.items() if control.value}
        first = ({**chosen, **self._others},) if chosen else ()
        return {"smoothness": float(self.smoothness.value), "cleaning": (*first, *self._further)}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show smoothness and the first step of cleaning."""
        self.smoothness.value = recipe.smoothness
        first, self._further = (recipe.cleaning[0], recipe.cleaning[1:]) if recipe.cleaning else ({}, ())
        fitting = all(float(first.get(name, 0)).is_integer() for name in self.steps)
        if not fitting or (first and not any(first.get(name) for name in self.steps)):
            first, self._further = {}, recipe.cleaning  # nothing of it has a control
        self._others = {name: value for name, value in first.items() if name not in self.steps}
        for name, control in self.steps.items():
            control.value = int(first.get(name, 0))
        if recipe.smoothness or recipe.cleaning:
            self.fold.expand(False)
