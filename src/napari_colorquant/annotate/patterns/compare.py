"""Two results of one image side by side: which colours became which, and how far they agree."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice, check_instance
from ...indexed import IndexedImage
from ...pixels.arrays import fold_arrays
from ...spaces import SPACES
from ...spaces.delta_e import ciede2000
from ..tables.groups import Groups, find_groups
from ..tables.table import Row


@dataclass(frozen=True, eq=False)
class Comparison:
    """What two results of one image have in common.

    Attributes
    ----------
    first, second : tuple of str
        What the colours or classes of each are called.
    confusion : ndarray of shape (F, S), int64
        Pixels that are in one of the first and in one of the second, where both have data.
    matches : tuple of (int, int)
        Which of the first is which of the second.
    rand, adjusted_rand : float
        The share of pairs of pixels that both put together or both put apart [1]_, 0..1, and the same with 0 for what
        chance alone would give [2]_, at most 1. Neither knows of `matches`.
    agreement : float
        The share of pixels in colours that match, 0..1.

    References
    ----------
    .. [1] Rand W.M. Objective criteria for the evaluation of clustering methods. J. Am. Stat. Assoc. 66(336), 1971.
       doi:10.1080/01621459.1971.10482356
    .. [2] Hubert L., Arabie P. Comparing partitions. J. Classif. 2, 1985. doi:10.1007/BF01908075
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    confusion: npt.NDArray[np.int64]
    matches: tuple[tuple[int, int], ...]
    rand: float
    adjusted_rand: float
    agreement: float

    def rows(self) -> list[Row]:
        """Return the confusion matrix as rows: first, second, pixels, share of first, and whether they match."""
        totals = np.maximum(self.confusion.sum(axis=1), 1)
        return [
            {
                "first": first,
                "second": second,
                "pixels": int(self.confusion[i, j]),
                "share": float(self.confusion[i, j] / totals[i]),
                "match": "yes" if (i, j) in self.matches else "",
            }
            for i, first in enumerate(self.first)
            for j, second in enumerate(self.second)
        ]

    def describe(self) -> str:
        """Return the three numbers in a line."""
        return (
            f"{100 * self.agreement:.1f} % in colours that match, Rand index {self.rand:.4f}, "
            f"adjusted {self.adjusted_rand:.4f}"
        )


def compare(first: IndexedImage, second: IndexedImage, *, by: str = "color", match: str = "color") -> Comparison:
    """Compare two results of one image.

    Parameters
    ----------
    first, second : IndexedImage
        Of one shape, with at most 256 colours or classes; lazy ones are gone through chunk by chunk.
    by : {"color", "class"}
        What is compared; pixels of no class in either do not count.
    match : {"color", "overlap"}
        How it is found which of the first is which of the second: with the least sum of CIEDE2000 differences of
        their colours, or with the most pixels in common. If one has more, some of them match nothing.

    Returns
    -------
    comparison : Comparison
        The pixels of each pair, which colour is which, and how far both agree.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ, a choice is another word, or there are no classes or too many.

    See Also
    --------
    plot_comparison : Draws what comes out.
    adjacency : What lies beside what, in one result.

    Examples
    --------
    >>> import numpy as np, napari_colorquant as cq
    >>> image = np.uint8([[[250, 0, 0], [0, 0, 250]]])
    >>> compare(cq.map_pixels(image, ["#f00", "#00f"]), cq.map_pixels(image, ["#00e", "#e00"])).matches
    ((0, 1), (1, 0))
    """
    check_choice("match", match, ("color", "overlap"))
    sides = [find_groups(check_instance(name, each, IndexedImage), by) for name, each in _named(first, second)]
    if first.shape != second.shape:
        raise ValueError(f"second must have the shape of the first, {first.shape}, got {second.shape}")
    confusion = _count(first, second, *sides)
    matches = _match(*sides) if match == "color" else _assign(-confusion)
    total = max(int(confusion.sum()), 1)
    rand, adjusted = _rand(confusion)
    agreement = sum(int(confusion[pair]) for pair in matches) / total
    names = [tuple(groups.names) for groups in sides]
    return Comparison(names[0], names[1], confusion, matches, rand, adjusted, agreement)


def _named(first: Any, second: Any) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return ("first", first), ("second", second)


def _count(first: IndexedImage, second: IndexedImage, groups: Groups, others: Groups) -> npt.NDArray[np.int64]:
    arrays = {"first": first.labels, "second": second.labels, "valid": first.valid, "also": second.valid}
    given = {name: array for name, array in arrays.items() if array is not None}
    count = partial(_count_chunk, names=tuple(given), tables=(groups.numbers, others.numbers))
    sums: npt.NDArray[np.int64] = fold_arrays(count, list(given.values()), _add_up)
    return sums.reshape(len(groups) + 1, len(others) + 1)[1:, 1:]


def _count_chunk(*arrays: Any, names: tuple[str, ...], tables: tuple[Any, Any]) -> npt.NDArray[np.int64]:
    given = dict(zip(names, arrays, strict=True))
    width = int(tables[1].max()) + 1
    pairs = tables[0][given["first"]] * width + tables[1][given["second"]]
    for name in ("valid", "also"):
        if name in given:
            pairs = pairs * given[name]  # to 0, which is of no group in either
    return np.bincount(pairs.reshape(-1), minlength=(int(tables[0].max()) + 1) * width)


def _add_up(several: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    total: npt.NDArray[np.int64] = np.sum(several, axis=0)
    return total


def _match(groups: Groups, others: Groups) -> tuple[tuple[int, int], ...]:
    lab, other_lab = (SPACES["lab"].from_srgb(each.colors) for each in (groups, others))
    rows, columns = (part.reshape(-1) for part in np.indices((len(lab), len(other_lab))))
    return _assign(ciede2000(lab[rows], other_lab[columns]).reshape(len(lab), len(other_lab)))


def _assign(costs: npt.NDArray[Any]) -> tuple[tuple[int, int], ...]:
    from scipy.optimize import linear_sum_assignment

    return tuple((int(row), int(column)) for row, column in zip(*linear_sum_assignment(costs), strict=True))


def _rand(confusion: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return the Rand index and the adjusted one; pairs of ten million pixels need whole numbers without an end."""
    total = _pairs(int(confusion.sum()))
    together = sum(_pairs(int(count)) for count in confusion.flat)
    rows, columns = (sum(_pairs(int(count)) for count in confusion.sum(axis=axis)) for axis in (1, 0))
    if not total:
        return 1.0, 1.0
    expected, most = rows * columns / total, (rows + columns) / 2
    adjusted = 1.0 if most == expected else (together - expected) / (most - expected)
    return (total + 2 * together - rows - columns) / total, adjusted


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
