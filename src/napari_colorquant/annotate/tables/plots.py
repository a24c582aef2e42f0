"""Shares as a figure, as papers show them: a stacked bar for each image, frame or region. Needs matplotlib."""

import math
from collections.abc import Sequence
from typing import Any

from ..._checks import check_choice, check_list, check_mapping, refusal, to_float
from .table import Row

#: The columns that tell bars apart, in that order.
BARS = ("image", "frame", "region")
_MOST_BARS = 200


def plot_shares(rows: Sequence[Row], ax: Any = None, *, value: str = "share") -> Any:
    """Draw a horizontal stacked bar of the colours or classes for each image, frame or region.

    Parameters
    ----------
    rows : sequence of dict
        What `napari_colorquant.annotate.measure` or `measure_files` returns; rows with an error are left out.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    value : {"share", "area"}
        How long a part is: its share of the pixels, in percent, or its area, in the unit of the rows.

    Returns
    -------
    ax : matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, there are more than 200 bars, or a value is no number.
    TypeError
        If `rows` are no rows, or `ax` no axes.
    ImportError
        If matplotlib is not installed.

    See Also
    --------
    measure : Where the rows come from.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from io import BytesIO
    >>> from napari_colorquant.annotate import measure, plot_shares
    >>> plot_shares(measure(flag)).figure.savefig(BytesIO())
    """
    check_choice("value", value, ("share", "area"))
    if ax is not None and not hasattr(ax, "barh"):
        raise refusal("ax", "be axes of matplotlib or None", ax, TypeError)
    given = [check_mapping("a row", row) for row in check_list("rows", rows)]
    found = [row for row in given if value in row]
    bars = list(dict.fromkeys(_bar_of(row) for row in found))
    if not 1 <= len(bars) <= _MOST_BARS:
        raise refusal("rows", f"be of 1..{_MOST_BARS} images, frames or regions", len(bars))
    if ax is None:
        ax = _new_axes(len(bars))
    parts = list(dict.fromkeys(_part_of(row) for row in found))
    colors = _colors_of(found, parts)
    left = [0.0] * len(bars)
    for part in parts:
        lengths = [0.0] * len(bars)
        for row in found:
            if _part_of(row) == part:
                lengths[bars.index(_bar_of(row))] += to_float(value, row[value]) * (100 if value == "share" else 1)
        ax.barh(range(len(bars)), lengths, left=left, color=colors[part], label=part, edgecolor="0.5", linewidth=0.5)
        left = [start + length for start, length in zip(left, lengths, strict=True)]
    _dress(ax, bars, found, value)
    return ax


def _bar_of(row: Row) -> str:
    return ", ".join(str(row[name]) for name in BARS if name in row)


def _part_of(row: Row) -> str:
    return str(row.get("name") or row.get("class") or row.get("hex") or row.get("index", ""))


def _colors_of(rows: Sequence[Row], parts: Sequence[str]) -> dict[str, Any]:
    """Return the colour of each part: its own, or the mean of its pixels; None for matplotlib's next one."""
    colors: dict[str, Any] = dict.fromkeys(parts)
    for row in rows:
        part, mean = _part_of(row), [row.get(f"mean_{name}", math.nan) for name in ("red", "green", "blue")]
        if row.get("hex"):
            colors[part] = str(row.get("display") or row["hex"])
        elif colors[part] is None and not any(map(math.isnan, mean)):
            colors[part] = tuple(level / 255 for level in mean)
    return colors


def _new_axes(n_bars: int) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(6, 1.4 + 0.3 * n_bars), layout="constrained").subplots()


def _dress(ax: Any, bars: Sequence[str], rows: Sequence[Row], value: str) -> None:
    ax.set_yticks(range(len(bars)), bars)
    ax.invert_yaxis()  # the first on top
    unit = next((str(row["unit"]) for row in rows if "unit" in row), "")
    ax.set_xlabel("Share of the pixels (%)" if value == "share" else f"Area ({unit})")
    ax.spines[["top", "right"]].set_visible(False)
    ax.margins(x=0)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize="small")
