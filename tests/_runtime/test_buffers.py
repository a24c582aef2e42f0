"""Memory that is used again: the same for the same name and thread, never for two at a time."""

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


def test_after_an_error_a_name_is_free():
    try:
        with work_buffer("test", 100, np.uint8):
            raise ValueError("on purpose")
    except ValueError:
        pass
    with work_buffer("test", 100, np.uint8) as array:
        array[:] = 1


def test_more_than_eight_megabytes_are_not_kept():
    with work_buffer("test", (1 << 23) + 1, np.uint8) as large:
        assert large.size == (1 << 23) + 1
    with work_buffer("test", 10, np.uint8) as small:
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
