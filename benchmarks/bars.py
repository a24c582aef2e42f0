"""How far ahead of libimagequant: ``python -m benchmarks.bars [FOLDER]``, by wall and by processor time.

Both run in turn in one process on each image, the least of several runs counts, and the ratio is the median over
the images; errors are sums over the three channels. The goals are those that were set for the direct way from pixels
to labels. A second table has the time against the number of pixels, from an icon on.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import napari_colorquant as cq

from .images import large_photograph, load_images
from .measuring import run_ours, time_both
from .peers import Image, libimagequant

#: Method and space, and how many times faster than libimagequant it shall be: small and large images at 16 and 256.
GOALS = {
    ("kmeans", "srgb"): (25, 20, 35, 40),
    ("fast", "srgb"): (40, 45, 45, 60),
    ("wu", "srgb"): (50, 60, 50, 65),
    ("kmeans", "oklab"): (20, 16, 28, 32),
    ("best", "srgb"): (3, 2, 12, 15),
}
_NUMBERS = (16, 256)
#: An image of more pixels is a large one.
_LARGE = 1 << 22
#: Sides of the squares in the table of time against pixels.
_SIDES = (64, 128, 256, 512, 1024, 2048)


def main() -> None:
    args = _parse()
    images = [image for _, image in load_images(args.folder)]
    small = [image for image in images if image[..., 0].size <= _LARGE]
    large = [image for image in images if image[..., 0].size > _LARGE] or [large_photograph()]
    print(compare_goals(small, large, args.repeats) if find_spec("imagequant") else "not installed: imagequant")
    print(measure_sizes(large[0], args.repeats, args.huge))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.bars", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images to measure on; the sample photographs by default")
    parser.add_argument("-r", "--repeats", type=int, default=7, help="runs of which the fastest counts")
    parser.add_argument("--huge", action="store_true", help="measure a hundred megapixels, too")
    return parser.parse_args()


def compare_goals(small: list[Image], large: list[Image], repeats: int) -> str:
    """Return a table with a row for each method, size and number of colours."""
    head = "| method | image | colours | ms | processor, ms | of libimagequant's time | of its processor's | goal "
    lines = [head + "| MSE | of libimagequant's |", "|---|---|" + "---:|" * 8]
    for place, (images, n_colors) in enumerate((images, number) for images in (small, large) for number in _NUMBERS):
        lines += _compare(images, n_colors, {way: goals[place] for way, goals in GOALS.items()}, repeats)
    return f"### Ahead of libimagequant\n\n{_count(small)}; large: {_count(large)}\n\n" + "\n".join(lines) + "\n"


def measure_sizes(image: Image, repeats: int, is_huge: bool) -> str:
    """Return a table of the time of `kmeans` at 16 colours for squares of a photograph, and for all of it."""
    lines = ["| pixels | srgb, ms | processor | oklab, ms | processor | processor, ns a pixel |", "|---|" + "---:|" * 5]
    for name, part in _cut(image, is_huge):
        times = [
            time_both(partial(run_ours("kmeans", space), part, 16), _runs(part, repeats))[1:]
            for space in ("srgb", "oklab")
        ]
        cells = " | ".join(f"{1e3 * wall:.2f} | {1e3 * processor:.2f}" for wall, processor in times)
        lines.append(f"| {name} | {cells} | {1e9 * times[0][1] / part[..., 0].size:.1f} |")
    return "### Time against pixels, k-means, 16 colours\n\n" + "\n".join(lines) + "\n"


def _compare(images: list[Image], n_colors: int, goals: dict[tuple[str, str], int], repeats: int) -> Iterator[str]:
    ours: dict[tuple[str, str], list[Any]] = {way: [] for way in goals}
    theirs = []
    for image in images:
        theirs.append(_measure(libimagequant, image, n_colors, max(2, repeats // 3)))
        for way, figures in ours.items():
            figures.append(_measure(run_ours(*way), image, n_colors, repeats))
    size = "large" if images[0][..., 0].size > _LARGE else "small"
    for (method, space), figures in ours.items():
        wall, processor, error = np.median(figures, axis=0)
        ahead = np.median(np.array(theirs) / np.array(figures), axis=0)
        yield (
            f"| {method}, {space} | {size} | {n_colors} | {1e3 * wall:.1f} | {1e3 * processor:.1f} | 1/{ahead[0]:.1f} "
            f"| 1/{ahead[1]:.1f} | 1/{goals[method, space]} | {error:.1f} | {1 / ahead[2]:.3f} |"
        )


def _measure(run: Callable[[Image, int], Any], image: Image, n_colors: int, repeats: int) -> tuple[float, ...]:
    """Return the seconds by the clock and of the processor, and the error."""
    (colors, labels), wall, processor = time_both(partial(run, image, n_colors), repeats)
    return wall, processor, cq.distortion(image, colors[labels]).mse


def _runs(part: Image, repeats: int) -> int:
    return repeats * max(1, (1 << 18) // part[..., 0].size)


def _cut(image: Image, is_huge: bool) -> Iterator[tuple[str, Image]]:
    for side in _SIDES:
        yield f"{side} x {side}", np.ascontiguousarray(image[:side, :side])
    yield f"{image.shape[1]} x {image.shape[0]}", image
    if is_huge:
        tiles = np.tile(image, (4, 3, 1))[:10_000, :10_000]
        yield "10000 x 10000", np.ascontiguousarray(tiles)


def _count(images: list[Image]) -> str:
    size = np.mean([image[..., 0].size for image in images]) / 1e6
    return f"{len(images)} images of {size:.2f} megapixels"


if __name__ == "__main__":
    main()
