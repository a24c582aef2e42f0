"""Undo and redo of palette edits: a command is the result before and after, which share all that did not change."""

import math
import time
from typing import Any

from ...indexed import IndexedImage

try:
    from qtpy.QtGui import QUndoCommand, QUndoStack
except ImportError:  # Qt 5 keeps them elsewhere
    from qtpy.QtWidgets import QUndoCommand, QUndoStack  # type: ignore[no-redef]

#: What the labels of all steps of one stack may take together.
MEMORY = 512 << 20
_MOST_STEPS = 200
_FEWEST_STEPS = 4
#: Steps of one kind that follow within so many seconds are one step: a colour that is dragged through a dialog.
_MERGE_SECONDS = 1.0


class Edit(QUndoCommand):
    """One step: what the session shows before it and after it.

    Parameters
    ----------
    session : ResultSession
        Whose `show` is called.
    text : str
        What the step does, for tooltips: "Merge 2 colours".
    before, after : IndexedImage
    key : str
        Steps of the same non-empty key in quick succession become one.
    shown : bool
        True if `after` is shown already, as after painting.
    within : float
        Seconds that count as quick succession.
    """

    def __init__(
        self,
        session: Any,
        text: str,
        before: IndexedImage,
        after: IndexedImage,
        key: str = "",
        shown: bool = False,
        within: float = _MERGE_SECONDS,
    ) -> None:
        super().__init__(text)
        self._session, self._before, self._after = session, before, after
        self._key, self._shown, self._within = key, shown, within
        self._time = time.monotonic()

    def redo(self) -> None:
        """Show the result after the step."""
        if not self._shown:
            self._session.show(self._after)
        self._shown = False

    def undo(self) -> None:
        """Show the result before the step."""
        self._session.show(self._before)

    def id(self) -> int:
        """Tell Qt whether `mergeWith` is worth asking."""
        return 1 if self._key else -1

    def mergeWith(self, other: QUndoCommand | None) -> bool:  # noqa: N802, a name of Qt's
        """Take in a step of the same key that follows soon enough."""
        if not isinstance(other, Edit) or other._key != self._key or other._time - self._time > self._within:
            return False
        self._after, self._time = other._after, other._time
        return True


def undo_limit(label_bytes: int) -> int:
    """Return how many steps are kept for labels of so many bytes."""
    return max(_FEWEST_STEPS, min(_MOST_STEPS, MEMORY // max(label_bytes, 1)))


def make_stack(session: Any, label_bytes: int) -> QUndoStack:
    """Return an empty stack whose steps never hold more than about `MEMORY`, but always a few."""
    stack = QUndoStack(session)
    stack.setUndoLimit(undo_limit(label_bytes))
    return stack


def run_step(session: Any, before: IndexedImage, after: IndexedImage, series: str) -> Edit:
    """Return the step of a run, whose result is shown already; those of one series are one step, however far apart."""
    if series:
        return Edit(session, "Live", before, after, f"series {series}", shown=True, within=math.inf)
    return Edit(session, "Run again", before, after, shown=True)
