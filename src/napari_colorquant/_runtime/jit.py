"""The one place that configures numba."""

import os
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
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
    try:
        return _compile(function)
    except RuntimeError:  # numba finds no place for the machine code: nothing is writable, as in a container
        return _compile_elsewhere(function)


def _compile(function: Callable[..., Any], *, cache: bool = True) -> Callable[..., Any]:
    compiled: Callable[..., Any] = numba.njit(nogil=True, cache=cache, error_model="numpy")(function)
    return compiled


def _compile_elsewhere(function: Callable[..., Any]) -> Callable[..., Any]:
    folder, config = _find_own_folder(), numba.config
    if folder is None:
        return _compile(function, cache=False)
    before = config.CACHE_DIR  # type: ignore[attr-defined]  # read when a function is wrapped, and only then
    config.CACHE_DIR = folder  # type: ignore[attr-defined]
    try:
        return _compile(function)
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def _find_own_folder() -> str | None:
    """Return a folder among the temporary ones that is this user's alone, or None; either is warned of, once."""
    name = f"napari-colorquant-{os.getuid() if hasattr(os, 'getuid') else 'kernels'}"
    folder = os.path.join(tempfile.gettempdir(), name)
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    is_own = _is_own(folder)
    fate = f"kept in {folder}" if is_own else "compiled anew in every process"
    warnings.warn(
        "neither the folder of this package nor the user's cache can be written, so its compiled kernels are "
        f"{fate}; let the variable NUMBA_CACHE_DIR name a folder that lasts",
        RuntimeWarning,
        stacklevel=2,
    )
    return folder if is_own else None


def _is_own(folder: str) -> bool:
    """Return True for a folder into which this user writes, and nobody else: what lies there is run."""
    try:
        facts = os.stat(folder, follow_symlinks=False)
    except OSError:
        return False
    is_shared = hasattr(os, "getuid") and (facts.st_uid != os.getuid() or facts.st_mode & 0o022 != 0)
    return not is_shared and os.access(folder, os.W_OK)


def is_compiling() -> bool:
    """Return True while a kernel is compiled, as it is on its first use on a machine: seconds, once."""
    return _compilations.running > 0
