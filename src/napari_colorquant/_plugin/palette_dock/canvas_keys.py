"""Undo on the canvas: while a result is open in the dock, napari's keys take back its last step, whatever it was.

napari's own history holds strokes only. It knows neither of the merge nor of the run that came after them, and would
write labels of an older palette into the picture.
"""

from collections.abc import Callable

from napari.layers import Labels

#: As napari writes them; it takes Control for Command on macOS.
_UNDO, _REDO = "Control-Z", "Control-Shift-Z"


def take_undo_keys(layer: Labels, undo: Callable[[], object], redo: Callable[[], object]) -> None:
    """Let napari's keys for undo and redo do something else while `layer` is the active one."""
    layer.bind_key(_UNDO, lambda _: undo(), overwrite=True)
    layer.bind_key(_REDO, lambda _: redo(), overwrite=True)


def leave_undo_keys(layer: Labels) -> None:
    """Leave the keys to napari again."""
    for keys in (_UNDO, _REDO):
        layer.bind_key(keys, None)


def forget_strokes(layer: Labels) -> None:
    """Empty napari's own history of a layer whose pixels were changed by others since."""
    if layer.editable:
        mode = layer.mode
        layer.editable = False  # which empties it, and ends painting
        layer.editable = True
        layer.mode = mode
