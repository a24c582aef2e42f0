"""Tell whether a wheel holds every file of the package and nothing else: ``python tools/check_wheel.py WHEEL``."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]


def main(wheel: str) -> int:
    """Return 0 if the wheel holds what git knows below src/, and its own metadata."""
    listed = subprocess.run(["git", "ls-files", "src"], cwd=ROOT, check=True, capture_output=True, text=True)
    ours = {path.removeprefix("src/") for path in listed.stdout.splitlines()}
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    for text, names in (("not in the wheel", ours - held), ("in the wheel, but not ours", held - ours)):
        for name in sorted(names):
            print(f"{text}: {name}", file=sys.stderr)
    return int(ours != held)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
