"""The second tab of the palette's dock: how much of what, as a table, a CSV file, and features of layers."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from magicgui.widgets import CheckBox, ComboBox
from napari.layers import Labels, Layer, Shapes
from qtpy.compat import isalive
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ..._runtime.atomic import write_file
from ...indexed import IndexedImage
from ...measure.features import color_features, region_features
from ...measure.plots import plot_shares
from ...measure.table import Row, class_names, measure
from ..layers.image_levels import full_resolution
from ..layers.provenance import read_metadata
from ..layers.regions import read_regions
from ..layers.sources import pixel_size, unit_of
from ..tasks.runner import Runner
from ..widgets.figures import show_figure
from ..widgets.formats import format_count
from ..widgets.forms import Form, Note, align_labels
from ..widgets.rows_table import RowsTable
from .session import ResultSession

_WHOLE = "image"
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
        self._runner = Runner(self)
        self._runner.succeeded.connect(self._on_measured)
        self._runner.failed.connect(lambda error: self._end(str(error)))
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
        self._session, self._measured = session, (None, _WHOLE)
        self._by_hand = self._within_by_hand = False
        self._follow_classes()
        self._runner.cancel()
        self._on_layers_changed()
        self.per_frame.visible = session is not None and len(session.indexed.shape) > 2
        self.measure_button.setEnabled(session is not None)
        self.show_rows([], "")

    def showEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Measure what is shown now: classes and regions where there are some, unless it was chosen otherwise."""
        super().showEvent(event)
        self._follow_classes()
        self._follow_regions()
        if self._session is None or self._session.is_lazy or self.is_busy:
            return
        indexed, (measured, within) = self._session.indexed, self._measured
        if math.prod(indexed.shape) <= _AT_ONCE and not (measured is indexed and within == self.within.value):
            self.run()

    def _follow_classes(self) -> None:
        if self._session is not None and not self._by_hand:
            with self.by.changed.blocked():
                self.by.value = "class" if class_names(self._session.indexed) else "color"

    def _follow_regions(self) -> None:
        """Measure within the regions that are there, if it is clear which are meant: those of one layer that fits."""
        fitting = [layer for _, layer in self._list_regions(None)[1:] if self._fits(layer)]
        if not self._within_by_hand and self._session is not None:
            with self.within.changed.blocked():
                self.within.value = fitting[0] if len(fitting) == 1 else _WHOLE

    def _fits(self, layer: Layer) -> bool:
        if isinstance(layer, Shapes):
            return bool(layer.nshapes > 0)
        shape = () if self._session is None else self._session.indexed.shape
        return bool(not layer.multiscale and layer.data.shape in (shape, shape[-2:]))

    def _on_by_chosen(self, _: str) -> None:
        self._by_hand = True

    def _on_within_chosen(self, _: Any) -> None:
        self._within_by_hand = True

    def plot(self) -> None:
        """Show the shares of the table as a figure, in a window from which it can be saved."""
        try:
            figure = plot_shares(self.table.rows_model.rows).figure
            show_figure(self, figure, "Shares")
        except (ImportError, ValueError) as error:
            self.note.setText(str(error))

    def run(self) -> None:
        """Measure on a thread; the table shows it."""
        session = self._session
        if session is None:
            return
        session.settle()
        self._regions = None if self.within.value == _WHOLE else self.within.value
        indexed, layer, source, by = session.indexed, session.layer, session.source, self.by.value
        self._measured = indexed, self.within.value
        try:
            session.require_pixels()
            if by == "class" and not class_names(indexed):
                raise ValueError("There are no classes yet: select colours in the table, then Class … in its menu.")
            regions = None if self._regions is None else read_regions(self._regions, layer)
        except (TypeError, ValueError) as error:
            self._end(str(error))
            return
        options = {
            "by": by,
            "pixel_size": pixel_size(layer),
            "unit": unit_of(layer),
            "regions": regions,
            "per_frame": bool(self.per_frame.value and len(indexed.shape) > 2),
            "count_components": self.count_components.value,
        }
        image, rgb = (None, None) if source is None else (full_resolution(source), bool(source.rgb))
        self.measure_button.setEnabled(False)
        self.note.setText("Measuring …")
        self._runner.start(lambda: measure(indexed, image, rgb=rgb, **options))

    def show_rows(self, rows: Sequence[Row], text: str) -> None:
        """Show measurements, and a line about them."""
        self.table.show_rows(rows)
        self.note.setText(text)
        self.save_button.setEnabled(bool(rows))
        self.plot_button.setEnabled(bool(rows))
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
        elif isinstance(layer, Shapes):
            features = region_features(rows, range(1, layer.nshapes + 1))
            layer.features = {name: column for name, column in features.items() if name != "index"}
        else:
            layer.features = region_features(rows, list(dict.fromkeys(row["region"] for row in rows)))
        self.note.setText(f"Written into the features of {layer.name}; the status bar shows them under the cursor.")

    def _build(self) -> None:
        self.measure_button, self.save_button = QPushButton("Measure"), QPushButton("CSV …")
        self.plot_button = QPushButton("Plot …")
        self.plot_button.setToolTip("The shares as bars, by image, frame or region; saved as PNG, SVG or PDF.")
        self.plot_button.clicked.connect(self.plot)
        self.by.changed.connect(self._on_by_chosen)
        self.within.changed.connect(self._on_within_chosen)
        self.features_button = QPushButton("To features")
        self.features_button.setToolTip("Into the features of the result, or of the regions measured in.")
        self.measure_button.setObjectName("main")
        self.measure_button.clicked.connect(self.run)
        self.save_button.clicked.connect(self._ask_path)
        self.features_button.clicked.connect(self.write_features)
        form = Form()
        form.add_row("Of", self.by, "What a row of the table stands for.")
        form.add_row("Within", self.within, "The whole image, or each region of a Labels or Shapes layer.")
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
            if isinstance(layer, (Labels, Shapes)) and read_metadata(layer) is None
        ]  # fmt: skip
        return [("The whole image", _WHOLE), *((layer.name, layer) for layer in fitting)]

    def _on_layers_changed(self) -> None:
        if isalive(self):
            with self.within.changed.blocked():
                self.within.reset_choices()

    def _feature_layer(self) -> Layer | None:
        """Return the layer whose features the table can become: one row per colour, or per region."""
        rows = self.table.rows_model.rows
        if self._session is None or not rows or "frame" in rows[0] or "image" in rows[0]:
            return None
        if "region" in rows[0]:
            return self._regions
        return self._session.layer if "index" in rows[0] else None

    def _on_measured(self, rows: list[Row]) -> None:
        self.measure_button.setEnabled(True)
        pixels = int(np.sum([row["pixels"] for row in rows]))
        self.show_rows(
            rows, f"{format_count(len(rows))} {'row' if len(rows) == 1 else 'rows'}, {format_count(pixels)} pixels"
        )
        self.measured.emit(rows)

    def _end(self, text: str) -> None:
        self.measure_button.setEnabled(self._session is not None)
        self.note.setText(text)

    def _ask_path(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save the table", "measurements.csv", "CSV (*.csv)")
        if path:  # the dialog has asked about an older file
            try:
                self.save(path, overwrite=True)
            except OSError as error:
                self.note.setText(str(error))
