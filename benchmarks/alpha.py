"""Graded alpha beside libimagequant's, on ten kinds of images: the error of what is seen, and the time.

The error is the mean squared difference in sRGB over black, over white and over a checkerboard of both, of all
pixels and three channels together. The time is that of the processor, of all threads together. What is dithered is
compared by FLIP, over black and over white.
"""

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

import napari_colorquant as cq

from .measuring import time_processor

Rgba = npt.NDArray[np.uint8]
_SIDE = 256
#: Those of icons and larger. What takes less than a millisecond is repeated more often.
_SIDES, _SMALL, _OFTEN = (16, 22, 32, 48, 64, 128, 256, 512), 128, 10


def compare_alpha(numbers: list[int], repeats: int = 3) -> str:
    """Return a table for each number of colours, a row for each kind: our error and time, and libimagequant's."""
    if find_spec("imagequant") is None:
        return "Graded alpha: not installed, left out: imagequant\n"
    images = make_images()
    return "\n".join(_table(images, n_colors, repeats) for n_colors in numbers)


def _table(images: dict[str, Rgba], n_colors: int, repeats: int) -> str:
    lines = [
        "| kind | error, srgb | of libimagequant's | error, oklab | processor | of libimagequant's |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    ratios = []
    for kind, image in images.items():
        their, theirs = _measure(partial(_libimagequant, n_colors=n_colors), image, repeats)
        own, mine = _measure(partial(_ours, n_colors=n_colors, space="srgb"), image, repeats)
        seen, _ = _measure(partial(_ours, n_colors=n_colors, space="oklab"), image, 1)
        ratios.append((own / max(their, 1e-9), mine / theirs))
        lines.append(
            f"| {kind} | {own:.2f} | {own / max(their, 1e-9):.2f} | {seen:.2f} "
            f"| {mine * 1e3:.1f} ms | {mine / theirs:.2f} |"
        )
    middle = np.median(np.array(ratios), axis=0)
    lines.append(f"| *median* | | {middle[0]:.2f} | | | {middle[1]:.2f} |")
    return f"### Graded alpha, {n_colors} entries, {_SIDE} x {_SIDE}\n\n" + "\n".join(lines) + "\n"


def compare_sides(numbers: list[int], repeats: int) -> str:
    """Return a table, a row for each size: error and time of libimagequant's, the median and the most of the kinds."""
    if find_spec("imagequant") is None:
        return "Graded alpha by size: not installed, left out: imagequant\n"
    lines = [
        "| side | " + " | ".join(f"error, {n} | time, {n}" for n in numbers) + " |",
        "|---:" * (1 + 2 * len(numbers)) + "|",
    ]
    for side in _SIDES:
        images, cells = make_images(side), [str(side)]
        for n_colors in numbers:
            often = _OFTEN * repeats if side <= _SMALL else repeats
            ratios = [_compare(image, n_colors, often) for image in images.values()]
            middle, most = np.median(ratios, axis=0), np.max(ratios, axis=0)
            cells += [f"{middle[part]:.2f} ({most[part]:.2f})" for part in range(2)]
        lines.append("| " + " | ".join(cells) + " |")
    return "### Graded alpha by size, median of the kinds (and most)\n\n" + "\n".join(lines) + "\n"


def _compare(image: Rgba, n_colors: int, repeats: int) -> tuple[float, float]:
    """Return our error and our time in sRGB as shares of libimagequant's."""
    their, theirs = _measure(partial(_libimagequant, n_colors=n_colors), image, repeats)
    own, mine = _measure(partial(_ours, n_colors=n_colors, space="srgb"), image, repeats)
    return own / max(their, 1e-9), mine / theirs


def compare_dithered(numbers: list[int]) -> str:
    """Return a table, a row for each number of colours: FLIP without and with a dither, the mean of the kinds."""
    if missing := [name for name in ("imagequant", "flip_evaluator") if find_spec(name) is None]:
        return f"Graded alpha, dithered: not installed, left out: {', '.join(missing)}\n"
    columns = {
        "ours": partial(_ours, space="oklab"),
        "dithered": partial(_ours, space="oklab", dither="floyd_steinberg"),
        "libimagequant": _libimagequant,
        "dithered, too": partial(_libimagequant, dithering_level=1.0),
    }
    lines = ["| entries | " + " | ".join(columns) + " |", "|---:" * (len(columns) + 1) + "|"]
    images = make_images()
    for n_colors in numbers:
        seen = [
            np.mean([_flip(image, task(image, n_colors=n_colors)) for image in images.values()])
            for task in columns.values()
        ]
        lines.append(f"| {n_colors} | " + " | ".join(f"{flip:.4f}" for flip in seen) + " |")
    return "### Graded alpha, FLIP (lower is better)\n\n" + "\n".join(lines) + "\n"


def _flip(image: Rgba, shown: Rgba) -> float:
    """Return the mean FLIP over black and over white, as screens compose."""
    import flip_evaluator

    def over(rgba: Rgba, ground: int) -> Any:
        alpha = rgba[..., 3:] / np.float32(255)
        return ((rgba[..., :3] * alpha + ground * (1 - alpha)) / 255).astype(np.float32)

    return float(np.mean([flip_evaluator.evaluate(over(image, g), over(shown, g), "LDR")[1] for g in (0, 255)]))


def make_images(side: int = _SIDE) -> dict[str, Rgba]:
    """Return the kinds by name, each (side, side, 4) uint8: what is drawn for screens, and what lies over it."""
    from scipy.ndimage import gaussian_filter
    from skimage import data
    from skimage.transform import resize

    rng = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side] / side
    photo = resize(data.astronaut(), (side, side), order=3)
    disc = (np.hypot(x - 0.5, y - 0.45) < 0.28).astype(float)
    smooth = np.clip((0.28 - np.hypot(x - 0.5, y - 0.45)) * side + 0.5, 0, 1)
    orange = np.broadcast_to([0.98, 0.55, 0.1], (*x.shape, 3))
    shade = 0.6 + 0.4 * (1 - y)[..., None]
    blurred = gaussian_filter(np.roll(disc, 12, axis=0), 9) * 0.6
    clouds = gaussian_filter(rng.normal(size=x.shape), 10)
    clouds = np.clip((clouds - clouds.min()) / np.ptp(clouds), 0, 1)
    glow = np.exp(-((np.hypot(x - 0.5, y - 0.5) / 0.25) ** 2))
    rainbow = np.stack([0.5 + 0.5 * np.cos(2 * np.pi * (x - shift)) for shift in (0, 1 / 3, 2 / 3)], axis=-1)
    dust = np.where(rng.random(x.shape) < 0.3, 1 / 255, 0)
    bars = np.clip((np.sin(40 * x + 12 * y) + 0.2) * 4, 0, 1)
    return {
        "shadow": _over(orange * shade, disc, np.zeros_like(orange), blurred),
        "glow": _join(np.broadcast_to([0.4, 0.8, 1.0], orange.shape), glow),
        "smooth edge": _join(orange * shade, smooth),
        "fade of a photograph": _join(photo, 1 - y),
        "photograph with a soft rim": _join(photo, gaussian_filter(smooth, 6)),
        "glass": _join(0.7 + 0.3 * rainbow, 0.25 + 0.3 * np.abs(np.sin(9 * (x + y))) * disc),
        "dust of alpha 1": _over(orange * shade, smooth, rng.random((*x.shape, 3)), dust),
        "smoke": _join(np.repeat((0.5 + 0.5 * clouds)[..., None], 3, axis=2), clouds**2),
        "rainbow that fades": _join(rainbow, y),
        "smooth lines": _join(rainbow, bars),
    }


def _join(rgb: Any, alpha: Any) -> Rgba:
    rgba = np.concatenate([rgb, np.asarray(alpha)[..., None]], axis=2)
    return np.rint(np.clip(rgba, 0, 1) * 255).astype(np.uint8)


def _over(rgb: Any, alpha: Any, below: Any, its_alpha: Any) -> Rgba:
    """Return one picture over another."""
    left = its_alpha * (1 - alpha)
    whole = alpha + left
    mixed = (rgb * alpha[..., None] + below * left[..., None]) / np.maximum(whole, 1e-9)[..., None]
    return _join(mixed, whole)


def _ours(image: Rgba, n_colors: int, space: str, dither: str = "none") -> Rgba:
    shown: Rgba = cq.quantize(image, n_colors, space=space, dither=dither, alpha="graded").to_rgb()
    return shown


def _libimagequant(image: Rgba, n_colors: int, dithering_level: float = 0.0) -> Rgba:
    import imagequant

    height, width = image.shape[:2]
    labels, palette = imagequant.quantize_raw_rgba_bytes(
        image.tobytes(), width, height, dithering_level=dithering_level, max_colors=n_colors
    )
    entries = np.array(palette, np.uint8).reshape(-1, 4)
    return entries[np.frombuffer(labels, np.uint8).reshape(height, width)]


def _measure(task: Callable[[Rgba], Rgba], image: Rgba, repeats: int) -> tuple[float, float]:
    """Return the error, and the processor's seconds."""
    shown, seconds = time_processor(partial(task, image), repeats)
    return _error(image, shown), seconds


def _error(image: Rgba, shown: Rgba) -> float:
    y, x = np.indices(image.shape[:2]) // 8
    grounds = (np.zeros(y.shape), np.full(y.shape, 255.0), (y + x) % 2 * 255.0)
    pair = [each.astype(np.float64) for each in (image, shown)]
    errors = []
    for ground, channel in product(grounds, range(3)):
        first, second = (each[..., channel] * each[..., 3] / 255 + ground * (1 - each[..., 3] / 255) for each in pair)
        errors.append(np.mean((first - second) ** 2))
    return float(np.mean(errors))
