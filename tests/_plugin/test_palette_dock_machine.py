"""The session of a result in any order of use, against a model: a list of results, and which of them is shown.

Painting, napari's colour control, edits, runs, and what is undone and redone come in any order, with the session
closed and opened again in between. What the layers show must be what the model says after every step.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from napari.components import ViewerModel
from napari.layers import Layer

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant._plugin.layers.indexed_layers import to_indexed, to_labels_layer, to_palette_layer
from napari_colorquant._plugin.layers.layer_values import from_label_values, to_label_values
from napari_colorquant._plugin.layers.provenance import mark_series, read_palette
from napari_colorquant._plugin.palette_dock import undo
from napari_colorquant._plugin.palette_dock.session import ResultSession

IMAGE = np.random.default_rng(5).integers(0, 256, (9, 12, 3), np.uint8)
#: Long enough that steps of one key are no longer one.
PAUSE = 5.0

colors = st.tuples(*[st.integers(0, 255)] * 3)
places = st.integers(0, 255)


class Model:
    """Results in a row, and the key and time of the step that led to each."""

    def __init__(self, indexed):
        self.states, self.keys, self.at = [indexed], [("", 0.0)], 0

    @property
    def now(self):
        """What is shown."""
        return self.states[self.at]

    def push(self, after, key="", time=0.0, within=1.0):
        """Make a step; one of the key of the last one, soon enough after it, goes into that."""
        del self.states[self.at + 1 :], self.keys[self.at + 1 :]
        last, when = self.keys[-1]
        if key and key == last and time - when <= within:
            self.states[-1], self.keys[-1] = after, (key, time)
            return
        self.states.append(after)
        self.keys.append((key, time))
        self.at += 1


class Session(RuleBasedStateMachine):
    """A session without a window, and its model."""

    @initialize(n_colors=st.sampled_from([2, 6, 30]), more=st.sampled_from([0, 0, 254, 255, 256]), gaps=st.booleans())
    def open_result(self, n_colors, more, gaps):
        self.clock = [0.0]
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(undo, "time", SimpleNamespace(monotonic=lambda: self.clock[0]))
        self.viewer = ViewerModel()
        self.source = self.viewer.add_image(IMAGE, name="photo", rgb=True)
        mask = np.random.default_rng(6).random(IMAGE.shape[:2]) > 0.3 if gaps else None
        indexed = cq.quantize(IMAGE, n_colors, quantizer="median_cut", mask=mask)
        if more:  # a palette at the edge of what 8 bits of label values hold
            levels = np.arange(3 * (more - n_colors)).reshape(-1, 3) % 251
            indexed = cq.map_pixels(IMAGE, np.concatenate([indexed.palette.colors, levels]).astype(np.uint8), mask=mask)
        for make in (to_labels_layer, to_palette_layer):
            self.viewer.add_layer(Layer.create(*make(indexed, self.source, "0")))
        self.labels, self.swatches = self.viewer.layers[-2:]
        self.runs = 0
        self.is_pending = False
        self.session = ResultSession(self.viewer, self.labels)
        self.model = Model(self.session.indexed)

    def teardown(self):
        if hasattr(self, "session"):
            self.session.close()
            self.patch.undo()

    def settle(self):
        """Let the session and the model take in what was painted."""
        if self.is_pending:
            now, values = self.model.now, self.labels.data.copy()
            stray = values > len(now.palette)
            values[stray] = to_label_values(now)[stray]
            labels, valid = from_label_values(values, len(now.palette))
            if not np.array_equal(values, to_label_values(now)):
                self.model.push(editing.painted(now, labels, valid))
            self.is_pending = False
        self.session.settle()

    def edit(self, after, key=""):
        """Make a step, as the editor does after it has settled."""
        self.session.edit("Edit", after, key)
        self.model.push(after, key, self.clock[0])

    def entry(self, place):
        """Return the index of any entry."""
        return place % len(self.model.now.palette)

    # --- what the editor does

    @rule(place=places, color=colors, key=st.sampled_from(["", "", "a", "b"]), pause=st.sampled_from([0.0, PAUSE]))
    def recolor(self, place, color, key, pause):
        self.settle()
        self.clock[0] += pause
        self.edit(editing.recolor(self.model.now, {self.entry(place): color}), key)

    @rule(place=places, name=st.sampled_from(["", "a", "b"]), lock=st.booleans())
    def describe(self, place, name, lock):
        self.settle()
        index = self.entry(place)
        self.edit(editing.lock(editing.rename(self.model.now, {index: name}), {index: lock}))

    @rule(first=places, second=places)
    def swap(self, first, second):
        self.settle()
        self.edit(editing.swap(self.model.now, self.entry(first), self.entry(second)))

    @rule(key=st.sampled_from(editing.SORT_KEYS))
    def sort(self, key):
        self.settle()
        self.edit(editing.reorder(self.model.now, editing.sort_order(self.model.now.palette, key)))

    @precondition(lambda self: len(self.model.now.palette) > 1)
    @rule(place=places, merges=st.booleans())
    def shorten(self, place, merges):
        self.settle()
        now, index = self.model.now, self.entry(place)
        other = (index + 1) % len(now.palette)
        self.edit(editing.merge(now, [index, other]) if merges else editing.delete_color(now, IMAGE, index))

    @precondition(lambda self: len(self.model.now.palette) < 256)
    @rule(color=colors)
    def add(self, color):
        self.settle()
        if color not in self.model.now.palette:
            self.edit(editing.add_color(self.model.now, IMAGE, color))

    @rule(back=st.booleans())
    def undo_or_redo(self, back):
        self.settle()
        model, stack = self.model, self.session.stack
        assert stack.canUndo() == (model.at > 0)
        assert stack.canRedo() == (model.at < len(model.states) - 1)
        if stack.canUndo() if back else stack.canRedo():
            (stack.undo if back else stack.redo)()
            model.at += -1 if back else 1

    # --- what is done to the layers

    @rule(row=st.integers(0, 8), column=st.integers(0, 11), value=st.integers(0, 300), size=st.integers(1, 4))
    def paint(self, row, column, value, size):
        self.labels.brush_size = size
        self.labels.paint((row, column), min(value, np.iinfo(self.labels.dtype).max))
        self.is_pending = True

    @rule(back=st.booleans())
    def undo_on_the_canvas(self, back):
        (self.labels.undo if back else self.labels.redo)()
        self.is_pending = True

    @precondition(lambda self: self.swatches is not None)
    @rule(place=places, color=colors, pause=st.sampled_from([0.0, PAUSE]))
    def color_a_swatch(self, place, color, pause):
        index, now = self.entry(place), self.model.now
        self.swatches.selected_data = {index}
        self.clock[0] += pause
        self.swatches.current_face_color = "#" + bytes(color).hex()
        if tuple(now.palette.colors[index]) != color:
            self.model.push(editing.recolor(now, {index: color}), f"swatches [{index}]", self.clock[0])

    @rule(n_colors=st.integers(1, 8), series=st.sampled_from(["", "", "x"]), pause=st.sampled_from([0.0, PAUSE]))
    def run_again(self, n_colors, series, pause):
        self.settle()
        self.clock[0] += pause
        self.runs += 1
        made = cq.quantize(IMAGE, n_colors, quantizer="median_cut")
        layers = [make(made, self.source, str(self.runs)) for make in (to_labels_layer, to_palette_layer)]
        if series:
            mark_series(layers, series)
        shown = [self.labels] if self.swatches is None else [self.labels, self.swatches]
        for layer, (data, values, _) in zip(shown, layers, strict=False):
            layer.data = data
            names = ("colormap", "features") if layer is self.labels else ("face_color", "features")
            for name in (*names, "metadata"):
                setattr(layer, name, values[name])
        after = to_indexed(self.labels)
        before = self.model.now.palette
        after = cq.IndexedImage(after.labels, editing.inherit(after.palette, before), after.recipe, after.valid)
        key = f"series {series}" if series else ""
        self.model.push(after, key, self.clock[0], within=np.inf)
        self.session.settle()

    @rule()
    def rename_and_move_the_layers(self):
        self.labels.name = f"{self.labels.name} again"
        self.viewer.layers.move(0, len(self.viewer.layers))

    @precondition(lambda self: self.swatches is not None)
    @rule()
    def remove_the_swatches(self):
        self.viewer.layers.remove(self.swatches)
        self.swatches = None

    @rule()
    def open_again(self):
        self.settle()
        self.session.close()
        self.session = ResultSession(self.viewer, self.labels)
        self.model = Model(self.model.now)

    # --- what is looked at

    @rule(place=places, mode=st.sampled_from(["dim", "hide"]))
    def show_alone(self, place, mode):
        self.settle()
        index = self.entry(place)
        self.session.shown.emphasize([index], mode)
        mine = self.labels.data == index + 1
        assert (self.shown()[mine] == [*self.model.now.palette.colors[index], 255]).all()
        self.session.shown.emphasize(None)

    def shown(self):
        """Return the picture that the layer shows."""
        return np.rint(self.labels.colormap.map(self.labels.data) * 255).astype(np.uint8)

    # --- always

    def is_settled(self):
        """Return whether there is something to compare: painting that waits is no step yet."""
        if hasattr(self, "model") and not self.is_pending:
            self.session.settle()
            return True
        return False

    @invariant()
    def the_layers_show_the_model(self):
        if not self.is_settled():
            return
        now, session = self.model.now, self.session
        assert session.indexed.palette == now.palette == read_palette(self.labels)
        np.testing.assert_array_equal(self.labels.data, to_label_values(now))
        np.testing.assert_array_equal(session.indexed.labels, now.labels)
        np.testing.assert_array_equal(self.shown()[..., :3], now.to_rgb())
        np.testing.assert_array_equal(self.shown()[..., 3] > 0, True if now.valid is None else now.valid)
        assert session.stack.count() == len(self.model.states) - 1
        assert session.stack.index() == self.model.at
        assert session.n_pixels == np.count_nonzero(self.labels.data)

    @invariant()
    def features_and_swatches_tell_the_same(self):
        if not self.is_settled():
            return
        palette, features = self.model.now.palette, self.labels.features
        assert list(features["hex"]) == list(palette.hex)
        counts = np.bincount(self.labels.data.ravel(), minlength=len(palette) + 1)[1:]
        np.testing.assert_array_equal(features["count"], counts)
        np.testing.assert_allclose(palette.shares, counts / max(counts.sum(), 1))
        assert list(features.get("name", [""] * len(palette))) == list(palette.names)
        if self.swatches is not None:
            assert len(self.swatches.data) == len(palette)
            np.testing.assert_array_equal(np.rint(self.swatches.face_color[:, :3] * 255), palette.colors)
            assert read_palette(self.swatches) == palette


def test_a_session_is_its_model_whatever_is_done(qapp):
    run_state_machine_as_test(Session, settings=settings(max_examples=40, stateful_step_count=20, deadline=None))
