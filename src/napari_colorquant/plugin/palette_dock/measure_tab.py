"""The second tab of the palette's dock: how much of what, as a table, a CSV file, and features of layers."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from magicgui.widgets import CheckBox, ComboBox, SpinBox
from napari.layers import Labels, Layer, Shapes
from qtpy.compat import isalive
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ..._runtime.atomic import write_file
from ...annotate.tables.features import color_features, region_features
from ...annotate.tables.objects import object_features
from ...annotate.tables.table import Row, choose_by
from ...indexed import IndexedImage
from ..layers.derived import SHAPES
from ..layers.provenance import read_metadata
from ..tasks.runner import Runner
from ..widgets.debouncer import Debouncer
from ..widgets.figures import show_figure
from ..widgets.formats import format_count
from ..widgets.forms import Form, Note, align_labels
from ..widgets.rows_table import RowsTable
from .session import ResultSession
from .tables import AREAS, OBJECTS, Choices, Table, list_tables

_WHOLE = "image"
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
        self._by_hand = self._within_by_hand = False
        self._measured: tuple[IndexedImage | None, Any] = None, _WHOLE
        self._shown: Table | None = None  # whose rows are in the table
        self._measured_by = AREAS
        self._again = Debouncer(self._measure_again, _AGAIN_MS, self)
        self._runner = Runner(self)
        self._runner.succeeded.connect(self._on_measured)
        self._runner.failed.connect(lambda error: self._fail(str(error)))
        self.what: ComboBox = ComboBox(choices=lambda _: list_tables(self._viewer, self._session))
        self.n_colors = SpinBox(value=3, min=1, max=16)
        self.by: ComboBox = ComboBox(choices=[("Each colour", "color"), ("Each class", "class")])
        self.within: ComboBox = ComboBox(choices=self._list_regions)
        self.per_frame = CheckBox(text="Each frame apart")
        self.count_components = CheckBox(text="Count connected parts", value=True)
        self.table, self.note = RowsTable(), Note()
        self._build()
        events = viewer.layers.events
        for event in (events.inserted, events.removed, events.reordered, events.renamed):
            event.connect(self._on_layers_changed)

    @property
    def is_busy(self) -> bool:
        """True while pixels are counted."""
        return self._runner.is_running

    def work_on(self, session: ResultSession | None) -> None:
        """Measure another result."""
        if self._session is not None and isalive(self._session):
            self._session.changed.disconnect(self._on_edited)
        self._session, self._measured = session, (None, _WHOLE)
        if session is not None:
            session.changed.connect(self._on_edited)
        self._again.cancel()
        self._by_hand = self._within_by_hand = False
        self._follow_classes()
        self._runner.cancel()
        self._list_again()
        self.measure_button.setEnabled(session is not None)
        self.show_rows([], "")

    def showEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Measure what is shown now: classes and regions where there are some, unless it was chosen otherwise."""
        super().showEvent(event)
        self._follow_classes()
        self._follow_regions()
        if self._session is None or self._session.is_lazy or self.is_busy or self.what.value is not AREAS:
            return
        indexed, (measured, within) = self._session.indexed, self._measured
        if math.prod(indexed.shape) <= _AT_ONCE and not (measured is indexed and within == self.within.value):
            self.run()

    def _follow_classes(self) -> None:
        if self._session is not None and not self._by_hand:
            with self.by.changed.blocked():
                self.by.value = choose_by(self._session.indexed.palette)

    def _follow_regions(self) -> None:
        """Measure within the regions that are there, if it is clear which are meant: those of one layer that fits."""
        listed = [layer for _, layer in self._list_regions(None)[1:] if read_metadata(layer) is None]
        fitting = [layer for layer in listed if self._fits(layer)]  # outlines of the result itself are not meant
        if not self._within_by_hand and self._session is not None:
            with self.within.changed.blocked():
                self.within.value = fitting[0] if len(fitting) == 1 else _WHOLE

    def _fits(self, layer: Layer) -> bool:
        if isinstance(layer, Shapes):
            return bool(layer.nshapes > 0)
        shape = () if self._session is None else self._session.indexed.shape
        fits: bool = layer.data.shape in (shape, shape[-2:])
        return fits and not layer.multiscale

    def _on_by_chosen(self, _: str) -> None:
        self._by_hand = True

    def _on_within_chosen(self, _: Any) -> None:
        self._within_by_hand = True

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
        table: Table = self.what.value
        self._regions = None if self.within.value == _WHOLE else self.within.value
        choices = Choices(
            by=self.by.value,
            within=self._regions if "within" in table.takes else None,
            per_frame=bool(self.per_frame.value),
            count_components=bool(self.count_components.value),
            n_colors=int(self.n_colors.value),
        )
        self._measured = session.indexed, self.within.value
        try:
            session.require_pixels()
            task = table.make(session, session.source, choices)
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
        self._measured = None if self._session is None else self._session.indexed, self.within.value

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
        self.by.changed.connect(self._on_by_chosen)
        self.what.changed.connect(lambda _: self._show_choices())
        self.within.changed.connect(self._on_within_chosen)
        self.features_button = QPushButton("To features")
        self.features_button.setToolTip("Into the features of the result, or of the regions measured in.")
        self.measure_button.setObjectName("main")
        self.measure_button.clicked.connect(self.run)
        self.save_button.clicked.connect(self._ask_path)
        self.features_button.clicked.connect(self.write_features)
        form = self._form = Form()
        form.add_row(
            "Table", self.what, "Areas and shares; which colours lie beside which, along how long a boundary; the\n"
            "pattern in a few numbers; patches; the colours of objects of a Labels layer; or another result.",
        )  # fmt: skip
        form.add_row("Of", self.by, "What a row of the table stands for.")
        form.add_row("Within", self.within, "The whole image, or each region of a Labels or Shapes layer.")
        form.add_row("Colours", self.n_colors, "Of each object.")
        for box, tooltip in (
            (self.per_frame, "A row for each frame of the stack."),
            (self.count_components, "How many parts each colour or class falls into; takes longest."),
        ):
            box.tooltip = tooltip
            form.add_wide(box)
        align_labels([form])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        buttons = QHBoxLayout()
        for button in (self.plot_button, self.save_button, self.features_button):
            button.setMinimumWidth(56)  # a narrow dock cuts a word rather than being widened
            buttons.addWidget(button)
        layout.addWidget(form)
        layout.addWidget(self.measure_button)
        layout.addWidget(self.table, stretch=1)
        layout.addLayout(buttons)
        layout.addWidget(self.note)
        self.work_on(None)

    def _list_regions(self, _: Any) -> list[tuple[str, Any]]:
        fitting = [
            layer for layer in reversed(self._viewer.layers)
            if isinstance(layer, (Labels, Shapes)) and _is_region(layer)
        ]  # fmt: skip
        return [("The whole image", _WHOLE), *((layer.name, layer) for layer in fitting)]

    def _on_layers_changed(self) -> None:
        if isalive(self):
            self._list_again()

    def _list_again(self) -> None:
        """List the layers that are there; what was chosen stays chosen, and a comparison by its name."""
        before = self.what.value
        title = "" if before is None else before.title
        with self.what.changed.blocked():
            self.what.reset_choices()
            known = {table.title: table for table in self.what.choices if table is not None}
            self.what.value = known.get(title, AREAS)
        with self.within.changed.blocked():
            self.within.reset_choices()
        self._show_choices()

    def _show_choices(self) -> None:
        """Show the rows that matter to the table."""
        takes = AREAS.takes if self.what.value is None else self.what.value.takes
        for name, control in (("by", self.by), ("within", self.within), ("n_colors", self.n_colors)):
            self._form.set_row_visible(control, name in takes)
        is_stack = self._session is not None and len(self._session.indexed.shape) > 2
        self.per_frame.visible = is_stack and "per_frame" in takes
        self.count_components.visible = "count_components" in takes

    def _on_edited(self) -> None:
        """Make a table that is looked at again, or say that it is out of date."""
        if not isalive(self) or self._shown is None or self._session is None:
            return
        if self.isVisible() and int(np.prod(self._session.indexed.shape)) <= _AGAIN_PIXELS:
            self._again.throttle()
        else:
            self.note.setText("The result has changed since; measure again.")

    def _measure_again(self) -> None:
        chosen = self.what.value
        if self._shown is not None and chosen is not None and self._shown.title == chosen.title:
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
        self._show(rows, text)
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


def _is_region(layer: Layer) -> bool:
    """Return True for layers of others, and for outlines of ours: a result within itself says nothing."""
    found = read_metadata(layer)
    return found is None or found["role"] == SHAPES
