"""The docks of a window: one of each kind, under one name, whichever door opened it; their work ends with them."""

from typing import Any

from napari.plugins import menu_item_template
from npe2 import PluginManager
from qtpy.compat import isalive
from qtpy.QtCore import QEvent, Qt, QTimer
from qtpy.QtWidgets import QAbstractSpinBox, QDockWidget, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from .focus import focusable, order_focus

_PLUGIN = "napari-colorquant"
#: What napari itself sets; how narrow a dock can be, its content says.
_NARROWEST = 50
#: Where somebody types.
_TYPED = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)


class DockedWidget(QWidget):
    """What stands in a dock of ours. A new one takes the place of one of the same kind in the same window.

    napari's menus and `Window.add_plugin_dock_widget` call one widget by two names, so that napari itself makes two.

    Parameters
    ----------
    napari_viewer : napari.Viewer
        The viewer, or napari's proxy of it, whose layers are proxies, too, that compare and live differently.

    Attributes
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    is_over : bool
        True from the closing of its dock until the widget is put into another.
    """

    #: The widget's name in the manifest.
    TITLE = ""

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__()
        self.viewer = getattr(napari_viewer, "__wrapped__", napari_viewer)
        self.is_over, self._is_new = False, True
        self.setAcceptDrops(True)
        self._close_others()

    def dragEnterEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Take the files that the canvas takes; not what is dragged about in the dock itself, as swatches are."""
        if (canvas := self._canvas()) is not None and event.source() is None:
            canvas.dragEnterEvent(event)

    def dropEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Open what is dropped, as if it were dropped on the canvas."""
        if (canvas := self._canvas()) is not None:
            canvas.dropEvent(event)

    def _canvas(self) -> Any:
        """Return what of napari's window takes files, or None if there is no window."""
        return getattr(getattr(self.viewer, "window", None), "_qt_viewer", None)

    def begin_work(self) -> None:
        """Begin again: the widget has been put into another dock."""

    def end_work(self) -> None:
        """Let go of everything: the dock has been closed; napari takes the widget out, but does not destroy it."""

    def event(self, event: QEvent | None) -> bool:
        """Follow the dock."""
        if event is not None and event.type() == QEvent.Type.ParentChange:
            was_over, self.is_over = self.is_over, self.parent() is None
            self._is_new = not self.is_over
            if self.is_over and not was_over:
                self.end_work()
            elif was_over and not self.is_over:
                self.begin_work()
        return super().event(event)

    def showEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Put the dock to rights: its smallest width was taken before there was a style, and its title is cut off."""
        super().showEvent(event)
        order_focus(self)
        QTimer.singleShot(0, self._dress_dock)
        if self._is_new:
            self._is_new = False
            QTimer.singleShot(0, self._take_focus)

    def _take_focus(self) -> None:
        """Let the keys go on here, unless somebody types elsewhere: Tab would come here after everything else."""
        if not isalive(self) or self._canvas() is None:
            return
        window = self.window()
        focus = None if window is None else window.focusWidget()
        if focus is not None and (self.isAncestorOf(focus) or (isinstance(focus, _TYPED) and focus.isVisible())):
            return
        # It may be at any button: napari's list of commands hides itself, and the focus goes to what comes next.
        first = next((each for each in focusable(self) if each.isVisible() and each.isEnabled()), self)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802, a name of Qt's
        """Go on as it is on the screen: controls come and go."""
        order_focus(self)
        return super().focusNextPrevChild(forward)

    def _dress_dock(self) -> None:
        dock = self.parentWidget() if isalive(self) else None
        if not isinstance(dock, QDockWidget):
            return
        dock.setMinimumWidth(min(dock.minimumWidth(), _NARROWEST))
        self.updateGeometry()
        # The plugin's name stands in the menus; in a tab and over the dock it takes the room of the title.
        dock.setWindowTitle(self.TITLE)
        label = getattr(dock.titleBarWidget(), "title", None)
        if isinstance(label, QLabel):
            label.setText(self.TITLE)

    def _close_others(self) -> None:
        window: Any = getattr(self.viewer, "window", None)
        for widget in [] if window is None else list(window.dock_widgets.values()):
            if type(widget) is type(self):
                window.remove_dock_widget(widget)


def find_dock(viewer: Any, title: str) -> tuple[QDockWidget, Any] | None:
    """Return the dock of ours with that title in the manifest, and its widget; None if it is not open."""
    make = _contribution(title)
    for widget in viewer.window.dock_widgets.values():
        if isinstance(widget, QWidget) and type(widget) is make:
            dock = widget.parentWidget()
            assert isinstance(dock, QDockWidget)
            return dock, widget
    return None


def open_dock(viewer: Any, title: str, *, tabify: bool = False) -> Any:
    """Show a dock of ours, the one that is there or a new one, and return its widget.

    Parameters
    ----------
    viewer : napari.Viewer
    title : str
        The widget's name in the manifest.
    tabify : bool
        Put a new one into a tab with the other docks of its side.
    """
    found = find_dock(viewer, title)
    if found is None:
        name = menu_item_template.format(PluginManager.instance().get_manifest(_PLUGIN).display_name, title)
        widget = _contribution(title)(viewer)
        found = viewer.window.add_dock_widget(widget, name=name, tabify=tabify), widget
    dock, widget = found
    dock.show()
    dock.raise_()
    return widget


def _contribution(title: str) -> Any:
    """Return what makes a widget of ours."""
    for widget in PluginManager.instance().iter_widgets():
        if widget.plugin_name == _PLUGIN and widget.display_name == title:
            return widget.get_callable()
    raise LookupError(f"the title must be that of a widget in the manifest, got {title!r}")
