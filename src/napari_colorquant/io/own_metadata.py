"""What we write of an indexed image beside its labels, in whatever format, and how we find it again.

Where pixels lack data, label 0 says so and label k + 1 is colour k: then areas that another program
measures come out right. Where all have data, label k is colour k.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._typing import label_type
from ..indexed import IndexedImage
from ..palette import MAX_COLORS, Palette
from ..recipe import Recipe
from .image import ImageFile, guess_axes
from .pictures.planes import spread_durations

#: The key under which formats keep it.
KEY = "colorquant"


def has_gaps(levels: Sequence[IndexedImage]) -> bool:
    """Return True if pixels have no data; of lazy levels, if some may have none."""
    return any(
        level.valid is not None and not (isinstance(level.valid, np.ndarray) and level.valid.all()) for level in levels
    )


def number_labels(level: IndexedImage, gaps: bool) -> Any:
    """Return the labels as they are written, numpy or dask: moved up by one if there are `gaps`, which become 0.

    Raises
    ------
    ValueError
        If pixels without data stand beside 65,536 colours.
    """
    if not gaps:
        return level.labels
    count = len(level.palette) + 1
    if count > MAX_COLORS:
        raise ValueError(f"beside pixels without data there must be at most {MAX_COLORS - 1} colours, got {count - 1}")
    labels = level.labels.astype(label_type(count)) + label_type(count)(1)
    return labels if level.valid is None else labels * level.valid


def describe_colors(palette: Palette, gaps: bool) -> list[dict[str, Any]]:
    """Return index, hex, name, class and share of each colour, as they stand in the file."""
    rows = zip(palette.hex, palette.names, palette.classes, palette.shares.tolist(), strict=True)
    return [
        {"index": i, "hex": code, "name": name, "class": its_class, "share": share}
        for i, (code, name, its_class, share) in enumerate(rows, int(gaps))
    ]


def describe(levels: Sequence[IndexedImage], like: ImageFile, gaps: bool) -> dict[str, Any]:
    """Return all that is to be found again, as JSON values."""
    first = levels[0]
    values: dict[str, Any] = {
        "no_data": 0 if gaps else None,
        "colors": describe_colors(first.palette, gaps),
        "palette": first.palette.to_dict(),
        "recipe": first.recipe.to_dict(),
        "axes": list(like.axes),
        "scales": list(like.scales[0]),
        "units": list(like.units),
        "origin": list(like.origin),
    }
    if like.durations:
        values["timing"] = {"durations": list(like.durations), "loops": like.loops}
    return values


def find_timing(own: Any) -> tuple[tuple[float, ...], int | None]:
    """Return the durations and repeats that metadata of ours hold: none if they hold none."""
    timing = own.get("timing") if isinstance(own, dict) else None
    if not isinstance(timing, dict) or not isinstance(timing.get("durations"), list):
        return (), None
    loops = timing.get("loops")
    durations = tuple(float(seconds) for seconds in timing["durations"] if isinstance(seconds, int | float))
    return durations, loops if isinstance(loops, int) else None


def find_like(levels: Sequence[IndexedImage], like: ImageFile | None) -> ImageFile:
    """Return the image whose axes and scales the labels have: the one that is given, or one that names none."""
    shapes = [level.shape for level in levels]
    if like is not None and len(like.axes) == len(shapes[0]):
        return like
    scales = tuple(tuple(np.divide(shapes[0], shape).round(6).tolist()) for shape in shapes)
    count = len(shapes[0])
    axes = guess_axes(shapes[0], False)
    return ImageFile((), False, axes, scales, ("",) * count, (0.0,) * count)


def with_durations(
    levels: Sequence[IndexedImage], like: ImageFile | None, duration: float | Sequence[float] | None
) -> ImageFile | None:
    """Return `like` with the seconds for which each frame is to be shown, if that is asked for."""
    if duration is None:
        return like
    seconds = spread_durations(duration, math.prod(levels[0].shape[:-2]))
    return find_like(levels, like).with_facts(durations=tuple(seconds))


def restore(labels: Any, own: dict[str, Any]) -> IndexedImage:
    """Return the indexed image that stored labels and their metadata were.

    Raises
    ------
    ValueError
        If the metadata are not ours, or do not fit.
    """
    try:
        palette = Palette.from_dict(own["palette"])
        recipe = Recipe.from_dict(own["recipe"])
        gaps = own["no_data"] is not None
    except (KeyError, TypeError) as error:
        raise ValueError(f"its metadata must hold a palette and a recipe, got an error: {error!r}") from None
    if int(labels.max()) >= len(palette) + gaps:
        raise ValueError(f"its labels must lie below {len(palette) + gaps}, got {int(labels.max())}")
    if not gaps:
        return IndexedImage(labels.astype(label_type(len(palette))), palette, recipe)
    valid = labels > 0
    numbers = np.where(valid, labels - valid, 0).astype(label_type(len(palette)))
    return IndexedImage(numbers, palette, recipe, valid)
