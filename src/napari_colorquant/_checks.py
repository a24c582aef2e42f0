"""The rules for single values, each written once, and the one form of every refusal.

A message reads "*what* must *rule*, got *value*". A value of the wrong kind is a TypeError, a wrong value of
the right kind a ValueError; nothing that is handed in, however odd, ends in another exception.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import index
from reprlib import Repr
from typing import Any

import numpy as np
import numpy.typing as npt

#: No number that we take is larger; a float holds it, and so does its reciprocal.
LARGEST = 1e300


class NoSuchEntryError(IndexError, ValueError):
    """No entry at that place: an IndexError, as of any sequence, and a wrong value."""


class _Shown(Repr):
    """Short text for a value in a message: what is large is named, what is long is cut."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = self.maxlong = 60

    def repr_ndarray(self, value: Any, level: int) -> str:
        return f"an array of shape {value.shape}, {value.dtype}"

    def repr_instance(self, value: Any, level: int) -> str:
        text = repr(value)
        return text if len(text) <= self.maxother else f"{text[: self.maxother - 3]}..."


_SHOWN = _Shown()


def shown(value: Any) -> str:
    """Return a value as it stands in a message: short, on one line, whatever it is."""
    if isinstance(value, np.generic):
        value = value.item()
    try:
        text = _SHOWN.repr(value)
    except Exception:  # a `__repr__` may raise anything, and an int of 5000 digits does
        return f"a value of type {type(value).__name__}"
    return " ".join(text.split())


def refusal(what: str, rule: str, value: Any, kind: type[Exception] = ValueError) -> Exception:
    """Return the exception that says what must hold and what was given."""
    return kind(f"{what} must {rule}, got {shown(value)}")


def check_flag(what: str, value: Any) -> bool:
    """Return `value` if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise refusal(what, "be True or False", value, TypeError)
    return bool(value)


def check_optional_flag(what: str, value: Any) -> bool | None:
    """Return `value` if it is True, False or None."""
    if value is not None and not isinstance(value, (bool, np.bool_)):
        raise refusal(what, "be True, False or None", value, TypeError)
    return None if value is None else bool(value)


def check_integer(what: str, value: Any, low: int, high: int) -> int:
    """Return `value` if it is a whole number in ``low..high``."""
    if not is_whole(value):
        raise refusal(what, "be a whole number", value, TypeError)
    number = int(value)
    if not low <= number <= high:
        raise refusal(what, f"lie in {low}..{high}", number)
    return number


def check_number(what: str, value: Any, low: float, high: float) -> float:
    """Return `value` as a float if it is a number in ``low..high``; NaN lies in no range."""
    number = to_float(what, value)
    if not low <= number <= high:
        raise refusal(what, f"lie in {low}..{high}", value)
    return number


def check_positive(what: str, value: Any) -> float:
    """Return `value` as a float if it is a number > 0 that is not too large to be one of a size."""
    number = to_float(what, value)
    if not 1 / LARGEST <= number <= LARGEST:
        raise refusal(what, f"be > 0 and at most {LARGEST:g}", value)
    return number


def is_whole(value: Any) -> bool:
    """Return True for an int and for what stands for one, such as NumPy's; not for True and False."""
    with suppress(TypeError):
        index(value)
        return not isinstance(value, (bool, np.bool_))
    return False


def to_float(what: str, value: Any) -> float:
    """Return any real number as a float; infinite where a float cannot hold it."""
    if isinstance(value, (bool, np.bool_)) or not hasattr(type(value), "__float__") or not _is_scalar(value):
        raise refusal(what, "be a number", value, TypeError)
    try:
        return float(value)
    except OverflowError:  # an int knows no bound
        return float("inf") if value > 0 else float("-inf")
    except (TypeError, ValueError):
        raise refusal(what, "be a number", value, TypeError) from None


def check_text(what: str, value: Any) -> str:
    """Return `value` if it is text."""
    if not isinstance(value, str):
        raise refusal(what, "be a text", value, TypeError)
    return value


def check_choice(what: str, value: Any, choices: Iterable[str]) -> str:
    """Return `value` if it is one of the texts in `choices`."""
    if not isinstance(value, str) or value not in (known := tuple(choices)):
        raise refusal(what, f"be one of {', '.join(choices)}", value)
    return known[known.index(value)]


def check_mapping(what: str, value: Any) -> dict[Any, Any]:
    """Return `value` as a dict if it is a mapping."""
    if not isinstance(value, Mapping):
        raise refusal(what, "be a mapping, name to value", value, TypeError)
    return dict(value)


def check_list(what: str, value: Any) -> list[Any]:
    """Return the entries of a list, tuple, array or other sequence; text, a mapping or a set is none."""
    if isinstance(value, (str, bytes, bytearray, Mapping, set, frozenset)) or not _has_entries(value):
        raise refusal(what, "be a list", value, TypeError)
    return list(value)


@contextmanager
def inside(what: str) -> Iterator[None]:
    """Say in what is refused within the enclosed code that it stands in `what`."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if str(error).startswith(what):
            raise
        kind = ValueError if isinstance(error, UnicodeError) else type(error)
        raise kind(f"{what}: {error}") from None


def check_instance(what: str, value: Any, *kinds: type) -> Any:
    """Return `value` if it is of one of our classes `kinds`."""
    if not isinstance(value, kinds):
        names = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
        raise refusal(what, f"be of type {names}", value, TypeError)
    return value


def as_floats(what: str, value: Any) -> npt.NDArray[np.float32]:
    """Return an array of numbers, or what NumPy takes as one, in float32."""
    with suppress(TypeError, ValueError):
        if (array := np.asarray(value)).dtype.kind in "iuf":
            return array.astype(np.float32, copy=False)
    raise refusal(what, "be an array of numbers", value, TypeError)


def check_array(what: str, value: Any, dtype: Any, *shape: int | str) -> Any:
    """Return `value` if it is an array of this dtype and `shape`, in which a text such as "N" is any length."""
    got: Any = getattr(value, "shape", None)
    kind = np.dtype(dtype)
    is_array = isinstance(got, tuple) and getattr(value, "dtype", None) == kind
    if is_array and len(got) == len(shape) and all(map(_is_size, shape, got)):
        return value
    rule = f"be an array of shape ({', '.join(map(str, shape))}), {kind}"
    raise refusal(what, rule, value, ValueError if is_array else TypeError)


def check_path(what: str, value: Any) -> str | os.PathLike[str]:
    """Return `value` if it is text or a path-like object."""
    if not isinstance(value, (str, os.PathLike)):
        raise refusal(what, "be a path", value, TypeError)
    if not os.fspath(value) or "\0" in os.fsdecode(value):
        raise refusal(what, "be a path", value)
    return value


def _is_size(wanted: int | str, size: int) -> bool:
    return isinstance(wanted, str) or wanted == size


def _is_scalar(value: Any) -> bool:
    """Return False for arrays of more than one number, or of none: they have the methods of a number, too."""
    return not getattr(value, "shape", ())


def _has_entries(value: Any) -> bool:
    return hasattr(value, "__len__") and hasattr(value, "__iter__") and getattr(value, "ndim", 1) > 0
