"""Peak memory of one job in a process of its own: ``python -m benchmarks.memory CONTENDER N_COLORS IMAGE.npy``."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from .measuring import our_contenders
from .peers import Contender, Image, find_peers


def peak_memory(contender: Contender, image: Image, n_colors: int) -> float:
    """Return by how many MB a fresh process grows at its peak during the job, beside its input."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.npy"
        np.save(path, image)
        command = [sys.executable, "-m", "benchmarks.memory", contender.name, str(n_colors), str(path)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def _grow(name: str, n_colors: int, path: Path) -> float:
    contenders = [*find_peers(), *our_contenders("srgb"), *our_contenders("oklab")]
    contender = next(each for each in contenders if each.name == name)
    image = np.load(path)
    contender.run(np.ascontiguousarray(image[:64, :64]), 4)  # imports and kernels are not the job's memory
    before = _reset_peak()
    contender.run(image, n_colors)
    return _read_status("VmHWM") - before


def _reset_peak() -> float:
    """Let the kernel forget the peak of this process (Linux); return what is resident in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _read_status("VmRSS")


def _read_status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6


if __name__ == "__main__":
    print(_grow(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
