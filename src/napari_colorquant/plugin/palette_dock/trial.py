"""What is shown while a dialog is open, and is either kept as one step or taken back."""

from collections.abc import Callable
from typing import TypeAlias

from qtpy.compat import isalive

from ...indexed import IndexedImage
from .session import ResultSession

_Edit: TypeAlias = Callable[[IndexedImage], IndexedImage]


class Trial:
    """Edits of a result that are no steps yet.

    A run may end, and a layer may be deleted, while the dialog is open: then the result is not that of the dialog any
    more, and nothing is shown, kept or taken back.

    Parameters
    ----------
    session : ResultSession

    Attributes
    ----------
    before : IndexedImage
        What every edit starts from.
    """

    def __init__(self, session: ResultSession) -> None:
        self._session = session
        self.before = self._shown = session.indexed

    def show(self, edit: _Edit) -> None:
        """Show the result of an edit."""
        if self._is_valid():
            self._shown = edit(self.before)
            self._session.show(self._shown)

    def take_back(self) -> None:
        """Show what was there before."""
        self._settle()
        if self._is_valid() and self._shown is not self.before:
            self._shown = self.before
            self._session.show(self.before)

    def keep(self, text: str, edit: _Edit) -> bool:
        """Make the step; False if the result has changed meanwhile."""
        self._settle()
        if not self._is_valid():
            return False
        self.take_back()
        self._session.edit(text, edit(self.before))
        return True

    def _settle(self) -> None:
        """Take in a run that ended just now; not while colours are dragged, since it takes longer than to show them."""
        if isalive(self._session):
            self._session.settle()

    def _is_valid(self) -> bool:
        session = self._session
        return isalive(session) and session.layer in session.viewer.layers and session.indexed is self._shown
