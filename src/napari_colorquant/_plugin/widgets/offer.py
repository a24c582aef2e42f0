"""A line that says what looks odd, with a button that mends it."""

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QPushButton, QVBoxLayout, QWidget

from .forms import GAP, Note


class Offer(QWidget):
    """Small print and a button below it; takes no room while there is nothing to offer.

    Attributes
    ----------
    accepted : Signal
        The button was pressed.
    """

    accepted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.note, self.button = Note(), QPushButton()
        self.button.setAccessibleName("Mend it")  # until it has words
        self.button.clicked.connect(lambda _=False: self.accepted.emit())
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, GAP)
        rows.setSpacing(GAP)
        rows.addWidget(self.note)
        rows.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_offer(self, text: str, action: str) -> None:
        """Show a line and what the button says; "" hides both."""
        self.note.setText(text)
        self.button.setText(action)
        self.button.setAccessibleName(action or "Mend it")
        self.setVisible(bool(text))
