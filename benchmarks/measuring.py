"""Measuring: the whole job's time, and the errors of its result."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import napari_colorquant as cq

from .peers import Contender, Image


@dataclass(frozen=True)
class Figure:
    """One contender on one image at one number of colours."""

    image: str
    megapixels: float
    n_colors: int
    contender: str
    is_ours: bool
    milliseconds: float
    mse: float
    psnr: float
    mean_de2000: float

    def to_row(self) -> dict[str, Any]:
        """Return the figure as a row of a CSV file."""
        return asdict(self)


def our_contenders(space: str, names: list[str] | None = None) -> list[Contender]:
    """Return our methods in one colour space."""
    methods = names or list(cq.QUANTIZERS)
    slow = ("sklearn_kmeans", "artificial_bee_colony", "genetic_kmeans", "breathing_kmeans")
    return [Contender(f"{name}, {space}", run_ours(name, space), name in slow, is_ours=True) for name in methods]


def run_ours(quantizer: str, space: str, **choices: Any) -> Callable[[Image, int], Any]:
    """Return a function from an image and a number of colours to the colours and labels of one of our methods."""

    def run(image: Image, n_colors: int) -> Any:
        indexed = cq.quantize(image, n_colors, space=space, quantizer=quantizer, **choices)
        return indexed.palette.colors, indexed.labels

    return run


def measure_all(name: str, image: Image, contenders: list[Contender], n_colors: int, repeats: int) -> list[Figure]:
    """Return the figures of all contenders on one image: the least time of several interleaved runs."""
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    results = {}
    for turn in range(repeats):
        for contender in contenders:
            if contender.is_slow and turn > 0:
                continue
            start = time.perf_counter()
            results[contender.name] = contender.run(image, n_colors)
            times[contender.name].append(1000 * (time.perf_counter() - start))
    figures = []
    for contender in contenders:
        palette, labels = results[contender.name]
        error = cq.distortion(image, palette[labels])
        size = image.shape[0] * image.shape[1] / 1e6
        figures.append(
            Figure(name, size, n_colors, contender.name, contender.is_ours, min(times[contender.name]),
                   error.mse, error.psnr, error.mean_de2000)
        )  # fmt: skip
    return figures


def time_processor(task: Callable[[], Any], repeats: int) -> tuple[Any, float]:
    """Return what a task gives, and the least of the processor's seconds, of all threads, after a run that warms up."""
    found, _, seconds = time_both(task, repeats)
    return found, seconds


def time_both(task: Callable[[], Any], repeats: int) -> tuple[Any, float, float]:
    """Return what a task gives, and the least of the seconds by the clock and of the processor's, after a warm run."""
    found, walls, processors = task(), [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        task()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return found, min(walls), min(processors)


def warm_up(contenders: list[Contender]) -> None:
    """Run everything once on a small image: compilation and imports are not timed here."""
    image = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    for contender in contenders:
        contender.run(image, 4)
