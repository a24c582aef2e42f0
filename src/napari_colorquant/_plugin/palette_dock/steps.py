"""Steps on a session's undo stack, made at once or on a thread, and what there is to tell of them."""

from collections.abc import Callable, Sequence
from typing import Any

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QWidget

from ...indexed import IndexedImage
from ..layers.image_levels import full_resolution
from ..tasks.runner import Runner
from .session import ResultSession
from .table import PaletteTable

#: What is told where a step was asked for that no longer fits.
CHANGED_MEANWHILE = "The result has changed meanwhile; nothing was done."


class StepMaker(QObject):
    """Makes steps on the result that a table shows.

    Parameters
    ----------
    window : QWidget
        The parent of dialogs.
    table : PaletteTable
        Whose selection is meant.

    Attributes
    ----------
    session : ResultSession or None
        What is edited.
    message : Signal of str
        What happened, or why nothing did.
    """

    message = Signal(str)

    def __init__(self, window: QWidget, table: PaletteTable) -> None:
        super().__init__(window)
        self._window, self._table = window, table
        self.session: ResultSession | None = None
        self._runner = Runner(self)
        self._started: tuple[str, IndexedImage] | None = None
        self._runner.succeeded.connect(self._on_worked)
        self._runner.failed.connect(lambda error: self._end(str(error)))
        self._runner.cancelled.connect(lambda: self._end("Cancelled."))

    @property
    def is_busy(self) -> bool:
        """True while a worker maps pixels again."""
        return self._runner.is_running

    def work_on(self, session: ResultSession | None) -> None:
        """Edit another result, or none; what was being done to the last one is dropped."""
        if session is not self.session:
            self._runner.cancel()
            self.session = session

    def do(
        self,
        text: str,
        edit: Callable[[IndexedImage], IndexedImage],
        select: Sequence[int] | None = None,
        *,
        moves_pixels: bool = False,
    ) -> None:
        """Make one step that needs no image; an error is a message."""
        session = self.session
        if session is None or self.is_busy or not self._may_edit() or (moves_pixels and not self._may_move_pixels()):
            return
        session.settle()
        try:
            after = edit(session.indexed)
        except (IndexError, TypeError, ValueError) as error:
            self.message.emit(str(error))
            return
        session.edit(text, after)
        if select is not None:
            self._table.select_rows(list(select), quiet=False)
        self.message.emit("")

    def work(self, text: str, edit: Callable[[IndexedImage, Any, bool], IndexedImage]) -> None:
        """Make one step that looks at the image, on a thread."""
        session, source = self.session, self._source()
        if session is None or source is None or self.is_busy or not self._may_edit() or not self._may_move_pixels():
            return
        session.settle()
        indexed, image, rgb = session.indexed, full_resolution(source), bool(source.rgb)
        self._started = (text, indexed)
        self._runner.start(lambda: edit(indexed, image, rgb))
        self.message.emit(f"{text} …")

    def _may_edit(self) -> bool:
        """Return whether colours can be changed, and send a message if they cannot."""
        return self._is_allowed("" if self.session is None else self.session.why_fixed)

    def _may_move_pixels(self) -> bool:
        """Return whether pixels can change their colours, and send a message if they cannot."""
        return self._is_allowed("" if self.session is None else self.session.why_still)

    def _is_allowed(self, reason: str) -> bool:
        if reason:
            self.message.emit(reason)
        return not reason

    def _source(self) -> Any:
        source = None if self.session is None else self.session.source
        if self.session is not None and source is None:
            self.message.emit("This needs the image that was quantized, which is not in the viewer any more.")
        return source

    def _on_worked(self, after: IndexedImage) -> None:
        session, started = self.session, self._started
        if session is None or started is None or session.indexed is not started[1]:
            self._end(CHANGED_MEANWHILE)
            return
        session.edit(started[0], after)
        self._end("")

    def _end(self, text: str) -> None:
        self._started = None
        self.message.emit(text)
