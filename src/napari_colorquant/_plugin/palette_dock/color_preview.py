"""A colour of the table while it is chosen: looked at in a dialog, or typed."""

import re
from typing import Any

from qtpy.compat import isalive

from ..._checks import refusal
from ...editing import recolor
from .session import ResultSession


class ColorPreview:
    """A colour that is looked at in a dialog, and is either kept as one step or taken back.

    What happens to the result meanwhile, such as another name, is not taken back with it. A run may end, and the
    layer may be deleted, while the dialog is open: then the result is not that of the dialog any more, and nothing
    is shown, kept or taken back.

    Parameters
    ----------
    session : ResultSession
    row : int
        Of the entry.
    """

    def __init__(self, session: ResultSession, row: int) -> None:
        self._session, self._row = session, row
        self._before = self._shown = session.indexed

    def show(self, color: Any) -> None:
        """Show the result with that colour."""
        if self._is_alive() and self._session.indexed is self._shown:
            self._shown = recolor(self._before, {self._row: color})
            self._session.show(self._shown)

    def end(self) -> None:
        """Show what was there before; if more than the colour has changed meanwhile, the colour alone goes back."""
        self._settle()
        if not self._is_alive():
            return
        now, old = self._session.indexed, self._before.palette.hex
        if now is self._shown:
            if now is not self._before:
                self._session.show(self._before)
        elif now.palette.hex == self._shown.palette.hex != old:
            self._session.edit("Recolour", recolor(now, {self._row: old[self._row]}))
        self._shown = self._before

    def accept(self, color: Any) -> bool:
        """Make the colour a step; False if the result has changed meanwhile."""
        self.end()
        if not self._is_alive() or self._session.indexed is not self._before:
            return False
        self._session.edit("Recolour", recolor(self._before, {self._row: color}))
        return True

    def _settle(self) -> None:
        """Take in a run that ended just now; not while colours are dragged, since it takes longer than to show them."""
        if isalive(self._session):
            self._session.settle()

    def _is_alive(self) -> bool:
        session = self._session
        return isalive(session) and session.layer in session.viewer.layers


def check_hex(text: str) -> str:
    """Return a code that is one without doubt: "dab" is the beginning of a word."""
    if not (text.startswith("#") or re.fullmatch("[0-9a-fA-F]{6}([0-9a-fA-F]{2})?", text)):
        raise refusal("a colour", "be written #rrggbb, #rgb or rrggbb, or with alpha #rrggbbaa", text)
    return text
