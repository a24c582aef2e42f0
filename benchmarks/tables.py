"""Tables out of figures: CSV for machines, Markdown for people, and ratios to the peers of the same run."""

import csv
import platform
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from .measuring import Figure

#: What errors and times are related to.
ERROR_REFERENCE = "scikit-learn KMeans, all pixels"
TIME_REFERENCE = "libimagequant"


def write_csv(figures: Iterable[Figure], path: Path) -> None:
    rows = [figure.to_row() for figure in figures]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def summarize(figures: list[Figure], memory: dict[tuple[str, int], float]) -> str:
    """Return one Markdown table for each number of colours: means over the images, medians of the times."""
    tables = [describe_machine(figures)]
    for n_colors in sorted({figure.n_colors for figure in figures}):
        chosen = [figure for figure in figures if figure.n_colors == n_colors]
        tables.append(f"### {n_colors} colours\n\n" + _table(chosen, n_colors, memory))
    return "\n\n".join(tables) + "\n"


def describe_machine(figures: list[Figure]) -> str:
    """Return a line that says when, where and on how many images."""
    images = {figure.image: figure.megapixels for figure in figures}
    cores = _cores()
    return (
        f"{date.today()}, {platform.machine()}, {cores} cores, Python {platform.python_version()}; "
        f"{len(images)} images of {np.mean(list(images.values())):.2f} megapixels on average; whole job, no dither."
    )


def relative(figures: list[Figure], name: str, attribute: str, reference: str) -> list[float]:
    """Return the ratio of `name` to `reference` on each image where both ran."""
    values = {(figure.image, figure.contender): getattr(figure, attribute) for figure in figures}
    images = dict.fromkeys(figure.image for figure in figures)
    pairs = [(values.get((image, name)), values.get((image, reference))) for image in images]
    return [ours / theirs for ours, theirs in pairs if ours is not None and theirs]


def _table(figures: list[Figure], n_colors: int, memory: dict[tuple[str, int], float]) -> str:
    lines = [
        "| | time, ms | of libimagequant's | MSE | of KMeans' | worst | PSNR | mean dE2000 | peak MB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in dict.fromkeys(figure.contender for figure in figures):
        own = [figure for figure in figures if figure.contender == name]
        times = relative(figures, name, "milliseconds", TIME_REFERENCE)
        errors = relative(figures, name, "mse", ERROR_REFERENCE)
        share = f"1/{1 / np.mean(times):.1f}" if times and np.mean(times) < 1 else _number(times, "{:.2f}")
        bold = "**" if own[0].is_ours else ""
        used = memory.get((name, n_colors))
        lines.append(
            f"| {bold}{name}{bold} | {np.median([f.milliseconds for f in own]):.1f} | {share} "
            f"| {np.mean([f.mse for f in own]):.1f} | {_number(errors, '{:.3f}')} "
            f"| {_number([max(errors)] if errors else [], '{:.3f}')} | {np.mean([f.psnr for f in own]):.2f} "
            f"| {np.mean([f.mean_de2000 for f in own]):.2f} | {'' if used is None else f'{used:.0f}'} |"
        )
    return "\n".join(lines)


def _number(values: list[float], form: str) -> str:
    return form.format(np.mean(values)) if values else ""


def _cores() -> int:
    from napari_colorquant._runtime.threads import thread_count

    return thread_count()
