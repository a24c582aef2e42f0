"""What is measured: the colours of a result or its classes, plane by plane, where regions of interest are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice, check_flag, check_instance, check_list, check_mapping, refusal
from ...indexed import IndexedImage
from ...pixels.arrays import load
from .features import class_colors
from .table import Row, as_regions, class_names, describe_groups

#: Matrices of pairs have no more rows than this.
MOST = 256


@dataclass(frozen=True, eq=False)
class Groups:
    """Colours or classes.

    Attributes
    ----------
    entries : list of dict
        What a row says of each, as in `napari_colorquant.annotate.measure`.
    numbers : ndarray of shape (K,), int64
        That of each palette entry, 1 for the first group; 0 for none.
    colors : ndarray of shape (G, 3), uint8
        Those that are measured, not those that are shown.
    """

    entries: list[Row]
    numbers: npt.NDArray[np.int64]
    colors: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def names(self) -> list[str]:
        """What each is called: by its name, or by its code."""
        return [str(entry.get("name") or entry.get("hex") or entry["class"]) for entry in self.entries]


@dataclass(frozen=True, eq=False)
class Part:
    """A plane, or the rows and columns of it in which one region of interest lies.

    Attributes
    ----------
    where : dict
        ``frame`` and ``region``, where they are asked for.
    groups : ndarray of shape (H, W), int64
        0 outside, where there is no data, and for colours of no class.
    """

    where: Row
    groups: npt.NDArray[np.int64]


def find_groups(indexed: IndexedImage, by: str) -> Groups:
    """Return the colours or classes of a result, at most 256.

    Raises
    ------
    TypeError, ValueError
        If `indexed` is none, `by` another word, or there are no classes, or more groups.
    """
    palette = check_instance("indexed", indexed, IndexedImage).palette
    check_choice("by", by, ("color", "class"))
    entries, numbers = describe_groups(indexed, by)
    if not 1 <= len(entries) <= MOST:
        raise refusal("indexed", f"have 1..{MOST} {'classes' if by == 'class' else 'colours'} here", len(entries))
    colors = palette.colors if by == "color" else class_colors(palette, class_names(indexed), displayed=False)
    return Groups(entries, np.asarray(numbers, np.int64), colors)


def iterate_parts(indexed: IndexedImage, groups: Groups, regions: Any, per_frame: bool) -> Iterator[Part]:
    """Iterate over the planes of a result, each as a whole or region by region; lazy ones are loaded one by one.

    Parts of several frames may have one ``where``: what is counted in them belongs together.
    """
    check_flag("per_frame", per_frame)
    of_interest = None if regions is None else as_regions(regions, indexed)
    table = np.concatenate([groups.numbers, [0]])
    for frame in np.ndindex(*indexed.shape[:-2]):
        where: Row = {"frame": ".".join(str(i) for i in frame)} if per_frame else {}
        arrays = (indexed.labels, indexed.valid, of_interest)
        labels, valid, its = load(*(None if array is None else array[frame] for array in arrays))
        plane = table[labels if valid is None else np.where(valid, labels, len(table) - 1)]
        if its is None:
            yield Part(where, plane)
            continue
        for region, box, inside in _boxes(its):
            yield Part({**where, "region": region}, np.where(inside, plane[box], 0))


def _boxes(regions: npt.NDArray[Any]) -> Iterator[tuple[int, tuple[slice, slice], npt.NDArray[np.bool_]]]:
    """Iterate over the regions of a plane: the number, the rows and columns of each, and where it is in these.

    There may be thousands, and the time for all is to be that of their boxes.
    """
    from scipy.ndimage import find_objects

    numbers, places = np.unique(regions, return_inverse=True)
    places = places.reshape(regions.shape).astype(np.int64) + 1
    for place, box in enumerate(find_objects(places), start=1):
        if box is not None and numbers[place - 1] != 0:
            yield int(numbers[place - 1]), box, places[box] == place


def check_rows(rows: Any, *columns: str) -> list[Row]:
    """Return rows of a table if each has these columns; TypeError or ValueError otherwise."""
    given = [check_mapping("a row", row) for row in check_list("rows", rows)]
    for row in given:
        if missing := [name for name in columns if name not in row]:
            raise refusal("a row", f"have {', '.join(missing)}", list(row))
    return given
