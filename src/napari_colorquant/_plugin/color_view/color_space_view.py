"""The dock "Colour space": the colours of the active result's image in 3-D, with the palette and its cells."""

from dataclasses import dataclass
from typing import Any

from napari.layers import Labels
from napari.utils.theme import get_theme
from qtpy.compat import isalive
from qtpy.QtCore import QSize, Qt, QTimer
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout

from ...indexed import IndexedImage
from ...quality.cloud import ColorCloud, color_cloud
from ...spaces import SPACES
from ..layers.active_result import find_result
from ..layers.entry_selection import EntrySelection
from ..layers.sources import find_source
from ..tasks.runner import Runner
from ..tasks.sampling import pixels_to_sample
from ..widgets.canvas_context import delete_in_own_context
from ..widgets.debouncer import Debouncer
from ..widgets.docks import DockedWidget
from ..widgets.formats import format_count, format_share
from ..widgets.forms import Note, dress
from ..widgets.title import Title
from .color_canvas import ColorCanvas

_MARGIN = 9
_SETTLE_MS = 200
_EMPTY = "Nothing to show yet: quantize an image as Labels, or select such a result in the list of layers."
_CELLS = {"Selected cells": "chosen", "All cells": "all", "No cells": "none"}


@dataclass(frozen=True)
class _CloudData:
    """What was asked for: a result as it was then, and the space."""

    indexed: IndexedImage
    cloud: ColorCloud
    has_image: bool


class ColorSpaceView(DockedWidget):
    """Show the colours of an image in a colour space, beside the image.

    Parameters
    ----------
    napari_viewer : napari.Viewer
        The viewer whose active result layer is shown.

    Attributes
    ----------
    layer : Labels or None
        The result that is shown.
    """

    TITLE = "Colour space"

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__(napari_viewer)
        self.layer: Labels | None = None
        self.selection: EntrySelection | None = None
        self.canvas = ColorCanvas(self)
        self.space = QComboBox()
        self.cells = QComboBox()
        self.note = Note(_EMPTY)
        self._cloud_data: _CloudData | None = None
        self._is_stale = False
        self._runner = Runner(self)
        self._runner.succeeded.connect(self._on_computed)
        self._runner.failed.connect(lambda error: self.note.setText(str(error)))
        self._later = Debouncer(self._compute, _SETTLE_MS, self)
        self._build()
        self._connect()
        delete_in_own_context(self.viewer)
        self._on_theme_changed()
        self._follow_active()

    @property
    def is_computing(self) -> bool:
        """True while a worker gathers the colours, or is about to."""
        return self._runner.is_running or self._later.is_pending

    def sizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Ask for a dock in which a cloud can be turned."""
        return QSize(380, 420)

    def open(self, layer: Labels | None) -> None:
        """Show the colours of a result layer."""
        if layer is self.layer:
            return
        self._forget()
        self.layer = layer
        self._cloud_data = None
        self._runner.cancel()
        self.canvas.show_cloud(None)
        self.note.setText(_EMPTY if layer is None else "Gathering the colours …")
        if layer is not None:
            self.selection = EntrySelection(self.viewer, layer, self)
            self.selection.changed.connect(self._on_selected)
            for event in self._events(layer):
                event.connect(self._on_edited)
            self._compute()

    def showEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Catch up with what happened while the view was hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._compute()

    def end_work(self) -> None:
        """Go with the dock, and with it the canvas, which no other window can draw."""
        # Not the bound method, which Qt holds weakly: Python may collect the view, held by nothing else, before that.
        QTimer.singleShot(0, lambda: self._end_if_alone())

    def _end_if_alone(self) -> None:
        if isalive(self) and self.parent() is None and not self.isVisible():
            self._forget()
            self._runner.cancel()
            self.deleteLater()
            self.canvas.close()  # last: vispy lets the window live meanwhile, in which this widget may go

    def _build(self) -> None:
        self.space.setToolTip("The space in whose coordinates the colours lie; by default that of the result's recipe.")
        self.space.addItem("As quantized", None)
        for name, space in SPACES.items():
            self.space.addItem(name, name)
            axes = ", ".join(space.axes)
            self.space.setItemData(self.space.count() - 1, f"{axes}: {space.summary}", Qt.ItemDataRole.ToolTipRole)
        self.space.setAccessibleName("Colour space")
        self.cells.setAccessibleName("Cells")
        self.canvas.native.setAccessibleName("Colours in three dimensions")
        self.cells.setToolTip("Around the colours that an entry owns: the convex hull, or their box on a plane.")
        for text, key in _CELLS.items():
            self.cells.addItem(text, key)
        self.title = Title()
        for box in (self.space, self.cells):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMinimumContentsLength(8)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        head = QHBoxLayout()
        head.addWidget(self.space, stretch=4)
        head.addWidget(self.cells, stretch=3)
        self.canvas.native.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        rows.setSpacing(6)
        rows.addWidget(self.title)
        rows.addLayout(head)
        rows.addWidget(self.canvas.native, stretch=1)
        rows.addWidget(self.note)

    def _connect(self) -> None:
        layers = self.viewer.layers
        layers.selection.events.active.connect(self._follow_active)
        layers.events.inserted.connect(self._on_inserted)
        layers.events.removed.connect(self._on_removed)
        self.viewer.events.theme.connect(self._on_theme_changed)
        self.space.currentIndexChanged.connect(lambda _: self._compute())
        self.cells.currentIndexChanged.connect(lambda _: self.canvas.show_cells(self.cells.currentData()))
        self.canvas.picked.connect(self._on_picked)

    @staticmethod
    def _events(layer: Labels) -> tuple[Any, ...]:
        return layer.events.metadata, layer.events.set_data, layer.events.paint, layer.events.name

    def _forget(self) -> None:
        if self.layer is not None and self.selection is not None:
            self.selection.close()
            self.selection.deleteLater()
            for event in self._events(self.layer):
                event.disconnect(self._on_edited)
        self.layer = self.selection = None
        self._later.cancel()

    def _follow_active(self, _: Any = None) -> None:
        if not isalive(self):
            return
        gone = self.layer is None or self.layer not in self.viewer.layers
        found = find_result(self.viewer, self.viewer.layers.selection.active)
        if found is None and gone:
            found = find_result(self.viewer, None)
        if found is not None or gone:
            self.open(found)

    def _on_inserted(self, _: Any = None) -> None:
        if isalive(self):
            self._follow_active()
            if self.selection is not None:
                self.selection.find_swatches()

    def _on_removed(self, event: Any) -> None:
        if isalive(self) and event.value is self.layer:
            self.open(find_result(self.viewer, self.viewer.layers.selection.active))

    def _on_edited(self) -> None:
        if isalive(self):
            self._later.throttle()

    def _compute(self) -> None:
        """Gather the colours on a thread."""
        layer = self.layer
        self._later.cancel()
        self._is_stale = not self.isVisible()
        if layer is None or self._is_stale:
            return
        source, space = find_source(self.viewer, layer), self.space.currentData()
        try:
            indexed, image = pixels_to_sample(layer, source)
        except ValueError as error:  # a label that the palette lacks is about to be taken back
            self.note.setText(str(error))
            return
        rgb = None if source is None else bool(source.rgb)
        self._runner.start(
            lambda: _CloudData(indexed, color_cloud(indexed, image, space=space, rgb=rgb), image is not None)
        )

    def _on_computed(self, data: _CloudData) -> None:
        if self.layer is None:
            return
        self._cloud_data = data
        palette = data.indexed.palette
        labels = [
            f"{name or f'colour {row + 1}'}\n{code} · {format_share(float(share))}"
            for row, (name, code, share) in enumerate(zip(palette.names, palette.hex, palette.shares, strict=True))
        ]
        self.canvas.chosen = [] if self.selection is None else self.selection.rows
        self.canvas.show_cloud(data.cloud, palette.rgba, labels)
        self._describe()

    def _describe(self) -> None:
        data = self._cloud_data
        if data is None or self.layer is None:
            return
        self.title.setText(self.layer.name)
        self.title.setToolTip(self.layer.name)
        cloud, palette, rows = data.cloud, data.indexed.palette, self.canvas.chosen
        if self.space.currentData() is None:
            self.space.setItemText(0, f"{cloud.space.name} (result)")
        if not data.has_image:
            self.note.setText("The image that was quantized is not in the viewer any more: only the palette is shown.")
        elif not rows:
            count = format_count(len(cloud.points))
            self.note.setText(f"{count} colours of the image, {len(palette)} of the palette. Click one to select it.")
        elif len(rows) == 1 and rows[0] < len(palette):
            name = palette.names[rows[0]] or f"Colour {rows[0] + 1}"
            self.note.setText(f"{name} · {palette.hex[rows[0]]} · {format_share(float(palette.shares[rows[0]]))}")
        else:
            share = float(palette.shares[[row for row in rows if row < len(palette)]].sum())
            self.note.setText(f"{len(rows)} of {len(palette)} colours · {format_share(share)}")

    def _on_picked(self, rows: list[int]) -> None:
        if self.selection is not None:
            self.selection.select(rows)
            self._on_selected(rows)

    def _on_selected(self, rows: list[int]) -> None:
        self.canvas.choose(rows)
        self._describe()

    def _on_theme_changed(self, _: Any = None) -> None:
        if isalive(self):
            theme = get_theme(self.viewer.theme)
            dress(self, theme)
            self.canvas.set_theme(theme)
