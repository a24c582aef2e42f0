"""Every action on the palette, once: its words, its key, what it needs. Buttons, menus and keys are made of this."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ...editing import SORT_KEYS
from ...palette import MAX_COLORS
from .editor import PaletteEditor

#: What a sort key is called in a menu.
_SORTS = {
    "lightness": "Lightness, dark to light",
    "hue": "Hue, grays first",
    "share": "Share, largest first",
    "name": "Name",
    "path": "Smooth path",
}


@dataclass(frozen=True)
class PaletteAction:
    """One action.

    Attributes
    ----------
    text : str
        What a menu says.
    do : callable
    keys : str
        As `QKeySequence` reads them; "" for none.
    fewest, most : int
        How many colours must be selected.
    moves_pixels, writes : bool
        Whether pixels change their colours, and whether the palette changes at all.
    leaves : bool
        Whether at least one colour must be left unselected.
    adds : bool
        Whether the palette gets longer.
    """

    text: str
    do: Callable[[], object]
    keys: str = ""
    fewest: int = 0
    most: int = MAX_COLORS
    moves_pixels: bool = False
    writes: bool = True
    leaves: bool = False
    adds: bool = False

    def fits(self, count: int, selected: int) -> bool:
        """Return whether it can be done with `selected` of `count` colours selected."""
        room = not (self.leaves and selected >= count) and not (self.adds and count >= MAX_COLORS)
        return count > 0 and self.fewest <= selected <= self.most and room


def palette_actions(editor: PaletteEditor) -> dict[str, PaletteAction]:
    """Return all actions of an editor by their names."""
    table = editor.table
    made = {
        "recolor": PaletteAction("Colour …", lambda: editor.recolor(table.rows()[0]), fewest=1, most=1),
        "rename": PaletteAction("Rename", lambda: table.edit_name(table.rows()[0]), fewest=1, most=1),
        "class": PaletteAction("Class …", editor.classify, "Ctrl+K", fewest=1),
        "lock": PaletteAction("Lock", lambda: editor.lock(True), fewest=1),
        "unlock": PaletteAction("Unlock", lambda: editor.lock(False), fewest=1),
        "pick": PaletteAction("Add: from the image", editor.add_from_image, "Ins", moves_pixels=True, adds=True),
        "value": PaletteAction("Add: by value …", editor.add_by_value, "Shift+Ins", moves_pixels=True, adds=True),
        "merge": PaletteAction("Merge", editor.merge, "Ctrl+M", fewest=2, moves_pixels=True),
        "swap": PaletteAction("Swap", editor.swap, "Ctrl+Shift+X", fewest=2, most=2),
        "ramp": PaletteAction("Ramp from the first to the last", editor.ramp, "Ctrl+R", fewest=3),
        "split": PaletteAction("Split …", editor.split, "Ctrl+D", fewest=1, most=1, moves_pixels=True, adds=True),
        "delete": PaletteAction("Delete", editor.delete, fewest=1, moves_pixels=True, leaves=True),
        "up": PaletteAction("Move up", lambda: editor.shift(-1), "Alt+Up", fewest=1, moves_pixels=True),
        "down": PaletteAction("Move down", lambda: editor.shift(1), "Alt+Down", fewest=1, moves_pixels=True),
        "set": PaletteAction("Set colours from a colormap or palette …", editor.set_colors),
        "distinguish": PaletteAction("Make distinguishable …", editor.distinguish),
        "measured": PaletteAction("Show own colours again", editor.show_measured),
        "strokes": PaletteAction("Paint strokes: examples of each entry", editor.begin_strokes, moves_pixels=True),
        "learn": PaletteAction("Learn from strokes: nearest colour", editor.learn, "Ctrl+L", moves_pixels=True),
        "learn spread": PaletteAction(
            "Learn from strokes: colours with their spread", lambda: editor.learn("gaussian"), moves_pixels=True
        ),
        "snap": PaletteAction("Snap to web-safe or another palette …", editor.snap),
    }
    for key in SORT_KEYS:
        made[f"sort {key}"] = PaletteAction(_SORTS[key], partial(editor.sort, key), moves_pixels=True)
    return made
