"""The foot of the choices: Run, Cancel, Live, how far it is, and what came of it."""

from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ..widgets.report import Report
from ..widgets.still import Still

#: The margin of the whole panel.
MARGIN = 9
COMPILING = "Compiling for this machine; the first time only, some seconds …"
_STEPS = 1000


class RunBar(QWidget):
    """Two buttons, Live, a progress bar and two lines of text; outside the scroll area, so always in sight."""

    def __init__(self) -> None:
        super().__init__()
        self.run_button = QPushButton("Run")
        self.run_button.setObjectName("main")
        self._allow_run("")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Stop; the layers stay as they were.")
        self.cancel_button.setEnabled(False)
        self.live_box = QCheckBox("Live")
        self.live_box.setToolTip(
            "Show every change at once on the visible part of the image;\nthe full result follows when nothing changes."
        )
        self.progress_bar = QProgressBar()
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setFixedHeight(6)
        self.progress_bar.setAccessibleName("Progress")
        self.progress_bar.hide()
        self.report = Report()
        buttons = QHBoxLayout()
        for button, stretch in ((self.run_button, 2), (self.cancel_button, 1)):
            button.setMinimumHeight(30)
            buttons.addWidget(button, stretch=stretch)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(MARGIN, 6, MARGIN, 2)
        rows.setSpacing(4)
        buttons.addWidget(self.live_box)
        rows.addLayout(buttons)
        rows.addWidget(Still(self.progress_bar, self.report, gap=rows.spacing()))

    def allow(self, why_not: str) -> None:
        """Enable Run, or say why it cannot be done."""
        self._allow_run(why_not)
        self.run_button.setEnabled(not (self._why_not or self.cancel_button.isEnabled()))

    def _allow_run(self, why_not: str) -> None:
        self._why_not = why_not
        what = "Quantize the image; shown as new layers, or in those of the last run. (Ctrl+Enter)"
        self.run_button.setToolTip(why_not or what)

    def show_running(self) -> None:
        """Offer Cancel in place of Run."""
        self.run_button.setEnabled(False)
        self.cancel_button.setEnabled(True)
        self.show_progress(0.0, "Starting …")
        self.progress_bar.show()

    def show_progress(self, share: float, text: str) -> None:
        """Show the share that is done, 0..1, or -1 where it is not known, and what is being done."""
        self.progress_bar.setUpdatesEnabled(False)  # Qt draws a value at once, and the text would be drawn by itself
        self.progress_bar.setRange(0, _STEPS if share >= 0 else 0)
        self.progress_bar.setValue(round(max(share, 0.0) * _STEPS))
        self.progress_bar.setUpdatesEnabled(True)
        self.report.setText(text)

    def show_idle(self, text: str) -> None:
        """Offer Run again, and say what came of the last one."""
        self.progress_bar.hide()
        self.cancel_button.setEnabled(False)
        self.run_button.setEnabled(not self._why_not)
        self.report.setText(text)
