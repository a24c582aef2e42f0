"""The palette in the dock: the colours of the active result, what is measured with them, and where else they go."""

from typing import Any

from napari.layers import Image, Labels, Layer
from napari.utils.theme import get_theme
from qtpy.compat import isalive
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QFocusEvent
from qtpy.QtWidgets import QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from ..commands.result_actions import result_menu
from ..commands.save_picture import save_picture
from ..layers.active_result import find_result
from ..layers.class_layer import show_class_map, update_class_map
from ..layers.copies import part_copies
from ..layers.provenance import read_palette
from ..layers.words import tell_left_out
from ..widgets.debouncer import Debouncer
from ..widgets.forms import dress
from ..widgets.title import Title
from .apply_tab import Applied, ApplyTab
from .colors_tab import ColorsTab
from .head import PaletteHead
from .hint import HINT_HIGH, LEAST_HIGH, MARGINS, SPACING, Hint
from .measure_tab import MeasureTab
from .session import ResultSession

#: So much less is enough: a splitter that rounds shall not have to move.
_SLACK = 6
#: So long after an edit a class map that is there follows.
_CLASS_MAP_MS = 100


class PaletteWidget(QWidget):
    """Edit, name, lock, group and measure the colours of the active result.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
        The viewer whose active result layer is edited.
    whole : QWidget, optional
        What this is a part of: its keys are those of the palette, too.

    Attributes
    ----------
    session : ResultSession or None
        The result that is shown, with its undo stack.
    is_over : bool
        True from the closing of its dock until that is opened again.
    colors, measure, apply : QWidget
        The tabs.
    """

    def __init__(self, viewer: Any, whole: QWidget | None = None) -> None:
        super().__init__()
        self.viewer = viewer
        self._whole = self if whole is None else whole
        self.is_over = False
        self._sessions: dict[Labels, ResultSession] = {}
        self.session: ResultSession | None = None
        self._class_map_later = Debouncer(self._update_class_map, _CLASS_MAP_MS, self)
        self.colors, self.measure, self.apply = ColorsTab(self.viewer), MeasureTab(self.viewer), ApplyTab(self.viewer)
        self._build()
        self._connect()
        self._on_theme_changed()
        self._follow_active()

    def minimumSizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return a height that does not depend on the palette: what is above shall not move when another one comes."""
        return QSize(super().minimumSizeHint().width(), HINT_HIGH if self.session is None else LEAST_HIGH - _SLACK)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Let the colours have the keys: a button was clicked, which takes none, or the ground beside it."""
        super().focusInEvent(event)
        if self.colors.isVisible():
            self.colors.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def open(self, layer: Labels | None) -> None:
        """Show the palette of a result layer, or none."""
        session = None if layer is None else self._session_of(layer)
        if session is not self.session or session is None:
            self.session = session
            for tab in (self.colors, self.measure, self.apply):
                tab.work_on(session)
        self.pages.setCurrentWidget(self.hint if session is None else self.tabs)
        self.head.setVisible(session is not None)
        self.pages.updateGeometry()  # another height is needed, see `minimumSizeHint`

    def follow_run(self, layer: Layer) -> None:
        """Open what a run has written, even where the palette of another image is open; not while it `is_over`."""
        if isinstance(layer, Labels) and not self.is_over:
            self.open(layer)

    def begin_work(self) -> None:
        """Open what is active now: the dock has been opened again."""
        self.is_over = False
        self._follow_active()

    def end_work(self) -> None:
        """End the sessions, with their undo stacks: the next dock reads the layers, and must be the only one to."""
        self.is_over = True
        self.apply.cancel()
        if self.session is not None:
            self.session.settle()
        self.open(None)
        for layer in list(self._sessions):
            self._end_session(layer)

    def undo(self) -> None:
        """Take the last step back."""
        if self.session is not None and not self.colors.editor.is_busy:
            self.session.settle()
            self.session.stack.undo()

    def redo(self) -> None:
        """Make the step again that was taken back."""
        if self.session is not None and not self.colors.editor.is_busy:
            self.session.settle()
            self.session.stack.redo()

    def save(self) -> None:
        """Ask for a file, and write the picture."""
        if self.session is not None:
            self.save_result(self.session.layer)

    def save_result(self, layer: Labels) -> None:
        """Ask for a file, and write the picture of a result, this one or another."""
        if self.session is not None:
            self.session.settle()
        save_picture(self, self.viewer, layer)

    def show_class_map(self) -> None:
        """Show the classes as a layer of their own."""
        if self.session is not None:
            try:
                self.session.require_pixels()
                show_class_map(self.viewer, self.session.indexed, self.session.layer)
            except ValueError as error:
                self.colors.show_message(str(error))

    def _update_class_map(self) -> None:
        session = self.session
        if session is not None and not session.is_lazy and session.layer in self.viewer.layers:
            update_class_map(self.viewer, session.indexed, session.layer)

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # or a click on a button would lead the keys out of the dock
        self.title = Title()
        self.title.setMinimumWidth(40)
        self.head = PaletteHead(
            result_menu(self, self.viewer, lambda: None if self.session is None else self.session.layer)
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        bar = self.tabs.tabBar()
        assert bar is not None
        bar.setDrawBase(False)
        for part in (self.tabs, bar):
            part.setAccessibleName("Colours, Measure or Apply")
        bar.setStyleSheet("QTabBar { background: transparent }")
        for tab, name in ((self.colors, "Colours"), (self.measure, "Measure"), (self.apply, "Apply")):
            self.tabs.addTab(tab, name)
        self.hint = Hint()
        # Both pages take the room of the larger one: the controls above stay where they are when a palette comes.
        self.pages = QStackedWidget()
        self.pages.addWidget(self.hint)
        self.pages.addWidget(self.tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*MARGINS)
        layout.setSpacing(SPACING)
        first = QHBoxLayout()
        first.addWidget(self.title, stretch=1)
        first.addWidget(self.head)
        layout.addLayout(first)
        layout.addWidget(self.pages, stretch=1)

    def _connect(self) -> None:
        layers = self.viewer.layers
        layers.selection.events.active.connect(self._follow_active)
        layers.events.inserted.connect(self._on_inserted)
        layers.events.removed.connect(self._on_removed)
        layers.events.renamed.connect(self._on_renamed)
        self.viewer.events.theme.connect(self._on_theme_changed)
        self.colors.state_changed.connect(self._show_state)
        self.colors.toolbar.class_map_asked.connect(self.show_class_map)
        self.apply.applied.connect(self._on_applied)
        self.head.connect(self._whole, self.undo, self.redo, self.save)

    def _session_of(self, layer: Labels) -> ResultSession | None:
        if layer not in self._sessions:
            try:
                session = ResultSession(self.viewer, layer, self)
            except ValueError as error:  # the layer holds labels that its palette does not have
                self.colors.show_message(str(error))
                return None
            # Methods, not lambdas: a stack that is destroyed with this widget still tells of its last step.
            session.changed.connect(self.colors.refresh)
            session.changed.connect(self._class_map_later.throttle)
            session.picked.connect(self._on_picked)
            session.message.connect(self._on_message)
            session.undo_asked.connect(self._on_undo_asked)
            session.redo_asked.connect(self._on_redo_asked)
            session.stack.indexChanged.connect(self._show_state)
            self._sessions[layer] = session
        return self._sessions[layer]

    def _follow_active(self, _: Any = None) -> None:
        if not isalive(self) or self.is_over:
            return
        part_copies(self.viewer)  # before a result is looked for by its id
        layers = self.viewer.layers
        is_open = self.session is not None and self.session.layer in layers
        active = layers.selection.active
        # While a result is open, an image is selected to apply the palette to it, not to leave the palette.
        says_nothing = active is None or isinstance(active, Image)
        found = None if is_open and says_nothing else find_result(self.viewer, active)
        if found is None and not is_open:
            found = find_result(self.viewer, None)
        if found is not None or not is_open:
            self.open(found)

    def _on_inserted(self, _: Any = None) -> None:
        if isalive(self):
            self._follow_active()
            for session in self._sessions.values():  # swatches come after their result, which was open by then
                session.shown.swatches.find()

    def _on_renamed(self, _: Any = None) -> None:
        self._show_state()

    def _on_removed(self, event: Any) -> None:
        if isalive(self) and event.value in self._sessions:
            was_shown = self.session is self._sessions[event.value]
            self._end_session(event.value)
            if was_shown:
                self.session = None
                self._follow_active()

    def _end_session(self, layer: Labels) -> None:
        session = self._sessions.pop(layer)
        session.close()
        session.deleteLater()

    def _on_picked(self, rows: list[int]) -> None:
        if self.sender() is self.session:
            self.colors.select(rows)

    def _on_message(self, text: str) -> None:
        if self.sender() is self.session:
            self.colors.show_message(text)

    def _on_undo_asked(self) -> None:
        if self.sender() is self.session:
            self.undo()

    def _on_redo_asked(self) -> None:
        if self.sender() is self.session:
            self.redo()

    def _show_state(self, _: Any = None) -> None:
        """Say whose palette it is, and which steps can be taken back."""
        if not (isalive(self) and isalive(self.title)):
            return
        session = self.session
        name = "" if session is None else session.layer.name
        self.title.setText(name)
        self.title.setToolTip(name)
        self.head.follow(None if session is None else session.stack)

    def _on_applied(self, applied: Applied) -> None:
        if applied.result in self.viewer.layers:  # the new layers were active for a moment, and in the table
            self.open(applied.result)
        by_class = bool(applied.rows) and "index" not in applied.rows[0]
        left_out = tell_left_out(read_palette(applied.result)) if by_class else ""
        self.measure.show_rows_of_others(applied.rows, f"The palette in other images{left_out}.")

    def _on_theme_changed(self, _: Any = None) -> None:
        if isalive(self):
            theme = get_theme(self.viewer.theme)
            dress(self, theme)
            for part in (self.colors.table, self.colors.grid, self.measure.table, self.colors.toolbar, self.head):
                part.set_theme(theme)
