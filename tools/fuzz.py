"""Damage files of every format that is read, and open them in every way, until stopped or for a number of files.

``python tools/fuzz.py [--files N] [--seed S] [--only TEXT] [--keep FOLDER]``. A fault is whatever is neither read
nor refused with a ValueError or an OSError, takes longer than `SLOW` seconds, or more than `HUNGRY` bytes of memory:
it is printed, and its file kept. Ends with status 1 if there was one. A fault that has been mended goes, with its
file, into ``tests/io/test_mutation.py``.
"""

import argparse
import collections
import hashlib
import resource
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from mutation import mutate, open_image, open_palette
from mutation_seeds import image_seeds, palette_seeds, write_seed

#: Seconds and bytes that opening a file of a few hundred bytes in all ways may take.
SLOW, HUNGRY = 5.0, 200 << 20


class Tally:
    """What came of the files, by format."""

    def __init__(self, keep: Path) -> None:
        self.keep, self.opened = keep, collections.Counter()
        self.files, self.faults, self.told = 0, 0, set()
        self.slowest = (0.0, "")

    def fault(self, name: str, data: bytes | dict[str, bytes], text: str) -> None:
        """Print a fault the first time that it is seen, and keep its file."""
        self.faults += 1
        kind = text.strip().splitlines()[-1][:80]
        if kind in self.told:
            return
        self.told.add(kind)
        self.keep.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(repr(data).encode()).hexdigest()[:8]
        kept = self.keep / f"{digest} {name}"
        write_seed(kept, data)
        print(f"FAULT {kept}\n{text}", flush=True)


def main() -> int:
    """Go on until the number of files is reached; print what came of them."""
    options = _parse()
    tally = Tally(options.keep)
    kinds = [(name, data, open_image) for name, data in image_seeds().items()]
    kinds += [(name, data, open_palette) for name, data in palette_seeds().items()]
    kinds = [kind for kind in kinds if options.only in kind[0]]
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        try:
            while options.files is None or tally.files < options.files:
                name, data, open_ = kinds[rng.integers(len(kinds))]
                _try(Path(folder), name, _damage(data, kinds, rng), open_, tally)
        except KeyboardInterrupt:
            print()
    read = sum(tally.opened.values())
    print(f"{tally.files} files, {read} of them still read, {tally.faults} faults of {len(tally.told)} kinds; "
          f"the slowest took {tally.slowest[0]:.2f} s: {tally.slowest[1]}")  # fmt: skip
    return 1 if tally.faults else 0


def _damage(data, kinds, rng):
    """Return a damaged copy; of a folder one of its files is damaged."""
    if isinstance(data, dict):
        name = sorted(data)[rng.integers(len(data))]
        return {**data, name: mutate(data[name], rng)}
    donor = kinds[rng.integers(len(kinds))][1]
    return mutate(data, rng, donor if isinstance(donor, bytes) else b"")


def _try(folder, name, data, open_, tally):
    """Open one file in all ways."""
    path = folder / name
    write_seed(path, data)
    tally.files += 1
    start, memory = time.perf_counter(), _peak()
    try:
        tally.opened[path.suffix] += open_(path) > 0
    except Exception:
        tally.fault(name, data, traceback.format_exc(limit=-6))
    seconds, bytes_ = time.perf_counter() - start, _peak() - memory
    tally.slowest = max(tally.slowest, (seconds, name))
    if seconds > SLOW and tally.files > 50:  # at first kernels are compiled and modules loaded
        tally.fault(name, data, f"{path.suffix} took {seconds:.0f} s")
    if bytes_ > HUNGRY and tally.files > 50:
        tally.fault(name, data, f"{path.suffix} took {bytes_ >> 20} MB")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, help="how many; without it, until stopped")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", default="", help="a part of the names of seeds, such as .tif")
    parser.add_argument("--keep", type=Path, default=Path("faults"), help="where files with faults go")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
