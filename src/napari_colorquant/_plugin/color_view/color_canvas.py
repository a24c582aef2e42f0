"""A 3-D picture of a `ColorCloud`: the image's colours, the palette among them, and the cells that entries own."""

from typing import Any

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QObject, Signal
from qtpy.QtGui import QOffscreenSurface, QOpenGLContext
from vispy import scene

from ...quality.cloud import ColorCloud

#: A press that moves by more pixels turns the view; a click reaches entries within so many.
_STILL, _REACH = 4.0, 14.0
_POINT, _ENTRY, _CHOSEN = (2.0, 12.0), 11.0, 17.0
#: The opacity of an entry that is not opaque is at least this.
_FAINTEST = 0.35
#: How much of middle gray there is in the background.
_GRAYER = 0.4
#: The cells of all entries are drawn so; that of a chosen one is drawn full.
_FAINT = 0.3


class ColorCanvas(QObject):
    """A canvas that turns with the mouse; a click chooses an entry.

    Parameters
    ----------
    parent : QObject, optional

    Attributes
    ----------
    native : QOpenGLWidget
        What goes into a layout.
    chosen : list of int
        The entries that stand out.
    picked : Signal of list of int
        Entries were clicked; none beside them. With Ctrl or Shift they join those that are chosen.
    """

    picked = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = scene.SceneCanvas(keys=None, show=False, size=(360, 360))
        self.native: Any = self._canvas.native
        self._keeper, self._surface = QOpenGLContext(self), QOffscreenSurface(None, self)
        self.native.aboutToCompose.connect(self._keep_objects)
        self.native.setMinimumSize(200, 220)
        view = self._canvas.central_widget.add_view()
        self._view = view
        view.camera = scene.TurntableCamera(fov=25, azimuth=125, elevation=18)
        self._points = scene.visuals.Markers(parent=view.scene, scaling="fixed", antialias=1)
        self._frame = scene.visuals.Line(parent=view.scene, connect="segments", method="gl", width=1)
        self._cells = scene.visuals.Line(parent=view.scene, connect="segments", method="gl", width=1.5)
        self._entries = scene.visuals.Markers(parent=view.scene, scaling="fixed", antialias=1)
        self._names = scene.visuals.Text(parent=view.scene, font_size=10, bold=True)
        # Entries are seen through the cloud in which they lie.
        for visual, order in ((self._frame, 0), (self._points, 1), (self._cells, 2), (self._entries, 3)):
            visual.order = order
            visual.set_gl_state("translucent", depth_test=order < 2)
            visual.visible = False
        self._names.order = 4
        self._names.set_gl_state("translucent", depth_test=False)
        self.cloud: ColorCloud | None = None
        self.chosen: list[int] = []
        self._colors: npt.NDArray[np.float32] = np.empty((0, 4), np.float32)
        self._labels: list[str] = []
        self._show_cells = "chosen"
        self._ink = np.ones(4, np.float32)
        self._shown: tuple[Any, ...] = ()
        self._pressed: npt.NDArray[np.float64] | None = None
        self._canvas.events.mouse_press.connect(self._on_press)
        self._canvas.events.mouse_release.connect(self._on_release)
        self._canvas.events.mouse_move.connect(self._on_move)

    def show_cloud(
        self, cloud: ColorCloud | None, colors: npt.NDArray[np.uint8] | None = None, labels: Any = ()
    ) -> None:
        """Show another cloud; the view stays as it was turned, and is fitted anew if the space is another.

        Parameters
        ----------
        cloud : ColorCloud or None
        colors : ndarray of shape (K, 3) or (K, 4), uint8
            The palette; what is not opaque is drawn so, but always seen.
        labels : sequence of str
            What a tooltip says of each entry.
        """
        self.cloud, self._labels = cloud, list(labels)
        count = 0 if colors is None else len(colors)
        self._colors = np.ones((count, 4), np.float32)
        if colors is not None:
            self._colors[:, : colors.shape[1]] = colors / 255
            self._colors[:, 3] = np.maximum(self._colors[:, 3], _FAINTEST)
        self.chosen = [row for row in self.chosen if row < count]
        self._points.visible = cloud is not None and len(cloud.points) > 0
        if cloud is not None and len(cloud.points):
            low, high = _POINT
            sizes = low + (high - low) * np.sqrt(cloud.weights / cloud.weights.max())
            order = np.argsort(-sizes)  # small ones are not hidden by large ones
            face = np.ones((len(order), 4), np.float32)
            face[:, :3] = cloud.colors[order] / 255
            self._points.set_data(
                self._place(cloud.points)[order], size=sizes[order], face_color=face, edge_width=0, symbol="disc"
            )
        self._frame_cloud()
        self._draw_entries()

    def choose(self, rows: list[int]) -> None:
        """Let entries stand out, with their cells; no signal is sent."""
        self.chosen = list(rows)
        self._draw_entries()

    def show_cells(self, which: str) -> None:
        """Draw the cells of "chosen" entries, of "all", or of "none"."""
        self._show_cells = which
        self._draw_entries()

    def set_theme(self, theme: Any) -> None:
        """Draw on the canvas colour of a napari theme, but grayer: black and white points are seen on it, too."""
        canvas = np.array(theme.canvas.as_rgb_tuple(alpha=False)) / 255
        self._canvas.bgcolor = tuple(_GRAYER * 0.5 + (1 - _GRAYER) * canvas)
        dark = canvas.mean() < 0.5
        self._ink = np.array([0.92, 0.92, 0.92, 1] if dark else [0.1, 0.1, 0.1, 1], np.float32)
        self._shown = ()
        self._frame_cloud()
        self._draw_entries()

    def positions(self) -> npt.NDArray[np.float64]:
        """Return where the entries are on the canvas, (K, 2) in logical pixels from its upper left corner."""
        if self.cloud is None:
            return np.empty((0, 2))
        transform = self._entries.get_transform("visual", "canvas")
        mapped = np.asarray(transform.map(self._place(self.cloud.entries)))
        found: npt.NDArray[np.float64] = mapped[:, :2] / mapped[:, 3:]
        return found

    def close(self) -> None:
        """Let go of what the graphics card holds, and be drawn no more.

        Contexts of a window share their objects, so these do not go with the context that made them, and
        vispy asks nobody to delete the objects of a canvas that has gone: each opening would leave 3 MB.
        """
        context, keeper = self._canvas.context, self._keeper
        if keeper.isValid() and keeper.makeCurrent(self._surface):
            context.glir.clear()
            for number in context.shared.parser._objects:
                context.glir.command("DELETE", number)
            context.glir.flush(context.shared.parser)
            keeper.doneCurrent()
        self._canvas.close()

    def _keep_objects(self) -> None:
        """Make a context that shares the canvas's objects: Qt takes its own away as soon as it leaves the window."""
        keeper, own = self._keeper, self.native.context()
        if keeper.isValid() and QOpenGLContext.areSharing(keeper, own):
            return
        keeper.setShareContext(own)
        keeper.setFormat(self.native.format())
        keeper.create()
        self._surface.setFormat(keeper.format())
        self._surface.create()

    def _place(self, coordinates: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return coordinates with lightness upward, if the space has such an axis."""
        assert self.cloud is not None
        return np.ascontiguousarray(coordinates[..., self._order()], np.float32)

    def _order(self) -> list[int]:
        assert self.cloud is not None
        space = self.cloud.space
        up = space.axes.index(space.lightness) if space.lightness in space.axes else len(space.axes) - 1
        return [axis for axis in range(3) if axis != up] + [up]

    def _frame_cloud(self) -> None:
        """Draw the box around everything, name its axes, and fit the view to it."""
        cloud = self.cloud
        self._frame.visible = self._names.visible = cloud is not None
        if cloud is None:
            return
        every = self._place(np.concatenate([cloud.points, cloud.entries]))
        low, high = every.min(axis=0), every.max(axis=0)
        margin = max(0.04 * float((high - low).max()), 1e-6)
        low, high = low - margin, high + margin
        corners = np.array([[(low, high)[corner >> axis & 1][axis] for axis in range(3)] for corner in range(8)])
        edges = [(a, a | bit) for bit in (1, 2, 4) for a in range(8) if not a & bit]
        ink = np.repeat([self._ink], 24, axis=0)
        ink[:, 3] = 0.16
        from_origin = [2 * place + end for place, (a, _) in enumerate(edges) if a == 0 for end in (0, 1)]
        ink[from_origin, 3] = 0.75
        self._frame.set_data(corners[np.ravel(edges)], color=ink)
        axes = [*cloud.space.axes, *[""] * (3 - len(cloud.space.axes))]
        self._names.text = [axes[axis] or " " for axis in self._order()]
        tips = corners[[1, 2, 4]] + np.eye(3) * 3 * margin
        self._names.pos, self._names.color = tips, tuple(self._ink)
        key = (cloud.space.name,)
        if key != self._shown:
            self._shown = key
            self._view.camera.set_range(*zip(low, high, strict=True), margin=0.12)

    def _draw_entries(self) -> None:
        cloud = self.cloud
        there = cloud is not None and len(self._colors) == len(cloud.entries)
        self._entries.visible = there
        self._cells.visible = False
        if cloud is None or not there:
            self._canvas.update()
            return
        chosen = np.isin(np.arange(len(self._colors)), self.chosen)
        edge = np.repeat([self._ink], len(chosen), axis=0)
        # What stands last is drawn last: chosen entries lie over the others.
        order = np.argsort(chosen, kind="stable")
        self._entries.set_data(
            self._place(cloud.entries)[order],
            size=np.where(chosen, _CHOSEN, _ENTRY)[order],
            face_color=self._colors[order],
            edge_color=edge[order],
            edge_width=np.where(chosen, 2.5, 1.0)[order],
            symbol="square",
        )
        self._draw_cells(cloud, chosen)
        self._canvas.update()

    def _draw_cells(self, cloud: ColorCloud, chosen: npt.NDArray[np.bool_]) -> None:
        if self._show_cells == "none":
            return
        rows = range(len(chosen)) if self._show_cells == "all" else np.flatnonzero(chosen)
        ends, colors = [np.empty((0, 3), np.float32)], [np.empty((0, 4), np.float32)]
        for row in rows:
            edges = self._place(cloud.cell(int(row))).reshape(-1, 3)
            color = self._visible_color(self._colors[row])
            color[3] = 1.0 if chosen[row] else _FAINT
            ends.append(edges)
            colors.append(np.repeat([color], len(edges), axis=0))
        if sum(map(len, ends)):
            self._cells.set_data(np.concatenate(ends), color=np.concatenate(colors))
            self._cells.visible = True

    def _visible_color(self, color: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return a colour that is seen on the canvas: halfway to the ink where it would not be."""
        is_near = abs(float(color[:3].mean()) - float(np.mean(self._canvas.bgcolor.rgb))) < 0.2
        return 0.5 * (color + self._ink) if is_near else color.copy()

    def _entry_at(self, place: Any) -> int | None:
        distances = np.linalg.norm(self.positions() - np.asarray(place, float)[:2], axis=1)
        if not len(distances) or distances.min() > _REACH:
            return None
        return int(distances.argmin())

    def _on_press(self, event: Any) -> None:
        self._pressed = np.asarray(event.pos, float) if event.button == 1 else None

    def _on_release(self, event: Any) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or np.abs(np.asarray(event.pos) - pressed).max() > _STILL:
            return
        row = self._entry_at(event.pos)
        joins = any(str(getattr(key, "name", key)) in ("Control", "Shift") for key in event.modifiers)
        if row is None:
            self.picked.emit(self.chosen if joins else [])
        else:
            self.picked.emit(sorted(set(self.chosen) ^ {row}) if joins else [row])

    def _on_move(self, event: Any) -> None:
        if not event.is_dragging:
            row = self._entry_at(event.pos)
            self.native.setToolTip("" if row is None or row >= len(self._labels) else self._labels[row])
