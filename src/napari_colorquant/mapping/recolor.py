"""Recolour by colour alone, while each pixel keeps its own lightness, or its chroma and lightness too."""

from functools import partial
from typing import Any

import numpy as np

from .._runtime.progress import checkpoint, stage
from .._runtime.threads import map_blocks
from .._typing import RGB8, Labels
from ..pixels.counts import count_colors
from ..pixels.keys import keys_to_rgb
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..spaces import Metric, Space
from ..spaces.gamut import chroma_part, draw_into_gamut, measure_chroma
from ..spaces.hue import HueMetric
from .nearest_colors import label_keys
from .tables import LabelTable

_BLOCK = 1 << 15


def recolor_source(source: Source, colors: RGB8, metric: Metric, keep: str) -> Any:
    """Return the image in the palette's colour, with each pixel's own lightness, or chroma and lightness.

    Parameters
    ----------
    source : Source
    colors : ndarray of shape (K, 3), uint8
        The palette.
    metric : Metric
        See `spaces.hue.make_metric`.
    keep : {"lightness", "chroma"}

    Returns
    -------
    recolored : array of shape (..., H, W, 3), uint8
        Of many more colours than K; the labels that belong to it are those of the palette. Lazy if
        the source is.
    """
    return source.map(partial(_recolor_pixels, colors=colors, metric=metric, keep=keep), np.uint8, channels=3)


def _recolor_pixels(pixels: Pixels, colors: RGB8, metric: Metric, keep: str) -> RGB8:
    recolored = np.empty((*pixels.shape, 3), np.uint8)
    done = 0
    with stage("Recolouring the pixels", 0.9, 1.0):
        for place in pixels.blocks():
            rgb, _ = pixels.read(place)
            keys = count_colors(rgb, limit=1 << 24).keys
            new = recolor(keys_to_rgb(keys), label_keys(keys, colors, metric), colors, metric.space, keep)
            for channel in range(3):
                table = LabelTable.build(keys, np.ascontiguousarray(new[:, channel]))
                recolored[(*place, ..., channel)] = table.look_up(rgb).reshape(recolored[place].shape[:-1])
            done += len(rgb)
            checkpoint(3 * done / recolored.size)
    return recolored


def recolor(rgb: RGB8, labels: Labels, colors: RGB8, space: Space, keep: str) -> RGB8:
    """Return colours moved to their palette colour as far as `keep` allows.

    Parameters
    ----------
    rgb : ndarray of shape (N, 3), uint8
    labels : ndarray of shape (N,), uint8
        The palette colour of each.
    colors : ndarray of shape (K, 3), uint8
    space : Space
        One with axes of lightness and chroma.
    keep : {"lightness", "chroma"}
        "lightness": the chroma axes become the palette colour's. "chroma": only the direction in
        their plane does; colours of a gray label, which has no direction, stay as they are.

    Returns
    -------
    recolored : ndarray of shape (N, 3), uint8
        Drawn toward the gray of the same lightness where they would leave the gamut.
    """
    palette = chroma_part(space, space.from_srgb(colors))
    if keep == "chroma":
        length = measure_chroma(space, space.from_srgb(colors))
        is_gray = length < HueMetric(space).gray_chroma
        palette /= np.where(is_gray, 1, length)[:, None]
    axes = [space.axes.index(name) for name in space.chroma]
    recolored = np.empty_like(rgb)

    def task(start: int, stop: int) -> None:
        own, label = rgb[start:stop], labels[start:stop]
        coordinates = space.from_srgb(own).copy()
        part = palette[label]
        if keep == "chroma":
            part = part * measure_chroma(space, coordinates)[:, None]
        coordinates[:, axes] = part
        new = space.to_srgb8(draw_into_gamut(space, coordinates))
        stays = (own == colors[label]).all(axis=1)  # rounding must not move a colour of the palette
        if keep == "chroma":
            stays |= is_gray[label]
        new[stays] = own[stays]
        recolored[start:stop] = new

    map_blocks(task, len(rgb), _BLOCK)
    return recolored
