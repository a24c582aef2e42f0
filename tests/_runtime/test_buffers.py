"""Memory that is used again: the same for the same name, never for two at a time."""

import threading
from contextlib import suppress

import numpy as np

from napari_colorquant._runtime.buffers import work_buffer, zeroed_buffer


def address(name, shape=100, dtype=np.uint8):
    with work_buffer(name, shape, dtype) as array:
        return array.__array_interface__["data"][0]


def test_a_name_has_the_same_memory_again_whatever_the_type():
    with work_buffer("test", (3, 4), np.float64) as array:
        assert array.shape == (3, 4)
        first = array.__array_interface__["data"][0]
    assert address("test", 24, np.uint32) == first


def test_what_is_lent_is_nobody_elses():
    with work_buffer("test", 100, np.uint8) as array, work_buffer("test", 100, np.uint8) as again:
        assert not np.shares_memory(array, again)
        with work_buffer("other", 100, np.uint8) as other:
            assert not np.shares_memory(array, other)
        found = []
        thread = threading.Thread(target=lambda: found.append(address("test")))
        thread.start()
        thread.join()
        assert found[0] not in (array.__array_interface__["data"][0], again.__array_interface__["data"][0])


def test_as_much_is_kept_as_was_lent_at_once_on_however_many_threads():
    """dask starts threads for each thread that asks it; they need not keep what each of them once needed."""
    found = set()
    for _ in range(20):
        thread = threading.Thread(target=lambda: found.add(address("one after the other")))
        thread.start()
        thread.join()
    assert found == {address("one after the other")}


def test_two_threads_never_have_the_same_memory():
    lent, lock, faults = set(), threading.Lock(), []

    def work():
        for _ in range(500):
            with work_buffer("contended", 100, np.uint8) as array:
                place = array.__array_interface__["data"][0]
                with lock:
                    faults.extend([place] if place in lent else [])
                    lent.add(place)
                array[:] = threading.get_ident() % 251
                faults.extend([place] if np.ptp(array) else [])
                with lock:
                    lent.remove(place)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_after_an_error_a_name_is_free():
    try:
        with work_buffer("test", 100, np.uint8):
            raise ValueError("on purpose")
    except ValueError:
        pass
    with work_buffer("test", 100, np.uint8) as array:
        array[:] = 1


def test_more_than_eight_megabytes_are_not_kept():
    with work_buffer("large", (1 << 23) + 1, np.uint8) as large:
        assert large.size == (1 << 23) + 1
    with work_buffer("large", 10, np.uint8) as small:
        assert small.base.size == 10


def test_nothing_at_all_can_be_asked_for():
    with work_buffer("empty", 0, np.float32) as array:
        assert array.shape == (0,)


def test_zeros_are_lent_again_and_never_after_an_error():
    with zeroed_buffer("test", (3, 4), np.int32) as array:
        assert not array.any()
        first = array.__array_interface__["data"][0]
        with work_buffer("test", 48, np.uint8) as other:
            assert not np.shares_memory(array, other)
    with suppress(ValueError), zeroed_buffer("test", (12,), np.int32) as array:
        assert array.__array_interface__["data"][0] == first
        array[:] = 1
        raise ValueError("on purpose")
    with zeroed_buffer("test", (12,), np.int32) as array:
        assert not array.any()
