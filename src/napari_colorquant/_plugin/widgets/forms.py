"""The bricks of the panel: rows with aligned labels, folds, one-line notes."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from magicgui.widgets import FloatSpinBox, create_widget
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtGui import QHelpEvent, QIcon
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolTip,
    QWidget,
)
from superqt import QCollapsible

from ...registry import Option
from .report import Report

#: Between rows.
GAP = 6
_NO_LIMIT = (1 << 24) - 1
#: What of a drop-down's width is no text.
_ARROW = 34
_FOLD_STYLE = "QPushButton { background: transparent; border: none; text-align: left; padding: 0 }"


class Note(QLabel):
    """Small print under a control; wraps, and is quieter than the control (see `dress`)."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class Form(QWidget):
    """Rows of a label and a control, or of one wide thing.

    The labels of all forms of a panel are brought to one width by `align_labels`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[QLabel] = []
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(8)
        self._layout.setVerticalSpacing(GAP)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def add_row(self, text: str, control: Any, tooltip: str = "") -> None:
        """Add a control (magicgui's or Qt's) with its label; both say what it does to the picture."""
        native = native_of(control)
        label = QLabel(text)
        label.setBuddy(native)
        name_control(native, text)
        label.setToolTip(tooltip)
        native.setToolTip(tooltip)
        make_narrow(native)
        if isinstance(native, QComboBox):
            native.installEventFilter(_FullText(native))
        self.labels.append(label)
        self._layout.addRow(label, native)

    def add_wide(self, control: Any) -> None:
        """Add something that takes the whole width."""
        self._layout.addRow(native_of(control))

    def add_note(self, note: Note) -> None:
        """Add small print under the control of the row before."""
        self._layout.addRow(note)

    def set_row_visible(self, control: Any, visible: bool) -> None:
        """Show or hide a control together with its label, without a gap."""
        native = native_of(control)
        label = self._layout.labelForField(native)
        for widget in (native, label):
            if widget is not None:
                widget.setVisible(visible)

    def clear(self) -> None:
        """Remove every row."""
        self.labels.clear()
        while self._layout.rowCount():
            self._layout.removeRow(0)


class Column(QWidget):
    """What scrolls: as high as its rows are at its width, and not as high as they would be at their narrowest."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return the narrowest width; for the height, its layout is asked."""
        return QSize(super().minimumSizeHint().width(), 0)


class Fold(QCollapsible):
    """A part of the panel that is folded away until it is opened; neither eye nor Tab finds what is in a closed one."""

    def __init__(self, title: str) -> None:
        super().__init__(expandedIcon=QIcon(), collapsedIcon=QIcon())
        self._title = title
        self.toggled.connect(self._show_title)
        self._show_title(False)
        self.setDuration(0)
        outer, inner = self.layout(), self.content().layout()
        assert outer is not None
        assert inner is not None
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(GAP)
        inner.setContentsMargins(14, 0, 0, 0)
        self.toggleButton().setStyleSheet(_FOLD_STYLE)
        self.form = Form()
        self.addWidget(self.form)
        self.toggleButton().setAccessibleName(title)
        self.content().hide()

    def eventFilter(self, a0: Any, a1: Any) -> bool:  # noqa: N802, a name of Qt's
        """Let the layout decide how high an open fold is: superqt fixes the height that it had when it was opened."""
        return False

    def _show_title(self, is_open: bool) -> None:
        self.content().setVisible(is_open)
        if is_open:
            self.content().setMaximumHeight(_NO_LIMIT)
        # As text, the arrow has the colour of the theme; superqt's icons keep the colour of their birth.
        self.setText(f"{'▾' if is_open else '▸'} {self._title}")


def option_widget(option: Option, value: Any = None) -> ValueWidget[Any]:
    """Return a magicgui control for an option of a method, at `value` or at its default."""
    value = option.default if value is None else value
    if option.kind is float:
        return _float_widget(option, value)
    widget = create_widget(value, annotation=option.kind, name=option.name, options=dict(option.limits))
    assert isinstance(widget, ValueWidget)
    return widget


def _float_widget(option: Option, value: float) -> FloatSpinBox:
    # As many decimals as the value needs: a spin box rounds what it is given, and 0.0001 is not 0.
    widget = FloatSpinBox(name=option.name, value=option.limits["max"], **option.limits)
    spin_box = widget.native
    spin_box.setDecimals(max(_decimals(number) for number in (value, option.default, option.limits["min"])) + 1)
    spin_box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
    widget.value = value
    return widget


def _decimals(number: float) -> int:
    return max(0, -int(Decimal(repr(float(number))).as_tuple().exponent))


class _FullText(QObject):
    """Says in the tooltip of a drop-down what does not fit into it."""

    def eventFilter(self, box: QObject | None, event: QEvent | None) -> bool:  # noqa: N802, a name of Qt's
        """Put the whole text before the tooltip."""
        if not isinstance(box, QComboBox) or not isinstance(event, QHelpEvent):
            return False
        if box.fontMetrics().horizontalAdvance(box.currentText()) <= box.width() - _ARROW:
            return False
        QToolTip.showText(event.globalPos(), f"{box.currentText()}\n\n{box.toolTip()}".strip(), box)
        return True


def name_control(native: QWidget, name: str) -> None:
    """Give a control, and what it consists of, a name for those who hear it."""
    for each in (native, *native.findChildren(QWidget)):
        if not each.accessibleName():
            each.setAccessibleName(name)


def native_of(control: Any) -> QWidget:
    """Return the Qt widget of a magicgui widget, or the Qt widget itself."""
    native: QWidget = getattr(control, "native", control)
    return native


def make_narrow(native: QWidget) -> None:
    """Let a control shrink with a narrow dock; a long name is cut, not the panel widened."""
    if isinstance(native, QComboBox):
        native.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        native.setMinimumContentsLength(6)
    native.setSizePolicy(QSizePolicy.Policy.Expanding, native.sizePolicy().verticalPolicy())


def dress(root: QWidget, theme: Any) -> None:
    """Give what is in a panel now its style in the colours of a napari theme: quiet notes, a prominent main button.

    Each has a sheet of its own. With one sheet for the panel, Qt would work out the style of all that is in it anew at
    every step on the way into the window, which is half of the time in which the panel opens.
    """
    sheet = _style_sheet(theme)
    mains = (button for button in root.findChildren(QPushButton) if button.objectName() == "main")
    for part in (*root.findChildren(Note), *root.findChildren(Report), *mains):
        if part.styleSheet() != sheet:
            part.setStyleSheet(sheet)


def _style_sheet(theme: Any) -> str:
    red, green, blue = theme.text.as_rgb_tuple(alpha=False)
    points = float(str(theme.font_size).removesuffix("pt")) - 1
    return (
        f"Note, Report {{ color: rgba({red}, {green}, {blue}, 65%); font-size: {points:g}pt }}"
        f"QPushButton#main:enabled {{ background-color: {theme.current}; font-weight: 600 }}"
        f"QPushButton#main:enabled:hover {{ background-color: {theme.highlight} }}"
    )


def align_labels(forms: Iterable[Form]) -> None:
    """Give the labels of several forms one width, so that their controls stand in one column."""
    labels = [label for form in forms for label in form.labels]
    for label in labels:
        label.setMinimumWidth(0)
        label.ensurePolished()
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(width)
