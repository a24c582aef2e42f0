"""Asking where something shall be saved: once for everything that is."""

from collections.abc import Collection, Sequence

from qtpy.QtWidgets import QFileDialog, QWidget


def ask_path(
    parent: QWidget | None, title: str, place: str, filters: Sequence[str], suffixes: Collection[str], default: str
) -> str:
    """Return the path that is chosen, with the suffix of the chosen filter if it has none of ours; "" for none.

    Parameters
    ----------
    parent : QWidget or None
    title : str
        That of the dialog.
    place : str
        What it proposes.
    filters : sequence of str
        Each ends with ``(*suffix)``; the first is chosen at first.
    suffixes : collection of str
        Those that a path may have, with the dot, lower case.
    default : str
        The suffix if no filter was chosen.
    """
    path, chosen = QFileDialog.getSaveFileName(parent, title, place, ";;".join(filters))
    if path and not path.lower().endswith(tuple(suffixes)):
        path += chosen.rpartition("(*")[2].rstrip(")") or default
    return str(path)
