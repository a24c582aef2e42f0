"""What a user may do with the palette's dock, the swatches and the labels.

Part of `tools/soak.py`; see `soak_user.py`.
"""

import random
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from napari.layers import Image
from qtpy.QtCore import QItemSelectionModel
from qtpy.QtGui import QColor
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QColorDialog, QDialog

from napari_colorquant._plugin.layers.provenance import read_metadata
from napari_colorquant._plugin.layers.sources import find_palette_layer
from napari_colorquant._plugin.palette_dock.model import KEYS
from napari_colorquant._plugin.palette_dock.widget import PaletteWidget
from napari_colorquant._plugin.quantize_dock.widget import QuantizeWidget

_WORDS = ("tissue", "nuclei", "", "=1+1", "sky", "ein sehr langer Name für eine Farbe")


class PaletteUser:
    """The half of `User` that edits; see there."""

    actions: ClassVar[dict[str, int]] = {
        "select_rows": 12, "edit_rows": 14, "write_cell": 8, "recolor_in_dialog": 4, "close_dialog": 6, "undo": 8,
        "redo": 5, "paint": 5, "recolor_swatches": 3, "select_swatches": 3, "pick_label": 3, "toggle_alone": 3,
        "hover_swatch": 6, "press_digit": 5, "click_legend": 3,
        "ask_palette": 2, "show_class_map": 2, "measure": 4, "use_measurement": 4, "apply": 2, "show_tab": 3,
    }  # fmt: skip

    def __init__(self, viewer: Any, rng: random.Random, folder: Path) -> None:
        self.viewer, self.random, self.folder = viewer, rng, folder

    def dock(self, kind: type[Any]) -> Any:
        """Return the widget of an open dock, or None."""
        return next((each for each in self.viewer.window.dock_widgets.values() if isinstance(each, kind)), None)

    @property
    def panel(self) -> QuantizeWidget | None:
        """The panel, if it is open."""
        return self.dock(QuantizeWidget)

    @property
    def palette(self) -> PaletteWidget | None:
        """The palette in the panel, if that is open."""
        return None if self.panel is None else self.panel.palette_editor

    def _session(self) -> Any:
        return None if self.palette is None else self.palette.session

    def _rows(self, most: int = 3) -> list[int]:
        count = len(self._session().indexed.palette)
        return sorted(self.random.sample(range(count), min(count, self.random.randint(1, most))))

    def select_rows(self) -> str | None:
        if self._session() is None:
            return None
        table, rows = self.palette.colors.table, self._rows()
        chooser = table.selectionModel()
        table.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for row in rows:
            chooser.select(table.palette_model.index(row, 0), flags)
        return str(rows)

    def edit_rows(self) -> str | None:
        if self._session() is None:
            return None
        editor, toolbar = self.palette.colors.editor, self.palette.colors.toolbar
        edits = {
            "merge": toolbar.merge_button.click,
            "delete": toolbar.delete_button.click,
            "split": lambda: editor.split(self.random.choice([2, 3])),
            "swap": editor.swap,
            "ramp": toolbar.actions_by_name["ramp"].do if len(self._chosen()) > 2 else editor.swap,
            "sort": lambda: editor.sort(self.random.choice(["lightness", "hue", "share", "name", "path"])),
            "move": lambda: editor.move(self._rows(), self.random.randint(0, len(self._session().indexed.palette))),
            "lock": lambda: editor.lock(self.random.random() < 0.5),
            "classify": lambda: editor.classify(self.random.choice(["a", "b", ""])),
            "add": lambda: editor.add(np.array([self.random.randrange(256) for _ in range(3)], np.uint8)),
        }
        name = self.random.choice(list(edits))
        edits[name]()
        return f"{name} {self.palette.colors.note.text()}"

    def write_cell(self) -> str | None:
        if self._session() is None:
            return None
        key = self.random.choice(["name", "class", "hex"])
        text = f"#{self.random.randrange(1 << 24):06x}" if key == "hex" else self.random.choice(_WORDS)
        model, (row, *_) = self.palette.colors.table.palette_model, self._rows()
        model.setData(model.index(row, KEYS.index(key)), text)
        return f"{key} of {row}: {text!r}"

    def recolor_in_dialog(self) -> str | None:
        """Open the dialog, and look at two colours; `close_dialog` ends it, maybe much later."""
        if self._session() is None or self._dialog() is not None:
            return None
        (row, *_) = self._rows()
        self.palette.colors.editor.recolor(row)
        dialog = self._dialog()
        if isinstance(dialog, QColorDialog):
            for _ in range(2):
                dialog.setCurrentColor(QColor(*(self.random.randrange(256) for _ in range(3))))
        return f"row {row}"

    def ask_palette(self) -> str | None:
        if self._session() is None or self._dialog() is not None:
            return None
        editor = self.palette.colors.editor
        self.random.choice([editor.set_colors, editor.snap])()
        dialog = self._dialog()
        if dialog is not None:
            dialog.choice.setCurrentIndex(self.random.randrange(dialog.choice.count()))
        return "opened"

    def close_dialog(self) -> str | None:
        dialog = self._dialog()
        if dialog is None:
            return None
        accepted = self.random.random() < 0.6
        dialog.accept() if accepted else dialog.reject()
        return f"{type(dialog).__name__} {'accepted' if accepted else 'rejected'}"

    def _dialog(self) -> Any:
        found = [] if self.palette is None else self.palette.findChildren(QDialog)
        return next((each for each in found if each.isVisible()), None)

    def undo(self) -> str | None:
        return self._click("undo_button")

    def redo(self) -> str | None:
        return self._click("redo_button")

    def _click(self, name: str) -> str | None:
        button = None if self.palette is None else getattr(self.palette.head, name)
        if button is None or not button.isEnabled():
            return None
        times = self.random.choice([1, 1, 3])
        for _ in range(times):
            button.click()
        return f"{button.toolTip()} x {times}"

    def paint(self) -> str | None:
        """Paint a stroke into the result with napari's brush."""
        session = self._session()
        if session is None or session.is_lazy or not (session.layer.editable and session.layer.visible):
            return None
        layer = session.layer
        place = [self.random.randrange(side) for side in layer.data.shape]
        if layer.ndim > 2:  # the brush reaches the plane that is shown; there is none if another stack is longer
            place[0] = int(layer.world_to_data(self.viewer.dims.point[-layer.ndim :])[0])
            if not 0 <= place[0] < layer.data.shape[0]:
                return None
        layer.brush_size = self.random.choice([1, 8, 30])
        label = self.random.choice([0, 1, len(session.indexed.palette), len(session.indexed.palette) + 1])
        layer.paint(place, label)
        return f"label {label} at {place}"

    def recolor_swatches(self) -> str | None:
        """Use napari's own colour control on the palette layer."""
        points = None if self._session() is None else find_palette_layer(self.viewer, self._session().layer)
        if points is None:
            return None
        points.selected_data = {row for row in self._rows() if row < len(points.data)}
        points.current_face_color = f"#{self.random.randrange(1 << 24):06x}"
        return str(points.selected_data)

    def select_swatches(self) -> str | None:
        points = None if self._session() is None else find_palette_layer(self.viewer, self._session().layer)
        if points is None or not len(points.data):
            return None
        points.selected_data = {self.random.randrange(len(points.data))}
        return str(points.selected_data)

    def pick_label(self) -> str | None:
        session = self._session()
        if session is None:
            return None
        session.layer.selected_label = 1 + self.random.randrange(len(session.indexed.palette))
        return str(session.layer.selected_label)

    def _chosen(self) -> list[int]:
        rows: list[int] = self.palette.colors.table.rows()
        return rows

    def hover_swatch(self) -> str | None:
        """Rest on a swatch, or leave the grid."""
        if self._session() is None:
            return None
        row = self.random.choice([-1, *self._rows()])
        self.palette.colors.grid.hovered.emit(row)
        return f"row {row}"

    def press_digit(self) -> str | None:
        """Put the selected rows into a class that is there, or out of all: a new class would ask for its name."""
        if self._session() is None:
            return None
        colors = self.palette.colors
        digit = self.random.randint(0, len(colors.legend.names[:9]))
        QTest.keyClick(colors.grid, str(digit))
        return f"{digit} for {self._chosen()}"

    def click_legend(self) -> str | None:
        """Click a class that is there."""
        if self._session() is None or len(self.palette.colors.legend.buttons) < 2:
            return None
        button = self.random.choice(self.palette.colors.legend.buttons[:-1])
        button.click()
        return str(button.text())

    def toggle_alone(self) -> str | None:
        if self._session() is None:
            return None
        toolbar = self.palette.colors.toolbar
        (toolbar.alone_button.click if self.random.random() < 0.7 else toolbar.hide_action.trigger)()
        return toolbar.alone_mode

    def show_class_map(self) -> str | None:
        if self._session() is None:
            return None
        self.palette.show_class_map()
        return self.palette.colors.note.text()

    def measure(self) -> str | None:
        if self._session() is None or not self.palette.measure.measure_button.isEnabled():
            return None
        tab = self.palette.measure
        for box in (tab.choices.by, tab.choices.within):
            box.value = self.random.choice(box.choices)
        tab.choices.count_components.value = self.random.random() < 0.5
        tab.measure_button.click()
        return f"{tab.choices.by.value}: {tab.note.text()}"

    def use_measurement(self) -> str | None:
        if self.palette is None or not self.palette.measure.save_button.isEnabled():
            return None
        tab = self.palette.measure
        if self.random.random() < 0.5 and tab.features_button.isEnabled():
            tab.features_button.click()
            return "to features"
        tab.save(self.folder / "measured.csv", overwrite=True)
        return "to a file"

    def apply(self) -> str | None:
        """Apply the palette to another image, and measure both."""
        if self._session() is None or self.palette.apply.is_busy:
            return None
        tab = self.palette.apply
        others = [each for each in self.viewer.layers if isinstance(each, Image) and read_metadata(each) is None]
        tab.apply_to_layers(others[: self.random.randint(0, 2)])
        return tab.note.text()

    def show_tab(self) -> str | None:
        if self.palette is None:
            return None
        self.palette.tabs.setCurrentIndex(self.random.randrange(3))
        return self.palette.tabs.tabText(self.palette.tabs.currentIndex())
