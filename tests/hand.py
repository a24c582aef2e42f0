"""A person at the window: clicks and keys go to the real widgets, and are counted."""

from contextlib import contextmanager, suppress
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
        self._choose(_find(bar, titles[0]).menu(), titles[1:])

    def choose_in_popup(self, *titles):
        """Go through the submenus of the menu that is open, and click the last entry."""
        self.qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        self._choose(QApplication.activePopupWidget(), titles)

    def _choose(self, menu, titles):
        for title in titles[:-1]:
            self.qtbot.waitUntil(menu.isVisible)
            menu = self._hover(menu, _find(menu, title))
        self.qtbot.waitUntil(menu.isVisible)
        self.click(menu, menu.actionGeometry(_find(menu, titles[-1])).center())

    def drop(self, path, onto=None):
        """Drop a file onto a widget, by default the canvas; it goes to whoever takes it, as from the desktop."""
        self.steps.append("drop")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        target, action = self.window._qt_viewer if onto is None else onto, Qt.DropAction.CopyAction
        while target is not None:
            place = target.rect().center()
            entered = QDragEnterEvent(place, action, data, LEFT, NO_KEYS)
            if target.acceptDrops() and QApplication.sendEvent(target, entered) and entered.isAccepted():
                QApplication.sendEvent(target, QDropEvent(QPointF(place), action, data, LEFT, NO_KEYS))
                return
            target = target.parentWidget()
        raise AssertionError("nothing there takes a file")

    @contextmanager
    def answering(self, path):
        """Type the path into the file dialog that opens meanwhile, and press Enter."""

        def write(line):
            self.words.append(Path(path).name)
            line.setText(str(path))  # key by key, the list of files that begin so takes Enter

        with self._asked("fileNameEdit", write):
            yield

    @contextmanager
    def answering_text(self, text):
        """Type a word into the dialog that opens meanwhile, and press Enter."""

        def write(line):
            self.words.append(text)
            self.qtbot.keyClicks(line, text)

        with self._asked("", write):
            yield

    @contextmanager
    def _asked(self, name, write):
        """Write into the line of that name, or the only one, of a dialog that opens meanwhile, and press Enter."""
        timer = QTimer()
        timer.setInterval(20)

        def answer():
            dialog = QApplication.activeModalWidget()
            line = None if dialog is None else dialog.findChild(QLineEdit, name or None)
            if line is not None and line.isVisible():
                timer.stop()
                write(line)
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
        for _ in range(20):  # where the mouse was at rest over the entry before, it has to leave and come back
            self.qtbot.mouseMove(menu, menu.rect().bottomLeft() + QPoint(4, -4))
            self.qtbot.mouseMove(menu, place - QPoint(2, 0))
            self.qtbot.mouseMove(menu, place)
            with suppress(self.qtbot.TimeoutError):
                self.qtbot.waitUntil(inner.isVisible, timeout=1500)
                return inner
        raise AssertionError(f"{action.text()} does not open")

    def _focused(self):
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        return QApplication.focusWidget()


def _find(menu, title):
    texts = {action.text().replace("&", ""): action for action in menu.actions()}
    assert title in texts, list(texts)
    found = texts[title]
    assert not isinstance(menu, QMenu) or found.isEnabled()
    return found
