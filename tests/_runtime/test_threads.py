import threading
import time

import pytest

from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant._runtime.threads import call_behind, limit_threads, map_blocks, thread_count


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_results_stand_in_the_order_of_the_blocks(threads):
    with limit_threads(threads):
        assert map_blocks(lambda start, stop: (start, stop), 10, 3) == [(0, 3), (3, 6), (6, 9), (9, 10)]
        assert map_blocks(lambda start, stop: 1, 0, 3) == []


def test_one_thread_means_the_calling_one():
    with limit_threads(1):
        assert set(map_blocks(lambda start, stop: threading.get_ident(), 10, 3)) == {threading.get_ident()}


def test_a_task_may_map_blocks_itself_however_deep():
    def innermost(start, stop):
        time.sleep(0.0005)
        return start

    def inner(start, stop):
        return map_blocks(innermost, 5, 1)

    assert map_blocks(lambda start, stop: map_blocks(inner, 4, 1), 8, 1) == [[[0, 1, 2, 3, 4]] * 4] * 8


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_an_error_in_a_block_reaches_the_caller_and_ends_the_rest(threads):
    begun = []

    def task(start, stop):
        begun.append(start)
        if start == 3:
            raise ValueError("block three")
        time.sleep(0.001)

    with limit_threads(threads), pytest.raises(ValueError, match="block three"):
        map_blocks(task, 1000, 1)
    assert len(begun) < 50


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_a_listener_can_cancel_between_blocks(threads):
    begun = []

    def listener(done, text):
        assert done is None  # blocks do not know how much of the whole they are
        if len(begun) > 20:
            raise Cancelled

    def task(start, stop):
        begun.append(start)
        time.sleep(0.001)

    with limit_threads(threads), watch(listener), pytest.raises(Cancelled):
        map_blocks(task, 200, 1)
    assert len(begun) < 100


def test_what_is_called_behind_runs_on_another_thread_within_the_same_limits():
    with limit_threads(3):
        wait = call_behind(lambda: (threading.get_ident(), thread_count()))
    thread, count = wait()
    assert thread != threading.get_ident()
    assert count == 3


def test_what_is_called_behind_raises_where_it_is_waited_for():
    def fail():
        raise ValueError("behind")

    wait = call_behind(fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="behind"):
            wait()
