"""Images that have few colours already, and are to have fewer: what icons and indexed images ask for.

As no colour fills an area in these, which are photographs of few colours, ours mix them all as the others do.
"""

import numpy as np

import napari_colorquant as cq

from .measuring import Figure, measure_all, run_ours
from .peers import Contender, Image

#: Colours of the image for each palette colour.
_TIMES = (1.25, 2, 4)


def compare_few(images: list[tuple[str, Image]], peers: list[Contender], numbers: list[int], repeats: int) -> str:
    """Return a table for each number of colours: error and time of images of few colours, the mean of all."""
    ours = [
        Contender(name, run_ours(name, "srgb", flat="mix"), is_ours=True) for name in ("kmeans", "best", "pnn", "wu")
    ]
    contenders = [peer for peer in peers if not peer.is_slow] + ours
    return "\n".join(_table(images, contenders, n_colors, repeats) for n_colors in numbers)


def _table(images: list[tuple[str, Image]], contenders: list[Contender], n_colors: int, repeats: int) -> str:
    figures: dict[str, list[list[Figure]]] = {each.name: [] for each in contenders}
    for times in _TIMES:
        for each in figures.values():
            each.append([])
        for name, image in images:
            few = cq.quantize(image, round(times * n_colors), space="srgb").to_rgb()
            for figure in measure_all(name, few, contenders, n_colors, repeats):
                figures[figure.contender][-1].append(figure)
    counts = ", ".join(f"{round(times * n_colors)}" for times in _TIMES)
    lines = ["| method | MSE | ms |", "|---|---:|---:|"]
    for name, several in figures.items():
        errors = ", ".join(f"{np.mean([figure.mse for figure in part]):.3g}" for part in several)
        spent = ", ".join(f"{np.mean([figure.milliseconds for figure in part]):.1f}" for part in several)
        lines.append(f"| {name} | {errors} | {spent} |")
    return f"### Few colours, {n_colors} for {counts}, {len(images)} images\n\n" + "\n".join(lines) + "\n"
