"""A colour of the table while it is chosen: looked at in a dialog, or typed."""

import re
from typing import Any

from ..._checks import refusal
from ...editing import recolor
from .session import ResultSession


class ColorPreview:
    """A colour that is looked at in a dialog: what happens to the result meanwhile is not taken back with it."""

    def __init__(self, session: ResultSession, row: int) -> None:
        self._session, self._row = session, row
        self._before = self._shown = session.indexed

    def show(self, color: Any) -> None:
        """Show the result with that colour."""
        if self._session.indexed is self._shown:
            self._shown = recolor(self._before, {self._row: color})
            self._session.show(self._shown)

    def end(self) -> None:
        """Show what was there before; if more than the colour has changed meanwhile, the colour alone goes back."""
        now, old = self._session.indexed, self._before.palette.hex
        if now is self._shown:
            self._session.show(self._before)
        elif now.palette.hex == self._shown.palette.hex != old:
            self._session.edit("Recolour", recolor(now, {self._row: old[self._row]}))
        self._shown = self._before

    def accept(self, color: Any) -> None:
        """Make the colour a step, if it is still the same entries that are shown."""
        self.end()
        if self._session.indexed is self._before:
            self._session.edit("Recolour", recolor(self._before, {self._row: color}))


def check_hex(text: str) -> str:
    """Return a code that is one without doubt: "dab" is the beginning of a word."""
    if not (text.startswith("#") or re.fullmatch("[0-9a-fA-F]{6}", text)):
        raise refusal("a colour", "be written #rrggbb, #rgb or rrggbb", text)
    return text
