"""One image on the command line: opened, quantized, written, and what there is to say of it."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .._runtime.progress import stage
from ..io.channels import check_scale_of
from ..io.clear_index import clear_first
from ..io.enlarge import enlarge
from ..io.formats import find_format as find_image_format
from ..io.pictures.png_writing import write_indexed_png
from ..io.write import is_large_name
from ..io.zarr.places import is_zarr
from ..palette import Palette
from ..pipeline.choices import onto
from ..pixels.counting import NoDataError
from ..recipe import Recipe
from . import _files
from ._annotate import write_annotations
from ._errors import UsageError, note
from ._fit import fit_recipe
from ._paths import Source, check_not_an_input
from ._profiles import as_chosen, check_kept, choose_rgb
from ._progress import Part, show_stages
from ._report import describe_result, is_blank

#: What an image without data is mapped onto.
_NO_COLORS = Palette(np.zeros((1, 3), np.uint8))


@dataclass(frozen=True)
class Made:
    """What became of an image in memory, or is to become of it as it is written.

    Attributes
    ----------
    name : str
        What messages call the image.
    opened : ImageFile
    levels : list
        Its results, the full resolution first.
    target : str or None
        Where they are written, None for nowhere.
    notes : tuple of str
        What was decided on the way, in words.
    """

    name: str
    opened: Any
    levels: list[Any]
    target: str | None
    notes: tuple[str, ...]


def find_duration(options: argparse.Namespace) -> float | None:
    """Return the seconds that a frame is to be shown, None for those of the source."""
    if options.fps is not None and not 1 / 600 <= options.fps <= 50:
        raise UsageError(f"--fps must lie in 0.0017..50, got {options.fps:g}")
    if options.duration is not None and not 20 <= options.duration <= 600_000:
        raise UsageError(f"--duration must lie in 20..600000 milliseconds, got {options.duration:g}")
    if options.fps is not None:
        return 1 / float(options.fps)
    return None if options.duration is None else float(options.duration) / 1000


def do_image(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> Made:
    """Quantize one image and write it."""
    with show_stages(options.quiet) as part:
        made = make_image(source, target, recipe, options, part)
        with part(0.5, 1.0):
            write_image(made, options)
    tell_notes(made, options)
    return made


def make_image(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace, part: Part) -> Made:
    """Open one image and quantize it; what is written chunk by chunk is computed then."""
    to_large = target is not None and target != "-" and is_large_name(target)
    lazy = isinstance(source, tuple) or (source != "-" and (is_zarr(source) or (to_large and _is_large(source))))
    with part(0.0, 0.1), stage("Opening the image", 0.0, 1.0):
        opened = _files.read(source, options.channels, lazy=lazy, profile=choose_rgb(target, recipe, options))
    check_kept(opened, target, options)
    recipe = recipe.replace(profile=opened.profile)
    check_scale_of(opened, recipe.scale, name_of(source))
    decided = ""
    if target is not None:
        target = _name_by_content(target, opened, recipe, options)
        check_not_an_input(target, options.inputs)
        recipe, decided = fit_recipe(opened, recipe, target, per_frame=options.per_frame)
    with part(0.1, 0.5 if to_large or lazy else 1.0):
        may_be_blank = target is not None and options.palette_file is None
        if options.tiles is not None:
            levels: list[Any] = [*_files.quantize_in_tiles(opened, recipe, options)]
        else:
            levels = _run(opened, recipe, options, may_be_blank=may_be_blank)
    if target is not None and lazy and not to_large:
        with part(0.5, 1.0):
            levels = [_files.load(levels[0])]
    sampled = _files.describe_sample(opened) if options.sample else ""
    return Made(name_of(source), opened, levels, target, tuple(filter(None, (*opened.notes, decided, sampled))))


def write_image(made: Made, options: argparse.Namespace) -> None:
    """Write what is asked for of one image."""
    if made.target is not None:
        _write(made.levels, made.target, made.opened, options)
    write_annotations(made.opened.levels[0], made.levels[0], made.opened, made.name, options)


def tell_notes(made: Made, options: argparse.Namespace) -> None:
    """Tell what was decided for an image that is done."""
    if options.quiet:
        return
    for text in made.notes:
        note(f"{made.name}: {text}")
    if is_blank(made.levels[0]):
        note(f"{made.name}: it has no pixel with data, and its labels say so")


def _run(opened: Any, recipe: Recipe, options: argparse.Namespace, *, may_be_blank: bool) -> list[Any]:
    """Quantize an image; one without data, as tiles beside a specimen are, gets a palette that stands for none."""
    try:
        return _files.quantize(opened, recipe, per_frame=options.per_frame, sample=options.sample)
    except NoDataError:
        if not may_be_blank:
            raise
        return _files.quantize(opened, onto(recipe, _NO_COLORS))


def name_of(source: Source) -> str:
    """Return what messages call an image: its file, or the first of those that it is made of."""
    return source if isinstance(source, str) else source[0]


def describe_image(made: Made, options: argparse.Namespace) -> Iterator[str]:
    """Iterate over what else there is to say of a result, as the options ask for it."""
    return describe_result(made.opened.levels[0], made.levels[0], report=options.report, quiet=options.quiet)


def _is_large(source: Source) -> bool:
    # Without the extra, what fits into memory is done there.
    return isinstance(source, str) and find_image_format(source).chunks and find_spec("dask") is not None


def _name_by_content(target: str, opened: Any, recipe: Recipe, options: argparse.Namespace) -> str:
    """Return where an image is written: of many, those that turn out to be stacks become animations."""
    if len(opened.axes) < 3 or recipe.keep != "none" or not _is_in_folder(target, options):
        return target
    return str(Path(target).with_suffix(".gif")) if target.lower().endswith(".png") else target


def _is_in_folder(target: str, options: argparse.Namespace) -> bool:
    return target not in ("-", options.output) and str(Path(target).parent) == str(Path(options.output))


def _write(levels: list[Any], target: str, opened: Any, options: argparse.Namespace) -> None:
    if target == "-":
        larger = enlarge(levels[0], options.enlarge)
        larger = clear_first(larger) if options.transparent == "first" else larger
        write_indexed_png(as_chosen(larger, opened, options.output_profile), sys.stdout.buffer)
        return
    if _is_in_folder(target, options):
        Path(target).parent.mkdir(exist_ok=True)
    chosen = {
        "overwrite": options.force, "enlarge": options.enlarge, "transparent": options.transparent,
        "profile": options.output_profile,
    }  # fmt: skip
    _files.write(levels, target, opened, find_duration(options), **chosen)
