"""Stains as text: the names of sets that are in use, and the strings of QuPath's scripts.

QuPath (Bankhead et al. 2017) writes ``{"Name" : "H-DAB default", "Stain 1" : "Hematoxylin", "Values 1" : "0.65111
0.70119 0.29049", ..., "Background" : " 255 255 255"}``, with a third stain where there is one. Ours have ``"Units"``,
too, which QuPath passes over.
"""

import json
from collections.abc import Mapping
from typing import Any

from .._checks import check_list, check_mapping, check_text, inside, refusal, shown
from ._stains import RESIDUAL, Stains

_KNOWN = {
    "hematoxylin": (0.65111, 0.70119, 0.29049),
    "eosin": (0.2159, 0.8012, 0.5581),
    "DAB": (0.26917, 0.56824, 0.77759),
}
#: The stains that are known by name, with the vectors that QuPath has for them.
KNOWN_STAINS: Mapping[str, tuple[float, float, float]] = _KNOWN


def _set_of(title: str, *names: str) -> Stains:
    return Stains(title, names, tuple(_KNOWN[name] for name in names))


#: Sets of stains by name; background and units are those of the image.
STAIN_SETS: Mapping[str, Stains] = {
    "h&e": _set_of("H&E", "hematoxylin", "eosin"),
    "h-dab": _set_of("H-DAB", "hematoxylin", "DAB"),
    "h&e-dab": _set_of("H&E-DAB", "hematoxylin", "eosin", "DAB"),
}
#: How vectors are found in an image, by name.
METHODS = ("macenko", "vahadane")
#: The same as a recipe has it: a method, and three where it is not two.
SEARCHES = (*METHODS, "vahadane:3")


def read_stains(what: str, value: Any) -> Stains | str | None:
    """Return stains as a recipe has them: None or one of `SEARCHES` to find them, or `Stains`.

    Parameters
    ----------
    what : str
        What is read, for messages.
    value : None, str, mapping, sequence or Stains
        The name of a method or of a set, a string of QuPath's or what it says as a mapping, or two or three vectors.

    Raises
    ------
    TypeError, ValueError
        If it is none of these.
    """
    if value is None or isinstance(value, Stains):
        return value
    if isinstance(value, str):
        return _read_text(what, value)
    with inside(what):
        if isinstance(value, Mapping):
            return _read_mapping(check_mapping(what, value))
        vectors = check_list(what, value)
        if len(vectors) not in (2, 3):
            raise refusal(what, "be two or three vectors", value)
        names = tuple(f"stain {number + 1}" for number in range(len(vectors)))
        return Stains("given", names, tuple(vectors))


def write_stains(stains: Stains) -> str:
    """Return stains as QuPath's string, which `read_stains` reads."""
    pairs = {"Name": stains.name}
    for number, (name, vector) in enumerate(zip(stains.names, stains.vectors, strict=True), 1):
        pairs |= {f"Stain {number}": name, f"Values {number}": _numbers(vector)}
    if stains.background is not None:
        pairs["Background"] = _numbers(stains.background)
    if stains.units is not None:
        pairs["Units"] = _numbers(stains.units)
    return "{" + ", ".join(f"{json.dumps(key)} : {json.dumps(value)}" for key, value in pairs.items()) + "}"


def _read_text(what: str, text: str) -> Stains | str:
    name = text.strip().lower()
    if name in SEARCHES:
        return name
    if name in STAIN_SETS:
        return STAIN_SETS[name]
    if not name.startswith("{"):
        rule = f"be one of {', '.join((*SEARCHES, *STAIN_SETS))}, two or three colours #rrggbb, or a string of QuPath's"
        raise refusal(what, rule, text)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise refusal(what, "be a string of QuPath's, which is JSON", text) from None
    with inside(what):
        return _read_mapping(values)


def _read_mapping(values: dict[Any, Any]) -> Stains:
    known = {"Name", "Background", "Units"} | {f"{key} {number}" for key in ("Stain", "Values") for number in (1, 2, 3)}
    if unknown := [key for key in values if key not in known]:
        raise ValueError(f"stains must have known keys only (Name, Stain 1, Values 1, ...), got {shown(unknown)}")
    if not {"Values 1", "Values 2"} <= values.keys():
        raise refusal("stains", "have Values 1 and Values 2", values)
    names, vectors = [], []
    for number in (1, 2, 3):
        name = check_text("the name of a stain", values.get(f"Stain {number}", f"stain {number}"))
        if f"Values {number}" not in values or (number == 3 and name.lower() == RESIDUAL):
            continue  # a residual follows from the other two
        names.append(name)
        vectors.append(_read_numbers(f"Values {number}", values[f"Values {number}"]))
    three = {key: _read_numbers(key, values[key]) for key in ("Background", "Units") if key in values}
    return Stains(values.get("Name", "given"), names, vectors, three.get("Background"), three.get("Units"))  # type: ignore[arg-type]


def _read_numbers(what: str, text: Any) -> tuple[float, ...]:
    words = check_text(what, text).replace(",", " ").strip(" []").split()
    try:
        return tuple(map(float, words))
    except ValueError:
        raise refusal(what, "be numbers parted by spaces", text) from None


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in values)
