"""The index of "no data": the one after the colours, or the first."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..indexed import IndexedFrames, IndexedImage
from ..palette import Palette
from .pictures.planes import check_room


def clear_first(indexed: Any) -> Any:
    """Return an `IndexedImage` or `IndexedFrames` of which index 0 is not seen, if pixels have no data.

    All others move up by one. A palette that has a colour of alpha 0 stays as it is.

    Raises
    ------
    ValueError
        If there are 256 colours already.
    """
    if indexed.valid is None or np.all(valid := np.asarray(indexed.valid)):
        return indexed
    palettes = [indexed.palette] if isinstance(indexed, IndexedImage) else indexed.palettes
    if any((palette.alphas == 0).any() for palette in palettes):
        return indexed
    check_room(len(palettes[0]))
    labels = np.where(valid, np.asarray(indexed.labels) + np.uint8(1), 0).astype(np.uint8)
    moved = tuple(map(_with_clear, palettes))
    if isinstance(indexed, IndexedFrames):
        return replace(indexed, labels=labels, palettes=moved)
    return replace(indexed, labels=labels, palette=moved[0])


def _with_clear(palette: Palette) -> Palette:
    return replace(
        palette,
        colors=np.concatenate([np.zeros((1, 3), np.uint8), palette.colors]),
        alphas=np.concatenate([np.zeros(1, np.uint8), palette.alphas]),
        levels=np.concatenate([np.zeros((1, 3), np.uint16), palette.levels]),
        shares=np.concatenate([[0.0], palette.shares]),
        names=("", *palette.names),
        locked=(False, *palette.locked),
        classes=("", *palette.classes),
        display=("", *palette.display),
        written=("", *palette.written),
    )
