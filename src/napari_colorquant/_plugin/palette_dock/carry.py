"""Colours that are dragged out of the window: as text into an editor, as a palette file onto the desktop."""

from qtpy.QtCore import QMimeData, QTemporaryDir, QUrl

from ...io.palettes import write_palette
from ...palette import Palette


def carry_away(palette: Palette, name: str, dragged: QMimeData, folder: QTemporaryDir) -> None:
    """Add what other programs take to what is dragged.

    Parameters
    ----------
    palette : Palette
        The colours that are dragged.
    name : str
        What the file is called, without its suffix; the palette, too, if it has no title.
    dragged : QMimeData
    folder : QTemporaryDir
        Where the file lies until it has been copied. Without one, if the disk is full, the text alone goes along.
    """
    dragged.setText("\n".join(palette.hex))
    path = folder.filePath(f"{name}.gpl")
    try:
        write_palette(palette, path, overwrite=True)
    except OSError:
        return
    dragged.setUrls([QUrl.fromLocalFile(path)])
