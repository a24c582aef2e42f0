"""Palettes per tile: several short palettes for one image, each tile of which takes one, as consoles have it.

Tiles are clusters of palettes as pixels are clusters of colours: every palette is designed for its tiles, and every
tile goes to the palette that serves it best, in turns, as in k-means. Palettes are added one by one, each for the tiles
that are served worst, so that a further palette never makes it worse. Where all colours of each tile find room, the
sets of colours are packed instead, and nothing is lost.
"""

from dataclasses import dataclass
from typing import Any, NoReturn, Unpack

import numpy as np
import numpy.typing as npt

from .._checks import check_flag, check_integer, refusal
from .._runtime.progress import checkpoint, stage
from .._typing import ImageLike, label_type
from ..design.design import design
from ..indexed import IndexedImage
from ..mapping.nearest_colors import label_keys
from ..palette import Palette, parse_colors
from ..pixels.counts import ColorCounts
from ..pixels.keys import keys_to_rgb, rgb_to_keys
from ..pixels.memory import Pixels
from ..pixels.source import open_source
from ..recipe import Recipe
from .choices import DesignChoices, make_recipe
from .packing import count_palettes, find_packing

#: Turns between designing palettes and choosing among them, for each number of palettes.
_TURNS = 6


@dataclass(frozen=True, eq=False)
class TiledImage:
    """An image of which each tile has one of several palettes.

    Attributes
    ----------
    indexed : IndexedImage
        Label ``p * n_colors + k`` is colour k of palette p; its palette has all of them, one behind the other. A
        palette that needs fewer colours is filled up with its first one.
    tile_palettes : ndarray of shape (rows, columns), uint8 or uint16
        The number of the palette of each tile.
    tile : int
        The side of a tile in pixels; those at the right and at the bottom may be cut.
    n_colors : int
        The colours of a palette.
    """

    indexed: IndexedImage
    tile_palettes: npt.NDArray[np.unsignedinteger[Any]]
    tile: int
    n_colors: int

    @property
    def entries(self) -> npt.NDArray[np.unsignedinteger[Any]]:
        """The number of each pixel's colour in the palette of its tile, (H, W)."""
        entries: npt.NDArray[np.unsignedinteger[Any]] = self.indexed.labels % self.n_colors
        return entries.astype(label_type(self.n_colors))


def quantize_tiles(
    image: ImageLike,
    n_colors: int = 4,
    *,
    tile: int = 8,
    palettes: int = 4,
    shared: Any = None,
    lossless: bool = False,
    rgb: bool | None = None,
    **choices: Unpack[DesignChoices],
) -> TiledImage:
    """Represent an image by several palettes, of which each tile takes one.

    Parameters
    ----------
    image : array_like of shape (H, W), (H, W, 3) or (H, W, 4)
        One plane in memory. Pixels without data count for nothing and get label 0.
    n_colors : int
        The colours of a palette, 1 to 256, the shared one among them.
    tile : int
        The side of a tile in pixels, 1 to 1,024.
    palettes : int
        Their number, 1 to 256.
    shared : colour, optional
        Is colour 0 of every palette: the backdrop of the machine.
    lossless : bool
        Whether all colours must come out as they are.
    rgb : bool, optional
        Whether the last axis holds channels, as in `napari_colorquant.quantize`.
    **choices
        As in `napari_colorquant.quantize`, how each palette is designed; `bits` gives the colours that a machine has.

    Returns
    -------
    tiled : TiledImage
        Its recipe tells how each palette was designed. Without any loss where a packing of the tiles' colours is
        found.

    Raises
    ------
    ValueError
        If `lossless` is asked for and a tile has too many colours, the first of which is named, or more palettes are
        needed than there may be; or a dither, a palette or anything else is asked for that has no tiles.

    See Also
    --------
    napari_colorquant.quantize : One palette for all.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.zeros((8, 16, 3), np.uint8)
    >>> image[:, :8, 0], image[:4, 8:, 2] = 200, 90
    >>> tiled = quantize_tiles(image, 2, tile=8, palettes=2, lossless=True)
    >>> tiled.tile_palettes.shape, np.array_equal(tiled.indexed.to_rgb(), image)
    ((1, 2), True)
    """
    n_colors = check_integer("n_colors", n_colors, 1, 256)
    side = check_integer("tile", tile, 1, 1024)
    most = check_integer("palettes", palettes, 1, 256)
    check_flag("lossless", lossless)
    first = () if shared is None else (Palette(parse_colors([shared])).hex[0],)
    if first and choices.get("fixed"):
        raise refusal("fixed", "be left out beside a shared colour", choices["fixed"])
    recipe = _check_recipe(make_recipe(n_colors=n_colors, **{**choices, **({"fixed": first} if first else {})}))
    tiles = _Tiles.from_image(image, side, recipe, rgb)
    sets = tiles.find_sets(parse_colors(first) if first else None)
    room = n_colors - len(first)
    is_shown = recipe.grid is None or bool(recipe.grid.holds(keys_to_rgb(tiles.keys)).all())
    packing = find_packing(sets, room, most) if is_shown else None
    if packing is None and lossless:
        _refuse(sets, room, most, tiles, recipe if not is_shown else None)
    with stage("Designing the palettes", 0.1, 0.9):
        members = _find_members(tiles, recipe, most) if packing is None else np.array(packing)
    tables = [_design(tiles, members == number, recipe) for number in range(int(members.max()) + 1)]
    return _assemble(tiles, members, tables, recipe, first)


def _refuse(sets: list[frozenset[int]], room: int, most: int, tiles: "_Tiles", unshown: Recipe | None) -> NoReturn:
    """Raise ValueError for what stands in the way of an image without any loss."""
    if unshown is not None:
        raise ValueError(f"an image without loss must have colours of a device of {unshown.bits} bits only, got others")
    for number, colors in enumerate(sets):
        if len(colors) > room:
            row, column = divmod(number, tiles.grid[1])
            raise ValueError(
                f"an image without loss must have at most {room} colours in each tile, got {len(colors)} in the one of "
                f"row {row} and column {column}"
            )
    needed = count_palettes(sets, room)
    raise ValueError(
        f"an image without loss must find room in {most} palettes of {room} colours, got a need of {needed}"
    )


def _assemble(
    tiles: "_Tiles", members: npt.NDArray[np.int64], tables: list[Palette], recipe: Recipe, shared: tuple[str, ...]
) -> TiledImage:
    """Return labels and the palettes one behind the other; each is filled up with its first colour."""
    n_colors = int(recipe.n_colors)
    colors, labels_of = [], []
    for table in tables:
        first = [i for i, code in enumerate(table.hex) if code in shared]
        ordered = table.colors[first + [i for i in range(len(table)) if i not in first]]
        colors.append(np.concatenate([ordered, np.repeat(ordered[:1], n_colors - len(ordered), axis=0)]))
        labels_of.append(label_keys(tiles.keys, ordered, recipe.metric))
    height, width = tiles.shape
    grid = members.reshape(tiles.grid)
    theirs = grid.repeat(tiles.side, axis=0).repeat(tiles.side, axis=1)[:height, :width].reshape(-1)
    dtype = label_type(n_colors * len(tables))
    labels = (theirs * n_colors + np.stack(labels_of)[theirs, tiles.pixels]) * tiles.valid
    valid = None if tiles.valid.all() else tiles.valid.reshape(tiles.shape)
    palette = Palette(np.concatenate(colors))
    indexed = IndexedImage(labels.astype(dtype).reshape(tiles.shape), palette, recipe, valid).with_shares()
    return TiledImage(indexed, grid.astype(label_type(len(tables))), tiles.side, n_colors)


def _check_recipe(recipe: Recipe) -> Recipe:
    for name in ("dither", "keep", "palette", "smoothness", "cleaning", "remove_unused", "profile"):
        if (value := getattr(recipe, name)) != getattr(Recipe(), name):
            raise refusal(name, f"be {getattr(Recipe(), name)!r} with palettes per tile", value)
    return recipe.replace(alpha="cut") if recipe.alpha == "auto" else recipe


@dataclass(frozen=True, eq=False)
class _Tiles:
    """The colours of an image tile by tile: entry i says that tile `tile[i]` has `count[i]` pixels of `color[i]`."""

    shape: tuple[int, int]
    side: int
    keys: npt.NDArray[np.uint32]
    pixels: npt.NDArray[np.int64]
    valid: npt.NDArray[np.bool_]
    tile: npt.NDArray[np.int64]
    color: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]

    @classmethod
    def from_image(cls, image: Any, side: int, recipe: Recipe, rgb: bool | None) -> "_Tiles":
        source = open_source(image, rgb=rgb, scale=recipe.scale, alpha="ignore" if recipe.alpha == "ignore" else "cut")
        if not isinstance(source, Pixels) or len(source.shape) != 2:
            raise refusal("image", "be one plane in memory for palettes per tile", source.shape)
        blocks = [source.read(place) for place in source.blocks()]
        colors = np.concatenate([block for block, _ in blocks])
        shown = [np.ones(len(block), np.bool_) if valid is None else valid for block, valid in blocks]
        valid = np.concatenate(shown)
        if not valid.any():
            raise ValueError("an image must have a pixel that has data, got none")
        keys = rgb_to_keys(np.ascontiguousarray(colors))
        distinct, place = np.unique(keys, return_inverse=True)
        height, width = source.shape
        columns = -(-width // side)
        rows = np.arange(height) // side
        tiles = (rows[:, None] * columns + np.arange(width) // side).reshape(-1)
        pairs, count = np.unique(tiles[valid] * len(distinct) + place[valid], return_counts=True)
        return cls(
            (height, width), side, distinct.astype(np.uint32), place, valid, pairs // len(distinct),
            pairs % len(distinct), count,
        )  # fmt: skip

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        return -(-self.shape[0] // self.side), -(-self.shape[1] // self.side)

    def counts_of(self, entries: npt.NDArray[np.bool_]) -> ColorCounts:
        """Return the colours of some tiles with their pixels; `entries` are theirs."""
        counts = np.bincount(self.color[entries], self.count[entries], len(self.keys)).astype(np.int64)
        there = counts > 0
        return ColorCounts(self.keys[there], counts[there])

    def find_sets(self, shared: Any) -> list[frozenset[int]]:
        """Return the colours of each tile, without the shared one."""
        sets: list[set[int]] = [set() for _ in range(self.grid[0] * self.grid[1])]
        left_out = -1 if shared is None else int(rgb_to_keys(shared)[0])
        for tile, color in zip(self.tile.tolist(), self.color.tolist(), strict=True):
            if int(self.keys[color]) != left_out:
                sets[tile].add(color)
        return [frozenset(each) for each in sets]


def _design(tiles: _Tiles, are_members: npt.NDArray[np.bool_], recipe: Recipe) -> Palette:
    counts = tiles.counts_of(are_members[tiles.tile])
    return design(counts, recipe).palette if len(counts) else Palette(np.zeros((1, 3), np.uint8))


def _errors(tiles: _Tiles, palette: Palette, recipe: Recipe) -> npt.NDArray[np.float64]:
    """Return the error of each tile with a palette, (T,)."""
    away = recipe.metric.nearest(keys_to_rgb(tiles.keys), palette.colors)[1].astype(np.float64)
    count = tiles.grid[0] * tiles.grid[1]
    return np.bincount(tiles.tile, tiles.count * away[tiles.color], count).astype(np.float64)


def _find_members(tiles: _Tiles, recipe: Recipe, most: int) -> npt.NDArray[np.int64]:
    """Return the palette of each tile, (T,): palettes added one by one, each for the tiles that are served worst."""
    members = np.zeros(tiles.grid[0] * tiles.grid[1], np.int64)
    errors = _errors(tiles, _design(tiles, members == 0, recipe), recipe)[None]
    for number in range(1, most):
        checkpoint(number / most)
        own = errors[members, np.arange(len(members))]
        tried = _take_turns(tiles, _split(own, members, number), number + 1, recipe)
        if tried[1].min(axis=0).sum() < errors[members, np.arange(len(members))].sum():
            members, errors = tried
        else:  # as it was: a palette that serves no tile costs nothing
            break
    return members


def _split(own: npt.NDArray[np.float64], members: npt.NDArray[np.int64], number: int) -> npt.NDArray[np.int64]:
    """Return the members with those of the palette that costs most parted: the worse half of its error is new."""
    sums = np.bincount(members, own)
    theirs = np.flatnonzero(members == int(sums.argmax()))
    order = theirs[np.argsort(-own[theirs], kind="stable")]
    half = int(np.searchsorted(np.cumsum(own[order]), own[order].sum() / 2)) + 1
    parted = members.copy()
    parted[order[: min(half, max(1, len(order) - 1))]] = number
    return parted


def _take_turns(
    tiles: _Tiles, members: npt.NDArray[np.int64], count: int, recipe: Recipe
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    best: tuple[float, npt.NDArray[np.int64], npt.NDArray[np.float64]] | None = None
    for _ in range(_TURNS):
        errors = np.stack([_errors(tiles, _design(tiles, members == k, recipe), recipe) for k in range(count)])
        is_less = errors.min(axis=0) < errors[members, np.arange(len(members))]
        chosen = np.where(is_less, errors.argmin(axis=0), members)
        total = float(errors.min(axis=0).sum())
        if best is not None and total >= best[0]:
            break
        best = (total, chosen, errors)
        if np.array_equal(chosen, members):
            break
        members = chosen
    assert best is not None
    return best[1], best[2]
