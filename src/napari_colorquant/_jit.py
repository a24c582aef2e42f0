"""The one place that configures numba."""

from collections.abc import Callable
from typing import Any

import numba


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a loop to machine code that releases the GIL and is cached on disk.

    Kernels take contiguous arrays and scalars, write into arrays that the caller allocated, and
    never start threads: those come from `napari_colorquant.threads`, or from dask.
    """
    compiled: Callable[..., Any] = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    return compiled
