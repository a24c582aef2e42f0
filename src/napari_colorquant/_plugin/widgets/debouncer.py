"""Work that follows the last of many changes, once they have come to rest."""

from collections.abc import Callable

from qtpy.QtCore import QObject
from superqt.utils import QSignalDebouncer


class Debouncer(QSignalDebouncer):
    """superqt's debouncer for one function, which also knows whether a call is due.

    Parameters
    ----------
    function : callable
        Called without arguments, `milliseconds` after the last `throttle`.
    milliseconds : int
        At 0, all requests of one turn of the event loop are one.
    parent : QObject
        When it goes, so does the request.

    Attributes
    ----------
    is_pending : bool
        True from `throttle` to the call, to `flush`, which calls at once, or to `cancel`.
    """

    def __init__(self, function: Callable[[], None], milliseconds: int, parent: QObject) -> None:
        super().__init__(parent=parent)
        self.is_pending = False
        self.setTimeout(milliseconds)
        self.triggered.connect(self._on_triggered)
        self.triggered.connect(function)

    def throttle(self) -> None:
        """Ask for a call."""
        self.is_pending = True
        super().throttle()

    def cancel(self) -> None:
        """Ask for none any more."""
        self.is_pending = False
        super().cancel()

    def _on_triggered(self) -> None:
        self.is_pending = False
