"""The colours of objects: a few for each label of a segmentation, as its features."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_integer, check_list, refusal
from ..._runtime.progress import checkpoint
from ..._typing import ImageLike
from ...pipeline.choices import QuantizerName, SpaceName
from ...pipeline.verbs import quantize
from ...pixels.arrays import as_array, load
from ...pixels.intensities import Scale
from ...pixels.source import open_original
from .groups import check_rows
from .table import Row

#: No label of a layer is larger.
LARGEST_LABEL = (1 << 63) - 1


def object_colors(
    image: ImageLike,
    objects: Any,
    n_colors: int = 3,
    *,
    space: SpaceName = "oklab",
    quantizer: QuantizerName | str = "kmeans",
    rgb: bool | None = None,
    scale: Scale = "dtype",
) -> list[Row]:
    """Find the colours of each object.

    Parameters
    ----------
    image : array_like
        As in `napari_colorquant.quantize`; lazy ones are computed.
    objects : array_like of int, shape (..., H, W)
        0 is the background; an object is all pixels of one number > 0, in whatever frames they are.
    n_colors : int
        Colours of each object, 1 to 16; fewer where it has no more.
    space, quantizer
        How they are chosen, as in `napari_colorquant.quantize`, from the pixels of that object alone.
    rgb, scale
        How `image` is read.

    Returns
    -------
    rows : list of dict
        One for each object, by number: object; pixels, those that have data; ``color_1_hex`` and ``color_1_share``
        and so on, the largest share first, "" and 0 where there is no further colour.

    Raises
    ------
    TypeError, ValueError
        If the objects are no whole numbers >= 0 in the shape of the image, or a choice is not possible.

    See Also
    --------
    measure : The colours of the whole image.
    napari_colorquant.quantize : How they are chosen.

    Examples
    --------
    >>> image = np.uint8([[[255, 0, 0], [0, 0, 255], [0, 0, 255]]])
    >>> object_colors(image, np.array([[1, 2, 2]]), 1)[1]
    {'object': 2, 'pixels': 2, 'color_1_hex': '#0000ff', 'color_1_share': 1.0}
    """
    n_colors = check_integer("n_colors", n_colors, 1, 16)
    array = as_array(objects, "objects")
    if array.dtype.kind not in "bui":
        raise refusal("objects", "be an array of whole numbers", array if array.ndim else objects, TypeError)
    (numbers,) = load(array)
    if numbers.ndim < 2 or not numbers.size or numbers.min() < 0:
        raise refusal("objects", "have shape (..., H, W) and numbers >= 0", numbers)
    source = open_original(image, numbers.shape, rgb=rgb, scale=scale).load()
    levels, valid = source.read_levels()
    quantize(levels[:1, None], 1, space=space, quantizer=quantizer, rgb=True)  # which says what is wrong with a choice
    rows = []
    for place, (number, its) in enumerate(groups := list(_pixels_by_object(numbers.reshape(-1), valid))):
        checkpoint(place / len(groups))
        row = {"object": number, "pixels": len(its)}
        rows.append(row | _colors_of(levels[its], n_colors, space, quantizer))
    return rows


def object_features(rows: Sequence[Row], ids: Sequence[int]) -> dict[str, list[Any]]:
    """Return rows of `object_colors` as the columns of a layer's features.

    Parameters
    ----------
    rows : sequence of dict
    ids : sequence of int
        The labels in the order wanted.

    Returns
    -------
    features : dict of str to list
        ``index``, the label, and the columns; "" and NaN for labels that are no objects.
    """
    given = check_rows(rows, "object")
    labels = [check_integer("ids", number, -LARGEST_LABEL, LARGEST_LABEL) for number in check_list("ids", ids)]
    by_number = {int(row["object"]): row for row in given}
    names = [name for name in dict.fromkeys(name for row in given for name in row) if name != "object"]
    empty = {name: "" if name.endswith("_hex") else math.nan for name in names}
    table = {name: [by_number.get(number, empty)[name] for number in labels] for name in names}
    return {"index": labels, **table}


def _pixels_by_object(numbers: npt.NDArray[Any], valid: Any) -> Any:
    """Iterate over the objects and the places of their pixels that have data."""
    places = np.flatnonzero(numbers)
    places = places[np.argsort(numbers[places], kind="stable")]
    cuts = np.flatnonzero(np.diff(numbers[places])) + 1
    for its in np.split(places, cuts) if len(places) else ():
        yield int(numbers[its[0]]), its if valid is None else its[valid[its]]


def _colors_of(levels: Any, n_colors: int, space: SpaceName, quantizer: QuantizerName | str) -> Row:
    known: list[tuple[str, float]] = []
    if len(levels):
        palette = quantize(levels[None], n_colors, space=space, quantizer=quantizer, rgb=True).palette
        known = [(code, float(share)) for code, share in zip(palette.hex, palette.shares, strict=True)]
    found: Row = {}
    for place in range(n_colors):
        code, share = known[place] if place < len(known) else ("", 0.0)
        found |= {f"color_{place + 1}_hex": code, f"color_{place + 1}_share": share}
    return found
