"""Measurements as features of layers, one row per label value."""

from collections.abc import Sequence

import pandas as pd

from ...measure.columns import COLUMNS, measured_columns
from ...measure.table import Row


def color_features(rows: Sequence[Row], features: pd.DataFrame) -> pd.DataFrame:
    """Return the features of a result with the measurements of its colours, over the whole image, as columns.

    Parameters
    ----------
    rows : sequence of dict
        Of `measure` by colour, without frames and regions.
    features : DataFrame
        With ``index`` as label values, which are palette indices + 1.
    """
    measured = pd.DataFrame([{"index": row["index"] + 1, **_values(row)} for row in rows])
    kept = [column for column in features if column == "index" or column not in measured]
    return features[kept].merge(measured, on="index", how="left")


def region_features(rows: Sequence[Row], ids: Sequence[int]) -> pd.DataFrame:
    """Return one row per region, with a share and an area per colour or class as columns.

    Parameters
    ----------
    rows : sequence of dict
        Of `measure` within regions.
    ids : sequence of int
        The regions in the order wanted; those that were not measured get NaN.
    """
    table: dict[int, dict[str, float]] = {number: {} for number in ids}
    for row in rows:
        entry = row.get("class", "") if "index" not in row else row["name"] or row["hex"]
        for column in COLUMNS.values():
            if column.by_region and column.name in row and row["region"] in table:
                table[row["region"]][f"{entry} {column.name}"] = row[column.name]
    return pd.DataFrame([{"index": number, **values} for number, values in table.items()])


def _values(row: Row) -> Row:
    return {name: row[name] for name in measured_columns() if name in row}
