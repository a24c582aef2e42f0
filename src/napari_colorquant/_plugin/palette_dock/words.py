"""How words are typed into the palette's table: names, classes, hex codes."""

from qtpy.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QCompleter, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ..widgets.share_bar import VALUE_ROLE, ThemedDelegate
from .model import COLUMNS

#: The keys that end a word, and which of them are the same.
ENDS = {
    Qt.Key.Key_Return: Qt.Key.Key_Return,
    Qt.Key.Key_Enter: Qt.Key.Key_Return,
    Qt.Key.Key_Tab: Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab: Qt.Key.Key_Backtab,
}


class WordDelegate(ThemedDelegate):
    """A word to type: the keys that end it say where to go on, and none of them reaches the table.

    Attributes
    ----------
    finished : Signal of int
        A word was committed with this key: Enter, Tab or Backtab.
    """

    finished = Signal(int)

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:  # noqa: N802, of Qt's
        """Of a colour's code for which there is no room, leave out the middle: alpha, which tells most, stands last."""
        super().initStyleOption(option, index)
        if option is not None and (option.text or "").startswith("#"):
            option.textElideMode = Qt.TextElideMode.ElideMiddle

    def createEditor(  # noqa: N802, a name of Qt's
        self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget | None:
        """Return a line to type into."""
        editor = QLineEdit(parent)
        editor.setFrame(False)
        editor.setAccessibleName(COLUMNS[index.column()].title)
        return editor

    def eventFilter(self, editor: QObject | None, event: QEvent | None) -> bool:  # noqa: N802, a name of Qt's
        """Commit at once: Qt does so a moment later, and hands Enter on to the table in between."""
        if isinstance(editor, QLineEdit) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = ENDS.get(Qt.Key(event.key()))
            if key is not None and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
                self.finish(editor, key)
                return True
        return super().eventFilter(editor, event)

    def finish(self, editor: QLineEdit, key: Qt.Key) -> None:
        """Commit what was typed, close the editor, and tell of the key."""
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self.finished.emit(int(key))


class ClassDelegate(WordDelegate):
    """The name of a class; typing one completes those that are there."""

    def createEditor(  # noqa: N802, a name of Qt's
        self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> QWidget | None:
        """Return a line to type into."""
        editor = super().createEditor(parent, option, index)
        assert isinstance(editor, QLineEdit)
        known = sorted(set(index.data(VALUE_ROLE)) - {""})
        completer = QCompleter(known, editor)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        editor.setCompleter(completer)
        popup = completer.popup()
        assert popup is not None
        self._popup_keys = _PopupKeys(self, editor, completer)
        popup.installEventFilter(self._popup_keys)
        return editor


class _PopupKeys(QObject):
    """While the list of completions is open it gets the keys: those that end a word take what is marked in it."""

    def __init__(self, delegate: WordDelegate, editor: QLineEdit, completer: QCompleter) -> None:
        super().__init__(editor)
        self._delegate, self._editor, self._completer = delegate, editor, completer

    def eventFilter(self, popup: QObject | None, event: QEvent | None) -> bool:  # noqa: N802, a name of Qt's
        """End the word with the key that the editor would end it with."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key, view = ENDS.get(Qt.Key(event.key())), self._completer.popup()
        if key is None or view is None:
            return False
        if view.currentIndex().isValid():
            self._editor.setText(str(view.currentIndex().data()))
        view.hide()
        self._delegate.finish(self._editor, key)
        return True
