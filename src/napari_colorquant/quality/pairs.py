"""An image and what became of it, side by side: block by block, as colours that can be compared.

What is half transparent looks different over different grounds, so it is compared as it looks over black and as it
looks over white.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import RGB8, ImageLike, Levels, Valid
from ..indexed import IndexedImage
from ..pixels.intensities import Scale, to_8bit, to_16bit
from ..pixels.memory import Pixels, Place
from ..pixels.rgb_profile import RgbProfile
from ..pixels.source import Source, cut_together, open_original, open_source
from ..pixels.written_colors import OPAQUE

#: Colours of the original and of what became of it, (n, 3) each and of one depth, and where both have data.
Seen: TypeAlias = tuple[Any, Any, Valid | None]
GROUNDS = (0, 255)


@dataclass(frozen=True, eq=False)
class Pair:
    """What is compared.

    Attributes
    ----------
    source : Source
        The original.
    beside : tuple of arrays
        What became of it, labels or colours, and where that has data.
    palette : ndarray of shape (K, 3), uint8 or uint16, or None
        The colours of the labels; None of colours.
    alphas : ndarray of shape (K,), uint8, or None
        Those of the palette's colours, if not all are opaque.
    profile : RgbProfile or None
        The RGB in which the original was quantized; None: sRGB.
    """

    source: Source
    beside: tuple[Any, Any]
    palette: Levels | None = None
    alphas: npt.NDArray[np.uint8] | None = None
    profile: RgbProfile | None = None

    @property
    def colors(self) -> "PairColors":
        """What the chunks need."""
        return PairColors(self.palette, self.alphas, self.profile)


@dataclass(frozen=True, eq=False)
class PairColors:
    """The palette of a `Pair`: what travels to each chunk."""

    palette: Levels | None
    alphas: npt.NDArray[np.uint8] | None
    profile: RgbProfile | None

    @property
    def n_labels(self) -> int:
        """The number of labels, 1 where there are none."""
        return 1 if self.palette is None else len(self.palette)

    @property
    def grounds(self) -> int:
        """How often each pixel is compared."""
        return 1 if self.alphas is None else len(GROUNDS)

    def read(self, pixels: Pixels, others: Any, valid: Any, place: Place) -> Iterator[Seen]:
        """Iterate over what is seen of a block, over each ground if something is seen through it."""
        colors, own_valid = pixels.read_levels(place)
        shown = self._read_shown(others, place)
        if np.uint16 in (colors.dtype, shown.dtype):
            colors, shown = to_16bit(colors), to_16bit(shown)
        if self.alphas is None:
            yield colors, shown, _both(own_valid, None if valid is None else valid[place].reshape(-1))
            return
        own = pixels.read_alpha_at(place)
        own = np.full(len(colors), OPAQUE, np.uint8) if own is None else own
        its = self.alphas[np.ascontiguousarray(others[place]).reshape(-1)]
        if valid is not None:  # what became nothing is seen as the ground
            its = its * np.ascontiguousarray(valid[place]).reshape(-1)
        for ground in GROUNDS:
            yield _over(to_8bit(colors), own, ground), _over(to_8bit(shown), its, ground), own_valid

    def _read_shown(self, others: Any, place: Place) -> Any:
        """Return a block of what became of the original, (n, 3)."""
        if self.palette is None:
            return np.ascontiguousarray(others[place]).reshape(-1, 3)
        labels = np.ascontiguousarray(others[place]).reshape(-1)
        shown = np.empty((len(labels), 3), self.palette.dtype)
        _paint(labels, self.palette, shown)
        return shown


def make_pair(
    image: ImageLike | Source, indexed: IndexedImage | ImageLike, mask: Any, rgb: bool | None, scale: Scale | None
) -> Pair:
    """Return the original and what became of it, cut alike; ValueError if they differ in shape."""
    if not isinstance(indexed, IndexedImage):
        source = open_source(image, rgb=rgb, scale="dtype" if scale is None else scale, mask=mask)
        other = open_original(indexed, source.shape)
        beside = (other.read_rgb(), other.read_valid())
        return Pair(cut_together(source, beside), beside)
    # The original is read as the result says that became of it.
    scale, alpha = indexed.recipe.scale if scale is None else scale, indexed.recipe.reads_alpha
    alpha = "graded" if indexed.palette.has_alpha else alpha
    source = open_original(image, indexed.shape, rgb=rgb, scale=scale, mask=mask, alpha=alpha)
    if indexed.is_recolored:
        beside = (indexed.recolored, indexed.valid)
        return Pair(cut_together(source, beside), beside)
    beside, profile = (indexed.labels, indexed.valid), indexed.recipe.profile
    alphas = indexed.palette.alphas if indexed.palette.has_alpha else None
    return Pair(cut_together(source, beside), beside, indexed.palette.levels_in(profile), alphas, profile)


def _both(first: Valid | None, second: Valid | None) -> Valid | None:
    """Return where two images have data; None: everywhere."""
    if first is None or second is None:
        return second if first is None else first
    return first & second


def _over(colors: RGB8, alphas: npt.NDArray[np.uint8], ground: int) -> RGB8:
    """Return colours as they look over a gray, (n, 3), mixed as screens do: in encoded sRGB."""
    share = alphas[:, None].astype(np.float32) / np.float32(OPAQUE)
    over: RGB8 = np.rint(colors * share + np.float32(ground) * (1 - share)).astype(np.uint8)
    return over


@kernel
def _paint(labels, palette, colors):  # type: ignore[no-untyped-def]
    for i in range(labels.size):
        label = labels[i]
        colors[i, 0], colors[i, 1], colors[i, 2] = palette[label, 0], palette[label, 1], palette[label, 2]
