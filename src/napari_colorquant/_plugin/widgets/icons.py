"""The icons of the palette's toolbar, drawn in the colour of the theme's text."""

from functools import lru_cache

from qtpy.QtCore import QByteArray, QRectF, Qt
from qtpy.QtGui import QIcon, QPainter, QPixmap
from qtpy.QtSvg import QSvgRenderer

#: On a grid of 24 x 24, as strokes of width 2 with round ends.
_STROKES = {
    "undo": "M9 6 L4.5 10.5 L9 15 M5 10.5 H14 a5 5 0 0 1 0 9 H10",
    "redo": "M15 6 L19.5 10.5 L15 15 M19 10.5 H10 a5 5 0 0 0 0 9 H14",
    "add": "M12 5 V19 M5 12 H19",
    "delete": "M5 7 H19 M9.5 7 V4.5 H14.5 V7 M7 7 L8 20 H16 L17 7 M10.5 11 V16 M13.5 11 V16",
    "merge": "M5 4.5 V7 C5 11 12 10 12 14.5 V20 M19 4.5 V7 C19 11 12 10 12 14.5 M9 17 L12 20 L15 17",
    "split": "M12 4 V9 C12 13 5 12 5 17 V20 M12 9 C12 13 19 12 19 17 V20 "
    "M2.5 17.5 L5 20 L7.5 17.5 M16.5 17.5 L19 20 L21.5 17.5",
    "pick": "M4 20 L5 16 L13 8 L16 11 L8 19 Z M12 5.5 L18.5 12 M15 8 L17.5 5.5 a1.8 1.8 0 0 1 2 2 L16.5 9.5",
    "sort": "M7 5 V19 M4 16 L7 19 L10 16 M13 6 H20 M13 11 H18 M13 16 H16",
    "alone": "M2.5 12 C6 6.5 18 6.5 21.5 12 C18 17.5 6 17.5 2.5 12 Z M12 9.2 a2.8 2.8 0 1 0 0.01 0 Z",
    "more": "M5 12 h0.01 M12 12 h0.01 M19 12 h0.01",
    "result": "M5 7 H19 M5 12 H19 M5 17 H19",
    "save": "M12 4 V14.5 M8 11 L12 15 L16 11 M5 15 V19.5 H19 V15",
    "locked": "M6.5 11 H17.5 V19.5 H6.5 Z M8.5 11 V8 a3.5 3.5 0 0 1 7 0 V11",
    "unlocked": "M6.5 11 H17.5 V19.5 H6.5 Z M8.5 11 V8 a3.5 3.5 0 0 1 6.6 -1.6",
}
_WEIGHTS = {"more": 3.0}


@lru_cache(maxsize=128)
def icon(name: str, color: str) -> QIcon:
    """Return an icon in a colour, ``#rrggbb``; paler where its control is disabled."""
    drawn = QIcon()
    drawn.addPixmap(icon_pixmap(name, color), QIcon.Mode.Normal)
    drawn.addPixmap(icon_pixmap(name, color, opacity=0.35), QIcon.Mode.Disabled)
    return drawn


@lru_cache(maxsize=256)
def icon_pixmap(name: str, color: str, size: int = 48, opacity: float = 1.0) -> QPixmap:
    """Return an icon as a transparent picture of `size` pixels."""
    weight = _WEIGHTS.get(name, 1.7)
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{_STROKES[name]}" fill="none" '
        f'stroke="{color}" stroke-width="{weight}" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
