import pytest

from napari_colorquant._runtime.progress import Cancelled, checkpoint, stage, watch


def test_with_nobody_listening_nothing_happens():
    with stage("work", 0.0, 1.0):
        checkpoint(0.5)
        checkpoint()


def test_stages_let_the_work_span_its_share_of_the_whole():
    heard = []
    with watch(lambda done, text: heard.append((done, text))):
        with stage("count", 0.0, 0.5):
            checkpoint(0.5)
        with stage("design", 0.5, 1.0):
            checkpoint(1.5)  # what lies outside 0..1 is clipped
            checkpoint()
        checkpoint(1.0)
    checkpoint(0.0)
    assert heard == [(0.0, "count"), (0.25, "count"), (0.5, "design"), (1.0, "design"), (None, "design"), (1.0, "")]


def test_a_listener_ends_the_work_and_is_forgotten():
    def listen(done, text):
        raise Cancelled

    with pytest.raises(Cancelled), watch(listen):
        checkpoint(0.0)
    checkpoint(0.0)


def test_an_inner_listener_hears_instead_of_the_outer():
    outer, inner = [], []
    with watch(lambda done, text: outer.append(done)):
        with watch(lambda done, text: inner.append(done)):
            checkpoint(0.25)
        checkpoint(0.75)
    assert (outer, inner) == ([0.75], [0.25])
