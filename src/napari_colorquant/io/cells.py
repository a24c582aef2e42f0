"""Cells of a CSV file that spreadsheets take as text, whatever they begin with.

A cell that begins like a formula is run when a table is opened: ``=HYPERLINK(...)``, ``+1``, ``-x``, ``@x``, also
behind a tab or the end of a line. Behind an apostrophe it is text.
"""

import re
from typing import Any

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def escape_cell(value: Any) -> Any:
    """Return a text that would be a formula, or looks escaped, behind an apostrophe; all else as it is."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def unescape_cell(text: str) -> str:
    """Return what `escape_cell` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
