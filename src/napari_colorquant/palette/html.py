"""Palettes and indexed images in a notebook, on light and on dark pages."""

import base64
import io
from html import escape
from typing import Any

from .shown import Picture, Swatches
from .thumbnail import take_thumbnail

#: So many swatches are shown; of longer palettes, the first.
MOST = 256
#: Pixels of the side of an image at most.
SIDE = 384

_BOX = "display:flex;flex-wrap:wrap;gap:4px;max-width:640px"
_SWATCH = "width:{width}px;height:32px;border-radius:4px;border:1px solid rgba(128,128,128,.5)"
#: What lies below colours that are seen through.
_CHECKS = "repeating-conic-gradient(#bbb 0 25%,#fff 0 50%) 0 0/12px 12px"


def write_swatches(palette: Swatches) -> str:
    """Return the colours of a palette as HTML: swatches, each with its hex code, name and share as its hint."""
    hexes = palette.hex
    width = 32 if len(hexes) <= 64 else 16
    swatches = "".join(_write_swatch(palette, index, width) for index in range(min(len(hexes), MOST)))
    more = f"<div>and {len(hexes) - MOST} more</div>" if len(hexes) > MOST else ""
    title = f"{palette.title}, {len(hexes)} colours" if palette.title else f"{len(hexes)} colours"
    return f'<div><div style="margin-bottom:4px">{escape(title)}</div><div style="{_BOX}">{swatches}</div>{more}</div>'


def write_picture(indexed: Picture) -> str:
    """Return an indexed image as HTML: a small picture (of a stack, of its first plane) above its palette."""
    plane = take_thumbnail(indexed.labels, indexed.to_rgb(), SIDE, SIDE)
    height, width = plane.shape[:2]
    enlarged = max(1, min(SIDE // width, SIDE // height, 8))
    size = " x ".join(map(str, indexed.labels.shape))
    text = f"{size} pixels in {len(indexed.palette.hex)} colours"
    style = f"image-rendering:pixelated;width:{width * enlarged}px;max-width:100%;display:block;margin-bottom:6px"
    picture = f'<img alt="{text}" style="{style}" src="data:image/png;base64,{_encode(plane)}">'
    return f"<div>{picture}<div>{text}</div>{write_swatches(indexed.palette)}</div>"


def _write_swatch(palette: Swatches, index: int, width: int) -> str:
    code, name, share = palette.hex[index], palette.names[index], palette.shares[index]
    hint = ", ".join(filter(None, [f"{index}: {code}", name, f"{share:.2%}" if share > 0 else ""]))
    below = f",{_CHECKS}" if len(code) > 7 else ""
    paint = f"background:linear-gradient({code},{code}){below}"
    return f'<div title="{escape(hint)}" style="{_SWATCH.format(width=width)};{paint}"></div>'


def _encode(plane: Any) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(plane).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")
