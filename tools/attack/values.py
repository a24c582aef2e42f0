"""Attacks on parameters and on memory."""

import gc
import resource
import sys
import tempfile
from pathlib import Path

import numpy as np
from colors import make_image
from outcome import Outcome

import napari_colorquant as cq
import test_refusals
from napari_colorquant import editing

#: Bytes that memory may grow by over all calls after the first ones: what the system rounds to, and fragments.
GROWTH = 24 << 20


def hand_in(count, rng):
    """Hand in each odd value for each parameter of each public function: the table of the test of refusals."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        calls = test_refusals._calls(Path(folder))
        cases = [
            (function, {**good, name: value}, value, label in meant, f"{function.__qualname__}({name}={label})")
            for function, good in calls.values()
            for name, meant in test_refusals.parameters_of(function).items()
            for label, value in test_refusals.ODD.items()
        ]
        for function, handed, value, meant, text in cases:
            outcome.tried += 1
            outcome.injected += not meant
            if fault := test_refusals.fault_of(function, handed, value, meant):
                outcome.lost.append(f"{text}: {fault:.200}")
    return outcome


def watch_memory(count, rng):
    """Call many functions in a row; after a sixth of the calls memory is not to grow."""
    outcome = Outcome(tried=count)
    warm = count // 6
    methods, grown, before = list(cq.QUANTIZERS), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            if number == warm:
                gc.collect()
                before = resident()
            _call_many(Path(folder), methods[number % len(methods)], rng)
        gc.collect()
        grown = resident() - before
    outcome.expect(count < 60 or grown < GROWTH, f"memory grew by {grown >> 20} MB")
    outcome.note = f"{grown / (1 << 20):+.1f} MB after the first {warm}"
    return outcome


def _call_many(folder, method, rng):
    image = np.tile(make_image(rng), (4, 4, 1))
    indexed = cq.quantize(image, int(rng.integers(2, 40)), quantizer=method, dither="floyd_steinberg")
    cq.distortion(image, indexed)
    if len(indexed.palette) > 1:
        editing.delete_color(editing.swap(indexed, 0, 1), image, 0)
    for suffix in (".png", ".gif", ".tif"):
        cq.write_indexed(indexed, folder / f"a{suffix}", overwrite=True)
        cq.read_image(folder / f"a{suffix}")
    cq.write_palette(indexed.palette, folder / "a.json", overwrite=True)
    cq.read_palette(folder / "a.json")


def resident() -> int:
    if Path("/proc/self/statm").exists():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
