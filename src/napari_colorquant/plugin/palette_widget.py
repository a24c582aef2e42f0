"""The palette's dock: the table of the active result, its tools, and what is measured with it."""

from typing import Any

from napari.layers import Labels, Layer
from napari.utils.theme import get_theme
from qtpy.compat import isalive
from qtpy.QtCore import QSize, Qt, QTimer
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QHBoxLayout, QLabel, QShortcut, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from ..measure import color_errors
from .active_result import find_result
from .apply_tab import ApplyTab
from .binding import ResultSession
from .class_layer import show_class_map
from .forms import Note, style_sheet
from .measure_tab import MeasureTab
from .palette_editor import PaletteEditor
from .palette_model import format_number, format_share
from .palette_table import PaletteTable
from .palette_toolbar import IconButton, PaletteToolbar
from .runner import Runner
from .sources import pixel_size, unit_of
from .task import full_resolution

_MARGIN = 9
_ERRORS_AFTER_MS = 300
_EMPTY = "No palette yet: quantize an image as Labels, or select such a result in the list of layers."


class PaletteWidget(QWidget):
    """Edit, name, lock, group and measure the colours of the active result.

    Parameters
    ----------
    napari_viewer : napari.Viewer
        The viewer whose active result layer is edited.
    """

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__()
        self.viewer = getattr(napari_viewer, "__wrapped__", napari_viewer)
        self._sessions: dict[Labels, ResultSession] = {}
        self.session: ResultSession | None = None
        self.table = PaletteTable()
        self.editor = PaletteEditor(self, self.table)
        self.toolbar = PaletteToolbar(self.editor, self.table)
        self.measure, self.apply = MeasureTab(self.viewer), ApplyTab(self.viewer)
        self._errors = Runner(self)
        self._errors.succeeded.connect(self.table.palette_model.show_errors)
        self._errors_later = QTimer(self)
        self._errors_later.setSingleShot(True)
        self._errors_later.setInterval(_ERRORS_AFTER_MS)
        self._errors_later.timeout.connect(self._measure_errors)
        self._build()
        self._connect()
        self._on_theme_changed()
        self._follow_active()

    def sizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Ask for a dock that shows the most telling columns."""
        return QSize(340, 480)

    def open(self, layer: Labels | None) -> None:
        """Show the palette of a result layer."""
        session = None if layer is None else self._session_of(layer)
        if session is self.session:
            return
        if self.session is not None:
            self.session.emphasize(None)
        self.session = session
        self.table.palette_model.show_errors(None)
        for part in (self.editor, self.measure, self.apply):
            part.work_on(session)
        self.tell("")
        self._refresh()
        self._on_alone_changed()

    def tell(self, text: str) -> None:
        """Show a line at the foot of the table; "" shows what is selected."""
        self._told = text
        self._show_state()

    def undo(self) -> None:
        """Take the last step back."""
        if self.session is not None and not self.editor.is_busy:
            self.session.settle()
            self.session.stack.undo()

    def redo(self) -> None:
        """Make the step again that was taken back."""
        if self.session is not None and not self.editor.is_busy:
            self.session.settle()
            self.session.stack.redo()

    def show_class_map(self) -> None:
        """Show the classes as a layer of their own."""
        if self.session is not None:
            try:
                show_class_map(self.viewer, self.session.indexed, self.session.layer)
            except ValueError as error:
                self.tell(str(error))

    def _build(self) -> None:
        self.title = QLabel()
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.undo_button = IconButton("undo", "Undo (Ctrl+Z)")
        self.redo_button = IconButton("redo", "Redo (Ctrl+Shift+Z)")
        self.undo_button.clicked.connect(self.undo)
        self.redo_button.clicked.connect(self.redo)
        self.note = Note()
        self._told = ""
        head = QHBoxLayout()
        head.setSpacing(1)
        head.addWidget(self.title, stretch=1)
        head.addWidget(self.undo_button)
        head.addWidget(self.redo_button)
        colors = QWidget()
        rows = QVBoxLayout(colors)
        rows.setContentsMargins(0, 6, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.toolbar)
        rows.addWidget(self.table, stretch=1)
        rows.addWidget(self.note)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        bar = self.tabs.tabBar()
        assert bar is not None
        bar.setDrawBase(False)
        bar.setStyleSheet("QTabBar { background: transparent }")
        self.tabs.addTab(colors, "Colours")
        self.tabs.addTab(self.measure, "Measure")
        self.tabs.addTab(self.apply, "Apply")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tabs, stretch=1)

    def _connect(self) -> None:
        layers = self.viewer.layers
        layers.selection.events.active.connect(self._follow_active)
        layers.events.inserted.connect(self._follow_active)
        layers.events.removed.connect(self._on_removed)
        self.viewer.events.theme.connect(self._on_theme_changed)
        self.table.rows_selected.connect(self._on_rows_selected)
        self.editor.told.connect(self.tell)
        self.toolbar.alone_changed.connect(self._on_alone_changed)
        self.toolbar.pick_asked.connect(self._on_pick_asked)
        self.toolbar.class_map_asked.connect(self.show_class_map)
        self.apply.applied.connect(lambda applied: self.measure.show_rows(applied.rows, applied.text))
        keys = ((QKeySequence.StandardKey.Undo, self.undo), (QKeySequence("Ctrl+Shift+Z"), self.redo))
        for key, slot in (*keys, (QKeySequence("Ctrl+Y"), self.redo)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _session_of(self, layer: Labels) -> ResultSession | None:
        if layer not in self._sessions:
            try:
                session = ResultSession(self.viewer, layer, self)
            except ValueError as error:
                self.tell(str(error))
                return None
            session.changed.connect(lambda: self._on_changed(session))
            session.picked.connect(lambda rows: self._on_picked(session, rows))
            session.stack.indexChanged.connect(lambda _: self._show_state())
            self._sessions[layer] = session
        return self._sessions[layer]

    def _follow_active(self, _: Any = None) -> None:
        if not isalive(self):
            return
        active = self.viewer.layers.selection.active
        found = find_result(self.viewer, active)
        if found is None and (self.session is None or self.session.layer not in self.viewer.layers):
            found = find_result(self.viewer, None)
        if found is not None or self.session is None or self.session.layer not in self.viewer.layers:
            self.open(found)

    def _on_removed(self, event: Any) -> None:
        if not isalive(self):
            return
        layer: Layer = event.value
        if layer in self._sessions:
            session = self._sessions.pop(layer)
            session.close()
            if session is self.session:
                self.open(find_result(self.viewer, self.viewer.layers.selection.active))
            session.deleteLater()

    def _on_changed(self, session: ResultSession) -> None:
        if session is self.session:
            self._refresh()

    def _refresh(self) -> None:
        """Show what the session holds now."""
        session, model = self.session, self.table.palette_model
        if session is None:
            model.show(None)
        else:
            rows = self.table.rows()
            indexed, layer = session.indexed, session.layer
            height, width = pixel_size(layer)
            before = model.rowCount()
            model.show(indexed.palette, session.n_pixels, height * width, unit_of(layer))
            if before != model.rowCount():
                self.table.select_rows([row for row in rows if row < len(indexed.palette)])
            self._errors_later.start()
        self._show_state()

    def _measure_errors(self) -> None:
        session = self.session
        source = None if session is None else session.source
        if session is None or source is None:
            self.table.palette_model.show_errors(None)
            return
        indexed, image, rgb = session.indexed, full_resolution(source), bool(source.rgb)
        self._errors.start(lambda: color_errors(indexed, image, rgb=rgb))

    def _show_state(self) -> None:
        """Enable what is possible, and say what is selected."""
        session, rows = self.session, self.table.rows()
        count = 0 if session is None else len(session.indexed.palette)
        self.toolbar.follow(count, len(rows), self.editor.is_busy)
        name = "Palette" if session is None else session.layer.name
        self.title.setText(self.title.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 4096))
        self.title.setToolTip(name)
        stack = None if session is None else session.stack
        _show_step(self.undo_button, "Undo", "Ctrl+Z", None if stack is None else (stack.canUndo(), stack.undoText()))
        _show_step(
            self.redo_button, "Redo", "Ctrl+Shift+Z", None if stack is None else (stack.canRedo(), stack.redoText())
        )
        self.note.setText(self._told or self._describe(rows))

    def _describe(self, rows: list[int]) -> str:
        if self.session is None:
            return _EMPTY
        palette = self.session.indexed.palette
        text = f"{len(palette)} colours" if len(palette) != 1 else "1 colour"
        if locked := sum(palette.locked):
            text += f" · {locked} locked"
        if rows:
            model = self.table.palette_model
            share = float(palette.weights[rows].sum())
            area = format_number(model.area_of(share))
            text += f" · {len(rows)} selected: {format_share(share)}, {area} {model.unit}²"
        return text

    def _on_rows_selected(self, rows: list[int]) -> None:
        if self.session is not None:
            if rows:
                self.session.use_as_brush(rows[0])
            self.session.palette_layer.select(rows)
        self._on_alone_changed()
        self._show_state()

    def _on_picked(self, session: ResultSession, rows: list[int]) -> None:
        if session is self.session:
            self.table.select_rows(rows)
            self._on_alone_changed()
            self._show_state()

    def _on_alone_changed(self) -> None:
        if self.session is not None:
            rows = self.table.rows()
            alone = self.toolbar.alone_button.isChecked() and bool(rows)
            self.session.emphasize(rows if alone else None, self.toolbar.alone_mode)

    def _on_pick_asked(self) -> None:
        """Let napari's own picker choose, or go back to moving about."""
        if self.session is not None:
            layer = self.session.layer
            if self.toolbar.pick_button.isChecked():
                self.viewer.layers.selection.active = layer
                layer.mode = "pick"
            elif layer.mode == "pick":
                layer.mode = "pan_zoom"

    def _on_theme_changed(self, _: Any = None) -> None:
        if isalive(self):
            theme = get_theme(self.viewer.theme)
            self.setStyleSheet(style_sheet(theme))
            self.table.set_theme(theme)
            for part in (self.toolbar, self.undo_button, self.redo_button):
                part.set_color(theme.icon.as_hex())


def _show_step(button: IconButton, verb: str, keys: str, step: tuple[bool, str] | None) -> None:
    """Let a button say which step it would take back or make again, if there is one."""
    possible, text = step or (False, "")
    button.setEnabled(possible)
    button.setToolTip(f"{verb}: {text} ({keys})" if text else f"{verb} ({keys})")
