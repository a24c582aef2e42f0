"""Annotations on the command line: outlines, components and a legend as files, labels in the image's own OME-Zarr."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._checks import check_number
from .._runtime.atomic import check_writable
from .._runtime.progress import stage
from ..indexed import IndexedImage
from ..io.formats import needs_extra
from ..io.zarr.places import is_zarr
from ._errors import UsageError
from ._paths import Source, is_same


def check_annotations(options: argparse.Namespace, sources: list[Source], targets: list[str | None]) -> Iterator[str]:
    """Iterate over the files that are to be written; an error, before any work, if they cannot be."""
    files = [*options.annotate, *filter(None, [options.legend])]
    if (files or options.labels) and (len(sources) != 1 or options.per_frame):
        raise UsageError(f"annotations must be of one image with one palette, got {len(sources)} images")
    check_number("--tolerance", options.tolerance, 0.0, 1e12)
    for file in options.annotate:
        _check_suffix(file)
    if options.legend is not None and Path(options.legend).suffix.lower() != ".svg":
        raise UsageError(f"--legend must write .svg, got {options.legend}")
    if options.labels is not None and not (isinstance(sources[0], str) and is_zarr(sources[0])):
        raise UsageError(f"--labels must have an OME-Zarr image as input, got {sources[0]}")
    others = [*files, *filter(None, [options.palette_file]), *(each for each in targets if each not in (None, "-"))]
    for place, file in enumerate(files):
        if any(is_same(file, str(other)) for other in others[place + 1 :]):
            raise UsageError(f"files that are written must have different names, got {file} twice")
        check_writable(file, overwrite=options.force)
        yield file


def write_annotations(image: Any, indexed: Any, opened: Any, name: str, options: argparse.Namespace) -> None:
    """Write what is asked for of one result; a lazy one is computed for its files, but not for its labels."""
    if options.labels is not None:
        _write_labels(indexed, name, options)
    if options.legend is not None:
        from ..annotate.shapes.svg import write_legend

        write_legend(indexed, options.legend, overwrite=options.force)
    if options.annotate:
        from ..annotate.shapes.formats import About, find_annotation_format

        with stage("Writing the annotations", 0.9, 1.0):
            loaded: IndexedImage = indexed.load()
            size, unit = opened.find_pixel_size() or ((1.0, 1.0), "pixel")
            about = About(
                options.by,
                options.each,
                options.tolerance,
                image,
                opened.rgb,
                Path(name).name,
                size,
                unit,
                options.force,
            )
            for file in options.annotate:
                find_annotation_format(file).write(loaded, file, about)


def _check_suffix(file: str) -> None:
    from ..annotate.shapes.formats import ANNOTATIONS, find_annotation_format

    try:
        find_annotation_format(file)
    except ValueError:
        suffixes = ", ".join(entry.suffix for entry in ANNOTATIONS.values())
        raise UsageError(f"--annotate must write one of {suffixes}, got {file}") from None


def _write_labels(indexed: IndexedImage, name: str, options: argparse.Namespace) -> None:
    try:
        from ..io.zarr.labels import write_image_labels
    except ImportError as error:
        raise UsageError(needs_extra(error)) from None
    write_image_labels(indexed, name, options.labels, overwrite=options.force)
