"""How napari draws a `LegendOverlay`.

napari 0.9 has public overlays (`viewer.canvas.overlays`), but no public way to draw one of another kind: the
table of what draws what is private. It is touched here alone, and a test names the versions that were looked at.
"""

import math
from typing import Any

import numpy as np
from napari._vispy.overlays.base import ViewerOverlayMixin, VispyCanvasOverlay
from napari._vispy.utils.visual import overlay_to_visual
from napari._vispy.visuals.text import Text
from vispy.scene.visuals import Compound, Markers

from .overlay import LegendOverlay
from .rows import LegendRow

#: In heights of a line: a swatch, the room between it and its name, between name and amount, between columns, and
#: from one row to the next.
_SWATCH, _GAP, _SPACE, _GUTTER, _LEADING = 0.8, 0.5, 0.9, 1.4, 1.25


class _LegendVisual(Compound):  # type: ignore[misc]  # vispy ships no types
    """Squares, names, and amounts that end below each other."""

    def __init__(self, font_info: Any) -> None:
        kept = {"text": [""], "pos": [(0, 0)], "anchor_y": "center", "font_info": font_info}
        self.names, self.amounts = Text(anchor_x="left", **kept), Text(anchor_x="right", **kept)
        self.swatches = Markers(pos=np.zeros((1, 2)), size=1)
        self.ruler = Text(text="M", pos=(0, 0), font_info=font_info)  # measures, and is never drawn
        super().__init__([self.swatches, self.names, self.amounts])

    def set_data(self, overlay: LegendOverlay, ink: Any) -> tuple[float, float]:
        """Lay the rows out, and return width and height in pixels."""
        rows: list[LegendRow] = list(overlay.rows)
        self.swatches.visible = bool(rows)
        if not rows:
            self.names.text = self.amounts.text = [""]
            return 0.0, 0.0
        for text in (self.names, self.amounts, self.ruler):
            text.font_size = overlay.font_size
        line = math.ceil(self.ruler.get_line_height())
        high = -(-len(rows) // max(1, min(overlay.columns, len(rows))))
        before = (_SWATCH + _GAP) * line
        lefts, rights, left = [], [], 0.0
        for start in range(0, len(rows), high):
            block = rows[start : start + high]
            amounts = max(self._width_of(row.amount) for row in block)
            right = left + before + max(self._width_of(row.name) for row in block)
            right += _SPACE * line + amounts if amounts else 0
            heights = [row * _LEADING * line + line / 2 for row in range(len(block))]
            lefts += [(left, height) for height in heights]
            rights += [(right, height) for height in heights]
            left = right + _GUTTER * line
        self._write(self.names, [row.name for row in rows], np.add(lefts, (before, 0)), ink)
        self._write(self.amounts, [row.amount for row in rows], np.array(rights), ink)
        self.swatches.set_data(
            pos=np.add(lefts, (_SWATCH * line / 2, 0)),
            size=_SWATCH * line,
            symbol="square",
            face_color=np.array([row.color for row in rows], np.float32),
            edge_color=ink,
            edge_width=1,
        )
        return rights[-1][0], ((high - 1) * _LEADING + 1) * line

    @staticmethod
    def _write(visual: Text, texts: list[str], places: Any, ink: Any) -> None:
        visual.text, visual.pos, visual.color = texts, places, ink

    def _width_of(self, text: str) -> float:
        if not text:
            return 0.0
        self.ruler.text = text
        return float(self.ruler.get_width_height()[0])


class VispyLegendOverlay(ViewerOverlayMixin, VispyCanvasOverlay):  # type: ignore[misc]
    """Draws the legend, and tells napari how much room it takes among the other overlays."""

    def __init__(self, *, font_info: Any, **given: Any) -> None:
        super().__init__(node=_LegendVisual(font_info), font_info=font_info, **given)
        events = self.overlay.events
        for event in (events.rows, events.columns, events.font_size):
            event.connect(self._on_position_change)
        for event in (events.box, events.box_color, self.viewer.canvas.events.background_color):
            event.connect(self._on_position_change)
        self.reset()

    def _on_position_change(self, event: Any = None) -> None:
        self.x_size, self.y_size = self.node.set_data(self.overlay, self._get_fgcolor())
        super()._on_position_change()


def register() -> None:
    """Tell napari what draws a `LegendOverlay`."""
    overlay_to_visual[LegendOverlay] = VispyLegendOverlay
