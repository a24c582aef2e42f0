"""How a TIFF says that its channels are shown: OME-XML by a colour, ImageJ by a table of colours and a range."""

from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from ..image import Channel

#: The colours in which ImageJ shows channels that have none of their own.
_IMAGEJ_COLORS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 255, 255), (255, 0, 255), (255, 255, 0))
#: So many channels are looked at; a damaged file may claim any number.
_MOST = 1 << 10


def channels_of_ome(pixels: ElementTree.Element | None) -> tuple[Channel, ...]:
    """Return the channels that the OME-XML element "Pixels" names; it has no windows for them."""
    found = []
    for element in () if pixels is None else pixels:
        if element.tag.rpartition("}")[2] == "Channel":
            number = element.get("Color", "")
            color = None
            if number.lstrip("-").isdigit():  # red, green, blue, alpha in a signed integer
                code = int(number) & 0xFFFFFFFF
                color = (code >> 24, code >> 16 & 255, code >> 8 & 255)
            found.append(Channel(element.get("Name", ""), color))
    return tuple(found)


def channels_of_imagej(meta: dict[str, Any]) -> tuple[Channel, ...]:
    """Return the channels of a hyperstack, of which ImageJ keeps tables of colours ("LUTs") and "Ranges"."""
    tables, ranges = meta.get("LUTs") or [], meta.get("Ranges") or ()
    names = meta.get("Labels") or []
    count = int(meta.get("channels", 1))
    is_colored = meta.get("mode") in ("composite", "color")
    if count == 1 and not tables:
        return ()
    found = []
    for i in range(min(count, _MOST)):
        color, colors = _read_table(np.asarray(tables[i])) if i < len(tables) else (None, ())
        if color is None and is_colored:
            color = _IMAGEJ_COLORS[i % len(_IMAGEJ_COLORS)]
        window = tuple(map(float, ranges[2 * i : 2 * i + 2]))
        low, high = window if len(window) == 2 else (0.0, 0.0)
        name = str(names[i]) if len(names) == count else ""
        found.append(Channel(name, color, (low, high) if low < high else None, colors=colors))
    return tuple(found)


def _read_table(table: npt.NDArray[Any]) -> tuple[tuple[int, int, int], tuple[tuple[int, int, int], ...]]:
    """Return the colour of the brightest value, and all colours of a table (3, 256) that is no ramp from black."""
    rows = [(int(red), int(green), int(blue)) for red, green, blue in table.T]
    ramp = np.outer(rows[-1], np.linspace(0, 1, len(rows)))
    return rows[-1], () if np.abs(table - ramp).max() <= 1 else tuple(rows)
