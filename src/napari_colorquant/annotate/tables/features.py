"""Measurements as columns, one row per colour or region: what a viewer shows as the features of a layer.

A table of columns is a dict of equally long arrays or lists by name.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice, check_instance, check_list, check_text
from ...indexed import IndexedImage
from ...palette import Palette
from ...spaces import SPACES
from .columns import COLUMNS, measured_columns
from .table import Row


def palette_features(indexed: IndexedImage) -> dict[str, npt.NDArray[Any]]:
    """Return one row per colour: index (the label value), hex, name and class (if any has one), count and share."""
    palette, valid = check_instance("indexed", indexed, IndexedImage).palette, indexed.valid
    # The pixels of a lazy image have not all been read yet.
    every = int(np.prod(indexed.shape, dtype=np.int64))
    total = every if valid is None or indexed.is_lazy else int(valid.sum())
    words = {"name": palette.names, "class": palette.classes}
    return {
        "index": np.arange(1, len(palette) + 1),
        "hex": np.array(palette.hex),
        **{column: np.array(each) for column, each in words.items() if any(each)},
        "count": np.rint(palette.shares * total).astype(np.int64),
        "share": np.array(palette.shares),
    }


def color_features(rows: Sequence[Row], features: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return the features of a result with the measurements of its colours, over the whole image, as columns.

    Parameters
    ----------
    rows : sequence of dict
        Of `measure` by colour, without frames and regions.
    features : mapping of str to sequence
        Columns with ``index`` as label values, which are palette indices + 1.

    Returns
    -------
    features : dict of str to list
        In the order of ``index``; a column that was measured anew stands at the end, NaN where there is no row.
    """
    measured = {row["index"] + 1: _values(row) for row in rows}
    names = dict.fromkeys(name for values in measured.values() for name in values)
    index = [int(number) for number in features["index"]]
    kept = {name: list(column) for name, column in features.items() if name not in names}
    return kept | {name: [measured.get(number, {}).get(name, math.nan) for number in index] for name in names}


def region_features(rows: Sequence[Row], ids: Sequence[int]) -> dict[str, list[Any]]:
    """Return one row per region, with a share and an area per colour or class as columns.

    Parameters
    ----------
    rows : sequence of dict
        Of `measure` within regions.
    ids : sequence of int
        The regions in the order wanted.

    Returns
    -------
    features : dict of str to list
        ``index``, the region, and the columns; NaN where nothing was measured.
    """
    table: dict[int, dict[str, float]] = {number: {} for number in ids}
    for row in rows:
        entry = row.get("class", "") if "index" not in row else row["name"] or row["hex"]
        for column in COLUMNS.values():
            if column.by_region and column.name in row and row["region"] in table:
                table[row["region"]][f"{entry} {column.name}"] = row[column.name]
    names = dict.fromkeys(name for values in table.values() for name in values)
    columns = {name: [values.get(name, math.nan) for values in table.values()] for name in names}
    return {"index": list(table), **columns}


def class_features(palette: Palette, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return one row per class: index (1 for the first), class, and share of pixels.

    Parameters
    ----------
    palette : Palette
    names : sequence of str
        The classes in order, as of `class_map`.
    """
    check_instance("palette", palette, Palette)
    names = [check_text("names", name) for name in check_list("names", names)]
    members = [[i for i, group in enumerate(palette.classes) if group == name] for name in names]
    return {
        "index": np.arange(1, len(names) + 1),
        "class": np.array(names),
        "share": np.array([float(palette.shares[group].sum()) for group in members]),
    }


def class_colors(palette: Palette, names: Sequence[str], *, displayed: bool = True) -> npt.NDArray[np.uint8]:
    """Return the colour of each class, (C, 3) uint8 of sRGB: the mean of its entries in Oklab.

    Entries count by their shares; those without any pixel count alike if the class has no pixel at all. With
    `displayed` they are meant as they are shown.
    """
    means = []
    colors = check_instance("palette", palette, Palette).shown if displayed else palette.colors
    for name in check_list("names", names):
        check_choice("names", name, palette.classes)
        group = [i for i, each in enumerate(palette.classes) if each == name]
        shares = palette.shares[group]
        weights = shares if shares.sum() > 0 else np.ones(len(group))
        means.append(np.average(SPACES["oklab"].from_srgb(colors[group]), axis=0, weights=weights))
    return SPACES["oklab"].to_srgb8(np.array(means, np.float32).reshape(-1, 3))


def _values(row: Row) -> Row:
    return {name: row[name] for name in measured_columns() if name in row}
