"""``colorquant warmup``: compile, before it is wanted, what the usual jobs need."""

import argparse
import io
import time
from collections.abc import Callable, Iterator

import numpy as np

from .._runtime.jit import tell_compiling
from ..io.pictures.png_writing import write_indexed_png
from ..mapping.dithers import DITHERS
from ..mapping.mappings import MAPPINGS
from ..pipeline.verbs import map_pixels, quantize
from ..quality.distortion import distortion
from ..quantizers import QUANTIZERS
from ..spaces import SPACES
from ._preparing import LOOPS, tell_preparing

#: Loops of everything there is, about.
_ALL_LOOPS = 190


def run(options: argparse.Namespace) -> int:
    """Compile, and say how many loops in what time; where they are there already, do nothing."""
    compiled: list[str] = []
    start = time.perf_counter()
    with tell_preparing(options.quiet, _ALL_LOOPS if options.all else LOOPS + 20), tell_compiling(compiled.append):
        for job in list_jobs(everything=options.all):
            job()
    if not options.quiet:
        what = f"{len(compiled)} loops compiled in" if compiled else "nothing to compile, looked through in"
        print(f"ready: {what} {time.perf_counter() - start:.1f} s")
    return 0


def list_jobs(*, everything: bool) -> Iterator[Callable[[], object]]:
    """Yield small jobs that take the paths of the usual large ones, or of all spaces, methods and dithers.

    Parameters
    ----------
    everything : bool
        Whether every entry of every table is to be used once.
    """
    image = _make_image()
    small = image[::8, ::8]
    yield lambda: distortion(image, quantize(image, 16))
    yield lambda: quantize(image, 256)
    yield lambda: quantize(image[..., 0], 8)
    yield lambda: quantize(image, 16, dither="floyd_steinberg")
    yield lambda: write_indexed_png(map_pixels(image, "pico8"), io.BytesIO())
    if everything:
        yield lambda: quantize(image.astype(np.uint16) * 257, 16)
        yield lambda: quantize(_with_fading(image), 16)
        yield lambda: quantize(small, 16, smoothness=1.0)
        for mapping in MAPPINGS:
            yield lambda mapping=mapping: quantize(image, 16, mapping=mapping)  # type: ignore[misc]
        for space in SPACES:
            yield lambda space=space: quantize(small, 8, space=space)  # type: ignore[misc]
        for method in QUANTIZERS:
            yield lambda method=method: quantize(small, 8, quantizer=method)  # type: ignore[misc]
        for dither in DITHERS:
            yield lambda dither=dither: quantize(small, 8, dither=dither)  # type: ignore[misc]


def _make_image() -> np.ndarray:
    """Return smooth shades with grain, (256, 256, 3) uint8: as many colours as a photograph has."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:256, :256]
    shades = np.dstack([x, y, (x + y) // 2]) + random.integers(-8, 9, (256, 256, 3))
    return np.clip(shades, 0, 255).astype(np.uint8)


def _with_fading(image: np.ndarray) -> np.ndarray:
    return np.dstack([image, np.broadcast_to(np.arange(256, dtype=np.uint8), image.shape[:2])])
