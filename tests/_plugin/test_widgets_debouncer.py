"""Many requests become one call."""

import pytest
from qtpy.QtCore import QObject

from napari_colorquant._plugin.widgets.debouncer import Debouncer

NEVER = 3_600_000


@pytest.fixture
def parent(qapp):
    return QObject()


@pytest.fixture
def calls():
    return []


def test_requests_of_one_turn_of_the_event_loop_are_one_call(parent, calls, qtbot):
    due = Debouncer(lambda: calls.append(due.is_pending), 0, parent)
    for _ in range(5):
        due.throttle()
    assert due.is_pending
    assert not calls
    qtbot.waitUntil(lambda: not due.is_pending)
    assert calls == [False]


def test_flush_calls_at_once_and_only_if_asked(parent, calls):
    due = Debouncer(lambda: calls.append(1), NEVER, parent)
    due.flush(restart_timer=False)
    assert not calls
    due.throttle()
    due.flush(restart_timer=False)
    due.flush(restart_timer=False)
    assert calls == [1]
    assert not due.is_pending


def test_what_is_cancelled_is_not_called(parent, calls):
    due = Debouncer(lambda: calls.append(1), NEVER, parent)
    due.throttle()
    due.cancel()
    due.flush()
    assert not calls
    assert not due.is_pending


def test_a_request_of_the_call_itself_is_another_call(parent, calls, qtbot):
    def again():
        calls.append(1)
        if len(calls) < 3:
            due.throttle()

    due = Debouncer(again, 0, parent)
    due.throttle()
    qtbot.waitUntil(lambda: len(calls) == 3)
    assert not due.is_pending
