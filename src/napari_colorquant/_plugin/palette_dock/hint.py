"""What stands in the dock as long as there is no palette; known before all that edits one is loaded."""

from qtpy.QtCore import Qt

from ..widgets.forms import Note

#: Two rows of swatches, a row of classes and a row of the table, with what is around them.
LEAST_HIGH = 312
#: Without a palette, the line that says so.
HINT_HIGH = 60
#: Around the palette, and around the line in its place: left, top, right and bottom.
MARGINS = (9, 4, 9, 9)
#: Between the rows.
SPACING = 4


class Hint(Note):
    """The line in the place of a palette."""

    def __init__(self) -> None:
        super().__init__("The palette comes here: run, or select a result in the list of layers.")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
