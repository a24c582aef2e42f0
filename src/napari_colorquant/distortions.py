"""How good is it: how far an image of few colours is from the original, for numbers and for eyes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ._jit import kernel
from ._typing import RGB8, Colors, ImageLike, Valid
from .color_difference import BLOCK, rgb_difference
from .indexed import IndexedImage
from .perceptual import PIXELS_PER_DEGREE, blurred_difference, structural_similarity
from .pixels import Pixels, Place, Scale, read_image
from .threads import map_blocks

#: Differences are counted in steps of 1/256, the last step holding all beyond it.
_STEPS_PER_DE = 256
_STEPS = 160 * _STEPS_PER_DE

#: A reader of the second image: a place to (n, 3) uint8 sRGB and (n,) bool or None.
_Read: TypeAlias = Callable[[Place], tuple[RGB8, Valid | None]]


@dataclass(frozen=True)
class Distortion:
    """How far an image is from its original, over the pixels where both have data.

    Attributes
    ----------
    mse : float
        Mean squared Euclidean distance in 8-bit sRGB, summed over the three channels (Celebi's
        convention), 0..195075.
    psnr : float
        Peak signal-to-noise ratio in dB: 10 log10(255**2 / (mse / 3)), the mean squared error of a
        channel under the logarithm; infinite for equal images.
    mean_de2000 : float
        Mean CIEDE2000 difference.
    p95_de2000 : float
        The CIEDE2000 difference that 95 % of the pixels do not exceed, to 1/512.
    max_de2000 : float
        The largest CIEDE2000 difference.
    n_pixels : int
        The number of pixels compared.
    blurred_de : float or None
        Mean CIEDE2000 difference after the visual blur of S-CIELAB; for dithered images, on request.
    ssim : float or None
        Mean structural similarity, at most 1; on request.
    """

    mse: float
    psnr: float
    mean_de2000: float
    p95_de2000: float
    max_de2000: float
    n_pixels: int
    blurred_de: float | None = None
    ssim: float | None = None


def distortion(
    image: ImageLike | Pixels,
    indexed: IndexedImage | ImageLike,
    *,
    mask: Any = None,
    rgb: bool | None = None,
    scale: Scale | None = None,
    perceptual: bool = False,
    pixels_per_degree: float = PIXELS_PER_DEGREE,
) -> Distortion:
    """Measure how far an image of few colours is from the original.

    Parameters
    ----------
    image : array_like, or Pixels
        The original, as in `quantize`; `Pixels` bring their own mask, rgb and scale.
    indexed : IndexedImage, or array_like
        What became of it: a result, or any image of the same height and width and frames.
    mask : array_like of shape (..., H, W), optional
        Pixels where it is 0 are not compared; neither are those without data in either image.
    rgb : bool, optional
        Whether the last axis of `image` holds channels; guessed from the shapes by default.
    scale : {"dtype", "range"} or (low, high), optional
        How intensities of `image` become 0..1; by default as in the recipe of `indexed`, or "dtype".
    perceptual : bool
        Measure `blurred_de` and `ssim`, too: seconds for a photograph of several megapixels.
    pixels_per_degree : float
        For `blurred_de`: pixels in one degree of the visual field, > 0.

    Returns
    -------
    distortion : Distortion

    Raises
    ------
    ValueError
        If the images differ in shape, or no pixel has data in both.

    References
    ----------
    .. [1] Celebi M.E., "Forty years of color quantization: a critical, algorithmic survey",
       Artif. Intell. Rev. 56, 2023. doi:10.1007/s10462-023-10406-6
    .. [2] Sharma G., Wu W., Dalal E.N., 2005. Color Res. Appl. 30(1). doi:10.1002/col.20070

    Examples
    --------
    >>> import numpy as np
    >>> image = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
    >>> distortion(image, image).mse
    0.0
    """
    pixels, read = _pair(image, indexed, mask, rgb, scale)
    tally = _Tally()
    for place in pixels.blocks():
        colors, others, valid = _read_both(pixels, read, place)
        if valid is not None:
            colors, others = colors[valid], others[valid]
        tally.add(colors, others)
    measured = tally.result()
    if not perceptual:
        return measured
    return _with_perceptual(measured, pixels, read, pixels_per_degree)


def compare_colors(colors: RGB8, others: RGB8, counts: npt.NDArray[np.int64]) -> Distortion:
    """Measure the distortion of an image from its distinct colours and what became of them.

    Parameters
    ----------
    colors, others : ndarray of shape (N, 3), uint8
        Encoded sRGB: distinct colours, and the palette colour of each.
    counts : ndarray of shape (N,), int64
        The number of pixels of each, > 0.

    Returns
    -------
    distortion : Distortion
        The same as `distortion` for the whole images, up to the rounding of sums.
    """
    tally = _Tally()
    tally.add(colors, others, np.ascontiguousarray(counts, np.int64))
    return tally.result()


def delta_e_map(
    image: ImageLike | Pixels,
    indexed: IndexedImage | ImageLike,
    *,
    mask: Any = None,
    rgb: bool | None = None,
    scale: Scale | None = None,
) -> Colors:
    """Return the CIEDE2000 difference at every pixel.

    Parameters
    ----------
    image, indexed, mask, rgb, scale
        As in `distortion`.

    Returns
    -------
    differences : ndarray of shape (..., H, W), float32
        NaN where either image has no data.
    """
    pixels, read = _pair(image, indexed, mask, rgb, scale)
    differences = np.empty(pixels.shape, np.float32)
    for place in pixels.blocks():
        colors, others, valid = _read_both(pixels, read, place)
        found = np.empty(len(colors), np.float32)

        def task(start: int, stop: int, colors: RGB8 = colors, others: RGB8 = others, found: Colors = found) -> None:
            rgb_difference(colors[start:stop], others[start:stop], found[start:stop])

        map_blocks(task, len(colors), BLOCK)
        if valid is not None:
            found[~valid] = np.nan
        differences[place] = found.reshape(differences[place].shape)
    return differences


class _Tally:
    """Sums over pairs of pixels: squared error exact, differences in float64, their distribution in steps."""

    def __init__(self) -> None:
        self.squared_error = 0
        self.de2000 = self.largest = 0.0
        self.steps = np.zeros(_STEPS, np.int64)

    def add(self, colors: RGB8, others: RGB8, counts: npt.NDArray[np.int64] | None = None) -> None:
        """Add pairs of colours, each counted once or as often as `counts` says."""
        counts = np.empty(0, np.int64) if counts is None else counts
        differences = np.empty(len(colors), np.float32)

        def task(start: int, stop: int) -> tuple[int, float]:
            block = slice(start, stop)
            rgb_difference(colors[block], others[block], differences[block])
            sums: tuple[int, float] = _sum_up(colors[block], others[block], differences[block], counts[block])
            return sums

        sums = map_blocks(task, len(colors), BLOCK)
        self.squared_error += sum(error for error, _ in sums)
        self.de2000 += sum(total for _, total in sums)
        self.largest = max(self.largest, float(differences.max(initial=0)))
        _count_steps(differences, counts, np.float32(_STEPS_PER_DE), self.steps)

    def result(self) -> Distortion:
        count = int(self.steps.sum())
        if count == 0:
            raise ValueError("the images must have at least one pixel with data in common, got none")
        mse = self.squared_error / count
        step = int(np.searchsorted(np.cumsum(self.steps), np.ceil(0.95 * count)))
        return Distortion(
            mse=mse,
            psnr=float("inf") if mse == 0 else float(10 * np.log10(255**2 / (mse / 3))),
            mean_de2000=self.de2000 / count,
            p95_de2000=min(step / _STEPS_PER_DE, self.largest),
            max_de2000=self.largest,
            n_pixels=count,
        )


def _pair(
    image: ImageLike | Pixels, indexed: IndexedImage | ImageLike, mask: Any, rgb: bool | None, scale: Scale | None
) -> tuple[Pixels, _Read]:
    """Return the original, and how to read what became of it."""
    if isinstance(indexed, IndexedImage):
        if rgb is None and not isinstance(image, Pixels):
            rgb = np.ndim(image) == len(indexed.shape) + 1
        scale = indexed.recipe.scale if scale is None else scale
    if isinstance(image, Pixels):
        pixels = image
    else:
        pixels = read_image(image, rgb=rgb, scale="dtype" if scale is None else scale, mask=mask)
    other = indexed if isinstance(indexed, IndexedImage) else read_image(indexed)
    if other.shape != pixels.shape:
        raise ValueError(f"the images must have the same shape, got {pixels.shape} and {other.shape}")
    return pixels, other.read if isinstance(other, Pixels) else lambda place: _read_indexed(other, place)


def _read_indexed(indexed: IndexedImage, place: Place) -> tuple[RGB8, Valid | None]:
    valid = None if indexed.valid is None else np.asarray(indexed.valid[place]).reshape(-1)
    if indexed.recolored is not None:
        return np.asarray(indexed.recolored[place]).reshape(-1, 3), valid
    labels = np.asarray(indexed.labels[place]).reshape(-1)
    colors = np.empty((len(labels), 3), np.uint8)
    _paint(labels, indexed.palette.colors, colors)
    return colors, valid


def _read_both(pixels: Pixels, read: _Read, place: Place) -> tuple[RGB8, RGB8, Valid | None]:
    colors, valid = pixels.read(place)
    others, other_valid = read(place)
    if valid is None or other_valid is None:
        return colors, others, other_valid if valid is None else valid
    return colors, others, valid & other_valid


def _with_perceptual(measured: Distortion, pixels: Pixels, read: _Read, pixels_per_degree: float) -> Distortion:
    # Frame by frame, since both look at neighbours; the means run over all pixels with data.
    blurred, similarity = 0.0, 0.0
    height_width = pixels.shape[-2:]
    for plane in np.ndindex(*pixels.shape[:-2]):
        colors, others, valid = _read_both(pixels, read, plane)
        image, other = colors.reshape(*height_width, 3), others.reshape(*height_width, 3)
        shown = None if valid is None else valid.reshape(height_width)
        if shown is not None:
            image, other = image * shown[..., None], other * shown[..., None]
        where = True if shown is None else shown
        blurred += float(blurred_difference(image, other, shown, pixels_per_degree).sum(dtype=float, where=where))
        similarity += float(structural_similarity(image, other).sum(where=where))
    count = measured.n_pixels
    return replace(measured, blurred_de=blurred / count, ssim=similarity / count)


@kernel
def _paint(labels, palette, colors):  # type: ignore[no-untyped-def]
    for i in range(labels.size):
        label = labels[i]
        colors[i, 0], colors[i, 1], colors[i, 2] = palette[label, 0], palette[label, 1], palette[label, 2]


@kernel
def _sum_up(colors, others, differences, counts):  # type: ignore[no-untyped-def]
    weighted = len(counts) > 0
    squared_error, total = np.int64(0), 0.0
    for i in range(len(colors)):
        red = np.int64(colors[i, 0]) - np.int64(others[i, 0])
        green = np.int64(colors[i, 1]) - np.int64(others[i, 1])
        blue = np.int64(colors[i, 2]) - np.int64(others[i, 2])
        count = counts[i] if weighted else np.int64(1)
        squared_error += count * (red * red + green * green + blue * blue)
        total += count * np.float64(differences[i])
    return squared_error, total


@kernel
def _count_steps(differences, counts, steps_per_de, steps):  # type: ignore[no-untyped-def]
    weighted = len(counts) > 0
    for i in range(differences.size):
        step = min(np.int64(differences[i] * steps_per_de + np.float32(0.5)), np.int64(steps.size - 1))
        steps[step] += counts[i] if weighted else np.int64(1)
