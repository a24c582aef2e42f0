"""Signals put off: they come when the work is done, once, and to whoever took care of them."""

import signal
import threading

import pytest

from napari_colorquant._runtime.signals import hold_interrupts, hold_signals


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request):
    """A signal that raises a KeyError of its number."""
    before = signal.signal(request.param, lambda number, _: (_ for _ in ()).throw(KeyError(number)))
    yield request.param
    signal.signal(request.param, before)


def test_a_held_signal_comes_at_the_end(number):
    handler = signal.getsignal(number)
    steps = []

    def take_steps():
        with hold_signals():
            steps.append("begun")
            signal.raise_signal(number)
            steps.append("done")

    with pytest.raises(KeyError) as caught:
        take_steps()
    assert steps == ["begun", "done"]
    assert caught.value.args == (number,)
    assert signal.getsignal(number) is handler


def test_an_error_passes_and_handlers_are_put_back(number):
    handler = signal.getsignal(number)
    with pytest.raises(ZeroDivisionError), hold_signals():
        1 / 0  # noqa: B018
    assert signal.getsignal(number) is handler


def test_ignored_signals_and_the_systems_own_stay(number):
    for own in (signal.SIG_IGN, signal.SIG_DFL):
        signal.signal(number, own)
        with hold_signals():
            assert signal.getsignal(number) is own
        assert signal.getsignal(number) is own


def test_in_a_thread_nothing_is_held(number):
    handler = signal.getsignal(number)
    seen = []

    def look():
        with hold_signals():
            seen.append(signal.getsignal(number))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [handler]


def test_interrupts_are_held_back_from_what_is_begun_and_let_through_again():
    if not hasattr(signal, "pthread_sigmask"):
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with hold_interrupts():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
