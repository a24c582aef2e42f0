"""Pixel mapping where colours have an alpha: each pixel gets what is nearest to it in colour and in alpha.

A pixel that is seen by less than half may also become nothing, where that is nearer than any palette colour.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint, stage
from .._typing import Colors, Keys, Labels, Levels, Valid, label_type
from ..clustering.four_axes import nearest_of_four
from ..palette import Palette
from ..pixels.alpha import HALF
from ..pixels.counts import count_colors
from ..pixels.hashing import number_keys
from ..pixels.intensities import to_8bit
from ..pixels.keys import keys_to_rgb, keys_to_rgba, rgba_to_keys, take_keys
from ..pixels.memory import Pixels
from ..pixels.rgba_table import MOST, RgbaTable, plain_rgba
from ..pixels.source import Source
from ..pixels.written_colors import OPAQUE
from ..spaces import Metric, Premultiplied
from .dither import dither_labels, target_of
from .graded_dither import Mixture, MixtureAt
from .labels import Dither
from .tables import LabelTable

#: All colours are listed to be looked up: there are no more of them.
_MANY = 1 << 24
#: Pixels that are compared one by one sooner than equal ones are found.
_FEW = 1 << 10


@dataclass(frozen=True, eq=False)
class GradedTable:
    """The labels of all colours that an image of 8 bits with alpha has.

    Attributes
    ----------
    opaque_keys : ndarray of shape (M,), uint32
        Those that hide what lies below, see `rgb_to_keys`, in ascending order.
    keys : ndarray of shape (N,), uint32
        The others, see `rgba_to_keys`, in ascending order.
    labels, is_seen : ndarray of shape (M + N,), uint8 or uint16 and bool
        What `label_rgba` says of both.
    """

    opaque_keys: Keys
    keys: Keys
    labels: Labels
    is_seen: Valid

    @cached_property
    def opaque(self) -> LabelTable:
        """The labels of the opaque colours."""
        return LabelTable.build(self.opaque_keys, self.labels[: len(self.opaque_keys)])

    @cached_property
    def few(self) -> RgbaTable | None:
        """All labels in one small table; None if there are too many."""
        if len(self.labels) > MOST:
            return None
        return RgbaTable.build(self.opaque_keys, self.keys, self.labels, self.is_seen)

    def look_up(self, keys: Keys) -> tuple[Labels, Valid]:
        """Return label and whether they are seen of half transparent colours that occur, as keys."""
        places = len(self.opaque_keys) + np.searchsorted(self.keys, keys)
        return self.labels[places], self.is_seen[places]


def label_graded(
    source: Source, palette: Palette, metric: Metric, dither: Dither | None = None, table: GradedTable | None = None
) -> tuple[Any, Any]:
    """Map an image onto a palette with alpha.

    Parameters
    ----------
    source : Source
        Without alpha it is opaque.
    palette : Palette
    metric : Metric
        What "near" means among opaque colours; see `napari_colorquant.spaces.Premultiplied` for the others.
    dither : method and options, optional
        Mixes opaque palette colours where pixels are opaque. Half transparent pixels are mixed of two colours each,
        see `napari_colorquant.mapping.graded_dither`.
    table : GradedTable, optional
        Of all colours of an image in memory, if their labels have been found already.

    Returns
    -------
    labels, valid : array of shape (..., H, W), uint8 or uint16 and bool
        The index of the nearest palette colour, and False, with 0, where nothing is seen. Lazy if the source is.
    """
    whole_planes = dither is not None and dither[0].sequential
    assert table is None or not source.is_lazy
    function = partial(_label_chunk, palette=palette, metric=metric, dither=dither, table=table)
    packed = source.map(function, label_type(len(palette)), channels=2, whole_planes=whole_planes)
    return packed[..., 0], packed[..., 1].astype(np.bool_)


def label_rgba(
    colors: Levels | Colors,
    alphas: npt.NDArray[np.uint8] | None,
    entries: tuple[Levels, npt.NDArray[np.uint8]],
    graded: Premultiplied,
    coordinates: Colors | None = None,
) -> tuple[Labels, Valid]:
    """Return the label of colours, (N, 3) with (N,) alphas or opaque, and whether they are seen at all, (N,).

    The entries of a palette are given as levels of the metric's RGB, (K, 3), and alphas, (K,). The `coordinates` of
    the colours, (N, A + 1), need not be found again where they are known. A tie belongs to the entry with the smaller
    key, whatever the order of the palette.
    """
    levels, opacities = entries
    keys = rgba_to_keys(np.concatenate([to_8bit(levels), opacities[:, None]], axis=1))
    order: Labels = np.argsort(keys, kind="stable").astype(label_type(len(keys)))
    order = order[opacities[order] > 0]
    if not len(order):
        return np.zeros(len(colors), order.dtype), np.zeros(len(colors), np.bool_)
    coordinates = graded.coordinates(colors, alphas) if coordinates is None else coordinates
    found, distances = nearest_of_four(coordinates, graded.coordinates(levels[order], opacities[order]))
    labels, is_seen = order[found], np.ones(len(colors), np.bool_)
    if alphas is not None:
        _find_unseen(np.ascontiguousarray(alphas), coordinates, distances, labels, is_seen)
    return labels, is_seen


@kernel
def _find_unseen(alphas, coordinates, distances, labels, is_seen):  # type: ignore[no-untyped-def]
    # Of less than half, what is nearer to nothing, which lies at the origin, than to its colour.
    for i in range(len(alphas)):
        if alphas[i] < HALF:
            square = np.float32(0)
            for axis in range(coordinates.shape[1]):
                square += coordinates[i, axis] * coordinates[i, axis]
            if square < distances[i]:
                labels[i], is_seen[i] = 0, False


def _graded(palette: Palette, metric: Metric) -> tuple[tuple[Levels, npt.NDArray[np.uint8]], Premultiplied]:
    return (palette.levels_in(metric.profile), palette.alphas), Premultiplied(metric)


def _label_chunk(
    pixels: Pixels, palette: Palette, metric: Metric, dither: Dither | None, table: GradedTable | None
) -> Labels:
    packed = np.zeros((*pixels.shape, 2), label_type(len(palette)))
    if dither is None and table is not None and table.few is not None and (rgba := plain_rgba(pixels)) is not None:
        with stage("Mapping the pixels", 0.7, 1.0):
            table.few.look_up(rgba, packed.reshape(-1, 2))
            checkpoint(1.0)
        return packed
    is_opaque = np.zeros(pixels.shape, np.bool_)
    mixture = None if dither is None else Mixture.by(palette, metric, *dither)
    with stage("Mapping the pixels", 0.7, 1.0):
        done = 0
        for place in pixels.blocks():
            levels, valid = pixels.read_levels(place)
            alphas = pixels.read_alpha_at(place)
            shape = packed[place].shape[:-1]
            mixed = None if mixture is None else mixture.at(place[-1], shape[-1], pixels.origin)
            labels, shown, opaque = _label_block(levels, valid, alphas, palette, metric, mixed, table)
            packed[(*place, ..., 0)], packed[(*place, ..., 1)] = labels.reshape(shape), shown.reshape(shape)
            is_opaque[place] = opaque.reshape(shape)
            done += len(levels)
            checkpoint(done / pixels.size)
    if dither is not None:
        with stage("Dithering", 0.8, 1.0):
            _dither_opaque(pixels, packed[..., 0], is_opaque, palette, metric, dither)
    return packed


def _label_block(
    levels: Levels,
    valid: Valid | None,
    alphas: npt.NDArray[np.uint8] | None,
    palette: Palette,
    metric: Metric,
    mixture: MixtureAt | None,
    table: GradedTable | None,
) -> tuple[Labels, Valid, Valid]:
    """Return the labels of a block, which pixels are seen, and which are opaque; these are not mixed yet."""
    shown = np.ones(len(levels), np.bool_) if valid is None else valid
    opaque = shown if alphas is None else shown & (alphas == OPAQUE)
    labels, is_seen = np.zeros(len(levels), label_type(len(palette))), opaque.copy()
    _label_opaque(levels, opaque, palette, metric, labels, table)
    if alphas is not None and (rest := shown & ~opaque).any():
        labels[rest], is_seen[rest] = _label_seen_through(
            levels, alphas, rest, palette, metric, None if mixture is None else mixture.of(rest), table
        )
    labels[~is_seen] = 0
    return labels, is_seen, opaque


def _label_opaque(
    levels: Levels, opaque: Valid, palette: Palette, metric: Metric, labels: Labels, table: GradedTable | None
) -> None:
    if not (count := np.count_nonzero(opaque)):
        return
    if table is not None:
        table.opaque.look_up(levels.view(np.uint8), labels)
    elif levels.dtype == np.uint8 and count > _FEW:
        keys = count_colors(levels.view(np.uint8), None if opaque.all() else opaque, limit=_MANY).keys
        found = LabelTable.build(keys, label_rgba(keys_to_rgb(keys), None, *_graded(palette, metric))[0])
        found.look_up(levels.view(np.uint8), labels)
    else:
        labels[opaque] = label_rgba(levels[opaque], None, *_graded(palette, metric))[0]


def _label_seen_through(
    levels: Levels,
    alphas: npt.NDArray[np.uint8],
    where: Valid,
    palette: Palette,
    metric: Metric,
    mixture: MixtureAt | None,
    table: GradedTable | None,
) -> tuple[Labels, Valid]:
    """Return the labels of the pixels where `where` is True, which `mixture` is of, and which of them are seen."""
    keys: Keys | None = None
    index: Any = slice(None)
    if levels.dtype == np.uint8:
        keys, index = number_keys(take_keys(levels.view(np.uint8), alphas, where))
        rgba = keys_to_rgba(keys)
        colors, seen = np.ascontiguousarray(rgba[:, :3]), np.ascontiguousarray(rgba[:, 3])
    else:
        colors, seen = levels[where], alphas[where]
    if table is None or keys is None:
        labels, is_seen = label_rgba(colors, seen, *_graded(palette, metric))
    else:
        labels, is_seen = table.look_up(keys)
    if mixture is None:
        return labels[index], is_seen[index]
    return mixture.mix(*mixture.mixture.pairs(colors, seen, labels, is_seen), index)


def _dither_opaque(
    pixels: Pixels, labels: Labels, is_opaque: Valid, palette: Palette, metric: Metric, dither: Dither
) -> None:
    """Dither in place, among the opaque colours, the pixels whose own alpha and whose colour's alpha are full."""
    opaque = np.flatnonzero(palette.alphas == OPAQUE)
    rank = np.zeros(len(palette), label_type(len(opaque)))
    rank[opaque] = np.arange(len(opaque))
    mixed = is_opaque & (palette.alphas == OPAQUE)[labels]
    if len(opaque) < 2 or not mixed.any():
        return
    colors = to_8bit(palette.levels_in(metric.profile)[opaque])
    target = target_of(np.ascontiguousarray(colors), metric, keep=pixels.is_part)
    chosen = dither_labels(pixels, np.where(mixed, rank[labels], 0).astype(rank.dtype), mixed, target, *dither)
    labels[mixed] = opaque[chosen[mixed]]
