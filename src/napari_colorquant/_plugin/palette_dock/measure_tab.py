"""The second tab of the palette's dock: how much of what, as a table, a CSV file, and features of layers."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from napari.layers import Layer, Shapes
from qtpy.compat import isalive
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ..._runtime.atomic import write_file
from ...annotate.tables.features import color_features, region_features
from ...annotate.tables.objects import object_features
from ...annotate.tables.table import Row
from ...indexed import IndexedImage
from ..layers.words import tell_left_out
from ..tasks.runner import Runner
from ..widgets.debouncer import Debouncer
from ..widgets.figures import show_figure
from ..widgets.formats import format_count
from ..widgets.forms import Note
from ..widgets.rows_table import RowsTable
from .measure_choices import MeasureChoices
from .pixel_size_offer import PixelSizeOffer
from .session import ResultSession
from .tables import AREAS, OBJECTS, Table

#: So long after an edit a table that is looked at is made again, if the image has no more pixels than this.
_AGAIN_MS, _AGAIN_PIXELS = 300, 1 << 22
#: Up to so many pixels are measured as soon as the tab is shown, in well under a second.
_AT_ONCE = 2**25


class MeasureTab(QWidget):
    """Measure the colours or classes of a result.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose Labels and Shapes layers are offered as regions.

    Attributes
    ----------
    measured : Signal of list of dict
        The rows that are shown.
    """

    measured = Signal(list)

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._session: ResultSession | None = None
        self._regions: Layer | None = None
        self._measured: tuple[IndexedImage | None, Layer | None] = None, None
        self._shown: Table | None = None  # whose rows are in the table
        self._measured_by = AREAS
        self._left_out = ""
        self._again = Debouncer(self._measure_again, _AGAIN_MS, self)
        self._runner = Runner(self)
        self._runner.succeeded.connect(self._on_measured)
        self._runner.failed.connect(lambda error: self._fail(str(error)))
        self.choices, self.pixel_size = MeasureChoices(viewer), PixelSizeOffer(viewer)
        self.table, self.note = RowsTable(), Note()
        self._build()

    @property
    def is_busy(self) -> bool:
        """True while pixels are counted."""
        return self._runner.is_running

    def work_on(self, session: ResultSession | None) -> None:
        """Measure another result."""
        if self._session is not None and isalive(self._session):
            self._session.changed.disconnect(self._on_edited)
        self._session, self._measured = session, (None, None)
        if session is not None:
            session.changed.connect(self._on_edited)
        self._again.cancel()
        self._runner.cancel()
        self.choices.work_on(session)
        self.pixel_size.work_on(session)
        self.measure_button.setEnabled(session is not None)
        self.show_rows([], "")

    def showEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Measure what is shown now: classes and regions where there are some, unless it was chosen otherwise."""
        super().showEvent(event)
        self.choices.follow()
        self.pixel_size.follow()
        if self._session is None or self._session.is_lazy or self.is_busy or self.choices.table is not AREAS:
            return
        indexed, (measured, within) = self._session.indexed, self._measured
        if math.prod(indexed.shape) <= _AT_ONCE and not (measured is indexed and within is self.choices.regions):
            self.run()

    def plot(self) -> None:
        """Show the table as a figure, in a window from which it can be saved."""
        table = self._shown or AREAS
        if table.plot is None:
            return
        try:
            show_figure(self, table.plot(self.table.rows_model.rows).figure, table.figure)
        except (ImportError, ValueError) as error:
            self.note.setText(str(error))

    def run(self) -> None:
        """Measure on a thread; the table shows it."""
        session = self._session
        if session is None:
            return
        session.settle()
        self._again.cancel()
        table, self._regions, chosen = self.choices.table, self.choices.regions, self.choices.chosen()
        self._measured = session.indexed, self._regions
        by_class = "by" in table.takes and chosen.by == "class"
        self._left_out = tell_left_out(session.indexed.palette) if by_class else ""
        try:
            session.require_pixels()
            task = table.make(session, session.source, chosen)
        except (TypeError, ValueError) as error:
            self._fail(str(error))
            return
        self._measured_by = table
        self.measure_button.setEnabled(False)
        self.note.setText("Measuring …")
        self._runner.start(task)

    def show_rows(self, rows: Sequence[Row], text: str) -> None:
        """Show measurements, and a line about them; they are of areas, and not made again, unless `run` made them."""
        self._shown = None
        self._show(rows, text)

    def _show(self, rows: Sequence[Row], text: str) -> None:
        self.table.show_rows(rows)
        self.note.setText(text)
        self.save_button.setEnabled(bool(rows))
        self.plot_button.setEnabled(bool(rows) and (self._shown or AREAS).plot is not None)
        self.features_button.setEnabled(self._feature_layer() is not None)

    def show_rows_of_others(self, rows: Sequence[Row], text: str) -> None:
        """Show what was measured elsewhere; it stays when the tab is shown, until the palette changes."""
        self.show_rows(rows, text)
        self._measured = None if self._session is None else self._session.indexed, self.choices.regions

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the table as CSV, in one step: a full disk leaves an older file whole."""
        write_file(path, self.table.csv().encode(), overwrite=overwrite)
        self.note.setText(f"Saved {Path(path).name}")

    def write_features(self) -> None:
        """Write the table into the features of the layer that it describes."""
        rows, layer = self.table.rows_model.rows, self._feature_layer()
        if layer is None or self._session is None:
            return
        if layer is self._session.layer:
            layer.features = color_features(rows, layer.features.to_dict("list"))
        elif self._shown is OBJECTS:
            labels = [row["object"] for row in rows]
            numbers = range(1, layer.nshapes + 1) if isinstance(layer, Shapes) else labels
            layer.features = object_features(rows, list(numbers))
        elif isinstance(layer, Shapes):
            features = region_features(rows, range(1, layer.nshapes + 1))
            layer.features = {name: column for name, column in features.items() if name != "index"}
        else:
            layer.features = region_features(rows, list(dict.fromkeys(row["region"] for row in rows)))
        self.note.setText(f"Written into the features of {layer.name}; the status bar shows them under the cursor.")

    def _build(self) -> None:
        self.measure_button, self.save_button = QPushButton("Measure"), QPushButton("CSV …")
        self.plot_button = QPushButton("Plot …")
        self.plot_button.setToolTip("Shares as bars, or neighbours as a matrix; saved as PNG, SVG or PDF.")
        self.plot_button.clicked.connect(self.plot)
        self.features_button = QPushButton("To features")
        self.features_button.setToolTip("Into the features of the result, or of the regions measured in.")
        self.measure_button.setObjectName("main")
        self.measure_button.clicked.connect(self.run)
        self.save_button.clicked.connect(self._ask_path)
        self.features_button.clicked.connect(self.write_features)
        self.pixel_size.taken.connect(self.run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        buttons = QHBoxLayout()
        for button in (self.plot_button, self.save_button, self.features_button):
            button.setMinimumWidth(56)  # a narrow dock cuts a word rather than being widened
            buttons.addWidget(button)
        layout.addWidget(self.choices)
        layout.addWidget(self.pixel_size)
        layout.addWidget(self.measure_button)
        layout.addWidget(self.table, stretch=1)
        layout.addLayout(buttons)
        layout.addWidget(self.note)
        self.work_on(None)

    def _on_edited(self) -> None:
        """Make a table that is looked at again, or say that it is out of date."""
        if not isalive(self) or self._shown is None or self._session is None:
            return
        if self.isVisible() and int(np.prod(self._session.indexed.shape)) <= _AGAIN_PIXELS:
            self._again.throttle()
        else:
            self.note.setText("The result has changed since; measure again.")

    def _measure_again(self) -> None:
        if self._shown is not None and self._shown.title == self.choices.table.title:
            self.run()

    def _feature_layer(self) -> Layer | None:
        """Return the layer whose features the table can become: one row per colour, or per region."""
        rows = self.table.rows_model.rows
        if self._session is None or not rows or "frame" in rows[0] or "image" in rows[0]:
            return None
        if "region" in rows[0] or self._shown is OBJECTS:
            return self._regions if "share" in rows[0] or self._shown is OBJECTS else None
        return self._session.layer if "index" in rows[0] and "share" in rows[0] else None

    def _on_measured(self, rows: list[Row]) -> None:
        self.measure_button.setEnabled(True)
        self._shown = self._measured_by
        text = f"{format_count(len(rows))} {'row' if len(rows) == 1 else 'rows'}"
        if self._shown is AREAS:
            text += f", {format_count(int(np.sum([row['pixels'] for row in rows])))} pixels"
        self._show(rows, text + self._left_out)
        self.measured.emit(rows)

    def _end(self, text: str) -> None:
        self.measure_button.setEnabled(self._session is not None)
        self.note.setText(text)

    def _fail(self, text: str) -> None:
        """Say what was wrong; the rows of another table do not stay under the name of this one."""
        self.show_rows([], "")
        self._end(text)

    def _ask_path(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save the table", "measurements.csv", "CSV (*.csv)")
        if path:  # the dialog has asked about an older file
            try:
                self.save(path, overwrite=True)
            except OSError as error:
                self.note.setText(str(error))
