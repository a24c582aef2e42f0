"""The columns of patterns, comparisons and objects: what they are called and how they are read."""

from ...registry import Registry
from ..tables.columns import COLUMNS, Column

#: The columns of patterns, comparisons and objects, which stand in tables of their own.
PATTERN_COLUMNS: Registry[Column] = Registry(
    "column of patterns",
    Column("measure", "Measure", "What was measured.", place=1),
    Column("value", "Value", "How much.", place=2),
    Column("object", "Object", "The label of the object.", place=3),
    Column("first", "This", "The colour or class of a pixel; of a comparison, in this result.", place=4),
    Column("second", "Other", "That of the pixel beside it; of a comparison, in the other result.", place=5),
    Column(
        "transition", "Transition", "Of the neighbours of this, the share that are the other.",
        shown_as="share", place=6,
    ),
    Column("match", "Match", "Whether both are one and the same.", place=7),
    Column("length", "Boundary", "Length of the boundary between the two.", shown_as="length", place=7),
    Column(
        "contrast", "ΔE", "CIEDE2000: of the two, or along all boundaries by their length.",
        shown_as="number", place=8,
    ),
    Column("pairs", "Pairs", "Pixels of the two that share a side.", shown_as="count", place=9),
    Column("classes", "Classes", "How many colours or classes occur.", shown_as="count", place=4),
    Column(
        "diversity", "Diversity", "1 / sum of the squared shares: as many even classes.",
        shown_as="number", place=5,
    ),
    Column("evenness", "Evenness", "Diversity over the number of classes.", shown_as="number", place=6),
    Column("entropy", "Entropy", "- sum of p ln p of the shares.", shown_as="number", place=6),
    Column("boundary", "Boundary", "Length of all boundaries.", shown_as="length", place=7),
    Column("boundary_density", "Per area", "Length of all boundaries over the area.", shown_as="number", place=7),
    Column(
        "contrast_deviation", "ΔE dev.", "Standard deviation of ΔE along the boundaries.",
        shown_as="number", place=8,
    ),
    Column(
        "transition_diversity", "Trans. div.", "Diversity of the pairs along boundaries.",
        shown_as="number", place=9,
    ),
    Column("transition_evenness", "Trans. even.", "The same over the number of pairs.", shown_as="number", place=9),
    Column("aspect", "Aspect", "Changes along columns over those along rows.", shown_as="number", place=9),
    Column("patches", "Patches", "Number of connected regions.", shown_as="count", place=7),
    Column("mean_patch", "Mean", "Mean area of a patch.", shown_as="area", place=8),
    Column("median_patch", "Median", "Median area of a patch.", shown_as="area", place=8),
    Column("largest_patch", "Largest", "Area of the largest patch.", shown_as="area", place=8),
)  # fmt: skip


def find_column(name: str) -> Column:
    """Return what is known of a column of any table; of those that are counted on, such as ``color_2_share``, too."""
    if name in COLUMNS:
        return COLUMNS[name]
    if name in PATTERN_COLUMNS:
        return PATTERN_COLUMNS[name]
    ends = {"_hex": "text", "_share": "share"}
    shown_as = next((kind for end, kind in ends.items() if name.endswith(end)), "number")
    return Column(name, _title(name), "", shown_as=shown_as)


def _title(name: str) -> str:
    """Return the heading of a column that is counted: "Colour 2", "Share 2"."""
    kind, _, what = name.rpartition("_")
    words = {"hex": "Colour", "share": "Share"}
    if kind.startswith("color_") and what in words:
        return f"{words[what]} {kind.removeprefix('color_')}"
    return name.replace("_", " ").capitalize()
