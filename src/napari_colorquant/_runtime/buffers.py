"""Memory that one computation leaves to the next on the same thread.

Fresh memory has to be brought in page by page, which takes longer than many a loop over it; above all
on a cluster's workers, whose allocator gives back to the system whatever is free.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import numpy as np
import numpy.typing as npt

#: More is not kept.
_LARGEST = 1 << 23

_kept = local()


@contextmanager
def work_buffer(name: str, shape: int | tuple[int, ...], dtype: npt.DTypeLike) -> Iterator[npt.NDArray[Any]]:
    """Lend an array of any contents.

    Parameters
    ----------
    name : str
        What it is for: the next array of that name on this thread gets the same memory.
    shape : int or tuple of int
    dtype : dtype

    Yields
    ------
    array : ndarray
        The caller's until the block ends; nothing that outlives it may be a view of it. Of more than
        8 MB, or if the name is lent already, it is a new one.
    """
    shape = (shape,) if isinstance(shape, int) else shape
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory: npt.NDArray[np.uint8] | None = _kept.__dict__.pop(name, None)
    if memory is None or memory.size < size:
        memory = np.empty(size, np.uint8)
    yield memory[:size].view(dtype).reshape(shape)
    if memory.size <= _LARGEST:
        setattr(_kept, name, memory)


@contextmanager
def zeroed_buffer(name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Iterator[npt.NDArray[Any]]:
    """Lend an array of zeros, as `work_buffer` does one of any contents; at the end of the block it must hold zeros.

    After an error it is not lent again. Large tables of which little is used need not be cleared as a whole.
    """
    key, size = f"{name}, zeros", math.prod(shape) * np.dtype(dtype).itemsize
    memory: npt.NDArray[np.uint8] | None = _kept.__dict__.pop(key, None)
    if memory is None or memory.size < size:
        memory = np.empty(size, np.uint8)
        memory[:] = 0
    yield memory[:size].view(dtype).reshape(shape)
    if memory.size <= _LARGEST:
        setattr(_kept, key, memory)
