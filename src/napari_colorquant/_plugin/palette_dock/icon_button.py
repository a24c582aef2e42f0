"""The buttons of the palette's dock: an icon in the theme's colour, a tooltip, a name."""

from typing import Any

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import QMenu, QToolButton

from ..widgets.icons import icon

_ICON = QSize(18, 18)
_BUTTON = QSize(28, 26)


class IconButton(QToolButton):
    """A flat button with an icon of ours, in the theme's colour."""

    def __init__(self, name: str, tooltip: str, *, menu: QMenu | None = None, checkable: bool = False) -> None:
        super().__init__()
        self._name = name
        self._tooltip = tooltip
        self.setToolTip(tooltip)
        self.setAccessibleName(tooltip.partition("\n")[0])
        self.setAutoRaise(True)
        self.setIconSize(_ICON)
        self.setFixedSize(_BUTTON)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if menu is not None:
            self.setMenu(menu)
            self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def allow(self, is_possible: bool, reason: str) -> None:
        """Enable the button, or not; the tooltip says why not."""
        self.setEnabled(is_possible)
        self.setToolTip(f"{self._tooltip}\n\n{reason}" if reason else self._tooltip)

    def set_theme(self, theme: Any) -> None:
        """Take the colours of a napari theme: seen when hovered and when it is on."""
        self.setIcon(icon(self._name, theme.icon.as_hex()))
        self.setStyleSheet(_style_sheet(theme))  # its own, see `dress`


def _style_sheet(theme: Any) -> str:
    return (
        "IconButton { background: transparent; border: none; border-radius: 3px }"
        f"IconButton:hover {{ background-color: {theme.primary} }}"
        f"IconButton:checked {{ background-color: {theme.current} }}"
    )
