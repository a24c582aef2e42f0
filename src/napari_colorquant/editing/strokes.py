"""Colours learnt from strokes: a few places of each class say what it is, and all other pixels follow."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_choice, check_integer, refusal
from .._runtime.threads import map_blocks
from .._typing import Colors, ImageLike, Labels, Levels, label_type
from ..indexed import IndexedImage
from ..mapping.cleaning import clean_planes
from ..mapping.labels import label_source
from ..mapping.smooth import Smoothing, Spreads, smooth_labels
from ..mapping.tables import LabelTable
from ..palette import Palette
from ..palette.colors import codes_of_same
from ..pixels.arrays import as_array
from ..pixels.counting import count_parts
from ..pixels.counts import ColorCounts
from ..pixels.source import open_original
from ..spaces import Metric
from .entries import palette_of

#: How pixels follow the strokes.
LEARNERS = ("nearest", "gaussian")
#: So many of its pixels stand for an entry without strokes; so many colours a thread classifies at a time.
_ENOUGH, _BLOCK = 2000, 1 << 14
#: Of the largest variance, what is added to each: a stroke of one colour is no point without an extent.
_BREADTH = 1e-3


def learn(
    indexed: IndexedImage, image: ImageLike, strokes: Any, *, method: str = "nearest", **reading: Any
) -> IndexedImage:
    """Fit the colours of entries to strokes, and map all pixels anew.

    Parameters
    ----------
    indexed : IndexedImage
        In memory.
    image : array_like
        The image that was quantized.
    strokes : array_like of int, shape (..., H, W)
        The number k + 1 where a pixel is an example of the palette entry k, 0 where nothing is said. Strokes where
        there is no data say nothing.
    method : {"nearest", "gaussian"}
        "nearest": an entry with strokes gets their mean in the recipe's space, unless it is locked, and each pixel
        its nearest entry. "gaussian": entries have an extent along each axis of
        that space, too, that of their strokes or else of the pixels that they have, and each pixel takes the entry
        that it most likely belongs to (naive Bayes [1]_): for classes that spread unlike each other. Either is
        smoothed if the recipe says so.
    **reading
        How the image is read: ``rgb``, ``mask``.

    Returns
    -------
    indexed : IndexedImage
        With the same entries in the same order. Pixels under strokes have the entries that these say, whatever the
        method, the smoothness and the cleaning of the recipe.

    Raises
    ------
    TypeError, ValueError
        If the strokes are no whole numbers in 0..K in the shape of the labels, or there are none.

    See Also
    --------
    painted : Take labels as they were painted, without a word about other pixels.

    References
    ----------
    .. [1] Duda R.O., Hart P.E., Stork D.G. Pattern Classification. Wiley, 2001, chapter 2.

    Examples
    --------
    >>> import numpy as np, napari_colorquant as cq
    >>> image = np.uint8([[[200] * 3, [100] * 3, [90] * 3, [0] * 3]])
    >>> indexed = cq.map_pixels(image, ["#ffffff", "#000000"])
    >>> indexed.labels
    array([[0, 0, 1, 1]], dtype=uint8)
    >>> learn(indexed, image, np.array([[0, 1, 0, 2]])).labels
    array([[0, 0, 0, 1]], dtype=uint8)
    """
    check_choice("method", method, LEARNERS)
    palette = palette_of(indexed)
    marks = _read_strokes(strokes, indexed)
    recipe = indexed.recipe
    source = open_original(image, indexed.shape, scale=recipe.scale, **reading)
    pixels = source.load()
    levels = pixels.read_levels()[0]
    fitted = _fit(palette, levels, marks, recipe.metric)
    colors = fitted.levels_in(recipe.profile)
    smoothing = Smoothing(recipe.smoothness, recipe.smooth_frames) if recipe.smoothness else None
    if method == "nearest":
        labels = np.asarray(label_source(source, colors, recipe.metric, None, None, smoothing)).reshape(indexed.shape)
    else:
        known = np.where(marks > 0, marks - 1, _even_examples(indexed, marks))
        model = _fit_spreads(levels, known, recipe.metric)
        labels = _classify(model, levels, recipe.metric, len(palette)).reshape(indexed.shape)
        if smoothing is not None:
            spreads = _to_spreads(model, len(palette))
            labels = smooth_labels(pixels, labels, indexed.valid, colors, recipe.metric, smoothing, spreads)
    if recipe.cleaning:
        labels = clean_planes(labels, indexed.valid, palette.classes, recipe.cleaning)
    labels = labels.astype(label_type(len(palette)))
    flat = labels.reshape(-1)
    flat[marks > 0] = marks[marks > 0] - 1
    if indexed.valid is not None:
        labels *= indexed.valid
    return replace(indexed, labels=labels, palette=fitted, recolored=None).with_shares()


def _read_strokes(strokes: Any, indexed: IndexedImage) -> npt.NDArray[np.int64]:
    """Return the strokes where there is data, (N,)."""
    array = as_array(strokes, "strokes")
    if array.dtype.kind not in "bui":
        raise refusal("strokes", "be an array of whole numbers", array if array.ndim else strokes, TypeError)
    if array.shape != indexed.shape:
        raise ValueError(f"strokes must have the shape of the labels, {indexed.shape}, got {array.shape}")
    marks = np.asarray(array).reshape(-1).astype(np.int64)
    count = len(indexed.palette)
    for extreme in (marks.min(initial=0), marks.max(initial=0)):
        check_integer("strokes", extreme, 0, count)
    if indexed.valid is not None:
        marks = marks * np.asarray(indexed.valid).reshape(-1)
    if not marks.any():
        raise ValueError("strokes must mark at least one pixel that has data, got none")
    return marks


def _fit(palette: Palette, levels: Levels, marks: npt.NDArray[np.int64], metric: Metric) -> Palette:
    """Return the palette with the mean of its strokes for each entry that has some and is not locked."""
    table = np.array(palette.levels_in(metric.profile))
    deep = np.uint16 in (table.dtype, levels.dtype)
    if deep and table.dtype == np.uint8:
        table = table.astype(np.uint16) * np.uint16(257)
    for entry in np.unique(marks[marks > 0]) - 1:
        if palette.locked[entry]:
            continue
        its = levels[marks == entry + 1]
        coordinates = metric.coordinates(its)
        center = coordinates.mean(axis=0, dtype=np.float64).astype(np.float32)[None]
        table[entry] = metric.mix(center, coordinates, its, np.ones(len(its), np.int64), table.dtype)[0]
    made = Palette.of_levels(table, metric.profile, alphas=palette.alphas)
    codes = codes_of_same(palette, made.colors)
    return replace(palette, colors=made.colors, levels=made.levels, profile=made.profile, **codes)


def _even_examples(indexed: IndexedImage, marks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for entries without strokes some of the pixels that they have, evenly spread, and -1 for all others."""
    labels = np.asarray(indexed.labels).reshape(-1)
    found = np.full(len(labels), -1, np.int64)
    has_data = None if indexed.valid is None else np.asarray(indexed.valid).reshape(-1)
    counts = np.bincount(labels if has_data is None else labels[has_data], minlength=len(indexed.palette))
    for entry in np.flatnonzero(counts):
        if not (marks == entry + 1).any():
            its = np.flatnonzero(labels == entry if has_data is None else (labels == entry) & has_data)
            found[its[:: max(1, len(its) // _ENOUGH)]] = entry
    return found


def _fit_spreads(levels: Levels, known: npt.NDArray[np.int64], metric: Metric) -> Any:
    """Return naive Bayes of scikit-learn, fitted to the pixels where `known` is not -1; all entries are as likely."""
    from sklearn.naive_bayes import GaussianNB

    is_known = known >= 0
    entries = np.unique(known[is_known])
    model = GaussianNB(priors=np.full(len(entries), 1 / len(entries)), var_smoothing=_BREADTH)
    return model.fit(metric.coordinates(levels[is_known]), known[is_known])


def _to_spreads(model: Any, count: int) -> Spreads:
    means, variances = (np.full((count, model.theta_.shape[1]), np.nan) for _ in range(2))
    means[model.classes_], variances[model.classes_] = model.theta_, model.var_
    return Spreads(means, variances)


def _classify(model: Any, levels: Levels, metric: Metric, count: int) -> Labels:
    """Return the most likely entry of each colour, (N,)."""
    if levels.dtype == np.uint8:  # each colour once
        counts = count_parts([(levels, None, None)])
        assert isinstance(counts, ColorCounts)
        found = _predict(model, metric, counts.colors()).astype(label_type(count))
        labels: Labels = LabelTable.build(counts.keys, found).look_up(levels)
        return labels
    return _predict(model, metric, levels).astype(label_type(count))


def _predict(model: Any, metric: Metric, levels: Any) -> npt.NDArray[np.int64]:
    found = np.empty(len(levels), np.int64)
    map_blocks(partial(_predict_block, model, metric, levels, found), len(levels), _BLOCK)
    return found


def _predict_block(
    model: Any, metric: Metric, levels: Levels, found: npt.NDArray[np.int64], start: int, stop: int
) -> None:
    coordinates: Colors = metric.coordinates(levels[start:stop])
    found[start:stop] = model.predict(coordinates)
