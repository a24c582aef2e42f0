"""How good is it: how far an image of few colours is from the original, for numbers and for eyes."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8, Colors, ImageLike, Valid
from ..indexed import IndexedImage
from ..pixels.memory import Pixels, Place, Scale, is_lazy, read_image
from .delta_e import BLOCK, rgb_difference
from .image_metrics import PIXELS_PER_DEGREE, blurred_difference, structural_similarity
from .sums import Distortion, Tally

if TYPE_CHECKING:
    from ..chunks import LazyPixels

__all__ = ["Distortion", "compare_colors", "delta_e_map", "distortion"]

#: A reader of the second image: a place to (n, 3) uint8 sRGB and (n,) bool or None.
_Read: TypeAlias = Callable[[Place], tuple[RGB8, Valid | None]]


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
        What became of it: a result, or any image of the same height and width and frames. If this or
        `image` is a dask array, both are read chunk by chunk and neither is held.
    mask : array_like of shape (..., H, W), optional
        Pixels where it is 0 are not compared; neither are those without data in either image.
    rgb : bool, optional
        Whether the last axis of `image` holds channels; guessed from the shapes by default.
    scale : {"dtype", "range"} or (low, high), optional
        How intensities of `image` become 0..1; by default as in the recipe of `indexed`, or "dtype".
    perceptual : bool
        Measure `blurred_de` and `ssim`, too: seconds for a photograph of several megapixels. Needs
        images in memory.
    pixels_per_degree : float
        For `blurred_de`: pixels in one degree of the visual field, > 0.

    Returns
    -------
    distortion : Distortion

    Raises
    ------
    ValueError
        If the images differ in shape, no pixel has data in both, or `perceptual` is asked of dask arrays.

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
    if _any_lazy(image, indexed):
        from ..chunks import tally_chunks

        if perceptual:
            raise ValueError("perceptual measures need images in memory, got a dask array: compare a part of it")
        return tally_chunks(*_pair_lazily(image, indexed, mask, rgb, scale)).result()
    pixels, read = _pair(image, indexed, mask, rgb, scale)
    tally = Tally()
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
    tally = Tally()
    tally.add(colors, others, np.ascontiguousarray(counts, np.int64))
    return tally.result()


def delta_e_map(
    image: ImageLike | Pixels,
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
    if _any_lazy(image, indexed):
        from ..chunks import map_differences

        return map_differences(*_pair_lazily(image, indexed, mask, rgb, scale))
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


def _any_lazy(image: Any, indexed: Any) -> bool:
    return is_lazy(image) or is_lazy(indexed.labels if isinstance(indexed, IndexedImage) else indexed)


def _guess_reading(image: Any, indexed: Any, rgb: bool | None, scale: Scale | None) -> tuple[bool | None, Scale]:
    """Return how the original is read: as asked, else as the result says that became of it."""
    if isinstance(indexed, IndexedImage):
        if rgb is None and not isinstance(image, Pixels):
            rgb = np.ndim(image) == len(indexed.shape) + 1
        scale = indexed.recipe.scale if scale is None else scale
    return rgb, "dtype" if scale is None else scale


def _pair(
    image: ImageLike | Pixels, indexed: IndexedImage | ImageLike, mask: Any, rgb: bool | None, scale: Scale | None
) -> tuple[Pixels, _Read]:
    """Return the original, and how to read what became of it."""
    rgb, scale = _guess_reading(image, indexed, rgb, scale)
    pixels = image if isinstance(image, Pixels) else read_image(image, rgb=rgb, scale=scale, mask=mask)
    other = indexed if isinstance(indexed, IndexedImage) else read_image(indexed)
    _check_shapes(pixels.shape, other.shape)
    return pixels, other.read if isinstance(other, Pixels) else lambda place: _read_indexed(other, place)


def _pair_lazily(
    image: Any, indexed: Any, mask: Any, rgb: bool | None, scale: Scale | None
) -> tuple["LazyPixels", Any, Any]:
    """Return the original, what became of it in colour, and where that has data."""
    from ..chunks import read_lazy_image

    if isinstance(image, Pixels):
        image, mask, rgb, scale = image.image, image.mask, image.rgb, image.limits or "dtype"
    rgb, scale = _guess_reading(image, indexed, rgb, scale)
    pixels = read_lazy_image(image, rgb=rgb, scale=scale, mask=mask)
    if isinstance(indexed, IndexedImage):
        shape, colors, valid = indexed.shape, indexed.to_rgb()[..., :3], indexed.valid
    else:
        other = read_lazy_image(indexed)
        shape, colors, valid = other.shape, other.read_rgb(), other.read_valid()
    _check_shapes(pixels.shape, shape)
    return pixels, colors, valid


def _check_shapes(shape: tuple[int, ...], other: tuple[int, ...]) -> None:
    if shape != other:
        raise ValueError(f"the images must have the same shape, got {shape} and {other}")


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
