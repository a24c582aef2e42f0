"""The way of the Tab key through a dock: as its controls stand on the screen, whenever they were made."""

from collections.abc import Iterator
from itertools import pairwise

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLayout,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QWidget,
)

#: They know themselves what of them has the focus.
_WHOLE = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox)


def order_focus(root: QWidget) -> None:
    """Let Tab go through all that stands in `root` in the order of its layouts."""
    for before, after in pairwise(focusable(root)):
        QWidget.setTabOrder(before, after)


def focusable(root: QWidget) -> list[QWidget]:
    """Return what Tab can reach in `root`, hidden or not, in the order of the layouts."""
    return [widget for widget in _walk(root) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]


def _walk(widget: QWidget) -> Iterator[QWidget]:
    yield widget
    if isinstance(widget, _WHOLE):
        return
    layout = widget.layout()
    if isinstance(widget, QScrollArea):
        inside = widget.widget()
        yield from () if inside is None else _walk(inside)
    elif isinstance(widget, QTabWidget):
        yield from (each for each in (widget.tabBar(),) if each is not None)
        for page in (widget.widget(number) for number in range(widget.count())):
            yield from () if page is None else _walk(page)
    elif isinstance(widget, QSplitter):
        for part in (widget.widget(number) for number in range(widget.count())):
            yield from () if part is None else _walk(part)
    elif layout is not None:
        yield from _walk_layout(layout)


def _walk_layout(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        assert item is not None
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from _walk(widget)
        elif inner is not None:
            yield from _walk_layout(inner)
