import math
import threading

import pytest
from qtpy.compat import isalive
from qtpy.QtCore import QObject

from napari_colorquant._plugin.tasks.runner import Runner
from napari_colorquant._runtime.progress import checkpoint, stage


class Told:
    """What a runner told, in order."""

    def __init__(self, runner):
        self.told, self.texts = [], set()
        runner.succeeded.connect(lambda result: self.told.append(result))
        runner.failed.connect(lambda error: self.told.append(error))
        runner.cancelled.connect(lambda: self.told.append("cancelled"))
        runner.progressed.connect(lambda share, text: self.texts.add((share, text)))


@pytest.fixture
def parent(qapp):
    parent = QObject()
    yield parent
    if isalive(parent):
        parent.deleteLater()


@pytest.fixture
def runner(parent):
    return Runner(parent)


@pytest.fixture
def told(runner):
    return Told(runner)


class Endless:
    """A task that runs until it is cancelled."""

    def __init__(self):
        self.started, self.ended = threading.Event(), threading.Event()

    def __call__(self):
        try:
            with stage("Turning in circles", 0.0, 1.0):
                while True:
                    self.started.set()
                    checkpoint(0.5)
        finally:
            self.ended.set()


@pytest.fixture
def endless():
    task = Endless()
    yield task
    assert task.ended.wait(10)


def test_a_result_comes_on_the_thread_of_the_window(runner, told, qtbot):
    where = []
    runner.succeeded.connect(lambda _: where.append(threading.current_thread()))
    runner.start(threading.current_thread)
    assert runner.is_running
    qtbot.waitUntil(lambda: not runner.is_running)
    assert told.told != [threading.current_thread()]
    assert where == [threading.current_thread()]


def test_an_error_is_told_once_and_not_raised(runner, told, qtbot):
    def task():
        raise ValueError("colours must be few, got many")

    runner.start(task)
    qtbot.waitUntil(lambda: not runner.is_running)
    assert [str(error) for error in told.told] == ["colours must be few, got many"]


def test_progress_is_told(runner, told, endless, qtbot):
    runner.start(endless)
    qtbot.waitUntil(lambda: (0.5, "Turning in circles") in told.texts)
    runner.cancel()


def test_a_cancelled_task_ends_and_its_result_is_never_seen(runner, told, endless, qtbot):
    runner.start(endless)
    qtbot.waitUntil(endless.started.is_set)
    runner.cancel()
    assert not runner.is_running
    qtbot.waitUntil(endless.ended.is_set)
    assert told.told == ["cancelled"]


def test_cancel_without_a_task_does_nothing(runner, told):
    runner.cancel()
    assert not told.told


def test_a_second_task_takes_the_place_of_the_first(runner, told, endless, qtbot):
    runner.start(endless)
    runner.start(lambda: "second")
    qtbot.waitUntil(lambda: not runner.is_running)
    assert told.told == ["second"]


def test_work_ends_with_the_window(runner, parent, told, endless, qtbot):
    runner.start(endless)
    qtbot.waitUntil(endless.started.is_set)
    parent.deleteLater()
    qtbot.waitUntil(endless.ended.is_set)
    assert not told.told


def test_progress_is_told_now_and_then_however_often_it_is_looked_for(runner, endless, monkeypatch, qtbot):
    monkeypatch.setattr("napari_colorquant._plugin.tasks.runner._TOLD_EVERY", math.inf)
    reports = []
    runner.progressed.connect(lambda *report: reports.append(report))
    runner.start(endless)
    qtbot.wait(200)
    assert not reports  # what is done at once tells nothing, for which the window would have to be drawn
    monkeypatch.setattr("napari_colorquant._plugin.tasks.runner._TOLD_EVERY", 0.0)
    qtbot.waitUntil(lambda: (0.5, "Turning in circles") in reports)
    runner.cancel()
