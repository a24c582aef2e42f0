"""What a legend says of a Labels layer: one row for each colour or class, with its share or its area."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from napari.layers import Labels

from ..layers.sources import pixel_size, unit_of
from ..widgets.formats import format_number, format_share

#: What stands behind the name.
Amount: TypeAlias = Literal["none", "share", "area"]
#: What a row stands for.
By: TypeAlias = Literal["color", "class"]
#: More rows than this are no legend any more; the largest shares are kept.
MOST_ROWS = 40


@dataclass(frozen=True)
class LegendRow:
    """One row: the colour as napari takes it, RGBA in 0..1, the name beside it, and how much of it there is."""

    color: tuple[float, ...]
    name: str
    amount: str = ""


@dataclass(frozen=True)
class _Entry:
    label: int
    color: tuple[float, ...]
    name: str
    group: str
    share: float
    count: float


def legend_rows(layer: Labels, amount: Amount = "share", by: By = "color") -> tuple[LegendRow, ...]:
    """Return the rows of a legend, in the order of the labels.

    Parameters
    ----------
    layer : Labels
        Any: names come from the column "name" of its features (or "class", "hex"), amounts from "share" and
        "count"; a row of the features belongs to the label in its column "index", or else to the label that its
        place tells. Where some entries have names, those without are left out.
    amount : {"none", "share", "area"}
        What stands behind the name; areas are in the layer's unit. What the features do not tell is left away.
    by : {"color", "class"}
        Entries one by one, or those of a class together, in the colour of the one with the largest share.
    """
    entries = _read(layer)
    if by == "class" and any(entry.group for entry in entries):
        entries = _join(entries)
    elif any(entry.name for entry in entries):
        entries = [entry for entry in entries if entry.name]
    if len(entries) > MOST_ROWS:
        largest = sorted(entries, key=lambda entry: -entry.share)[:MOST_ROWS]
        entries = [entry for entry in entries if entry in largest]
    return tuple(LegendRow(entry.color, _name(entry), _amount(entry, layer, amount)) for entry in entries)


def _read(layer: Labels) -> list[_Entry]:
    table = layer.features
    # napari's own labels begin with the background, whose row is that of label 0.
    labels = table["index"].to_numpy() if "index" in table else np.arange(len(table))
    labels = [int(label) for label in labels if np.isfinite(label)]
    colors = np.asarray(layer.colormap.map(np.array(labels or [0])), float)
    entries = []
    for row, (label, color) in enumerate(zip(labels, colors, strict=False)):
        if label == 0 or color[3] == 0:
            continue
        words = [_word(table, key, row) for key in ("name", "class", "hex")]
        amounts = [float(table[key][row]) if key in table else np.nan for key in ("share", "count")]
        entries.append(_Entry(label, tuple(color), words[0], words[1], *amounts))
    return entries


def _word(table: Any, key: str, row: int) -> str:
    value = table[key][row] if key in table else ""
    return value if isinstance(value, str) else ""


def _join(entries: list[_Entry]) -> list[_Entry]:
    groups: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.group:
            groups.setdefault(entry.group, []).append(entry)
    joined = []
    for name, members in groups.items():
        largest = max(members, key=lambda entry: np.nan_to_num(entry.share))
        share, count = (sum(getattr(entry, key) for entry in members) for key in ("share", "count"))
        joined.append(_Entry(largest.label, largest.color, name, name, share, count))
    return joined


def _name(entry: _Entry) -> str:
    red, green, blue = (round(255 * level) for level in entry.color[:3])
    return entry.name or f"#{red:02x}{green:02x}{blue:02x}"


def _amount(entry: _Entry, layer: Labels, amount: Amount) -> str:
    if amount == "share" and np.isfinite(entry.share):
        return format_share(entry.share)
    if amount == "area" and np.isfinite(entry.count):
        height, width = pixel_size(layer)
        return f"{format_number(entry.count * height * width)} {unit_of(layer)}²"
    return ""
