"""The tables that the Measure tab makes of a result: what each needs, how it is made, how it is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from napari.layers import Labels, Layer

from ...annotate.patterns.adjacency import adjacency
from ...annotate.patterns.compare import compare
from ...annotate.patterns.pattern import patches, pattern
from ...annotate.patterns.plots import plot_adjacency, plot_confusion
from ...annotate.tables.objects import object_colors
from ...annotate.tables.plots import plot_shares
from ...annotate.tables.table import Row, class_names, measure
from ...indexed import IndexedImage
from ..layers.frames import read_palettes
from ..layers.image_levels import full_resolution
from ..layers.provenance import read_metadata
from ..layers.regions import read_regions
from ..layers.sources import pixel_size, read_result, unit_of
from .session import SHARE_PALETTE, ResultSession


@dataclass(frozen=True)
class Choices:
    """What is chosen beside the table: what a row stands for, where, and how."""

    by: str = "color"
    within: Layer | None = None
    per_frame: bool = False
    count_components: bool = True
    n_colors: int = 3


#: Makes a task of a session, its image with whether it is RGB (or None), and what is chosen.
Maker = Callable[[ResultSession, Any, Choices], Callable[[], list[Row]]]


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    title : str
        What the drop-down calls it.
    make : callable
        Returns a task for a thread; ValueError with what is missing.
    plot : callable or None
        From rows to axes of matplotlib.
    takes : frozenset of str
        The fields of `Choices` that matter.
    figure : str
        The title of its figure.
    """

    title: str
    make: Maker
    plot: Callable[[Sequence[Row]], Any] | None = None
    takes: frozenset[str] = field(default_factory=frozenset)
    figure: str = ""


def list_tables(viewer: Any, session: ResultSession | None) -> list[tuple[str, Table]]:
    """Return the tables with their titles; a comparison with each other result of the same size is one of its own."""
    found = list(_TABLES)
    if session is not None:
        found += [_comparison(layer) for layer in reversed(viewer.layers) if _is_comparable(layer, session.layer)]
    return [(table.title, table) for table in found]


def _is_comparable(layer: Layer, own: Labels) -> bool:
    found = read_metadata(layer) if isinstance(layer, Labels) and layer is not own else None
    return (
        found is not None
        and found["role"] == "labels"
        and not layer.multiscale
        and tuple(layer.data.shape) == tuple(own.data.shape)
    )


def _make_areas(session: ResultSession, source: Any, choices: Choices) -> Callable[[], list[Row]]:
    options = {**_options(session, choices), "count_components": choices.count_components}
    indexed, (image, rgb) = session.indexed, _pixels(source)
    if not session.has_frames:
        return lambda: measure(indexed, image, rgb=rgb, **options)
    codes = [palette.hex for palette in read_palettes(session.layer)]

    def task() -> list[Row]:
        rows = measure(indexed, image, rgb=rgb, **options)
        for row in rows:
            place = tuple(int(part) for part in row["frame"].split("."))
            row["hex"] = codes[int(np.ravel_multi_index(place, indexed.shape[:-2]))][row["index"]]
        return rows

    return task


def _make_pattern(function: Callable[..., list[Row]]) -> Maker:
    def make(session: ResultSession, source: Any, choices: Choices) -> Callable[[], list[Row]]:
        _require_one_palette(session)
        indexed, options = session.indexed, _options(session, choices)
        return lambda: function(indexed, **options)

    return make


def _make_objects(session: ResultSession, source: Any, choices: Choices) -> Callable[[], list[Row]]:
    if source is None:
        raise ValueError("This needs the image that was quantized, which is not in the viewer any more.")
    if choices.within is None:
        raise ValueError("Choose under Within the Labels layer whose labels are the objects.")
    objects, (image, rgb) = read_regions(choices.within, session.layer), _pixels(source)
    recipe = session.indexed.recipe
    space: Any = recipe.space if recipe.space != "stains" else "oklab"
    return lambda: object_colors(image, objects, choices.n_colors, space=space, rgb=rgb, scale=recipe.scale)


def _comparison(layer: Labels) -> Table:
    def make(session: ResultSession, source: Any, choices: Choices) -> Callable[[], list[Row]]:
        _require_one_palette(session)
        first, second, by = session.indexed, read_result(layer), _by(session.indexed, choices.by)
        if by == "class" and not class_names(second):
            raise ValueError(f"{layer.name} has no classes: compare each colour.")
        return lambda: compare(first, second, by=by).rows()

    return Table(f"Compared with {layer.name}", make, plot_confusion, frozenset({"by"}), "Which became which")


def _options(session: ResultSession, choices: Choices) -> dict[str, Any]:
    layer = session.layer
    return {
        "by": _by(session.indexed, choices.by),
        "pixel_size": pixel_size(layer),
        "unit": unit_of(layer),
        "regions": None if choices.within is None else read_regions(choices.within, layer),
        # Where every frame has colours of its own, a sum over the frames would be of different ones.
        "per_frame": (choices.per_frame or session.has_frames) and len(session.indexed.shape) > 2,
    }


def _require_one_palette(session: ResultSession) -> None:
    if session.has_frames:
        raise ValueError(f"Every frame has colours of its own: for this table, {SHARE_PALETTE}.")


def _by(indexed: IndexedImage, by: str) -> str:
    if by == "class" and not class_names(indexed):
        raise ValueError("There are no classes yet: select colours in the table, then Class … in its menu.")
    return by


def _pixels(source: Any) -> tuple[Any, bool | None]:
    return (None, None) if source is None else (full_resolution(source), bool(source.rgb))


_PLACES = frozenset({"by", "within", "per_frame"})
_TABLES = (
    Table("Areas", _make_areas, plot_shares, _PLACES | {"count_components"}, "Shares"),
    Table("Neighbours", _make_pattern(adjacency), plot_adjacency, _PLACES, "Neighbours"),
    Table("Pattern as a whole", _make_pattern(pattern), None, _PLACES),
    Table("Patches", _make_pattern(patches), None, _PLACES),
    Table("Colours of objects", _make_objects, None, frozenset({"within", "n_colors"})),
)
#: What is measured at first.
AREAS, OBJECTS = _TABLES[0], _TABLES[-1]
