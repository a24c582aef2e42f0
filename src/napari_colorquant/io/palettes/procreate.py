"""Procreate's palette, .swatches: a zip file that holds its colours as hue, saturation and brightness in JSON."""

import math
from typing import Any

from ...palette import Palette
from ._content import Swatches, to_byte
from ._zip import Archive
from .color_models import from_hsb
from .tables import load_json

_NAME = "Swatches.json"


def read_swatches(data: bytes) -> Palette:
    """Read Procreate's swatches with their alpha, and the title; places that are empty are left out."""
    found = load_json(Archive(data).read(_NAME))
    palettes = found if isinstance(found, list) else [found]
    swatches, title = Swatches(), ""
    for palette in palettes:
        if not isinstance(palette, dict) or not isinstance(palette.get("swatches"), list):
            raise ValueError(f"{_NAME} must hold palettes with 'swatches', got {type(palette).__name__}")
        name = palette.get("name", "")
        title = title or (name if isinstance(name, str) else "")
        for swatch in palette["swatches"]:
            if swatch is not None:
                swatches.add(from_hsb(*_read_swatch(swatch)), alpha=_read_alpha(swatch))
    return swatches.palette(title)


def _read_swatch(swatch: Any) -> list[float]:
    names = ("hue", "saturation", "brightness")
    parts: list[Any] = [swatch.get(name) for name in names] if isinstance(swatch, dict) else []
    if not parts or not all(type(part) in (int, float) and -1e9 < part < 1e9 and math.isfinite(part) for part in parts):
        raise ValueError(f"a swatch must have numbers for {', '.join(names)}, got {parts or type(swatch).__name__}")
    hue, *others = (float(part) for part in parts)
    return [hue, *(min(max(part, 0.0), 1.0) for part in others)]


def _read_alpha(swatch: dict[str, Any]) -> int:
    alpha = swatch.get("alpha", 1)
    if type(alpha) not in (int, float) or not math.isfinite(alpha):
        raise ValueError(f"the alpha of a swatch must be a number, got {alpha!r}")
    return to_byte(alpha)
