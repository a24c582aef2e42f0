"""A table on the command line: printed, or written as a CSV file."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from .._runtime.atomic import write_file
from ..annotate.tables.table import to_csv
from ._errors import UsageError
from ._paths import Inputs, check_not_an_input


def write_table(rows: Sequence[dict[str, Any]], options: argparse.Namespace, inputs: Sequence[str], text: str) -> None:
    """Write rows to ``options.output`` and print `text`; without one, print the rows, and `text` beside them.

    Parameters
    ----------
    rows : sequence of dict
    options : Namespace
        With ``output`` and ``force``.
    inputs : sequence of str
        Files that must not be written.
    text : str
        A line about the rows.
    """
    table = to_csv(rows)
    if options.output is None:
        print(table.replace("\r\n", "\n"), end="")
        print(text, file=sys.stderr)
        return
    if not options.output.lower().endswith(".csv"):
        raise UsageError(f"--output must be a .csv, got {options.output}")
    check_not_an_input(options.output, Inputs.of(inputs))
    write_file(options.output, table.encode(), overwrite=options.force)
    print(text)
