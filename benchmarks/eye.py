"""Dithers by what an eye sees, beside libimagequant's: FLIP (lower is better) and SSIMULACRA2 (higher is better).

FLIP (Andersson et al. 2020, 67 pixels a degree) blurs as an eye at a desk does and looks at colours and
edges; SSIMULACRA2 (Sneyers 2023) compares structure from single pixels to 32 of them.
"""

import tempfile
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import napari_colorquant as cq

from .peers import Image, libimagequant

PEER = "libimagequant, dithering 1"
#: Of larger images the middle is compared: both measures take seconds for a megapixel.
_HEIGHT, _WIDTH = 320, 384


def compare_by_eye(images: Iterable[tuple[str, Image]], numbers: Iterable[int]) -> str:
    """Return a table for each number of colours: the means over the images, and on how many ours leads by both."""
    missing = [name for name in ("imagequant", "flip_evaluator", "ssimulacra2") if find_spec(name) is None]
    if missing:
        return f"Dithers by FLIP and SSIMULACRA2: not installed, left out: {', '.join(missing)}\n"
    images = list(images)
    return "\n".join(_table(images, n_colors) for n_colors in numbers)


def _table(images: list[tuple[str, Image]], n_colors: int) -> str:
    tasks = _tasks(n_colors)
    scores = {name: np.array([_score(image, task(image)) for _, image in images]) for name, task in tasks.items()}
    peer = scores[PEER]
    lines = [
        "| dither | FLIP | of libimagequant's | SSIMULACRA2 | above | ahead by both |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, own in scores.items():
        (flip, similarity), (their_flip, their_similarity) = own.mean(axis=0), peer.mean(axis=0)
        ahead = np.count_nonzero((own[:, 0] < peer[:, 0]) & (own[:, 1] > peer[:, 1]))
        shown = "" if name == PEER else f"{ahead} of {len(own)}"
        lines.append(
            f"| {name} | {flip:.4f} | {flip / their_flip:.3f} | {similarity:.1f} "
            f"| {similarity - their_similarity:+.1f} | {shown} |"
        )
    return f"### Dithers by eye, {len(images)} images, {n_colors} colours\n\n" + "\n".join(lines) + "\n"


def _tasks(n_colors: int) -> dict[str, Callable[[Image], Image]]:
    def theirs(image: Image) -> Image:
        palette, labels = libimagequant(image, n_colors, 1.0)
        return np.asarray(palette)[labels]

    def ours(dither: str) -> Callable[[Image], Image]:
        return lambda image: cq.quantize(image, n_colors, dither=dither).to_rgb()[..., :3]

    names = (*cq.DITHERS, "spatial:joint=false", "floyd_steinberg:settled=true")
    return {name: ours(name) for name in names} | {PEER: theirs}


def _score(image: Image, result: Image) -> tuple[float, float]:
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
    import sys

    from .images import load_images

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    print(compare_by_eye(load_images(folder), (4, 8, 16, 64, 256)))


if __name__ == "__main__":
    main()
