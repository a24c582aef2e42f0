"""The small pictures before the dithers, drawn beforehand: compiling all dithers takes longer than opening a menu."""

from pathlib import Path

from qtpy.QtGui import QIcon

#: One PNG for each dither, called as the dither is; ``tools/dither_pictures.py`` draws them.
FOLDER = Path(__file__).parent / "pictures"


def dither_icon(name: str) -> QIcon:
    """Return the picture of a dither; an empty one if it has none, such as one that was added from outside."""
    path = FOLDER / f"{name}.png"
    return QIcon(str(path)) if path.is_file() else QIcon()
