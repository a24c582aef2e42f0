"""What an eye sees of dithers, methods and spaces: FLIP (lower is better) and SSIMULACRA2 (higher is better).

FLIP (Andersson et al. 2020, 67 pixels a degree) blurs as an eye at a desk does and looks at colours and
edges; SSIMULACRA2 (Sneyers 2023) compares structure from single pixels to 32 of them.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import napari_colorquant as cq
from napari_colorquant.spaces import OBJECTIVES

from .images import load_images
from .peers import Image, libimagequant, pillow_median_cut, pillow_octree

PEER = "libimagequant, dithering 1"
#: Of larger images the middle is compared: both measures take seconds for a megapixel.
_HEIGHT, _WIDTH = 320, 384
#: Where no more images than these are not led, they are named.
_NAMED = 3
#: What is compared without a dither: spaces by the default method, and methods in the default space.
_SPACES = ("oklab", "lab_steps", "srgb", "lab", "luv", "ycbcr", "linear", "hsv", "ictcp", "jzazbz", "hunt_lab", "xyb")
METHODS = ("best", "wu", "median_cut", "octree", "neuquant", "maximin")


def compare_by_eye(
    images: Iterable[tuple[str, Image]], numbers: Iterable[int], dithers: Iterable[str] | None = None
) -> str:
    """Return a table for each number of colours: the means over the images, and on how many ours leads by both.

    `dithers` are those that are looked at, with their options; all by default.
    """
    if missing := find_missing():
        return f"Dithers by FLIP and SSIMULACRA2: not installed, left out: {missing}\n"
    images = list(images)
    names = tuple(dithers or (*cq.DITHERS, "spatial:joint=false", "floyd_steinberg:settled=false"))
    return "\n".join(_table(images, n_colors, names) for n_colors in numbers)


def compare_undithered(images: Iterable[tuple[str, Image]], numbers: Iterable[int]) -> str:
    """Return a table for each number of colours: methods and spaces without a dither, by four errors."""
    if missing := find_missing():
        return f"Methods by FLIP and SSIMULACRA2: not installed, left out: {missing}\n"
    images = list(images)
    return "\n".join(_table_of_methods(images, n_colors) for n_colors in numbers)


def find_missing() -> str:
    """Return what is not installed of what the tables need, in words."""
    names = ("imagequant", "flip_evaluator", "ssimulacra2")
    return ", ".join(name for name in names if find_spec(name) is None)


def _table_of_methods(images: list[tuple[str, Image]], n_colors: int) -> str:
    lines = ["| method | space | FLIP | SSIMULACRA2 | MSE | mean dE2000 |", "|---|---|---:|---:|---:|---:|"]
    for (method, space), task in _undithered(n_colors).items():
        scores = []
        for _, image in images:
            result = task(image)
            error = cq.distortion(image, result)
            scores.append((*score(image, result), error.mse, error.mean_de2000))
        flip, similarity, mse, difference = np.mean(scores, axis=0)
        lines.append(f"| {method} | {space} | {flip:.4f} | {similarity:.1f} | {mse:.1f} | {difference:.2f} |")
    return f"### Without a dither, {len(images)} images, {n_colors} colours\n\n" + "\n".join(lines) + "\n"


def _undithered(n_colors: int) -> dict[tuple[str, str], Callable[[Image], Image]]:
    def ours(**choices: Any) -> Callable[[Image], Image]:
        return lambda image: cq.quantize(image, n_colors, **choices).to_rgb()

    tasks = {("kmeans", space): ours(space=space) for space in _SPACES}
    for name, objective in OBJECTIVES.items():
        if name != "mse":
            tasks[(f'kmeans, `objective="{name}"`', "" if objective.space else "oklab")] = ours(objective=name)
    tasks |= {(name, "oklab"): ours(quantizer=name) for name in METHODS}
    peers = {
        "libimagequant": libimagequant,
        "Pillow median cut": pillow_median_cut,
        "Pillow fast octree": pillow_octree,
    }
    return tasks | {(name, ""): paint(peer, n_colors) for name, peer in peers.items()}


def paint(peer: Callable[..., Any], n_colors: int, *options: Any) -> Callable[[Image], Image]:
    """Return a function from an image to what a peer makes of it, in colour."""

    def run(image: Image) -> Image:
        palette, labels = peer(image, n_colors, *options)
        return np.asarray(palette, np.uint8)[labels]

    return run


def _table(images: list[tuple[str, Image]], n_colors: int, names: tuple[str, ...]) -> str:
    tasks = _tasks(n_colors, names)
    scores = {name: np.array([score(image, task(image)) for _, image in images]) for name, task in tasks.items()}
    peer = scores[PEER]
    lines = [
        "| dither | FLIP | of libimagequant's | SSIMULACRA2 | above | ahead by both |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, own in scores.items():
        (flip, similarity), (their_flip, their_similarity) = own.mean(axis=0), peer.mean(axis=0)
        is_ahead = (own[:, 0] < peer[:, 0]) & (own[:, 1] > peer[:, 1])
        behind = [image for (image, _), leads in zip(images, is_ahead, strict=True) if not leads]
        shown = f"{np.count_nonzero(is_ahead)} of {len(own)}"
        shown += f", not {', '.join(behind)}" if 0 < len(behind) <= _NAMED else ""
        lines.append(
            f"| {name} | {flip:.4f} | {flip / their_flip:.3f} | {similarity:.1f} "
            f"| {similarity - their_similarity:+.1f} | {'' if name == PEER else shown} |"
        )
    return f"### Dithers by eye, {len(images)} images, {n_colors} colours\n\n" + "\n".join(lines) + "\n"


def _tasks(n_colors: int, names: tuple[str, ...]) -> dict[str, Callable[[Image], Image]]:
    def ours(dither: str) -> Callable[[Image], Image]:
        return lambda image: cq.quantize(image, n_colors, dither=dither).to_rgb()[..., :3]

    return {name: ours(name) for name in names} | {PEER: paint(libimagequant, n_colors, 1.0)}


def score(image: Image, result: Image) -> tuple[float, float]:
    """Return the FLIP and the SSIMULACRA2 of the middle of an image."""
    import flip_evaluator
    from PIL import Image as Pillow
    from ssimulacra2 import compute_ssimulacra2

    top, left = max(0, (image.shape[0] - _HEIGHT) // 2), max(0, (image.shape[1] - _WIDTH) // 2)
    pair: list[Any] = [each[top : top + _HEIGHT, left : left + _WIDTH] for each in (image, result)]
    reference, test = (np.asarray(each, np.float32) / 255 for each in pair)
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("image.png", "result.png")]
        for each, path in zip(pair, paths, strict=True):
            Pillow.fromarray(np.ascontiguousarray(each)).save(path)
        similarity = compute_ssimulacra2(*paths)
    return float(flip_evaluator.evaluate(reference, test, "LDR")[1]), float(similarity)


def main() -> None:
    """Print the tables for a folder of images, or for the sample photographs."""
    parser = argparse.ArgumentParser(prog="benchmarks.eye", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="images to look at; the sample photographs by default")
    parser.add_argument("-n", "--n-colors", type=int, nargs="+", default=[4, 8, 16, 64, 256])
    parser.add_argument("-d", "--dithers", nargs="+", help="those that are looked at, with options; all by default")
    parser.add_argument("--part", choices=("dithers", "undithered"), help="one of the two; both by default")
    args = parser.parse_args()
    images = list(load_images(args.folder))
    if args.part != "dithers":
        print(compare_undithered(images, args.n_colors))
    if args.part != "undithered":
        print(compare_by_eye(images, args.n_colors, args.dithers))


if __name__ == "__main__":
    main()
