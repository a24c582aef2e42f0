"""How many colours: a number, or a quality that decides it; and the curve from one to the other."""

from collections.abc import Callable
from typing import Any

import numpy as np
from magicgui.widgets import ComboBox, FloatSpinBox
from napari.layers import Image
from qtpy.compat import isalive

from ..._recipe_fields import TARGETS
from ...palette import BYTE_COLORS, MAX_COLORS
from ...pipeline.verbs import error_curve
from ...quality.curve import ErrorCurve
from ...recipe import Recipe
from ..layers.image_levels import content_key, full_resolution
from ..tasks.runner import Runner
from ..widgets.count_control import CountControl
from ..widgets.curve_plot import CurvePlot
from ..widgets.debouncer import Debouncer
from ..widgets.forms import Fold, Note
from .sections import Section

_NUMBER = "number"
_WAIT_MS = 150
_WAYS = (
    ("A number", _NUMBER),
    ("By quality: mean ΔE₂₀₀₀ at most", "mean_de2000"),
    ("By quality: 95 % of ΔE₂₀₀₀ at most", "p95_de2000"),
    ("By quality: PSNR in dB at least", "psnr"),
)
_FIRST_TARGETS = {"mean_de2000": 3.0, "p95_de2000": 7.0, "psnr": 32.0}
_MEASURES = (("Mean ΔE₂₀₀₀", "mean_de2000"), ("95 % of ΔE₂₀₀₀", "p95_de2000"), ("PSNR, dB", "psnr"))


class QualitySection(Section):
    """How many colours: a number, or the fewest that reach a quality."""

    def __init__(self) -> None:
        super().__init__()
        self.way: ComboBox = ComboBox(choices=list(_WAYS), value=_NUMBER)
        self.n_colors = CountControl(2, MAX_COLORS, 16, slides_to=BYTE_COLORS)
        self.target = FloatSpinBox(value=3.0, min=0.1, max=100.0, step=0.1)
        self.form.add_row("How many", self.way, "Give the number of colours, or the quality that they must reach.")
        self.form.add_row("Colours", self.n_colors, "How many colours the picture keeps.\nMore than 256 are typed.")
        self.form.add_row("Target", self.target, "The fewest colours that reach this are taken.")
        self.way.changed.connect(self._show_way)
        self.n_colors.changed.connect(self._emit_changed)
        self.target.changed.connect(self._emit_changed)
        self._show_way(_NUMBER)

    def read(self) -> dict[str, Any]:
        """Return the number of colours, or "auto" and its target."""
        if self.way.value == _NUMBER:
            return {"n_colors": self.n_colors.value, "target": {}}
        return {"n_colors": "auto", "target": {self.way.value: float(self.target.value)}}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the number of colours or the target."""
        if isinstance(recipe.n_colors, int):
            self.way.value = _NUMBER
            self.n_colors.value = max(recipe.n_colors, 2)
            return
        ((measure, value),) = recipe.target.items()
        self.way.value = measure
        self.target.value = value

    def choose_number(self, n_colors: int) -> None:
        """Take a number, as picked in the curve."""
        self.way.value = _NUMBER
        self.n_colors.value = n_colors

    def _show_way(self, way: str) -> None:
        by_number = way == _NUMBER
        if not by_number:
            self.target.min, self.target.max = TARGETS[way]
            self.target.value = _FIRST_TARGETS[way]
        self.form.set_row_visible(self.n_colors, by_number)
        self.form.set_row_visible(self.target, not by_number)
        self._emit_changed()


class CurveSection(Section):
    """The error for every number of colours, in a fold: computed when it is open, and anew when the image changes.

    Parameters
    ----------
    quality : QualitySection
        Takes the number that is clicked.
    find_layer, read_recipe : callable
        Return the image layer and the recipe that the panel shows.
    """

    def __init__(
        self, quality: QualitySection, find_layer: Callable[[], Image | None], read_recipe: Callable[[], Recipe]
    ) -> None:
        super().__init__()
        self._find_layer, self._read_recipe = find_layer, read_recipe
        self._asked: tuple[Any, ...] | None = None
        self.curve: ErrorCurve | None = None
        self.plot = CurvePlot()
        self.measure: ComboBox = ComboBox(choices=list(_MEASURES), value="mean_de2000")
        self.note = Note()
        self.fold = Fold("Error by number of colours")
        self.fold.form.add_row("Measure", self.measure, "Which error is drawn.")
        self.fold.form.add_wide(self.plot)
        self.fold.form.add_note(self.note)
        self.form.add_wide(self.fold)
        # Children of the fold, since they must end with it when the window closes.
        self._runner = Runner(self.fold)
        self._wait = Debouncer(self._compute, _WAIT_MS, self.fold)
        self._runner.succeeded.connect(self._on_curve)
        self._runner.failed.connect(lambda error: self._clear(str(error)))
        self.plot.picked.connect(quality.choose_number)
        self.measure.changed.connect(self._draw)
        self.fold.toggled.connect(lambda _: self.refresh())
        quality.n_colors.changed.connect(self.plot.choose)
        self.plot.choose(quality.n_colors.value)

    def refresh(self) -> None:
        """Compute the curve, a moment after the last call, if the fold is open and the image or the space is new."""
        if isalive(self.fold):
            self._wait.throttle()

    def _compute(self) -> None:
        if not self.fold.isExpanded():
            return
        layer = self._find_layer()
        if layer is None:
            self._clear("Open an image to see its curve.")
            return
        try:
            recipe = self._read_recipe()
        except (TypeError, ValueError) as error:
            self._clear(str(error))
            return
        names = ("space", "axis_weights", "stains", "scale")
        choices = {name: getattr(recipe, name) for name in names}
        asked = (content_key(layer), *choices.values())
        if asked == self._asked:
            return
        self._asked = asked
        image, rgb = full_resolution(layer), bool(layer.rgb)
        self.note.setText("Computing the curve …")
        self._runner.start(lambda: error_curve(image, rgb=rgb, **choices))

    def _on_curve(self, curve: ErrorCurve) -> None:
        self.curve = curve
        self.note.setText("Click to choose a number. A full run does some percent better.")
        self._draw()

    def _draw(self) -> None:
        if self.curve is not None:
            self.plot.show_values(getattr(self.curve, self.measure.value))

    def _clear(self, text: str) -> None:
        self.curve, self._asked = None, None
        self.plot.show_values(np.empty(0))
        self.note.setText(text)
