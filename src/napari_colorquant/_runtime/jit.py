"""The one place that configures numba."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba.core.event import Listener, register

#: How the names of our own modules begin.
_PACKAGE = __name__.partition(".")[0] + "."


class _Compilations(Listener):
    """Counts the kernels of ours that are being compiled right now; those read from the cache do not count."""

    running = 0

    def on_start(self, event: Any) -> None:
        self.running += _is_ours(event)

    def on_end(self, event: Any) -> None:
        self.running -= _is_ours(event)


def _is_ours(event: Any) -> bool:
    # napari compiles, too, in every session anew.
    module: str = event.data["dispatcher"].py_func.__module__
    return module.startswith(_PACKAGE)


_compilations = _Compilations()
register("numba:compile", _compilations)  # type: ignore[no-untyped-call]  # numba ships no types


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop to machine code that releases the GIL and is cached on disk.

    Kernels take contiguous arrays and scalars, write into arrays that the caller allocated, and
    never start threads: those come from `napari_colorquant._runtime.threads`, or from dask. Integers
    wrap around in them, compiled or not (``NUMBA_DISABLE_JIT=1``, for coverage and to find what lies out of bounds).
    """
    # NumPy's scalars would warn of what hashes are made of.
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # set when numba is loaded
        loop: Callable[..., Any] = np.errstate(over="ignore")(function)
        return loop
    compiled: Callable[..., Any] = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    return compiled


def is_compiling() -> bool:
    """Return True while a kernel is compiled, as it is on its first use on a machine: seconds, once."""
    return _compilations.running > 0
