"""The third tab of the palette's dock: the same colours and classes in other layers, or in a folder of images."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from magicgui.widgets import ComboBox, LineEdit
from napari.layers import Image, Labels
from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ..._runtime.atomic import check_writable, write_file
from ..._runtime.progress import stage
from ...annotate.report.experiment import REPORT, run_experiment
from ...annotate.tables.files import measure_files
from ...annotate.tables.table import Row, class_names, to_csv
from ...io.formats import list_images
from ..layers.layer_values import LayerDataTuple
from ..layers.provenance import read_metadata
from ..layers.results import Results
from ..layers.sources import pixel_size, unit_of
from ..tasks.runner import Runner
from ..widgets.forms import Form, Note, align_labels
from .apply_tasks import map_layer, measure_own
from .session import ResultSession

_STEPS = 1000


@dataclass(frozen=True)
class Applied:
    """What came of it: the result whose palette it was, rows of all images, and the layers to add with their images."""

    result: Labels
    rows: list[Row]
    made: list[tuple[Image, LayerDataTuple]]
    text: str


class ApplyTab(QWidget):
    """Map other images onto the palette, and measure them into one table.

    Parameters
    ----------
    viewer : napari.Viewer

    Attributes
    ----------
    applied : Signal of Applied
        It is done; layers have been added.
    """

    applied = Signal(object)

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer, self._results = viewer, Results(viewer)
        self._session: ResultSession | None = None
        self._runner = Runner(self)
        self._runner.progressed.connect(self._on_progress)
        self._runner.succeeded.connect(self._on_applied)
        self._runner.failed.connect(lambda error: self._end(str(error)))
        self._runner.cancelled.connect(lambda: self._end("Cancelled."))
        self.to: ComboBox = ComboBox(
            choices=[
                ("The selected layers", "selected"),
                ("All other image layers", "all"),
                ("A folder …", "folder"),
                ("A folder, as a report …", "report"),
            ]
        )
        self.by: ComboBox = ComboBox(choices=[("Each class", "class"), ("Each colour", "color")])
        self.pictures = LineEdit(value="")
        self.note = Note()
        self._build()

    @property
    def is_busy(self) -> bool:
        """True while images are mapped."""
        return self._runner.is_running

    def work_on(self, session: ResultSession | None) -> None:
        """Apply the palette of another result."""
        self._session = session
        self.apply_button.setEnabled(session is not None and not self.is_busy)

    def run(self) -> None:
        """Apply the palette to what is chosen; asks for folder and file where they are needed."""
        if self.to.value not in ("folder", "report"):
            self.apply_to_layers(self._other_images(only_selected=self.to.value == "selected"))
            return
        folder = QFileDialog.getExistingDirectory(self, "Folder of images")
        if folder and self.to.value == "report":
            target = QFileDialog.getExistingDirectory(self, "Folder for the report: a new one, or one to go on with")
            if target:
                self.report_folder(folder, target)
        elif folder:
            path, _ = QFileDialog.getSaveFileName(self, "One table of all images", "measurements.csv", "CSV (*.csv)")
            if path:
                self.apply_to_folder(folder, path, overwrite=True)

    def apply_to_layers(self, layers: list[Image]) -> None:
        """Add a result for each image layer, and measure all."""
        session, by = self._session, self._measured_by()
        if session is None:
            return
        if not layers:
            self._end("Select one or more other image layers in the list of layers.")
            return
        session.settle()
        result = session.layer
        own = measure_own(session, by)
        tasks = [map_layer(layer, session.indexed, by, result) for layer in layers]

        def task() -> Applied:
            rows = own()
            made = []
            for place, (layer, each) in enumerate(zip(layers, tasks, strict=True)):
                with stage(f"{place + 1} of {len(tasks)}", place / len(tasks), (place + 1) / len(tasks)):
                    shown, found = each()
                rows += found
                made.append((layer, shown))
            count = "1 layer" if len(made) == 1 else f"{len(made)} layers"
            return Applied(result, rows, made, f"Applied to {count}; the table is under Measure.")

        self._start(task)

    def apply_to_folder(self, folder: str | Path, path: str | Path, *, overwrite: bool = False) -> None:
        """Measure every image of a folder into one CSV file, and write their pictures beside it if that is chosen."""
        session, by = self._session, self._measured_by()
        if session is None:
            return
        session.settle()
        indexed, result = session.indexed, session.layer
        size, unit = pixel_size(result), unit_of(result)
        pattern = self.pictures.value.strip()
        pictures = Path(path).parent / pattern if pattern else None
        try:
            paths = list_images(folder)
            check_writable(path, overwrite=overwrite)
        except (OSError, ValueError) as error:
            self._end(str(error))
            return

        def task() -> Applied:
            with stage("Measuring", 0.0, 1.0):
                rows = measure_files(
                    paths, indexed.palette, indexed.recipe, by=by, pixel_size=size, unit=unit, pictures=pictures
                )
            write_file(path, to_csv(rows).encode(), overwrite=overwrite)
            failed = sum("error" in row for row in rows)
            trouble = f", {failed} could not be read" if failed else ""
            return Applied(result, rows, [], f"{len(paths)} images in {Path(path).name}{trouble}.")

        self._start(task)

    def report_folder(self, folder: str | Path, target: str | Path) -> None:
        """Measure every image of a folder, and write tables and a report; what is there of it is gone on with."""
        session, by = self._session, self._measured_by()
        if session is None:
            return
        session.settle()
        indexed, result = session.indexed, session.layer
        size, unit = pixel_size(result), unit_of(result)
        try:
            paths = list_images(folder)
        except (OSError, ValueError) as error:
            self._end(str(error))
            return

        def task() -> Applied:
            found = run_experiment(
                paths, target, indexed.palette, indexed.recipe, by=by, pixel_size=size, unit=unit,
                title=Path(folder).name,
            )  # fmt: skip
            told = [f"{found.measured} images measured"]
            told += [f"{found.kept} done before"] if found.kept else []
            told += [f"{len(found.errors)} could not be read"] if found.errors else []
            link = f'<a href="{found.report.resolve().as_uri()}">{REPORT}</a>'
            return Applied(result, found.tables["measurements"], [], f"{', '.join(told)}: open {link}.")

        self._start(task)

    def cancel(self) -> None:
        """End it at the next checkpoint; no layer and no file is written."""
        self._runner.cancel()

    def _build(self) -> None:
        form = Form()
        form.add_row("To", self.to, "Which images get these colours, names and classes.")
        form.add_row("Measure", self.by, "What a row of the table stands for; the table has one block per image.")
        form.add_row(
            "Pictures",
            self.pictures,
            "How the pictures are called that are written beside the table, {name} being that of each image,\n"
            "such as {name}-quantized.png. Empty: the table alone.",
        )
        self.pictures.native.setPlaceholderText("{name}-quantized.png, or none")
        self.to.changed.connect(lambda to: form.set_row_visible(self.pictures, to == "folder"))
        form.set_row_visible(self.pictures, False)
        align_labels([form])
        self.apply_button, self.cancel_button = QPushButton("Apply"), QPushButton("Cancel")
        self.apply_button.setObjectName("main")
        self.apply_button.clicked.connect(self.run)
        self.cancel_button.clicked.connect(self.cancel)
        self.progress_bar = QProgressBar()
        self.progress_bar.setRange(0, _STEPS)
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setFixedHeight(6)
        buttons = QHBoxLayout()
        buttons.addWidget(self.apply_button, stretch=2)
        buttons.addWidget(self.cancel_button, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(
            Note("Map other images onto this palette: the same colours, names and classes, measured alike.")
        )
        layout.addWidget(form)
        layout.addLayout(buttons)
        layout.addWidget(self.progress_bar)
        layout.addWidget(self.note)
        layout.addStretch(1)
        self.note.setOpenExternalLinks(True)
        self.note.setAccessibleName("What came of it")  # a link in it can be reached by key
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._end("")

    def _other_images(self, *, only_selected: bool) -> list[Image]:
        source = None if self._session is None else self._session.source
        layers = [layer for layer in self._viewer.layers if isinstance(layer, Image) and read_metadata(layer) is None]
        chosen = self._viewer.layers.selection
        return [layer for layer in layers if layer is not source and (layer in chosen or not only_selected)]

    def _measured_by(self) -> str:
        """Return what is measured: colours, if there are no classes."""
        has_classes = self._session is not None and bool(class_names(self._session.indexed))
        return str(self.by.value) if has_classes else "color"

    def _start(self, task: Callable[[], Applied]) -> None:
        self.apply_button.setEnabled(False)
        self.cancel_button.setEnabled(True)
        self.progress_bar.setVisible(True)
        self._runner.start(task)

    def _on_progress(self, share: float, text: str) -> None:
        self.progress_bar.setValue(round(max(share, 0.0) * _STEPS))
        self.note.setText(f"{text} …")

    def _on_applied(self, applied: Applied) -> None:
        chosen, active = set(self._viewer.layers.selection), self._viewer.layers.selection.active
        for source, shown in applied.made:
            if source in self._viewer.layers:
                self._results.place(source, [shown], new=True)
        self._viewer.layers.selection = chosen
        self._viewer.layers.selection.active = active
        self._end(applied.text)
        self.applied.emit(applied)

    def _end(self, text: str) -> None:
        self.apply_button.setEnabled(self._session is not None)
        self.cancel_button.setEnabled(False)
        self.progress_bar.setValue(0)
        self.progress_bar.setVisible(False)
        self.note.setText(text)
