"""How good is it: how far an image of few colours is from the original, for numbers and for eyes."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_array, check_flag, check_instance
from .._runtime.threads import map_blocks
from .._typing import Colors, ImageLike, Levels
from ..indexed import IndexedImage
from ..pixels.arrays import load
from ..pixels.intensities import Scale, is_plain, to_8bit
from ..pixels.memory import Pixels
from ..pixels.rgb_profile import RgbProfile
from ..pixels.source import Source
from ..spaces.delta_e import BLOCK, rgb_difference
from .image_metrics import PIXELS_PER_DEGREE, blurred_difference, check_pixels_per_degree, structural_similarity
from .input_levels import look_at_input
from .pairs import Pair, PairColors, make_pair
from .sums import Distortion, DistortionSums

__all__ = ["Distortion", "compare_colors", "delta_e_map", "distortion"]

#: Bits of a number of pixels; the squared error of one has 18, that of one with 16 bits a channel 34.
_MOST_BITS = {np.dtype(np.uint8): 44, np.dtype(np.uint16): 28}


def distortion(
    image: ImageLike | Source,
    indexed: IndexedImage | ImageLike,
    *,
    mask: Any = None,
    rgb: bool | None = None,
    scale: Scale | None = None,
    perceptual: bool = False,
    pixels_per_degree: float = PIXELS_PER_DEGREE,
) -> Distortion:
    """Measure how far an image of few colours is from the original.

    A result that was made in another RGB than sRGB, see `Recipe.profile`, is compared in that, and differences
    count outside sRGB, too; but the MSE, and what `perceptual` measures, are of what sRGB shows.

    Parameters
    ----------
    image : array_like, or Source
        The original, as in `quantize`; a `Source` brings its own mask, rgb and scale.
    indexed : IndexedImage, or array_like
        What became of it: a result, or any image of the same height and width and frames. A result whose colours
        have an alpha is compared as it looks over black and over white, and each figure is that of both. If this or
        `image` is a dask array, both are read chunk by chunk and neither is held.
    mask : array_like of shape (..., H, W), optional
        Pixels where it is 0 are not compared; neither are those without data in either image.
    rgb : bool, optional
        Whether the last axis of `image` holds channels; guessed from the shapes by default.
    scale : {"dtype", "range"} or (low, high), optional
        How intensities of `image` become 0..1; by default as in the recipe of `indexed`, or "dtype".
    perceptual : bool
        Measure `blurred_de` and `ssim`, too: seconds for a photograph of several megapixels. Each
        frame is held in memory.
    pixels_per_degree : float
        For `blurred_de`: pixels in one degree of the visual field, 0.01 to 10,000.

    Returns
    -------
    distortion : Distortion

    Raises
    ------
    ValueError
        If the images differ in shape, or no pixel has data in both.

    See Also
    --------
    error_curve : What each number of colours costs.

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
    looks, seen_at = check_flag("perceptual", perceptual), check_pixels_per_degree(pixels_per_degree)
    pair = make_pair(image, indexed, mask, rgb, scale)
    measured = _sum_up(pair).result()
    return _with_perceptual(measured, pair, seen_at) if looks else measured


def sum_distortion(image: ImageLike | Source, indexed: IndexedImage) -> DistortionSums:
    """Return the sums behind `distortion`, which add up with those of other parts of an image."""
    return _sum_up(make_pair(image, indexed, None, None, None))


def add_sums(several: list[DistortionSums]) -> DistortionSums:
    """Return the sums over several parts of an image together."""
    return sum(several[1:], start=several[0])


def compare_colors(
    colors: Levels, others: Levels, counts: npt.NDArray[np.int64], profile: RgbProfile | None = None
) -> Distortion:
    """Measure the distortion of an image from its distinct colours and what became of them.

    Parameters
    ----------
    colors, others : ndarray of shape (N, 3), uint8 or uint16
        Encoded sRGB: distinct colours, and the palette colour of each.
    counts : ndarray of shape (N,), int64
        The number of pixels of each, > 0.
    profile : RgbProfile, optional
        The RGB that the colours are; sRGB by default.

    Returns
    -------
    distortion : Distortion
        The same as `distortion` for the whole images, up to the rounding of sums.
    """
    check_array("colors", colors, _depth_of(colors), "N", 3)
    check_array("others", others, _depth_of(others), len(colors), 3)
    check_array("counts", counts, np.int64, len(colors))
    if profile is not None:
        check_instance("profile", profile, RgbProfile)
    sums = DistortionSums()
    most = _MOST_BITS[np.result_type(colors, others) if profile is None else np.dtype(np.uint16)]
    sums.add(colors, others, _fewer(np.ascontiguousarray(counts, np.int64), most), profile)
    return sums.result()


def delta_e_map(
    image: ImageLike | Source,
    indexed: IndexedImage | ImageLike,
    *,
    mask: Any = None,
    rgb: bool | None = None,
    scale: Scale | None = None,
) -> Any:
    """Return the CIEDE2000 difference at every pixel.

    Parameters
    ----------
    image, indexed, mask, rgb, scale
        As in `distortion`.

    Returns
    -------
    differences : ndarray of shape (..., H, W), float32
        NaN where either image has no data. A dask array if one of the images is.
    """
    pair = make_pair(image, indexed, mask, rgb, scale)
    return pair.source.map(partial(_map_differences, seen=pair.colors), np.float32, beside=pair.beside)


def _depth_of(levels: Any) -> type[np.unsignedinteger[Any]]:
    return np.uint16 if getattr(levels, "dtype", None) == np.uint16 else np.uint8


def _fewer(counts: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """Return counts whose sum times the largest squared error fits into 64 bits: of an importance, fewer steps."""
    excess = int(counts.sum()).bit_length() - most
    return counts if excess <= 0 else np.maximum(counts >> excess, 1)


def _sum_up(pair: Pair) -> DistortionSums:
    return pair.source.fold(partial(_sum_chunks, seen=pair.colors), add_sums, pair.beside)


def _sum_chunks(chunks: list[tuple[Pixels, Any, Any]], seen: PairColors) -> DistortionSums:
    sums = DistortionSums(seen.grounds, seen.n_labels)
    for pixels, others, valid in chunks:
        for place in pixels.blocks():
            for ground, (colors, shown, both) in enumerate(seen.read(pixels, others, valid, place)):
                if not ground and (seen.profile is not None or not is_plain(pixels.image.dtype, pixels.limits)):
                    labels = None if seen.palette is None else np.ascontiguousarray(others[place]).reshape(-1)
                    sums.input += look_at_input(pixels, place, labels, both, seen.n_labels)
                if both is not None:
                    colors, shown = colors[both], shown[both]
                sums.add(colors, shown, profile=seen.profile)
    return sums


def _map_differences(pixels: Pixels, others: Any, valid: Any, seen: PairColors) -> Colors:
    differences = np.empty(pixels.shape, np.float32)
    for place in pixels.blocks():
        total = np.zeros(differences[place].size, np.float32)
        for colors, shown, both in seen.read(pixels, others, valid, place):
            found = np.empty(len(colors), np.float32)

            def task(start: int, stop: int, colors: Any = colors, shown: Any = shown, found: Colors = found) -> None:
                rgb_difference(colors[start:stop], shown[start:stop], found[start:stop], seen.profile)

            map_blocks(task, len(colors), BLOCK)
            if both is not None:
                found[~both] = np.nan
            total += found
        differences[place] = total.reshape(differences[place].shape) / np.float32(seen.grounds)
    return differences


def _with_perceptual(measured: Distortion, pair: Pair, pixels_per_degree: float) -> Distortion:
    # Frame by frame, since both look at neighbours; the means run over all pixels with data.
    blurred, similarity = 0.0, 0.0
    height_width = pair.source.shape[-2:]
    for plane in np.ndindex(*pair.source.shape[:-2]):
        others, valid = load(*(None if array is None else array[plane] for array in pair.beside))
        for colors, shown, both in pair.colors.read(pair.source.take(plane).load(), others, valid, ()):
            if pair.colors.profile is not None:
                colors, shown = pair.colors.profile.to_srgb(colors), pair.colors.profile.to_srgb(shown)
            image, other = (to_8bit(levels).reshape(*height_width, 3) for levels in (colors, shown))
            has_data = None if both is None else both.reshape(height_width)
            if has_data is not None:
                image, other = image * has_data[..., None], other * has_data[..., None]
            where = True if has_data is None else has_data
            difference = blurred_difference(image, other, has_data, pixels_per_degree)
            blurred += float(difference.sum(dtype=float, where=where))
            similarity += float(structural_similarity(image, other).sum(where=where))
    count = measured.n_pixels * pair.colors.grounds
    return replace(measured, blurred_de=blurred / count, ssim=similarity / count)
