"""Matrices of colours as figures: which lie beside which, and which became which. Needs matplotlib."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice, check_instance, refusal
from ..tables.groups import check_rows
from ..tables.table import Row
from .adjacency import to_matrix
from .compare import Comparison

#: Cells of a matrix that are large enough for a number in them.
_MOST_NUMBERS = 12
_MOST = 64


def plot_adjacency(rows: Sequence[Row], ax: Any = None, *, value: str = "transition") -> Any:
    """Draw the matrix of which colours lie beside which.

    Parameters
    ----------
    rows : sequence of dict
        What `napari_colorquant.annotate.adjacency` returns; frames and regions are taken together.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    value : {"transition", "pairs", "length", "contrast"}
        What the cells say.

    Returns
    -------
    ax : matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, or there are more than 64 colours.

    See Also
    --------
    adjacency : Where the rows come from.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import adjacency, plot_adjacency
    >>> plot_adjacency(adjacency(flag)).figure.savefig(io.BytesIO())
    """
    titles = {
        "transition": "Share of the neighbours",
        "pairs": "Neighbouring pixels",
        "length": "Boundary",
        "contrast": "dE2000",
    }
    check_choice("value", value, tuple(titles))
    given = check_rows(rows, "first", "second", value)
    names, matrix = to_matrix(given, value)
    if value == "length" and given:
        titles[value] += f" ({given[0].get('unit', '')})"
    return _draw(ax, names, names, matrix, titles[value], "beside")


def plot_comparison(comparison: Comparison, ax: Any = None) -> Any:
    """Draw the confusion matrix of two results, each row as shares of one colour of the first.

    Parameters
    ----------
    comparison : Comparison
        What `napari_colorquant.annotate.compare` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    ax : matplotlib.axes.Axes

    See Also
    --------
    compare : Where a comparison comes from.
    plot_confusion : The same of its rows.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import compare, plot_comparison
    >>> plot_comparison(compare(flag, flag)).figure.savefig(io.BytesIO())
    """
    check_instance("comparison", comparison, Comparison)
    shares = comparison.confusion / np.maximum(comparison.confusion.sum(axis=1, keepdims=True), 1)
    return _draw(ax, comparison.first, comparison.second, shares, "Share of the pixels", "became")


def plot_confusion(rows: Sequence[Row], ax: Any = None) -> Any:
    """Draw the confusion matrix of two results from the rows of their comparison.

    Parameters
    ----------
    rows : sequence of dict
        What `Comparison.rows` returns.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    ax : matplotlib.axes.Axes

    See Also
    --------
    plot_comparison : The same of a comparison.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import compare, plot_confusion
    >>> plot_confusion(compare(flag, flag).rows()).figure.savefig(io.BytesIO())
    """
    given = check_rows(rows, "first", "second", "share")
    first, second = (list(dict.fromkeys(str(row[name]) for row in given)) for name in ("first", "second"))
    matrix = np.zeros((len(first), len(second)))
    for row in given:
        matrix[first.index(str(row["first"])), second.index(str(row["second"]))] = float(row["share"])
    return _draw(ax, first, second, matrix, "Share of the pixels", "became")


def _draw(ax: Any, names: Sequence[str], others: Sequence[str], matrix: npt.NDArray[Any], title: str, word: str) -> Any:
    if not 1 <= max(len(names), len(others)) <= _MOST:
        raise refusal("rows", f"be of 1..{_MOST} colours or classes", len(names))
    if ax is None:
        from matplotlib.figure import Figure

        side = 2.4 + 0.35 * max(len(names), len(others))
        ax = Figure(figsize=(side + 0.8, side), layout="constrained").subplots()
    shown = ax.imshow(matrix, cmap="cividis", vmin=0, aspect="auto")
    ax.set_xticks(range(len(others)), others, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel(f"… {word} this")
    ax.set_ylabel("This …")
    ax.figure.colorbar(shown, ax=ax, label=title, shrink=0.8)
    if max(matrix.shape) <= _MOST_NUMBERS:
        _write_numbers(ax, matrix)
    return ax


def _write_numbers(ax: Any, matrix: npt.NDArray[Any]) -> None:
    top = float(matrix.max()) or 1.0
    for (row, column), value in np.ndenumerate(matrix):
        text = f"{value:.2f}" if top <= 1 else f"{value:.0f}"
        color = "black" if value > 0.6 * top else "white"
        ax.text(column, row, text, ha="center", va="center", color=color, fontsize="small")
