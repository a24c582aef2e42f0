"""Which classes lie beside which, along how long a boundary, and with how much contrast (Endler 2012)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice
from ..._runtime.jit import kernel
from ...indexed import IndexedImage
from ...spaces import SPACES
from ...spaces.delta_e import ciede2000
from ..tables.groups import Groups, check_rows, find_groups, iterate_parts
from ..tables.table import Row, check_measurement


def adjacency(
    indexed: IndexedImage,
    *,
    by: str = "color",
    pixel_size: Sequence[float] = (1.0, 1.0),
    unit: str = "pixel",
    regions: Any = None,
    per_frame: bool = False,
) -> list[Row]:
    """Count how often each colour or class lies beside each, and measure the boundaries between them.

    Parameters
    ----------
    indexed : IndexedImage
        Of shape (..., H, W), with at most 256 colours or classes. Lazy ones are computed plane by plane.
    by : {"color", "class"}
        What is beside what; pixels of no class are beside nothing.
    pixel_size : two floats
        Height and width of a pixel, in `unit`.
    unit : str
        Name of that unit.
    regions : array_like of int, shape (..., H, W), optional
        Within each non-zero region of these labels separately.
    per_frame : bool
        Rows for each frame of a stack.

    Returns
    -------
    rows : list of dict
        One for each ordered pair: frame and region (where asked for); first and second, what they are called;
        pairs, the number of pixels that share a side (each pair of pixels once, also where first and second are the
        same); transition, the share of the neighbours of first that are second, 0..1, which add up to 1 for each
        first that occurs; length of their boundary and its unit; contrast, the CIEDE2000 difference of their
        colours. Pairs that do not occur have 0.

    Raises
    ------
    TypeError, ValueError
        If a choice is not possible, or there are no classes or more than 256.

    See Also
    --------
    to_matrix : The same as a matrix.
    patches : The connected regions of each.
    pattern : The pattern as a whole.

    References
    ----------
    .. [1] Endler J.A. A framework for analysing colour pattern geometry: adjacent colours. Biol. J. Linn. Soc. 107(2),
       2012. doi:10.1111/j.1095-8312.2012.01937.x

    Examples
    --------
    >>> import numpy as np, napari_colorquant as cq
    >>> flag = cq.map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> [(row["first"], row["second"], row["length"]) for row in adjacency(flag)][1]
    ('#ff0000', '#0000ff', 3.0)
    """
    size = check_measurement(by, pixel_size, unit, per_frame, True)
    groups = find_groups(indexed, by)
    rows = []
    for where, sides in count_sides(indexed, groups, regions, per_frame):
        rows += _make_rows(where, groups, sides, size, unit)
    return rows


def count_sides(
    indexed: IndexedImage, groups: Groups, regions: Any, per_frame: bool
) -> list[tuple[Row, npt.NDArray[np.int64]]]:
    """Return for each frame and region how many pixels of two groups share a side.

    Returns
    -------
    counted : list of (where, sides)
        sides is (G, G, 2) int64, symmetric: pixels side by side, and one above the other; each pair once on the
        diagonal, and off it once at each of both places.
    """
    found: dict[tuple[tuple[str, Any], ...], tuple[Row, npt.NDArray[np.int64]]] = {}
    for part in iterate_parts(indexed, groups, regions, per_frame):
        sides = np.zeros((len(groups) + 1, len(groups) + 1, 2), np.int64)
        _count_sides(np.ascontiguousarray(part.groups), sides)
        both = sides + sides.transpose(1, 0, 2)
        both[np.arange(len(both)), np.arange(len(both))] //= 2
        key = tuple(part.where.items())
        known = found.setdefault(key, (part.where, np.zeros_like(both[1:, 1:])))
        known[1][...] += both[1:, 1:]
    return sorted(found.values(), key=lambda each: _order(each[0]))


def lengths_of(sides: npt.NDArray[np.int64], size: Sequence[float]) -> npt.NDArray[np.float64]:
    """Return the length of the boundary of any two groups, (G, G) float64; 0 of a group with itself."""
    height, width = size
    lengths: npt.NDArray[np.float64] = sides[..., 0] * height + sides[..., 1] * width
    np.fill_diagonal(lengths, 0.0)
    return lengths


def contrasts_of(groups: Groups) -> npt.NDArray[np.float64]:
    """Return the CIEDE2000 difference of the colours of any two groups, (G, G) float64."""
    lab, count = SPACES["lab"].from_srgb(groups.colors), len(groups)
    found: npt.NDArray[np.float64] = (
        ciede2000(np.repeat(lab, count, axis=0), np.tile(lab, (count, 1))).reshape(count, count).astype(np.float64)
    )
    return found


def to_matrix(rows: Sequence[Row], value: str = "transition") -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return rows of `adjacency` of one frame and region as a matrix.

    Parameters
    ----------
    rows : sequence of dict
    value : {"transition", "pairs", "length", "contrast"}

    Returns
    -------
    names : list of str
    matrix : ndarray of shape (G, G), float64
        Its rows are ``first``, its columns ``second``; of several frames or regions, the mean, and the sum of pairs
        and lengths.

    See Also
    --------
    adjacency : Where the rows come from.
    plot_adjacency : Draws it.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import adjacency, to_matrix
    >>> to_matrix(adjacency(flag), "length")[1]
    array([[0., 3.],
           [3., 0.]])
    """
    check_choice("value", value, ("transition", "pairs", "length", "contrast"))
    given = check_rows(rows, "first", "second", value)
    names = list(dict.fromkeys(str(row["first"]) for row in given))
    places = {name: place for place, name in enumerate(names)}
    sums, times = np.zeros((2, len(names), len(names)))
    for row in given:
        place = places[str(row["first"])], places[str(row["second"])]
        sums[place] += float(row[value])
        times[place] += 1
    return names, sums if value in ("pairs", "length") else sums / np.maximum(times, 1)


def _make_rows(where: Row, groups: Groups, sides: npt.NDArray[np.int64], size: Sequence[float], unit: str) -> list[Row]:
    pairs = sides.sum(axis=2)
    neighbours = pairs + np.diag(np.diag(pairs))  # two of one group are neighbours of each other
    shares = neighbours / np.maximum(neighbours.sum(axis=1, keepdims=True), 1)
    lengths, contrasts, names = lengths_of(sides, size), contrasts_of(groups), groups.names
    return [
        {
            **where,
            "first": names[i],
            "second": names[j],
            "pairs": int(pairs[i, j]),
            "transition": float(shares[i, j]),
            "length": float(lengths[i, j]),
            "unit": unit,
            "contrast": float(contrasts[i, j]),
        }
        for i in range(len(groups))
        for j in range(len(groups))
    ]


def _order(where: Row) -> tuple[list[int], int]:
    return [int(part) for part in str(where.get("frame", "")).split(".") if part], int(where.get("region", 0))


@kernel
def _count_sides(groups, sides):  # type: ignore[no-untyped-def]
    height, width = groups.shape
    for y in range(height):
        for x in range(width):
            own = groups[y, x]
            if x + 1 < width:
                sides[own, groups[y, x + 1], 0] += 1
            if y + 1 < height:
                sides[own, groups[y + 1, x], 1] += 1
