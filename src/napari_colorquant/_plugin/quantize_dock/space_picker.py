"""What near means: a space with its stains and the weights of its axes, the error made small, and how pixels map."""

from collections.abc import Callable
from typing import Any

from magicgui.widgets import ComboBox, FloatSlider
from napari.layers import Image

from ...mapping.mappings import MAPPINGS
from ...recipe import Recipe
from ...spaces import OBJECTIVES, SPACES, Space
from ...spaces.stains import STAINS
from ..widgets.forms import Fold, Note, align_labels
from .sections import Section
from .stain_points import pick_at_points
from .stain_rows import StainRows

_HEAVIEST = 4.0


class SpacePicker(Section):
    """Drop-downs over spaces, errors and ways to map, and a fold with a slider for each axis of the chosen space.

    Parameters
    ----------
    viewer : napari.Viewer
        Its Points layers can mark stains.
    find_layer : callable
        Returns the image layer that the panel shows.
    """

    def __init__(self, viewer: Any, find_layer: Callable[[], Image | None]) -> None:
        super().__init__()
        self.space: ComboBox = ComboBox(choices=[(space.title, name) for name, space in SPACES.items()])
        self.summary = Note()
        self.fold = Fold("Axis weights")
        self.weights: list[FloatSlider] = []
        self.form.add_row("Colour space", self.space, "In which space colours are compared.")
        self.form.add_note(self.summary)
        self.objective: ComboBox = ComboBox(choices=[(each.title, name) for name, each in OBJECTIVES.items()])
        self.form.add_row(
            "Lowest error", self.objective, "Which error is made small; all but the first take a little longer.\n"
            + "\n".join(f"{each.title}: {each.summary}" for each in OBJECTIVES.values()),
        )  # fmt: skip
        self.mapping: ComboBox = ComboBox(choices=[(each.title, name) for name, each in MAPPINGS.items()])
        self.form.add_row(
            "Mapping", self.mapping, "How pixels find their colour.\n"
            + "\n".join(f"{each.title}: {each.summary}" for each in MAPPINGS.values()),
        )  # fmt: skip
        self.stains = StainRows(self.form, lambda: pick_at_points(viewer, find_layer()))
        self.form.add_wide(self.fold)
        self.stains.changed.connect(self._on_stains)
        self.space.changed.connect(self._show_space)
        for control in (self.objective, self.mapping):
            control.changed.connect(self._emit_changed)
        self._show_space(self.space.value)

    def read(self) -> dict[str, Any]:
        """Return the space, its axis weights, the objective, the mapping and the stains."""
        weights = tuple(float(weight.value) for weight in self.weights)
        chosen = {"objective": self.objective.value, "mapping": self.mapping.value}
        return {"space": self.space.value, "axis_weights": weights, **chosen, **self.stains.read()}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the space, its axis weights, the objective, the mapping and the stains."""
        self.objective.value = recipe.objective
        self.mapping.value = recipe.mapping
        self.stains.show_recipe(recipe)
        self.space.value = recipe.space
        self._show_space(recipe.space, recipe.axis_weights)

    def _on_stains(self) -> None:
        if self.space.value == STAINS.name and self._find_space().axes != self._axes:
            self._show_space(STAINS.name, tuple(float(weight.value) for weight in self.weights))
        else:
            self._emit_changed()

    def _find_space(self) -> Space:
        """Return the space, whose axes are named by its stains where these are known already."""
        try:
            return Recipe(space=self.space.value, **self.stains.read()).color_space
        except (TypeError, ValueError):  # what is typed is not whole yet
            return SPACES[self.space.value]

    def _show_space(self, name: str, values: tuple[float, ...] | None = None) -> None:
        space = self._find_space()
        self._axes = space.axes
        values = values or (1.0,) * len(space.axes)
        self.summary.setText(space.summary)
        self.stains.show_if(name == STAINS.name)
        self.fold.form.clear()
        self.weights = []
        for axis, value in zip(space.axes, values, strict=True):
            weight = FloatSlider(value=value, min=0.0, max=max(_HEAVIEST, value), step=0.05)
            weight.changed.connect(self._emit_changed)
            tooltip = f"How much differences in {axis} count: 0 leaves it out, 1 is normal, more keeps finer steps."
            self.fold.form.add_row(axis, weight, tooltip)
            self.weights.append(weight)
        align_labels([self.fold.form])
        self.changed.emit()
