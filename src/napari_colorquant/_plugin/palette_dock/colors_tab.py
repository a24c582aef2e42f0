"""The first tab of the palette: swatches, classes, the table with its tools, and a line about what is selected."""

from functools import partial
from typing import Any

from qtpy.compat import isalive
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from ...annotate.tables.table import color_errors
from ...palette import Palette
from ...quality.distinguishability import describe_closest
from ..commands.save_picture import as_file_name
from ..layers.image_levels import full_resolution
from ..layers.sources import pixel_size, unit_of
from ..layers.strokes import find_strokes, follow_palette
from ..tasks.runner import Runner
from ..tasks.task import describe_count
from ..widgets.debouncer import Debouncer
from ..widgets.formats import format_number, format_share
from ..widgets.forms import Note
from .class_legend import DIGITS, ClassLegend
from .editor import PaletteEditor
from .hover import HoverLink
from .session import ResultSession
from .swatch_grid import SwatchGrid
from .table import PaletteTable
from .toolbar import PaletteToolbar

_ERRORS_AFTER_MS = 300
#: A palette of more colours is no legend that anybody reads.
_MOST_READ = 24


class ColorsTab(QWidget):
    """Edit the colours of a result.

    Parameters
    ----------
    viewer : napari.Viewer

    Attributes
    ----------
    state_changed : Signal
        Something was selected, done, begun or ended: what is possible may be something else.
    """

    state_changed = Signal()

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._session: ResultSession | None = None
        self._message = self._warning = ""
        self.table, self.note = PaletteTable(), Note()
        self.editor = PaletteEditor(self, self.table)
        self.toolbar = PaletteToolbar(self.editor, self.table)
        self.grid, self.legend = SwatchGrid(self.table), ClassLegend()
        self.hover = HoverLink(viewer, self.grid, self._show_alone)
        self._errors = Runner(self)
        self._errors.succeeded.connect(self.table.palette_model.show_errors)
        self._errors_later = Debouncer(self._measure_errors, _ERRORS_AFTER_MS, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        for part in (self.toolbar, self.grid, self.legend):
            layout.addWidget(part)
        layout.addWidget(self.table, stretch=1)
        layout.addWidget(self.note)
        self.table.rows_selected.connect(self._on_rows_selected)
        self.editor.message.connect(self.show_message)
        self.toolbar.alone_changed.connect(self._show_alone)
        self.toolbar.pick_asked.connect(self._on_pick_asked)
        self.toolbar.add_context_menu(self.grid)
        self.legend.asked.connect(self._on_class_asked)
        for digit in range(DIGITS + 1):
            for keys in (str(digit), f"Num+{digit}"):
                self.table.add_key(keys, partial(self._on_digit, digit))

    def work_on(self, session: ResultSession | None) -> None:
        """Edit another result."""
        if self._session is not None:
            self._session.shown.emphasize(None)
            self._session.layer.events.mode.disconnect(self._on_mode)
            self._session.layer.events.name.disconnect(self._on_name)
        self._session = session
        if session is not None:
            session.layer.events.mode.connect(self._on_mode)
            session.layer.events.name.connect(self._on_name)
        self._on_mode()
        self._on_name()
        self._message = ""
        self._errors.cancel()
        self.table.palette_model.show_errors(None)
        self.table.clearSelection()
        self.editor.work_on(session)
        self.hover.work_on(session)
        self.legend.follow(None)
        self.refresh()

    def refresh(self) -> None:
        """Show what the session holds now."""
        session, model = self._session, self.table.palette_model
        self.legend.follow(None if session is None else session.indexed.palette)
        model.class_order = self.legend.names
        model.why_fixed = "" if session is None else session.why_fixed
        if session is None:
            model.show(None)
        else:
            rows, count = self.table.rows(), model.rowCount()
            height, width = pixel_size(session.layer)
            model.show(session.indexed.palette, session.n_pixels, height * width, unit_of(session.layer))
            self._warning = _warn(session.indexed.palette)
            follow_palette(self._viewer, session.indexed, session.layer)
            if count != model.rowCount():
                self.table.select_rows(rows)
            self._errors_later.throttle()
        self._show_alone()
        self.show_state()

    def select(self, rows: list[int]) -> None:
        """Select the entries that were chosen in the image or in the palette layer."""
        self.table.select_rows(rows)
        self._show_alone()
        self.show_state()

    def show_message(self, text: str) -> None:
        """Show a line under the table; "" shows what is selected."""
        self._message = text
        self.show_state()

    def show_state(self) -> None:
        """Enable what is possible, and say what is selected."""
        rows = self.table.rows()
        self.toolbar.follow(self.table.palette_model.rowCount(), len(rows), self._session, self.editor.is_busy)
        self.note.setText(self._message or self._describe(rows))
        self.state_changed.emit()

    def _describe(self, rows: list[int]) -> str:
        if self._session is None:
            return ""
        palette, model = self._session.indexed.palette, self.table.palette_model
        text = describe_count(palette)
        if self._session.has_frames:
            text += " of this frame · a palette per frame cannot be edited"
        if locked := sum(palette.locked):
            text += f" · {locked} locked"
        if rows:
            share = float(palette.shares[rows].sum())
            area = format_number(model.area_of(share))
            text += f" · {len(rows)} selected: {format_share(share)}, {area}\N{NO-BREAK SPACE}{model.unit}²"
        elif self._warning:
            text += f" · {self._warning}"
        return text

    def _measure_errors(self) -> None:
        session = self._session
        source = None if session is None else session.source
        if session is None or source is None or session.is_lazy or session.has_frames:
            self.table.palette_model.show_errors(None)
            return
        indexed, image, rgb = session.indexed, full_resolution(source), bool(source.rgb)
        self._errors.start(lambda: color_errors(indexed, image, rgb=rgb))

    def _on_rows_selected(self, rows: list[int]) -> None:
        if self._session is not None:
            if rows:
                self._session.shown.use_as_brush(rows[0])
                if (strokes := find_strokes(self._viewer, self._session.layer)) is not None:
                    strokes.selected_label = rows[0] + 1
            self._session.shown.swatches.select(rows)
        self._message = ""
        self._show_alone()
        self.show_state()

    def _on_class_asked(self, name: str) -> None:
        """Put the selected entries into a class, or ask for a new one; select those of the class if none is."""
        if not name or self.table.rows():
            self.editor.classify(name or None)
        elif self._session is not None:
            classes = self._session.indexed.palette.classes
            self.table.select_rows([row for row, each in enumerate(classes) if each == name], quiet=False)

    def _on_digit(self, digit: int) -> None:
        names = self.legend.names
        if digit == 0:
            self.editor.classify("")
        elif digit <= len(names):
            self._on_class_asked(names[digit - 1])
        elif digit == len(names) + 1:
            self._on_class_asked("")
        else:
            self.show_message(f"There is no class {digit}; {len(names) + 1} makes a new one.")

    def _show_alone(self) -> None:
        if self._session is not None:
            rows = self.table.rows()
            alone = self.toolbar.alone_button.isChecked() and bool(rows)
            self._session.shown.emphasize(rows if alone else None, self.toolbar.alone_mode)

    def _on_mode(self, _: Any = None) -> None:
        """Show whether napari's picker is at work."""
        if isalive(self):
            self.toolbar.pick_button.setChecked(self._session is not None and self._session.layer.mode == "pick")

    def _on_name(self, _: Any = None) -> None:
        """Let a file of colours that are dragged out be called as one that is saved."""
        if isalive(self) and self._session is not None:
            self.table.palette_model.file_name = as_file_name(self._session.layer.name)

    def _on_pick_asked(self) -> None:
        """Let napari's own picker choose, or go back to moving about."""
        if self._session is not None:
            layer = self._session.layer
            if self.toolbar.pick_button.isChecked():
                self._viewer.layers.selection.active = layer
                layer.mode = "pick"
            elif layer.mode == "pick":
                layer.mode = "pan_zoom"


def _warn(palette: Palette) -> str:
    """Return what readers may mix up, where entries mean something; a palette of a picture need not be read."""
    is_read = len(palette) <= _MOST_READ and (any(palette.names) or any(palette.classes))
    text = describe_closest(palette) if is_read else ""
    return f"{text.replace('dE2000', 'ΔE')}: More, Make distinguishable" if text else ""
