"""Attack the package with what it may meet, and print a table of what was tried and what was lost.

``python tools/attack [--only NAME] [--share 0.1] [--seed S]``. The numbers are twice those of the first attack on the
core; a share of them is a quick look. Ends with status 1 if anything was lost. ``docs/reliability.md`` has the table.
"""

import argparse
import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import colors
import kills
import readers
import values

import window

#: Each attack by name: what is tried, how often, and the function that does it.
ATTACKS = {
    "quantizers": ("runs over all quantizers and spaces: exactly min(K, distinct) colours", 10_516, colors.quantize),
    "lossless": ("images of at most K colours: every pixel as it was", 3_588, colors.keep_all),
    "exact": ("maps onto a palette, each label against float64", 764, colors.map_exactly),
    "palettes": ("mutated palette files: a palette or a refusal", 14_976, readers.open_palettes),
    "images": ("mutated image files of all formats, opened in every way", 15_000, readers.open_images),
    "folder": ("damaged images in a folder: each is told, the rest is done", 400, readers.convert_folder),
    "values": ("hostile values, each for a parameter of a public function", 5_922, values.hand_in),
    "memory": ("calls in a row: memory stays flat", 600, values.watch_memory),
    "window": ("runs in a real window: the colours asked for, memory stays flat", 200, window.run_often),
    "kills": ("kill -9 of a process that writes; a later run clears up", 198, kills.kill_writers),
}


def main() -> int:
    """Do the attacks that are asked for; return 1 if anything was lost."""
    options = _parse()
    warnings.simplefilter("ignore")
    print("| attack | tried | injected | lost | seconds |\n|---|---|---|---|---|", flush=True)
    lost = 0
    for name, (text, count, attack) in ATTACKS.items():
        if options.only in ("", name):
            start = time.perf_counter()
            outcome = attack(max(1, round(count * options.share)), np.random.default_rng(options.seed))
            seconds = time.perf_counter() - start
            told = outcome.note and f" ({outcome.note})"
            print(f"| {name}: {text} | {outcome.tried:,} | {outcome.injected:,} | {len(outcome.lost)}{told} "
                  f"| {seconds:.0f} |", flush=True)  # fmt: skip
            lost += len(outcome.lost)
            for each in outcome.lost[:10]:
                print(f"LOST in {name}: {each}", file=sys.stderr, flush=True)
    return 1 if lost else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools/attack", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", choices=["", *ATTACKS])
    parser.add_argument("--share", type=float, default=1.0, help="of the numbers that are tried by default")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
