"""What a large file holds: levels of dask arrays, and what their axes mean."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ...pixels.lazy_arrays import transpose

#: Names of the axes before rows and columns, where the file has none.
_LEADING = ("t", "z")


@dataclass(frozen=True, eq=False)
class LargeImage:
    """An image in a file, or a pyramid of it.

    Attributes
    ----------
    levels : tuple of dask arrays
        The same image, the largest first: (..., H, W), or (..., H, W, 3 or 4) if `rgb`.
    rgb : bool
        True if the last axis holds channels.
    axes : tuple of str
        The names of the other axes, such as ("z", "y", "x").
    scales : tuple of tuples of float
        For each level the size of a pixel along `axes`.
    units : tuple of str
        The unit of each of `axes`, "" where there is none.
    """

    levels: tuple[Any, ...]
    rgb: bool
    axes: tuple[str, ...]
    scales: tuple[tuple[float, ...], ...]
    units: tuple[str, ...]

    @classmethod
    def from_levels(
        cls,
        levels: Sequence[Any],
        axes: Sequence[str],
        scales: Sequence[Sequence[float]] | None = None,
        units: Sequence[str] | None = None,
        where: str = "the image",
    ) -> "LargeImage":
        """Return the image with its channels last and without axes of one entry.

        Parameters
        ----------
        levels : sequence of dask arrays
            With the same axes.
        axes : sequence of str
            A name for each axis; "c" and "s" hold channels.
        scales, units : sequences, optional
            As in the class, but with an entry for the channels too.
        where : str
            What messages call it.

        Raises
        ------
        ValueError
            If the number of channels is not 1, 3 or 4.
        """
        axes = tuple(axes)
        shape = levels[0].shape
        channels = [i for i, name in enumerate(axes) if name in "cs" and shape[i] > 1]
        if len(channels) > 1 or any(shape[i] not in (3, 4) for i in channels):
            found = " x ".join(str(shape[i]) for i in channels)
            raise ValueError(f"{where} must have 1, 3 or 4 channels, got {found}")
        kept = [i for i, name in enumerate(axes) if name in "yx" or (name not in "cs" and shape[i] > 1)]
        order = [*kept, *channels]
        moved = tuple(transpose(_drop(level, order), _rank(order)) for level in levels)
        scales = scales or [[1.0] * len(axes)] * len(levels)
        units = units or [""] * len(axes)
        return cls(
            levels=moved,
            rgb=bool(channels),
            axes=tuple(axes[i] for i in kept),
            scales=tuple(tuple(float(scale[i]) for i in kept) for scale in scales),
            units=tuple(units[i] for i in kept),
        )


def guess_axes(shape: tuple[int, ...], is_rgb: bool) -> tuple[str, ...]:
    """Return names for the axes of an array that says nothing about them."""
    count = len(shape) - is_rgb
    leading = [*(f"axis{i}" for i in range(max(0, count - 4))), *_LEADING[max(0, 4 - count) :]]
    return (*leading[: max(0, count - 2)], "y", "x", *(("c",) if is_rgb else ()))


@contextmanager
def tell_of_damage(where: str, kind: str) -> Iterator[None]:
    """Let whatever the readers of a `kind` of file raise be a ValueError that names it; each has errors of its own."""
    try:
        yield
    except (MemoryError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        raise ValueError(f"{where} must be a {kind} that can be read: {error}") from error


def _drop(array: Any, kept: list[int]) -> Any:
    return array[tuple(slice(None) if i in kept else 0 for i in range(array.ndim))]


def _rank(order: list[int]) -> list[int]:
    """Return where the axes stand after others were dropped."""
    left = sorted(order)
    return [left.index(i) for i in order]
