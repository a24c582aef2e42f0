"""Progress and cancellation: reported by the loops, received by the listener of whoever started them.

A long loop calls `checkpoint` between its iterations. Without a listener that costs a context
lookup; under `watch`, the listener hears of it and may raise `Cancelled` to end the work.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Called with the share that is done (0..1, or None if it is not known) and what is being done; may raise `Cancelled`.
Listener = Callable[[float | None, str], None]

_listener: ContextVar[Listener | None] = ContextVar("colorquant_listener", default=None)
_span: ContextVar[tuple[float, float, str]] = ContextVar("colorquant_span", default=(0.0, 1.0, ""))


class Cancelled(Exception):
    """The listener asked for an end; nothing was changed.

    See Also
    --------
    napari_colorquant._runtime.progress.watch : Who listens may raise it.

    Examples
    --------
    >>> from napari_colorquant import Cancelled
    >>> issubclass(Cancelled, Exception)
    True
    """


@contextmanager
def watch(listener: Listener) -> Iterator[None]:
    """Send the checkpoints of the enclosed work to `listener`."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def stage(text: str, start: float, stop: float) -> Iterator[None]:
    """Call the enclosed work `text` and let its 0..1 span `start`..`stop` of the whole."""
    token = _span.set((start, stop, text))
    try:
        checkpoint(0.0)
        yield
    finally:
        _span.reset(token)


def checkpoint(done: float | None = None) -> None:
    """Tell that the share `done` (0..1) of the current stage is done, or just ask whether to go on.

    Raises
    ------
    Cancelled
        If the listener asked for an end.
    """
    if (listener := _listener.get()) is not None:
        start, stop, text = _span.get()
        listener(None if done is None else start + (stop - start) * min(max(done, 0.0), 1.0), text)
