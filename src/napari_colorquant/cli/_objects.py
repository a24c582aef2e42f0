"""``colorquant objects``: the colours of the objects of a segmentation."""

import argparse

from ..annotate.tables.objects import object_colors
from ..io.read import read_image
from ._errors import UsageError
from ._files import read
from ._table import write_table


def run(options: argparse.Namespace) -> int:
    """Print or write a row for each object."""
    opened = read(options.image, options.channels)
    labels = read_image(options.objects)
    if labels.rgb:
        raise UsageError(f"the objects must be labels of one channel, got colours in {options.objects}")
    rows = object_colors(
        opened.levels[0], labels.levels[0], options.n_colors, space=options.space, quantizer=options.quantizer,
        rgb=opened.rgb, scale=options.scale,
    )  # fmt: skip
    write_table(rows, options, [options.image, options.objects], f"{len(rows)} objects")
    return 0
