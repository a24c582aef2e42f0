"""The ways in which pixels find their palette colour, as data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LabelMapping:
    """A way.

    Attributes
    ----------
    name : str
    title : str
        What people call it.
    summary : str
        Which colour a pixel gets, in a part of a sentence.
    told : str
        What is told of a result, or nothing.
    by_cell : bool
        Whether all colours of a small cell have one label, see `napari_colorquant.mapping.by_cell`.
    """

    name: str
    title: str
    summary: str
    told: str = ""
    by_cell: bool = False


#: By name.
MAPPINGS = {
    mapping.name: mapping
    for mapping in (
        LabelMapping("exact", "Exact", "each pixel gets its nearest colour"),
        LabelMapping(
            "by_cell",
            "By cell",
            "inexact; the colour nearest to the middle of a pixel's cell of 4 x 4 x 4 levels, quicker for large images",
            told="mapped by cell, not exactly",
            by_cell=True,
        ),
    )
}
