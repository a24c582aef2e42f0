"""Memory that one computation leaves to the next, on whichever thread that is.

Fresh memory has to be brought in page by page, which takes longer than many a loop over it; above all
on a cluster's workers, whose allocator gives back to the system whatever is free. What is kept is as much as was
lent at once, not as much as there are threads: dask starts a pool of its own for each thread that asks it, and
each of theirs would keep what it once needed.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

#: More is not kept.
_LARGEST = 1 << 23

#: By name, what nobody has now; the last one given back goes first. Lists hand out each of theirs once, to any thread.
_free: dict[str, list[npt.NDArray[np.uint8]]] = {}


@contextmanager
def work_buffer(name: str, shape: int | tuple[int, ...], dtype: npt.DTypeLike) -> Iterator[npt.NDArray[Any]]:
    """Lend an array of any contents.

    Parameters
    ----------
    name : str
        What it is for: the next array of that name gets the same memory.
    shape : int or tuple of int
    dtype : dtype

    Yields
    ------
    array : ndarray
        The caller's until the block ends; nothing that outlives it may be a view of it. Of more than
        8 MB, or if all of that name are lent, it is a new one.
    """
    shape = (shape,) if isinstance(shape, int) else shape
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = _take(name, size)
    if memory is None:
        memory = np.empty(size, np.uint8)
    yield memory[:size].view(dtype).reshape(shape)
    _give_back(name, memory)


@contextmanager
def zeroed_buffer(name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Iterator[npt.NDArray[Any]]:
    """Lend an array of zeros, as `work_buffer` does one of any contents; at the end of the block it must hold zeros.

    After an error it is not lent again. Large tables of which little is used need not be cleared as a whole.
    """
    key, size = f"{name}, zeros", math.prod(shape) * np.dtype(dtype).itemsize
    memory = _take(key, size)
    if memory is None:
        memory = np.empty(size, np.uint8)
        memory[:] = 0
    yield memory[:size].view(dtype).reshape(shape)
    _give_back(key, memory)


def _take(name: str, size: int) -> npt.NDArray[np.uint8] | None:
    """Return what is free under a name and large enough; one that is too small makes room for a larger one."""
    try:
        memory = _free[name].pop()
    except LookupError:
        return None
    return memory if memory.size >= size else None


def _give_back(name: str, memory: npt.NDArray[np.uint8]) -> None:
    if memory.size <= _LARGEST:
        _free.setdefault(name, []).append(memory)
