"""Attacks on what is read: mutated palettes and images, one by one and a folder of them in the terminal."""

import contextlib
import io
import os
import tempfile
import traceback
from pathlib import Path

from outcome import Outcome

from mutation import mutate, open_image, open_palette
from mutation_seeds import image_seeds, palette_seeds, write_seed
from napari_colorquant.cli import main
from napari_colorquant.io.formats import is_image_name

#: Whole images beside the damaged ones in a folder.
WHOLE = 20


def open_palettes(count, rng):
    """Open mutated palette files."""
    return _open_mutated(palette_seeds(), open_palette, count, rng)


def open_images(count, rng):
    """Open mutated image files in every way."""
    return _open_mutated(image_seeds(), open_image, count, rng)


def _open_mutated(seeds, open_, count, rng):
    outcome, read = Outcome(), 0
    names = list(seeds)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            name = names[number % len(names)]
            path = Path(folder, name)
            data = _damage(seeds, name, rng)
            write_seed(path, data)
            outcome.tried += 1
            outcome.injected += 1
            try:
                read += open_(path) > 0
            except Exception:
                outcome.lost.append(f"{name}, {data!r:.200}: {traceback.format_exc(limit=-1)}")
    outcome.note = f"{read:,} were still read"
    return outcome


def _damage(seeds, name, rng):
    data = seeds[name]
    if isinstance(data, dict):
        part = sorted(data)[rng.integers(len(data))]
        return {**data, part: mutate(data[part], rng)}
    donor = list(seeds.values())[rng.integers(len(seeds))]
    return mutate(data, rng, donor if isinstance(donor, bytes) else b"")


def convert_folder(count, rng):
    """Convert a folder of damaged and whole images: the whole ones are done, and each other is done or told."""
    outcome = Outcome(tried=count + WHOLE, injected=count)
    seeds = {name: data for name, data in image_seeds().items() if isinstance(data, bytes) and is_image_name(name)}
    names = list(seeds)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        source.mkdir()
        for number in range(count):
            name = names[number % len(names)]
            (source / f"{number:04} {name}").write_bytes(_damage(seeds, name, rng))
        for number in range(WHOLE):
            (source / f"whole {number} .png").write_bytes(seeds["PNG RGB.png"])
        files = len(os.listdir(source))
        told, printed = io.StringIO(), io.StringIO()
        with contextlib.redirect_stderr(told), contextlib.redirect_stdout(printed):
            status = main([str(source), "-n", "4", "-o", f"{target}{os.sep}", "--quiet"])
        lines = [line for line in told.getvalue().splitlines() if "error: " in line]
        done = os.listdir(target)
        outcome.expect(status == 1, f"the status was {status}")
        outcome.expect(len(done) + len(lines) >= files, f"{len(done)} done and {len(lines)} told of {files}")
        outcome.expect(sum(name.startswith("whole ") for name in done) == WHOLE, "whole images were not done")
        outcome.expect(not any(name.endswith(".part") for name in done), "parts were left")
        outcome.expect("Traceback" not in told.getvalue(), told.getvalue()[-1000:])
        outcome.note = f"{len(done)} done, {len(lines)} told"
    return outcome
