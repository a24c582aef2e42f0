"""The one place that configures numba."""

import gc
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache, update_wrapper
from threading import Lock
from typing import Any

#: How the names of our own modules begin.
_PACKAGE = __name__.partition(".")[0] + "."

#: Called with the name of each kernel of ours that is about to be compiled.
_listeners: list[Callable[[str], None]] = []

_wrapping = Lock()


class Kernel:
    """A loop that is compiled when it is first called, or read from the cache; numba is loaded only then.

    Another kernel may call it: numba is told what it is by `_numba_type_`. One that `is_inner` is
    called by others only.
    """

    def __init__(self, function: Callable[..., Any], *, is_inner: bool = False) -> None:
        update_wrapper(self, function)
        self.py_func = function
        self.is_inner = is_inner

    def __call__(self, *arguments: Any) -> Any:
        # What numba makes of an inner kernel has no entry from Python: to call it would end the process.
        return (_uncompiled(self.py_func) if self.is_inner else self.compiled)(*arguments)

    def __reduce__(self) -> str:
        return self.py_func.__qualname__  # pickled by its name, as a function is

    @cached_property
    def compiled(self) -> Callable[..., Any]:
        """What numba makes of it; the loop itself where the variable NUMBA_DISABLE_JIT says so."""
        with _wrapping:  # of two threads, the second takes what the first has made
            made = vars(self).get("compiled")
            return _wrap(self.py_func, self.is_inner) if made is None else made

    @property
    def _numba_type_(self) -> Any:
        from numba import types

        return types.Dispatcher(self.compiled)


def kernel(function: Callable[..., Any]) -> Kernel:
    """Compile a loop to machine code that releases the GIL and is cached on disk.

    Kernels take contiguous arrays and scalars, write into arrays that the caller allocated, and
    never start threads: those come from `napari_colorquant._runtime.threads`, or from dask. Integers
    wrap around in them, compiled or not (``NUMBA_DISABLE_JIT=1``, for coverage and to find what lies out of bounds).
    """
    return Kernel(function)


def inner_kernel(function: Callable[..., Any]) -> Kernel:
    """Compile what only kernels call, without an entry from Python: it takes about a tenth of a second to compile.

    Called from Python, as in tests, it runs uncompiled.
    """
    return Kernel(function, is_inner=True)


@contextmanager
def tell_compiling(listener: Callable[[str], None]) -> Iterator[None]:
    """Call `listener` with the name of every kernel of ours that is compiled within, before it is."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def is_compiling() -> bool:
    """Return True while a kernel is compiled, as it is on its first use on a machine: seconds, once."""
    return _compilations.running > 0


class _Compilations:
    """Hears of the kernels of ours that are being compiled; those read from the cache do not count.

    Numba calls `notify`, always under its lock.
    """

    running = 0
    _collects = True

    def notify(self, event: Any) -> None:
        function = event.data["dispatcher"].py_func
        # napari compiles, too, in every session anew; and what a user types or makes from text may be in no module.
        if not (function.__module__ or "").startswith(_PACKAGE):
            return
        if event.is_start:
            for listener in _listeners:
                listener(function.__name__)
        self._pause_collector(1 if event.is_start else -1)

    def _pause_collector(self, step: int) -> None:
        # Of the time of a compilation, a tenth went into looking for garbage in numba's many objects.
        if self.running == 0:
            self._collects = gc.isenabled()
            gc.disable()
        self.running += step
        if self.running == 0 and self._collects:
            gc.enable()


_compilations = _Compilations()


def _wrap(function: Callable[..., Any], is_inner: bool) -> Callable[..., Any]:
    if _load_numba().config.DISABLE_JIT:
        return _uncompiled(function)
    try:
        return _compile(function, is_inner)
    except RuntimeError:  # numba finds no place for the machine code: nothing is writable, as in a container
        return _compile_elsewhere(function, is_inner)


def _uncompiled(function: Callable[..., Any]) -> Callable[..., Any]:
    import numpy as np

    # NumPy's scalars would warn of what hashes are made of.
    loop: Callable[..., Any] = np.errstate(over="ignore")(function)
    return loop


@lru_cache(maxsize=1)
def _load_numba() -> Any:
    collects = gc.isenabled()
    gc.disable()  # as while compiling
    try:
        import numba
        from numba.core.compiler_lock import global_compiler_lock
        from numba.core.event import Listener, register
        from numba.core.registry import cpu_target

        with global_compiler_lock:  # another thread may be compiling, as napari's does
            cpu_target.target_context.refresh()  # loads as much again: otherwise with the first kernel
    finally:
        if collects:
            gc.enable()
    Listener.register(_Compilations)
    register("numba:compile", _compilations)  # type: ignore[no-untyped-call]  # numba ships no types
    return numba


def _compile(function: Callable[..., Any], is_inner: bool, *, cache: bool = True) -> Callable[..., Any]:
    # Nobody calls a kernel from C: to leave that entry out spares a tenth of the time that compiling takes.
    how = {"nogil": True, "cache": cache, "error_model": "numpy", "no_cfunc_wrapper": True}
    if is_inner:
        how["no_cpython_wrapper"] = True
    compiled: Callable[..., Any] = _load_numba().njit(**how)(function)
    return compiled


def _compile_elsewhere(function: Callable[..., Any], is_inner: bool) -> Callable[..., Any]:
    folder, config = _find_own_folder(), _load_numba().config
    if folder is None:
        return _compile(function, is_inner, cache=False)
    before = config.CACHE_DIR  # read when a function is wrapped, and only then
    config.CACHE_DIR = folder
    try:
        return _compile(function, is_inner)
    finally:
        config.CACHE_DIR = before


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
