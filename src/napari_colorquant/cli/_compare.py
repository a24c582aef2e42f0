"""``colorquant compare``: two indexed images of one picture."""

import argparse

from ..annotate.patterns.compare import compare
from ..io.indexed import read_indexed
from ._table import write_table


def run(options: argparse.Namespace) -> int:
    """Print or write the confusion matrix, and tell how far the images agree."""
    found = compare(read_indexed(options.first), read_indexed(options.second), match=options.match)
    write_table(found.rows(), options, [options.first, options.second], found.describe())
    return 0
