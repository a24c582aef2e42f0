"""What the picture is: one choice for a newcomer that makes all of those under Advanced."""

import textwrap
from typing import Any

from magicgui.widgets import ComboBox
from qtpy.QtCore import QSignalBlocker, Signal

from ...recipe import Recipe
from ..widgets.forms import Note
from .goals import GOALS, Goal
from .sections import Section

_OWN = "own"
_LINE = 70
_WHAT = "What kind of picture it is. Sets what stands under Advanced,\nand proposes a number of colours and a dither."
_OWN_WORDS = "What is chosen under Advanced suits none of the goals."


class GoalSection(Section):
    """A drop-down over the goals.

    Attributes
    ----------
    words : Note
        The recipe of the chosen goal in words, which stands where its choices are.
    chosen : Signal of Goal
        The user has chosen another goal.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.goal: ComboBox = ComboBox(choices=[*((goal.title, goal) for goal in GOALS), ("Own choices", _OWN)])
        self.words = Note()
        self.form.add_row("Goal", self.goal)
        self.goal.changed.connect(self._on_chosen)
        self._show_words()

    @property
    def has_channels(self) -> bool:
        """True for a kind of picture whose channels are one image."""
        return isinstance(self.goal.value, Goal) and self.goal.value.blends

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the goal that a recipe suits, without choosing it anew; own choices if there is none."""
        value = self.goal.value
        if not (isinstance(value, Goal) and value.suits(recipe)):
            with QSignalBlocker(self.goal.native), self.goal.changed.blocked():
                self.goal.value = next((goal for goal in GOALS if goal.suits(recipe)), _OWN)
        self._show_words()

    def _on_chosen(self, value: Any) -> None:
        self._show_words()
        if isinstance(value, Goal):
            self.chosen.emit(value)

    def _show_words(self) -> None:
        value = self.goal.value
        words = value.words if isinstance(value, Goal) else _OWN_WORDS
        self.words.setText(words)
        self.goal.tooltip = f"{_WHAT}\n\n{textwrap.fill(words, _LINE)}"
