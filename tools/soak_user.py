"""What a user may do next, as one class: every method below is an action with a weight, chosen at random.

Part of `tools/soak.py`. An action returns in a few words what it did, or None if there was nothing to do it with.
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import dask.array as da
import numpy as np
from napari.layers import Image, Labels, Layer
from qtpy.QtWidgets import QApplication, QDialog, QWidget
from skimage import data

from napari_colorquant._plugin.color_view.color_space_view import ColorSpaceView
from napari_colorquant._plugin.commands import result_actions
from napari_colorquant._plugin.commands.legend_menu import show_legend
from napari_colorquant._plugin.layers.provenance import read_metadata
from napari_colorquant._plugin.quantize_dock.widget import QuantizeWidget
from napari_colorquant._plugin.tasks.runner import running_jobs
from napari_colorquant.mapping.dithers import DITHERS
from soak_palette_user import PaletteUser

PLUGIN = "napari-colorquant"
#: Our docks, by their names in the menu.
DOCKS: dict[str, type[QWidget]] = {
    "Color Quantization": QuantizeWidget,
    "Colour space": ColorSpaceView,
}
#: Methods that take less than a second for the images here.
METHODS = ("fast", "kmeans", "wu", "pca", "median_cut", "octree", "popularity", "uniform", "maximin", "pnn")
#: With more layers than this, deleting comes before opening.
MANY_LAYERS = 12


class User(PaletteUser):
    """Someone at the window.

    Parameters
    ----------
    viewer : napari.Viewer
    rng : random.Random
    folder : Path
        Where files go.
    """

    panel_types = tuple(DOCKS.values())
    #: Name and weight of every action.
    actions: ClassVar[dict[str, int]] = {
        "open_rgb": 4, "open_gray16": 3, "open_two_channels": 2, "open_z_stack": 3, "open_dask": 2, "open_pyramid": 1,
        "open_dock": 8, "close_dock": 4, "hide_dock": 2, "choose_image": 6, "turn_choices": 12, "run": 16, "cancel": 3,
        "toggle_live": 4, "zoom": 3, "move_slider": 4, "change_display": 3, "select_layer": 8, "delete_layer": 5,
        "delete_several": 2, "rename_layer": 3, "move_layer": 2, "save_layer": 5, "reopen_file": 3, "result_action": 4,
        "change_theme": 1, "wait": 4,
        **PaletteUser.actions,
    }  # fmt: skip

    def __init__(self, viewer: Any, rng: random.Random, folder: Path) -> None:
        super().__init__(viewer, rng, folder)
        self._saved: list[Path] = []

    @staticmethod
    def count_jobs() -> int:
        """Return how many jobs of ours have not ended."""
        return len(running_jobs())

    def close(self, name: str) -> None:
        """Close a dock as its button does, with whatever dialog is open over it."""
        for dialog in [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog)]:
            dialog.reject()
        if (widget := self.dock(DOCKS[name])) is not None:
            self.viewer.window.remove_dock_widget(widget)

    def begin(self) -> str:
        """Open the panel, and run."""
        self.viewer.window.add_plugin_dock_widget(PLUGIN, "Color Quantization")
        return str(self.run())

    def wait(self) -> str:
        """Look on until the work is done: `Soak` does it."""
        return f"for {self.count_jobs()} jobs"

    # Images

    def _add(self, pixels: Any, name: str, **keywords: Any) -> str | None:
        if len(self.viewer.layers) > MANY_LAYERS:
            return self.delete_several()
        scale = self.random.choice([1.0, 0.5])
        self.viewer.add_image(pixels, name=name, scale=(scale,) * len(keywords.pop("shape")), **keywords)
        return f"{name}, scale {scale}"

    def _photo(self) -> Any:
        name = self.random.choice(["astronaut", "coffee", "chelsea", "immunohistochemistry"])
        step = self.random.choice([1, 2, 3])
        return np.ascontiguousarray(getattr(data, name)()[::step, ::step]), name

    def open_rgb(self) -> str | None:
        pixels, name = self._photo()
        if self.random.random() < 0.3:
            alpha = np.full((*pixels.shape[:2], 1), 255, np.uint8)
            alpha[:, : pixels.shape[1] // 4] = 0
            if self.random.random() < 0.5:  # seen in part
                alpha[:, pixels.shape[1] // 2 :, 0] = np.linspace(255, 1, pixels.shape[1] - pixels.shape[1] // 2)
            pixels = np.concatenate([pixels, alpha], axis=2)
        return self._add(pixels, name, rgb=True, shape=pixels.shape[:2])

    def open_gray16(self) -> str | None:
        pixels = data.camera()[::2, ::2].astype(np.uint16) * 16
        return self._add(pixels, "camera 12 bits", shape=pixels.shape)

    def open_two_channels(self) -> str | None:
        cells = np.random.default_rng(self.random.randrange(99)).random((2, 120, 160)).astype(np.float32)
        for place, colormap in enumerate(("green", "magenta")):
            self._add(cells[place], f"channel {place}", colormap=colormap, blending="additive", shape=(2, 2))
        return "two channels"

    def open_z_stack(self) -> str | None:
        pixels = data.chelsea()[::3, ::3]
        if self.random.random() < 0.5:
            stack = np.stack([pixels // (place + 1) for place in range(5)])
            return self._add(stack, "RGB stack", rgb=True, shape=stack.shape[:-1])
        stack = np.stack([pixels[..., place % 3] for place in range(6)])
        return self._add(stack, "gray stack", rgb=False, shape=stack.shape)

    def open_dask(self) -> str | None:
        pixels = da.from_array(data.immunohistochemistry(), chunks=(200, 256, 3))
        return self._add(pixels, "dask", rgb=True, shape=(2, 2))

    def open_pyramid(self) -> str | None:
        pixels = da.from_array(np.tile(data.coffee(), (3, 3, 1)), chunks=(400, 400, 3))
        levels = [pixels, pixels[::2, ::2], pixels[::4, ::4]]
        return self._add(levels, "pyramid", rgb=True, multiscale=True, shape=(2, 2))

    # Docks and the panel

    def open_dock(self) -> str:
        name = self.random.choice(list(DOCKS))
        dock, _ = self.viewer.window.add_plugin_dock_widget(PLUGIN, name, tabify=self.random.random() < 0.3)
        dock.show()
        dock.raise_()
        return name

    def close_dock(self) -> str | None:
        name = self.random.choice(list(DOCKS))
        if self.dock(DOCKS[name]) is None:
            return None
        self.close(name)
        return name

    def hide_dock(self) -> str | None:
        widget = self.dock(self.random.choice(list(DOCKS.values())))
        if widget is None:
            return None
        dock = widget.parent()
        dock.setVisible(not dock.isVisible())
        return f"{type(widget).__name__} {'shown' if dock.isVisible() else 'hidden'}"

    def choose_image(self) -> str | None:
        panel = self.panel
        if panel is None or not panel.image.image.choices:
            return None
        panel.image.image.value = chosen = self.random.choice(panel.image.image.choices)
        return str(getattr(chosen, "name", chosen))

    def turn_choices(self) -> str | None:
        panel = self.panel
        if panel is None:
            return None
        turns: dict[str, Callable[[], Any]] = {
            "colours": lambda: setattr(panel.colors.n_colors, "value", self.random.choice([2, 3, 5, 8, 16, 64, 256])),
            "clean up": lambda: setattr(panel.clean.smoothness, "value", self.random.choice([0.0, 0.0, 0.5, 2.0])),
            "space": lambda: self._turn(panel.space.space),
            "method": lambda: setattr(panel.quantizer.method, "value", self.random.choice(METHODS)),
            "dither": lambda: setattr(panel.dither.method, "value", self.random.choice(list(DITHERS))),
            "palette": lambda: self._turn(panel.palette_source.source, avoid="file"),
            "kind": lambda: self._turn(panel.result.kind),
            "new layers": lambda: self._turn(panel.result.new_layers, choices=[True, False]),
            "frames": lambda: self._turn(panel.scope.frames),
            "sample": lambda: self._turn(panel.scope.design_from),
            "rare": lambda: setattr(panel.focus.rare, "value", self.random.choice([0.0, 0.5, 1.0])),
            "region": lambda: self._turn(panel.focus.region),
            "intensities": lambda: self._turn(panel.image.scale),
            "curve": lambda: panel.curve.fold.toggleButton().click(),
        }  # fmt: skip
        name = self.random.choice(list(turns))
        turns[name]()
        return name

    def _turn(self, control: Any, *, choices: Any = None, avoid: Any = None) -> None:
        offered = [each for each in (choices or control.choices) if not (isinstance(each, str) and each == avoid)]
        if offered:
            control.value = self.random.choice(offered)

    def run(self) -> str | None:
        panel = self.panel
        if panel is None or not panel.bar.run_button.isEnabled():
            return None
        panel.bar.run_button.click()
        return str(getattr(panel.layer, "name", None))

    def cancel(self) -> str | None:
        panel = self.panel
        if panel is None or not panel.bar.cancel_button.isEnabled():
            return None
        panel.bar.cancel_button.click()
        return "pressed"

    def toggle_live(self) -> str | None:
        if self.panel is None:
            return None
        self.panel.bar.live_box.click()
        return "on" if self.panel.bar.live_box.isChecked() else "off"

    # The window and its layers

    def zoom(self) -> str:
        self.viewer.scene.camera.zoom = self.viewer.scene.camera.zoom * self.random.choice([0.5, 0.9, 1.2, 2.0])
        return f"{self.viewer.scene.camera.zoom:.2g}"

    def move_slider(self) -> str | None:
        if self.viewer.dims.ndim < 3:
            return None
        step = self.random.randrange(max(int(self.viewer.dims.nsteps[0]), 1))
        self.viewer.dims.set_current_step(0, step)
        return str(step)

    def change_display(self) -> str | None:
        layer = self.layer()
        if layer is None:
            return None
        if isinstance(layer, Image) and not layer.rgb and self.random.random() < 0.6:
            low, high = layer.contrast_limits_range
            layer.contrast_limits = (low, low + (high - low) * self.random.choice([0.5, 1.0]))
        elif self.random.random() < 0.5:
            layer.visible = not layer.visible
        else:
            layer.opacity = self.random.choice([0.4, 1.0])
        return layer.name

    def select_layer(self) -> str | None:
        layer = self.layer()
        self.viewer.layers.selection.active = layer
        return None if layer is None else layer.name

    def delete_layer(self) -> str | None:
        layer = self.layer()
        if layer is None:
            return None
        self.viewer.layers.remove(layer)
        return layer.name

    def delete_several(self) -> str | None:
        if not len(self.viewer.layers):
            return None
        chosen = set(self.random.sample(list(self.viewer.layers), min(3, len(self.viewer.layers))))
        if self.random.random() < 0.5:
            self.viewer.layers.selection = chosen
            self.viewer.layers.remove_selected()
        else:
            for layer in chosen:
                if layer in self.viewer.layers:  # a preview goes with its image
                    self.viewer.layers.remove(layer)
        return ", ".join(layer.name for layer in chosen)

    def rename_layer(self) -> str | None:
        layer = self.layer()
        if layer is None:
            return None
        before, layer.name = layer.name, self.random.choice(["a", "image", "µ × 2", layer.name[:8] + "~"])
        return f"{before} as {layer.name}"

    def move_layer(self) -> str | None:
        if len(self.viewer.layers) < 2:
            return None
        start, end = self.random.randrange(len(self.viewer.layers)), self.random.randrange(len(self.viewer.layers))
        self.viewer.layers.move(start, end)
        return f"{start} to {end}"

    def change_theme(self) -> str:
        self.viewer.theme = "light" if self.viewer.theme == "dark" else "dark"
        return str(self.viewer.theme)

    # Files and results

    def save_layer(self) -> str | None:
        """Save a result or a palette of ours as a format that can hold it; what cannot be written is told."""
        layer = self.layer(lambda each: read_metadata(each) is not None and not isinstance(each, Image))
        if layer is None:
            return None
        stack = layer.ndim > 2 if isinstance(layer, Labels) else False
        pictures = [".indexed.tif", ".indexed.gif"] if stack else [".indexed.png", ".indexed.tif"]
        palettes = [".gpl", ".ase", ".palette.csv", ".hex"]
        suffix = self.random.choice(palettes if not isinstance(layer, Labels) else pictures + palettes[:2])
        path = self.folder / f"{len(self._saved) % 20}{suffix}"
        try:
            layer.save(str(path), plugin=PLUGIN)
        except RuntimeError as error:
            return f"{path.name}: {error}"
        self._saved.append(path)
        return path.name

    def reopen_file(self) -> str | None:
        if not self._saved or len(self.viewer.layers) > MANY_LAYERS:
            return None
        path = self.random.choice(self._saved[-20:])
        self.viewer.open(str(path), plugin=PLUGIN)
        return path.name

    def result_action(self) -> str:
        action = self.random.choice(
            [result_actions.error_map, result_actions.use_settings, result_actions.copy_python,
             result_actions.copy_command, result_actions.show_color_space, result_actions.edit_palette,
             show_legend]
        )  # fmt: skip
        action(self.viewer)
        if (menu := QApplication.activePopupWidget()) is not None:
            menu.close()
        return action.__name__

    def layer(self, fits: Callable[[Layer], bool] = lambda _: True) -> Layer | None:
        """Return a layer at random."""
        fitting = [each for each in self.viewer.layers if fits(each)]
        return self.random.choice(fitting) if fitting else None
