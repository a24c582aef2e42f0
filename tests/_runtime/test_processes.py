"""Work in processes of its own: each result in its place, and one that ends leaves the others whole."""

import os
import signal
import weakref
from multiprocessing import active_children
from pathlib import Path

import pytest

from napari_colorquant._runtime.processes import map_apart


def _divide(item):
    return 12 // item, os.getpid()


def _die_at(item):
    if item == "killed":
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    return item


class _Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (1,)

    def __call__(self, item):
        return item


class _Clears:
    """Makes a file, waits until it is stopped, and clears up slowly."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, item):
        if item == "at once":
            return item
        part = Path(self.folder, item)
        part.touch()
        try:
            signal.pause()
        finally:
            part.unlink()


class _WaitsInDestructor(_Clears):
    """Is stopped where Python drops what is raised, and waits once more."""

    def __call__(self, item):
        if item == "at once":
            return item
        weakref.finalize(part := _Part(), signal.pause)
        Path(self.folder, item).touch()
        del part
        signal.pause()


class _Part:
    pass


def test_results_come_in_order_from_other_processes():
    results = list(map_apart(_divide, [1, 2, 3, 4, 6], 3))
    assert [result for result, _ in results] == [12, 6, 4, 3, 2]
    assert os.getpid() not in {process for _, process in results}


def test_no_items_need_no_process():
    assert list(map_apart(_divide, [], 3)) == []


def test_an_error_is_raised_where_its_result_would_be_and_says_where_it_comes_from():
    results = map_apart(_divide, [3, 0, 4], 2)
    assert next(results)[0] == 4
    with pytest.raises(ZeroDivisionError) as caught:
        next(results)
    assert "in _divide" in caught.value.__notes__[0]
    assert not active_children()


def test_a_killed_process_costs_its_own_item_alone():
    items = ["a", "killed", "b", "c", "killed", "d", "killed"]
    assert list(map_apart(_die_at, items, 2)) == ["a", None, "b", "c", None, "d", None]


def test_processes_that_end_before_they_begin_are_not_begun_for_ever():
    assert list(map_apart(_Deadly(), range(50), 2)) == [None] * 50


@pytest.mark.parametrize("jobs", [2, 3])
def test_closing_early_lets_what_has_begun_clear_up(tmp_path, jobs):
    if not hasattr(signal, "pause"):
        return
    results = map_apart(_Clears(str(tmp_path)), ["at once", "waits", "waits too", "is never begun"], jobs)
    assert next(results) == "at once"
    while not (tmp_path / "waits").exists():
        pass
    results.close()
    assert list(tmp_path.iterdir()) == []
    assert not active_children()


def test_closing_ends_a_process_whose_destructor_dropped_what_it_was_told(tmp_path):
    if not hasattr(signal, "pause"):
        return
    results = map_apart(_WaitsInDestructor(str(tmp_path)), ["at once", "waits"], 2)
    assert next(results) == "at once"
    while not (tmp_path / "waits").exists():
        pass
    results.close()
    assert not active_children()
