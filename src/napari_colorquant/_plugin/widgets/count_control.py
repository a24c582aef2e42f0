"""A number of colours: a spin box and a logarithmic slider that tell the same."""

import math
from typing import Any

from qtpy.QtCore import QSignalBlocker, Qt, Signal
from qtpy.QtWidgets import QAbstractSpinBox, QHBoxLayout, QSlider, QSpinBox, QWidget

#: What the buttons of a number box take, and a digit, in pixels.
_BUTTONS, _DIGIT = 64, 8


class CountControl(QWidget):
    """A whole number, typed or drawn: the slider is logarithmic, since 2 to 16 matters as much as 16 to 128.

    It may end before the numbers that can be typed.
    """

    changed = Signal(int)
    _STEPS = 16
    _WITH_SLIDER = 150

    def __init__(self, low: int, high: int, value: int, *, slides_to: int | None = None) -> None:
        super().__init__()
        self.spin_box = QSpinBox()
        self.spin_box.setRange(low, high)
        self.spin_box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
        self.spin_box.setFixedWidth(_BUTTONS + _DIGIT * len(str(high)))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(self._to_step(low), self._to_step(high if slides_to is None else slides_to))
        self.slider.setPageStep(self._STEPS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.spin_box)
        layout.addWidget(self.slider, stretch=1)
        self.setFocusProxy(self.spin_box)
        self.spin_box.valueChanged.connect(self._follow_spin_box)
        self.slider.valueChanged.connect(self._follow_slider)
        self.value = value

    @property
    def value(self) -> int:
        """The number; ValueError if it is set to one outside the range."""
        return int(self.spin_box.value())

    @value.setter
    def value(self, value: int) -> None:
        low, high = self.spin_box.minimum(), self.spin_box.maximum()
        if not low <= value <= high:
            raise ValueError(f"the number must lie in {low}..{high}, got {value}")
        self.spin_box.setValue(value)
        self._follow_spin_box(value)

    def resizeEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Leave the slider out where it would be too short to hit a number."""
        super().resizeEvent(event)
        self.slider.setVisible(self.width() >= self._WITH_SLIDER)

    def setToolTip(self, text: str | None) -> None:  # noqa: N802, a name of Qt's
        """Set the tooltip of both halves."""
        self.spin_box.setToolTip(text)
        self.slider.setToolTip(text)

    def _to_step(self, value: int) -> int:
        return round(math.log2(value) * self._STEPS)

    def _follow_slider(self, step: int) -> None:
        self.spin_box.setValue(round(2 ** (step / self._STEPS)))

    def _follow_spin_box(self, value: int) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._to_step(value))
        self.changed.emit(value)
