"""The program ``colorquant``, also as ``python -m napari_colorquant``: the command line as a process of its own."""

import gc
import os
import sys

from .cli import main


def run() -> int:
    """Run the command line with what is only right where nothing else is done, and return its exit status."""
    # NumPy and SciPy each begin threads for linear algebra, which wait in circles: a fifth of a small image's processor
    # time, for nothing that is done here. NumPy is not loaded yet.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    status = main()
    # As it ends, the interpreter looks for garbage among all that numba has made: a quarter of a small image's time,
    # for what goes with the process anyway.
    gc.freeze()
    return status


if __name__ == "__main__":
    sys.exit(run())
