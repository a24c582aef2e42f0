"""The classes or colours of the active result as annotations for other programs: QuPath, COCO, SVG, a table."""

from pathlib import Path
from typing import Any

from napari.layers import Labels
from napari.utils.notifications import show_error, show_info
from qtpy.QtWidgets import QWidget

from ...annotate.shapes.formats import ANNOTATIONS, About, find_annotation_format
from ...annotate.tables.table import choose_by
from ..layers.image_levels import full_resolution
from ..layers.sources import find_source, is_one_plane, pixel_size, read_result, unit_of
from ..tasks.runner import Runner
from .ask_path import ask_path
from .save_picture import as_file_name, folder_of


def save_annotations(parent: QWidget, viewer: Any, layer: Labels) -> Runner | None:
    """Ask for a file, and write the annotations on a thread; classes if there are some, colours otherwise.

    Parameters
    ----------
    parent : QWidget
        With which the work ends.
    viewer : napari.Viewer
    layer : Labels
        A result of one plane in memory.

    Returns
    -------
    runner : Runner or None
        The work; None if nothing was chosen.
    """
    if not is_one_plane(layer):
        show_error("Color Quantization: annotations must be of one plane in memory; write a stack frame by frame.")
        return None
    filters = [f"{entry.summary} (*{entry.suffix})" for entry in ANNOTATIONS.values()]
    suffixes = [entry.suffix for entry in ANNOTATIONS.values()]
    place = folder_of(viewer, layer) / f"{as_file_name(layer.name)}.geojson"
    path = ask_path(parent, "Save annotations", str(place), filters, suffixes, ".geojson")
    if not path:
        return None
    source = find_source(viewer, layer)
    indexed = read_result(layer)
    about = About(
        by=choose_by(indexed.palette),
        image=None if source is None else full_resolution(source),
        rgb=None if source is None else bool(source.rgb),
        image_name="" if source is None else Path(source.source.path or source.name).name,
        pixel_size=pixel_size(layer),
        unit=unit_of(layer),
        overwrite=True,  # the dialog has asked about an older file
    )
    runner = Runner(parent)
    runner.succeeded.connect(lambda _: show_info(f"Saved {Path(path).name}"))
    runner.failed.connect(lambda error: show_error(f"Color Quantization: {error}"))
    runner.start(lambda: find_annotation_format(path).write(indexed.load(), path, about))
    return runner
