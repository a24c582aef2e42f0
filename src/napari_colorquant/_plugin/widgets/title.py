"""The line that names the layer of a dock: the middle of a long name gives way, as its ends tell it from others."""

from qtpy.QtCore import Qt
from superqt import QElidingLabel

#: What the style leaves free at both sides of a label, which the label itself does not know of.
_PADDING = 6


class Title(QElidingLabel):
    """A label of one line that may be narrower than its text."""

    def __init__(self) -> None:
        super().__init__()
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setEllipsesWidth(_PADDING)
