"""What a long use of the window may do wrong or use up: errors from anywhere, and counts of what is alive.

Part of `tools/soak.py`.
"""

import ctypes
import gc
import logging
import sys
import threading
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import psutil
from napari._qt.dialogs.qt_notification import NapariQtNotification
from napari.utils.notifications import ErrorNotification, WarningNotification, notification_manager
from numba.core.dispatcher import Dispatcher
from qtpy.QtCore import qInstallMessageHandler
from qtpy.QtWidgets import QApplication, QWidget

from napari_colorquant._plugin.tasks.runner import Runner, running_jobs
from napari_colorquant._runtime.progress import Cancelled
from napari_colorquant.pipeline.stained import StainsNotFoundWarning
from napari_colorquant.pixels.intensities import LittleRangeWarning

#: What Qt says under a virtual screen that is no fault of anything.
_IDLE_TALK = ("propagateSizeHints", "XDG_RUNTIME_DIR", "QStandardPaths", "does not support raise")
#: What a task may end with: input that does not fit together is told to the user.
_EXPECTED = (Cancelled, OSError, TypeError, ValueError)


class Watch:
    """Collects what goes wrong, wherever it is told.

    Attributes
    ----------
    troubles : list of str
        Tracebacks, Qt's warnings, and errors that a task should not end with.
    told : dict of str to int
        How often the user was told what, as notifications that are no faults.
    """

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.told: dict[str, int] = {}
        notification_manager.notification_ready.connect(self._on_notification)
        sys.excepthook = lambda kind, error, trace: self._on_error(error)
        threading.excepthook = lambda args: self._on_error(args.exc_value)
        qInstallMessageHandler(self._on_qt)
        logging.getLogger("napari_colorquant").addHandler(_Handler(self.troubles))
        logging.getLogger("vispy").addHandler(_Handler(self.troubles))
        warnings.filterwarnings("error", module="napari_colorquant")
        for told in (LittleRangeWarning, StainsNotFoundWarning):  # what the user is to be told
            warnings.filterwarnings("ignore", category=told)
        self._watch_tasks()

    def _on_notification(self, event: Any) -> None:
        if isinstance(event, ErrorNotification):
            self._on_error(event.exception)
        elif isinstance(event, WarningNotification):
            self._count(f"{type(event.warning).__name__}: {event.message}")
        else:
            self._count(event.message)
            del notification_manager.records[:-10]

    def _count(self, text: str) -> None:
        self.told[text] = self.told.get(text, 0) + 1

    def _on_error(self, error: BaseException | None) -> None:
        if error is not None:
            self.troubles.append("".join(traceback.format_exception(error)))

    def _on_qt(self, kind: Any, context: Any, text: str | None) -> None:
        if text and not any(each in text for each in _IDLE_TALK):
            self.troubles.append(f"Qt: {text}")

    def _watch_tasks(self) -> None:
        """Take note of errors of tasks that would only be a line of text in a dock."""
        start = Runner.start

        def watched_start(runner: Runner, task: Callable[[], Any]) -> None:
            def watched() -> Any:
                try:
                    return task()
                except _EXPECTED:
                    raise
                except BaseException as error:
                    self._on_error(error)
                    raise

            start(runner, watched)

        Runner.start = watched_start  # type: ignore[method-assign]


class _Handler(logging.Handler):
    def __init__(self, troubles: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._troubles = troubles

    def emit(self, record: logging.LogRecord) -> None:
        self._troubles.append(f"log: {logging.Formatter().format(record)}")


@dataclass(frozen=True)
class Counts:
    """What is alive at one moment; the names are the titles of the table."""

    minute: float
    steps: int
    rss_mb: float
    used_mb: float
    threads: int
    jobs: int
    layers: int
    docks: int
    files: int
    top_levels: int
    widgets: int
    panels: int
    loops: int


TITLES = tuple(field.name for field in fields(Counts))


def close_notifications() -> None:
    """Close what napari has told: that goes by itself in an active window only, and without a manager none is."""
    for notification in list(NapariQtNotification._instances):
        notification.close()


def memory_in_use() -> float:
    """Return the megabytes that were asked of the GNU allocator and not given back; 0 where there is none."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not hasattr(library, "mallinfo2"):
        return 0.0
    library.mallinfo2.restype = _MallocInfo
    found = library.mallinfo2()
    return float(found.uordblks + found.hblkhd) / 2**20


class _MallocInfo(ctypes.Structure):
    _names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = tuple((name, ctypes.c_size_t) for name in _names.split())


def count(viewer: Any, minute: float, steps: int, panels: Sequence[type[QWidget]]) -> Counts:
    """Count what is alive, with what memory the allocator holds back given to the system first."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    process = psutil.Process()
    jobs = len(running_jobs())
    alive = sum(isinstance(each, tuple(panels)) for each in QApplication.allWidgets())
    return Counts(
        round(minute, 1), steps, round(process.memory_info().rss / 2**20, 1), round(memory_in_use(), 1),
        process.num_threads(), jobs, len(viewer.layers), len(viewer.window.dock_widgets), process.num_fds(),
        len(QApplication.topLevelWidgets()), len(QApplication.allWidgets()), alive, count_loops(),
    )  # fmt: skip


def count_loops() -> int:
    """Count the loops that numba has compiled or read, ours and napari's, one for each kind of arguments."""
    return sum(len(each.signatures) for each in gc.get_objects() if isinstance(each, Dispatcher))


def count_kinds() -> Counter[str]:
    """Count widgets with the class around them, and Python's objects, by class: what grew is to have a name."""
    kinds: Counter[str] = Counter()
    for widget in QApplication.allWidgets():
        parent = widget.parentWidget()
        kinds[f"widget {type(widget).__name__} in {type(parent).__name__}"] += 1
    kinds.update(f"object {type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    return kinds


def name_grown(kinds: Sequence[Counter[str]], most: int = 15) -> list[str]:
    """Return a line for each of the kinds of widgets and of objects that grew most since a third of the rests."""
    if len(kinds) < 3:
        return []
    grown = (kinds[-1] - kinds[len(kinds) // 3]).most_common()
    return [
        f"{name}: {number:+d} to {kinds[-1][name]}"
        for what in ("widget ", "object ")
        for name, number in [each for each in grown if each[0].startswith(what)][:most]
    ]


def judge(rests: Sequence[Counts], most_mb: float) -> tuple[bool, list[str]]:
    """Return whether nothing grew, and a line for each thing that was looked at.

    Parameters
    ----------
    rests : sequence of Counts
        Counted with an empty window; the first third warms up.
    most_mb : float
        Megabytes that memory may grow per minute.
    """
    after = list(rests[len(rests) // 3 :])
    if len(after) < 3:
        return True, ["too short for a verdict: at least 5 minutes are needed"]
    minutes = np.array([each.minute for each in after])
    good, lines = True, []
    for name, what in (("rss_mb", "resident"), ("used_mb", "in use")):
        slope = float(np.polyfit(minutes, [getattr(each, name) for each in after], 1)[0])
        good &= slope <= most_mb
        over = f"from minute {minutes[0]:g} to {minutes[-1]:g}"
        lines.append(f"memory {what}: {slope:+.2f} MB a minute {over} (at most {most_mb:g})")
    half = len(after) // 2
    for name in ("threads", "jobs", "docks", "files", "top_levels", "widgets", "panels"):
        values = [getattr(each, name) for each in after]
        grew = min(values[half:]) > max(values[:half])
        good &= not grew
        lines.append(f"{name}: {min(values)} to {max(values)}, {'GREW' if grew else 'flat'}")
    return good, lines
