"""Palettes in JSON of other programs, laid out as ours is: Coolors' lists and objects, Lospec's, and their kind."""

from typing import Any

#: Where a colour of a list keeps its code, and where its name.
_CODES, _NAMES = ("hex", "color", "colour", "value"), ("name", "label", "title")


def as_ours(values: Any) -> dict[str, Any]:
    """Return JSON values with "colors", "names" and "title" as ours have them; what is not understood stays as it is.

    Understood are ``["264653", ...]``, ``[{"name": "Charcoal", "hex": "264653"}, ...]`` with ``"rgb": [38, 70, 83]``
    in place of the code or beside it, ``{"Charcoal": "264653", ...}``, and any such list as "colors" beside a "name".
    """
    if isinstance(values, list):
        return _spread({"colors": values})
    if "colors" not in values and values and all(isinstance(value, str) for value in values.values()):
        return {"colors": list(values.values()), "names": list(values)}
    if "title" not in values and isinstance(values.get("name"), str):
        values = {**values, "title": values["name"]}
    return _spread(values)


def _spread(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with lists of codes and of names in place of a list of objects that hold both."""
    colors = values.get("colors")
    if not isinstance(colors, list) or not colors or not all(isinstance(color, dict) for color in colors):
        return values
    codes = [_find(color, _CODES) or color.get("rgb") for color in colors]
    return {**values, "colors": codes, "names": [_find(color, _NAMES) for color in colors]}


def _find(color: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((color[key] for key in keys if isinstance(color.get(key), str)), "")
