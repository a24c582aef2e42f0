"""The one place that configures numba."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a loop to machine code that releases the GIL and is cached on disk.

    Kernels take contiguous arrays and scalars, write into arrays that the caller allocated, and
    never start threads: those come from `napari_colorquant.threads`, or from dask.
    """
    compiled: Function = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    return compiled
