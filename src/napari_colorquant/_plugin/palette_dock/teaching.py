"""Steps in which entries learn from strokes, and in which readers can tell them apart."""

import numpy as np
from qtpy.QtWidgets import QInputDialog

from ... import editing
from ...quality.distinguishability import LEAST
from ..layers.strokes import begin_strokes, find_strokes
from .steps import StepMaker


class TeachingSteps(StepMaker):
    """The verbs on what entries look like, and on what they stand for."""

    def distinguish(self, least: float | None = None) -> None:
        """Show colours that readers can tell apart; asks for the least difference by default."""
        if self.session is None or not self._may_edit():
            return
        accepted = True
        if least is None:
            least, accepted = QInputDialog.getDouble(
                self._window,
                "Make distinguishable",
                "Least ΔE₂₀₀₀, to normal sight and to the three deficiencies of colour vision.\n"
                "Only the colours that are shown move; what is measured stays.",
                LEAST,
                1.0,
                50.0,
                1,
            )
        if accepted:
            goal = least
            self.do("Make distinguishable", lambda indexed: editing.make_distinguishable(indexed, goal))
            palette = self.session.indexed.palette
            if any(palette.display) and (reached := editing.least_difference(palette)) < goal:
                self.message.emit(f"So many colours differ by a ΔE₂₀₀₀ of {reached:.1f} at most.")

    def show_measured(self) -> None:
        """Show all entries in their own colours again."""
        self.do("Show own colours", editing.show_measured)

    def begin_strokes(self) -> None:
        """Paint examples of the selected entry, or of the first, on a layer of their own."""
        session = self.session
        if session is None or not self._may_edit() or not self._may_move_pixels():
            return
        rows = self._table.rows()
        entry, source = rows[0] if rows else 0, session.source
        has_source = source is not None and source in session.viewer.layers and bool(source.visible)
        begin_strokes(session.viewer, session.indexed, session.layer, entry, has_source=has_source)
        self.message.emit("Paint a few strokes of each entry, chosen in the table; then Learn from strokes (Ctrl+L).")

    def learn(self, method: str = "nearest") -> None:
        """Fit the colours of entries to the strokes, and map all pixels anew."""
        session = self.session
        if session is None or not self._may_edit() or not self._may_move_pixels():
            return
        layer = find_strokes(session.viewer, session.layer)
        if layer is None or not np.any(layer.data):
            self.begin_strokes()
            return
        session.layer.visible = True
        strokes = np.where(layer.data <= len(session.indexed.palette), layer.data, 0)
        self.work(
            "Learn from strokes",
            lambda indexed, image, rgb: editing.learn(indexed, image, strokes, method=method, rgb=rgb),
        )
