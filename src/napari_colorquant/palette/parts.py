"""The parts of a palette, one for each colour: what they must be, and what stands where none were given."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import LARGEST, NoSuchEntryError, check_list, check_text, is_whole, refusal, to_float
from ..pixels.written_colors import OPAQUE, is_color, parse_rgba


def read_entries(what: str, values: Any, count: int, default: Any, check: Callable[[str, Any], Any]) -> list[Any]:
    """Return one checked value for each of `count` colours, of no values the default for all."""
    if isinstance(values, tuple) and not values:
        return [default] * count
    given = check_list(what, values)
    if len(given) not in (0, count):
        raise ValueError(f"{what} must have one entry for each of the {count} colours, got {len(given)}")
    if not given or (isinstance(default, str) and given.count(default) == count):  # of thousands, none has a name
        return [default] * count
    if set(map(type, given)) == {type(default)}:  # plain values stay as they are: each is looked at once
        for value in set(given):
            check(what, value)
        return given
    return [check(what, value) for value in given]


def read_alphas(alphas: Any, own: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the alphas that were given, or else those that the colours have themselves."""
    if isinstance(alphas, np.ndarray) and alphas.shape == own.shape and alphas.dtype == np.uint8:
        return np.array(alphas)  # nothing that could be wrong: thousands need not be looked at one by one
    given = check_list("alphas", alphas)
    return np.array(read_entries("alphas", given, len(own), OPAQUE, _check_alpha) if given else own, np.uint8)


def read_shares(shares: Any, count: int) -> npt.NDArray[np.float64]:
    """Return the shares that were given, or zeros."""
    is_plain = isinstance(shares, np.ndarray) and shares.shape == (count,) and shares.dtype == np.float64
    if is_plain and ((shares >= 0) & (shares <= LARGEST)).all():  # else one by one, to be named
        return np.array(shares)
    return np.array(read_entries("shares", shares, count, 0.0, _check_share), np.float64)


def _check_share(what: str, value: Any) -> float:
    share = to_float(what, value)
    if not 0 <= share <= LARGEST:
        raise refusal(what, "be finite and >= 0", value)
    return share


def _check_alpha(what: str, value: Any) -> int:
    if not is_whole(value):
        raise refusal(what, "be whole numbers", value, TypeError)
    if not 0 <= (alpha := int(value)) <= OPAQUE:
        raise refusal(what, f"lie in 0..{OPAQUE}", value)
    return alpha


def check_code(what: str, value: Any) -> str:
    """Return a colour as ``#rrggbb``, or the empty text as it is."""
    if not check_text(what, value):
        return ""
    if not is_color(value) or len(rgba := parse_rgba([value])) != 1 or rgba[0, 3] < OPAQUE:
        raise refusal(what, "be '' or written #rrggbb", value)
    return "#" + bytes(rgba[0, :3]).hex()


def check_entry(what: str, index: Any, count: int) -> int:
    """Return `index` if it is that of one of `count` entries; TypeError or NoSuchEntryError otherwise."""
    if not is_whole(index):
        raise refusal(what, "be a palette index, a whole number", index, TypeError)
    if not 0 <= (number := int(index)) < count:
        raise refusal(what, f"lie in 0..{count - 1}", number, NoSuchEntryError)
    return number
