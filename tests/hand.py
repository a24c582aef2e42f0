"""A person at the window: clicks and keys go to the real widgets, and are counted."""

from contextlib import contextmanager
from pathlib import Path

from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QStyle, QStyleOptionSpinBox

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Hand:
    """Counts each press of the mouse and of a key as a step; words that are typed are counted apart.

    A submenu opens under the mouse, without a press. What is dropped is one press.

    Parameters
    ----------
    qtbot, viewer
        Those of the test.
    """

    def __init__(self, qtbot, viewer):
        self.qtbot, self._viewer = qtbot, viewer
        self.steps, self.words = [], []
        self.window.activateWindow()

    @property
    def window(self):
        """The window; not kept, since a test's fixtures outlive it."""
        return self._viewer.window._qt_window

    def click(self, widget, place=None, what="click"):
        """Press the left button on the middle of a widget, or on a place in it."""
        assert widget.isVisible(), widget
        assert widget.isEnabled(), widget
        self.steps.append(what)
        self.qtbot.mouseClick(widget, LEFT, pos=widget.rect().center() if place is None else place)

    def double_click(self, widget, place):
        """Press the left button twice."""
        self.click(widget, place)
        self.steps.append("click")
        self.qtbot.mouseDClick(widget, LEFT, pos=place)

    def step_down(self, spin_box):
        """Click the lower button of a number box."""
        option = QStyleOptionSpinBox()
        spin_box.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_SpinBox, QStyle.SubControl.SC_SpinBoxDown
        self.click(spin_box, spin_box.style().subControlRect(control, option, part, spin_box).center())

    def press(self, key, modifier=NO_KEYS):
        """Press a key where the focus is."""
        self.steps.append("key")
        self.qtbot.keyClick(self._focused(), key, modifier)

    def type(self, text):
        """Type a word where the focus is."""
        self.words.append(text)
        for letter in text:  # the first may open an editor that gets the rest
            self.qtbot.keyClicks(self._focused(), letter)

    def choose(self, box, text):
        """Open a drop-down and click an entry."""
        native = getattr(box, "native", box)
        assert isinstance(native, QComboBox)
        self.click(native)
        view = native.view()
        self.qtbot.waitUntil(view.isVisible)
        row = native.findText(text)
        assert row >= 0, [native.itemText(place) for place in range(native.count())]
        view.scrollTo(native.model().index(row, 0))
        self.qtbot.wait(QApplication.doubleClickInterval() + 50)  # the click that opened it is over
        self.click(view.viewport(), view.visualRect(native.model().index(row, 0)).center())
        self.qtbot.waitUntil(lambda: not view.isVisible())
        assert native.currentText() == text

    def choose_in_menu(self, *titles):
        """Click a menu of the window, go through its submenus, and click the last entry."""
        bar = self.window.menuBar()
        self.click(bar, bar.actionGeometry(_find(bar, titles[0])).center())
        menu = _find(bar, titles[0]).menu()
        for title in titles[1:-1]:
            self.qtbot.waitUntil(menu.isVisible)
            menu = self._hover(menu, _find(menu, title))
        self.qtbot.waitUntil(menu.isVisible)
        self.click(menu, menu.actionGeometry(_find(menu, titles[-1])).center())

    def drop(self, path):
        """Drop a file onto the window."""
        self.steps.append("drop")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        target = self.window._qt_viewer
        action, place = Qt.DropAction.CopyAction, target.rect().center()
        for make, at in ((QDragEnterEvent, place), (QDropEvent, QPointF(place))):
            QApplication.sendEvent(target, make(at, action, data, LEFT, NO_KEYS))

    @contextmanager
    def answering(self, path):
        """Type the path into the file dialog that opens meanwhile, and press Enter."""
        timer = QTimer()
        timer.setInterval(20)

        def answer():
            dialog = QApplication.activeModalWidget()
            line = None if dialog is None else dialog.findChild(QLineEdit, "fileNameEdit")
            if line is not None and line.isVisible():
                timer.stop()
                self.words.append(Path(path).name)
                line.setText(str(path))  # key by key, the list of files that begin so takes Enter
                self.steps.append("key")
                self.qtbot.keyClick(line, Qt.Key.Key_Return)
                if dialog.isVisible():  # rather a failure than a test without end
                    dialog.reject()

        timer.timeout.connect(answer)
        timer.start()
        try:
            yield
        finally:
            timer.stop()

    def _hover(self, menu, action):
        place = menu.actionGeometry(action).center()
        inner = action.menu()
        self.qtbot.mouseMove(menu, place - QPoint(2, 0))
        self.qtbot.mouseMove(menu, place)
        self.qtbot.waitUntil(inner.isVisible)
        return inner

    def _focused(self):
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        return QApplication.focusWidget()


def _find(menu, title):
    texts = {action.text().replace("&", ""): action for action in menu.actions()}
    assert title in texts, list(texts)
    found = texts[title]
    assert not isinstance(menu, QMenu) or found.isEnabled()
    return found
