"""A random walk through a real window: whatever is done in whatever order, everything shows the same result.

A model of plain values goes along: a list of results as the core makes them, and a place in it for undo.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from napari.layers import Labels, Points
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.layers.provenance import KEY, read_palette
from napari_colorquant._plugin.palette_dock.model import KEYS
from napari_colorquant._plugin.palette_dock.undo import undo_limit
from napari_colorquant._plugin.widgets.docks import find_dock
from napari_colorquant._plugin.widgets.share_bar import VALUE_ROLE
from napari_colorquant.editing import inherit
from napari_colorquant.editing.inherit import lost_entries

PATIENCE_MS = 180_000
#: Walks and steps of each: 2,000 steps in all.
WALKS, STEPS = 4, 500
SIZE = 24
WORDS = ("nuclei", "stroma", "mucus", "Grund", "", "a b", "dab", "1")


@dataclass
class Model:
    """What the window should show: results one after another, the place of the one that is shown, and what is open."""

    states: list = field(default_factory=list)
    at: int = 0
    is_open: bool = False
    lost: list = field(default_factory=list)

    @property
    def now(self):
        return self.states[self.at] if self.states else None

    def push(self, indexed):
        self.states = [*self.states[: self.at + 1], indexed][-undo_limit(SIZE * SIZE) - 1 :]
        self.at = len(self.states) - 1

    def begin(self, indexed):
        self.states, self.at = [] if indexed is None else [indexed], 0


class Walk:
    """The window, the model beside it, and the steps, each of which does the same to both."""

    def __init__(self, viewer, open_panel, run, qtbot, rng):
        self.viewer, self._open_panel, self._run, self.qtbot, self.rng = viewer, open_panel, run, qtbot, rng
        self.model = Model()
        self.done = []

    @property
    def dock(self):
        return None if self.panel is None else self.panel.palette_editor

    @property
    def panel(self):
        found = find_dock(self.viewer, "Color Quantization")
        return None if found is None else found[1]

    @property
    def labels(self):
        return self._ours(Labels)

    @property
    def squares(self):
        return self._ours(Points)

    def _ours(self, kind):
        return next((layer for layer in self.viewer.layers if isinstance(layer, kind)), None)

    def step(self):
        """Do one thing at random, if it can be done now."""
        ways = [*EDITS, *OTHERS]
        weights = np.array([*([8.0] * len(EDITS)), *OTHERS.values()])
        way = ways[self.rng.choice(len(ways), p=weights / weights.sum())]
        if way in (*EDITS, "delete") and (not self.model.is_open or self.model.now is None):
            way = "open" if not self.model.is_open else "run"
        self.done.append(way)
        getattr(self, way)()

    def settle(self):
        """Let be done what would be done a moment later."""
        if self.dock is not None and self.dock.session is not None:
            self.dock.session.settle()

    def _row(self):
        return int(self.rng.integers(len(self.model.now.palette)))

    def _write(self, key, text, edit):
        row, table = self._row(), self.dock.colors.table.palette_model
        if table.setData(table.index(row, KEYS.index(key)), text):
            self.model.push(edit(self.model.now, {row: text}))

    def rename(self):
        self._write("name", str(self.rng.choice(WORDS)), editing.rename)

    def classify(self):
        self._write("class", str(self.rng.choice(WORDS)), editing.classify)

    def recolor(self):
        self._write("hex", "#{:02x}{:02x}{:02x}".format(*self.rng.integers(0, 256, 3)), editing.recolor)

    def lock(self):
        now, row = self.model.now, self._row()
        if sum(now.palette.locked) < 3 or now.palette.locked[row]:
            self.dock.colors.table.select_rows([row], quiet=False)
            self.qtbot.keyClick(self.dock.colors.table, Qt.Key.Key_Space)
            self.model.push(editing.lock(now, {row: not now.palette.locked[row]}))

    def merge(self):
        now = self.model.now
        if len(now.palette) > 2:
            rows = sorted(int(row) for row in self.rng.choice(len(now.palette), 2, replace=False))
            self.dock.colors.table.select_rows(rows, quiet=False)
            self.dock.colors.toolbar.merge_button.click()
            self.model.push(editing.merge(now, rows))

    def sort(self):
        key, now = str(self.rng.choice(editing.SORT_KEYS)), self.model.now
        order = editing.sort_order(now.palette, key)
        self.dock.colors.editor.sort(key)
        self.model.push(editing.reorder(now, order[::-1] if order == sorted(order) else order))

    def delete(self):
        now = self.model.now
        if len(now.palette) > 2:
            row = self._row()
            self.dock.colors.table.select_rows([row], quiet=False)
            self.qtbot.keyClick(self.dock.colors.table, Qt.Key.Key_Delete)
            self.qtbot.waitUntil(lambda: not self.dock.colors.editor.is_busy, timeout=PATIENCE_MS)
            self.model.push(editing.delete_color(now, self.viewer.layers[0].data, row))

    def paint(self):
        row, place = self._row(), self.rng.integers(0, SIZE, 2)
        self.labels.brush_size = 5
        self.labels.paint(tuple(int(each) for each in place), row + 1)
        self.dock.session.settle()
        labels = (self.labels.data - 1).astype(np.uint8)
        if not np.array_equal(labels, self.model.now.labels):
            self.model.push(editing.painted(self.model.now, labels))

    def use_square(self):
        row = self._row()
        if self.squares is None or self.dock.session.stack.undoText() == "Recolour":  # two in a moment may be one step
            return
        color = self.rng.integers(0, 256, 3)
        self.squares.selected_data = {row}
        if tuple(color) != tuple(self.model.now.palette.colors[row]):
            self.squares.current_face_color = color / 255
            self.model.push(editing.recolor(self.model.now, {row: tuple(int(level) for level in color)}))

    def undo(self):
        for _ in range(int(self.rng.integers(1, 4))):
            self.dock.head.undo_button.click()
            self.model.at = max(self.model.at - 1, 0)

    def redo(self):
        for _ in range(int(self.rng.integers(1, 4))):
            self.dock.head.redo_button.click()
            self.model.at = min(self.model.at + 1, max(len(self.model.states) - 1, 0))

    def run(self):
        before = self._last_palette()
        locked = [] if before is None else [code for code, lock in zip(before.hex, before.locked, strict=True) if lock]
        n_colors = int(self.rng.integers(max(2, len(set(locked))), 10))
        self.open()  # runs are made there
        self.panel.colors.n_colors.value = n_colors
        self._run(self.panel)
        self.settle()
        for layer in self.viewer.layers:
            layer.visible = False  # what is drawn of it, other tests look at: here it would take most of the time
        image = self.viewer.layers[0].data
        made = cq.quantize(image, n_colors, quantizer="median_cut", fixed=list(dict.fromkeys(locked)))
        known = [] if before is None else [before, *self.model.lost]
        if known:
            made = replace(made, palette=inherit(made.palette, known[0], known[1:]))
        self.model.lost = [each.take(rows) for each in known if (rows := lost_entries(made.palette, each))]
        if self.model.now is not None and self.model.is_open:
            self.model.push(made)
        else:
            self.model.begin(made)

    def _last_palette(self):
        layer = self.labels or self.squares
        return None if layer is None else read_palette(layer)

    def close(self):
        if self.model.is_open:
            self.viewer.window.remove_dock_widget(self.panel)
            self.model.is_open = False
            self.model.lost = []  # what runs of that panel have lost
            self.model.begin(self.model.now)

    def open(self):
        if not self.model.is_open:
            self._open_panel().set_recipe(cq.Recipe(quantizer="median_cut"))
            self.model.is_open = True

    def rename_layer(self):
        layer = self.viewer.layers[int(self.rng.integers(1, len(self.viewer.layers)))] if self.labels else None
        if layer is not None:
            layer.name = f"named {self.rng.integers(100)}"

    def select_layer(self):
        self.viewer.layers.selection.active = self.viewer.layers[int(self.rng.integers(len(self.viewer.layers)))]

    def delete_squares(self):
        if self.squares is not None:
            self.viewer.layers.remove(self.squares)

    def delete_result(self):
        if self.labels is not None:
            self.viewer.layers.remove(self.labels)
            self.model.begin(None)

    def check(self):
        """Compare everything that shows the result with the model."""
        now, dock = self.model.now, self.dock
        assert (dock is not None) == self.model.is_open
        if now is None:
            assert self.labels is None
            assert dock is None or dock.session is None
            return
        palette, labels = now.palette, self.labels
        np.testing.assert_array_equal(labels.data, now.labels + 1)
        self._check_layer(labels, palette)
        if self.squares is not None:
            self._check_layer(self.squares, palette)
            assert len(self.squares.data) == len(palette)
            np.testing.assert_array_equal(np.rint(self.squares.face_color[:, :3] * 255), palette.colors)
            assert self.squares.metadata[KEY]["id"] == labels.metadata[KEY]["id"]
        colors = np.array([labels.colormap.color_dict[label + 1] for label in range(len(palette))])
        np.testing.assert_array_equal(np.rint(colors[:, :3] * 255), palette.colors)
        if dock is not None:
            self._check_dock(dock, now)

    def check_features(self):
        """Compare the features, which follow a moment later, with the model."""
        now, labels = self.model.now, self.labels
        if now is None:
            return
        palette = now.palette
        for layer in (labels, self.squares):
            if layer is not None:
                features = layer.features
                assert list(features["hex"]) == list(palette.hex)
                np.testing.assert_allclose(features["share"], palette.shares)
                for column, words in (("name", palette.names), ("class", palette.classes)):
                    assert list(features.get(column, [""] * len(palette))) == list(words)
        assert [int(count) for count in labels.features["count"]] == [
            int(count) for count in np.bincount(now.labels.reshape(-1), minlength=len(palette))
        ]

    @staticmethod
    def _check_layer(layer, palette):
        found = read_palette(layer)
        assert (found.hex, found.names, found.classes, found.locked) == (
            palette.hex, palette.names, palette.classes, palette.locked
        )  # fmt: skip
        np.testing.assert_allclose(found.shares, palette.shares)

    def _check_dock(self, dock, now):
        table, session = dock.colors.table.palette_model, dock.session
        assert session.layer is self.labels
        assert session.indexed.palette == now.palette
        np.testing.assert_array_equal(session.indexed.labels, now.labels)
        assert table.rowCount() == len(now.palette)
        for row in range(table.rowCount()):
            cells = {key: table.index(row, column) for column, key in enumerate(KEYS)}
            assert cells["hex"].data() == now.palette.hex[row]
            assert cells["name"].data(Qt.ItemDataRole.EditRole) == now.palette.names[row]
            assert cells["class"].data() == now.palette.classes[row]
            assert cells["lock"].data(VALUE_ROLE) == now.palette.locked[row]
            assert cells["share"].data(VALUE_ROLE) == pytest.approx(float(now.palette.shares[row]))
        assert (session.stack.index(), session.stack.count()) == (self.model.at, len(self.model.states) - 1)
        assert dock.title.text() == self.labels.name


EDITS = ("rename", "classify", "recolor", "lock", "merge", "sort", "paint", "use_square", "undo", "redo")
#: Weights of the rest beside 8 for each edit: what needs a thread or a new dock takes longest.
OTHERS = {
    "run": 2.0, "delete": 1.0, "close": 0.6, "open": 0.8, "rename_layer": 2.0, "select_layer": 2.0,
    "delete_squares": 0.4, "delete_result": 0.4,
}  # fmt: skip


@pytest.mark.parametrize("seed", range(WALKS))
def test_everything_shows_the_same_after_any_walk(viewer, open_panel, run, qtbot, seed):
    rng = np.random.default_rng(seed)
    viewer.add_image(rng.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8), name="noise", rgb=True)
    walk = Walk(viewer, open_panel, run, qtbot, rng)
    walk.open()
    walk.run()
    for number in range(STEPS):
        walk.step()
        try:
            walk.check()
            if number % 5 == 0:
                walk.settle()
                walk.check_features()
        except AssertionError as error:
            pytest.fail(f"after step {number}, {' '.join(walk.done[-12:])}: {error}")
        if number % 50 == 0:
            QApplication.processEvents()
    assert len(set(walk.done)) > len(EDITS)


def test_squares_that_outlive_their_result_belong_to_the_next(viewer, panel, run, qtbot):
    run(panel)
    dock = open_palette(viewer)
    viewer.layers.remove("photo quantized")
    assert dock.session is None
    run(panel)
    squares = viewer.layers["photo palette"]
    squares.selected_data = {1}
    squares.current_face_color = "#ff0000"
    assert dock.session.indexed.palette.hex[1] == read_palette(viewer.layers["photo quantized"]).hex[1] == "#ff0000"


def test_hidden_squares_take_any_number_of_colours(viewer, panel, run):
    run(panel)
    dock, squares = open_palette(viewer), viewer.layers["photo palette"]
    squares.visible = False
    for n_colors in (5, 9, 3):
        panel.colors.n_colors.value = n_colors
        run(panel)
        assert len(squares.data) == n_colors
    dock.session.settle()
    dock.colors.table.select_rows([0, 1], quiet=False)
    dock.colors.toolbar.merge_button.click()
    assert len(squares.data) == 2
    assert not squares.visible
    dock.undo()
    assert len(squares.data) == 3
    squares.visible = True
    assert len(squares.face_color) == 3
