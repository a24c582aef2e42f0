"""Attack on what is written: kill -9 at any moment, again and again."""

import multiprocessing
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from outcome import Outcome

import napari_colorquant as cq
from napari_colorquant.io.indexed import read_indexed

#: What is written, and the seconds within which the writer dies after it has begun.
SUFFIXES = (".png", ".gif", ".tif", ".zarr", ".gpl", ".json")
LONGEST = 0.25
#: Rows and columns of what is written: enough that most kills come in mid-write.
SIDE = 700


def kill_writers(count, rng):
    """Kill processes that write a file over and over; what stands is one of the versions, whole."""
    outcome, left = Outcome(), 0
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["napari_colorquant", "zarr", "tifffile", "PIL.Image"])
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            path = Path(folder, f"a{SUFFIXES[number % len(SUFFIXES)]}")
            before = set(_parts(folder))
            _kill(context, path, float(rng.random()) * LONGEST)
            outcome.tried += 1
            outcome.injected += 1
            left += not before.issuperset(_parts(folder))
            _check(outcome, path, f"after kill {number}")
            if number % len(SUFFIXES) == len(SUFFIXES) - 1:  # a later run of each
                for suffix in SUFFIXES:
                    _run(context, Path(folder, f"a{suffix}"))
                outcome.expect(not _parts(folder), f"parts after kill {number}: {_parts(folder)}")
        for suffix in SUFFIXES:
            _run(context, Path(folder, f"a{suffix}"))
            _check(outcome, Path(folder, f"a{suffix}"), "at the end")
        outcome.expect(not _parts(folder), f"parts at the end: {_parts(folder)}")
    outcome.note = f"{left} left a part, which later runs cleared"
    return outcome


def write(path, version):
    """Write one version of a file."""
    labels = np.random.default_rng(version).integers(0, 200, (SIDE, SIDE), np.uint8)
    labels[0, 0] = version
    colors = np.random.default_rng(9).integers(0, 256, (200, 3), np.uint8)
    palette = cq.Palette(colors, names=[f"{version}"] * 200)
    if path.suffix in (".gpl", ".json"):
        cq.write_palette(palette, path, overwrite=True)
    else:
        cq.write_indexed(cq.IndexedImage(labels, palette, cq.Recipe()), path, overwrite=True)


def write_forever(path, started):
    """Write one version after the other until killed."""
    version = 0
    while True:
        write(path, version % 50)
        started.set()
        version += 1


def _kill(context, path, seconds):
    started = context.Event()
    process = context.Process(target=write_forever, args=(path, started))
    process.start()
    started.wait()
    time.sleep(seconds)
    process.kill()
    process.join()


def _run(context, path):
    process = context.Process(target=write, args=(path, 1))
    process.start()
    process.join()


def _check(outcome, path, when):
    """Read what stands: it must be one of the versions, in full."""
    try:
        if path.suffix in (".gpl", ".json"):
            is_whole = len(set(cq.read_palette(path).names)) == 1
        elif path.exists():
            labels = read_indexed(path).labels
            expected = np.random.default_rng(int(labels[0, 0])).integers(0, 200, (SIDE, SIDE), np.uint8)
            expected[0, 0] = labels[0, 0]
            is_whole = np.array_equal(labels, expected)
        else:  # a kill between the two renames of a folder: what was there stands beside, until the next run
            is_whole = any(name.endswith(".old") for name in os.listdir(path.parent))
        outcome.expect(is_whole, f"{path.name} {when}: another image")
    except Exception as error:
        outcome.lost.append(f"{path.name} {when}: {error!r}")


def _parts(folder):
    return [name for name in os.listdir(folder) if name.endswith((".part", ".old"))]
