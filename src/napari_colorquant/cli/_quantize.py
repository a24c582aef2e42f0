"""``colorquant IMAGE ...``: quantize one image, or many into a folder."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from .._runtime.atomic import check_writable
from .._runtime.progress import stage
from .._runtime.threads import limit_threads
from ..indexed import IndexedImage
from ..io.formats import write_indexed
from ..io.palettes import find_format, write_palette
from ..io.pillow import read_image_file
from ..io.png import write_indexed_png
from ..io.zarr_folders import is_zarr
from ..palette import Palette
from ..pipeline import verbs as pipeline
from ..quality.distortion import distortion
from ..recipe import Recipe
from . import _large
from ._errors import UsageError, describe, tell
from ._paths import Source, find_sources, find_targets, is_done, is_same
from ._progress import show_stages

#: Choices of palette design, which a palette that is given leaves nothing to do.
_DESIGN = {"n_colors": "-n", "target": "--target", "quantizer": "--method", "rare": "--rare", "fixed": "--fixed"}


def run(options: argparse.Namespace) -> int:
    """Check everything that can be checked, then do the images."""
    recipe = _make_recipe(options)
    sources = find_sources(options)
    targets = find_targets(options, sources)
    if options.palette_file is not None:
        if len(sources) > 1 and not (options.shared or recipe.palette):
            raise UsageError("--palette with several images needs --shared, one palette for them all")
        find_format(options.palette_file)
        if any(target is not None and is_same(target, options.palette_file) for target in targets):
            raise UsageError(f"--palette and --output must name different files, got {options.palette_file} twice")
        check_writable(options.palette_file, overwrite=options.force)
    if options.threads is not None and options.threads < 1:
        raise UsageError(f"--threads must be at least 1, got {options.threads}")
    pairs = [pair for pair in zip(sources, targets, strict=True) if not (options.skip_existing and is_done(pair[1]))]
    if not pairs:
        return 0
    threads = nullcontext() if options.threads is None else limit_threads(options.threads)
    with threads, _large.scheduler(options.scheduler):
        if options.shared and recipe.palette is None and not options.stack:
            recipe = recipe.replace(palette=_design_shared(sources, recipe))
        if len(sources) == 1:
            return _do_one(sources[0], targets[0], recipe, options)
        return _do_many(pairs, recipe, options)


def _make_recipe(options: argparse.Namespace) -> Recipe:
    given = {field.name: getattr(options, field.name) for field in fields(Recipe) if hasattr(options, field.name)}
    if "palette" in given and (idle := [flag for name, flag in _DESIGN.items() if name in given]):
        raise UsageError(f"--map takes a palette as it is, so {', '.join(idle)} must be left out")
    return Recipe(**given)


def _do_one(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> int:
    image, indexed = _do(source, target, recipe, options)
    _write_palette(indexed.palette, indexed.recipe, options)
    if not options.quiet:
        file = sys.stderr if target == "-" else sys.stdout
        for line in (*_describe_palette(indexed.palette), *_describe_result(image, indexed, options)):
            print(line, file=file)
    return 0


def _do(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> tuple[Any, IndexedImage]:
    """Quantize one image and write it; return it as an array, and the result."""
    to_large = _large.is_large_name(target)
    with show_stages(options.quiet) as part:
        if isinstance(source, tuple) or _large.is_large(source, target):
            with part(0.0, 0.1), stage("Opening the image", 0.0, 1.0):
                opened = _large.read(source)
            with part(0.1, 0.5):
                levels, image = _large.quantize(opened, recipe), opened.levels[0]
            if target is not None and not to_large:
                with part(0.5, 1.0):
                    levels = [_large.load(levels[0])]
        else:
            opened, image = None, _read(source)
            with part(0.0, 0.5 if to_large else 1.0):
                levels = [pipeline.run(image, recipe)]
        if to_large and target is not None:
            if target != options.output:
                Path(target).parent.mkdir(exist_ok=True)
            with part(0.5, 1.0):
                _large.write(levels, target, opened, overwrite=options.force)
        elif target is not None:
            _write(levels[0], target, options)
    return image, levels[0]


def _do_many(pairs: list[tuple[Source, str | None]], recipe: Recipe, options: argparse.Namespace) -> int:
    from tqdm import tqdm

    failed = 0
    with tqdm(total=len(pairs), unit="image", disable=None if not options.quiet else True) as bar:
        for source, target in pairs:
            try:
                image, indexed = _do(source, target, recipe, options)
                lines = [f"{source}: {len(indexed.palette)} colours", *_describe_result(image, indexed, options)]
                if not options.quiet:
                    bar.write(", ".join(lines), file=sys.stdout)
            except (ValueError, TypeError, OSError, MemoryError) as error:
                if isinstance(error, BrokenPipeError):
                    raise
                failed += 1
                bar.clear()
                text = describe(error)
                tell(text if str(source) in text else f"{source}: {text}")
            bar.update()
    if recipe.palette is not None and failed < len(pairs):
        _write_palette(recipe.palette, recipe, options)
    if failed == len(pairs):
        return 2
    return 1 if failed else 0


def _design_shared(sources: list[Source], recipe: Recipe) -> Palette:
    choices = {field.name: getattr(recipe, field.name) for field in fields(Recipe) if field.name != "palette"}
    files = [each for each in sources if isinstance(each, str)]
    opened = [_large.read(each).levels[0] if is_zarr(each) else _ImageFile(each) for each in files]
    return pipeline.design_palette(opened, **choices)


class _ImageFile:
    """An image that is read when its pixels are asked for, so that of many one at a time is in memory."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return _read(self._source)


def _read(source: str) -> Any:
    with _silent_libraries():
        return read_image_file(sys.stdin.buffer if source == "-" else source)


@contextmanager
def _silent_libraries() -> Iterator[None]:
    """Keep what libtiff and its like write about a broken file, past Python, off the standard error."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _write(indexed: IndexedImage, target: str, options: argparse.Namespace) -> None:
    if target == "-":
        write_indexed_png(indexed, sys.stdout.buffer)
        return
    path = Path(target)
    into_folder = str(path.parent) == str(Path(options.output))
    if into_folder:
        path.parent.mkdir(exist_ok=True)
        if len(indexed.shape) > 2 and not indexed.is_recolored:
            path = path.with_suffix(".gif")
    write_indexed(indexed, path, overwrite=options.force)


def _write_palette(palette: Palette, recipe: Recipe, options: argparse.Namespace) -> None:
    if options.palette_file is not None:
        write_palette(palette, options.palette_file, overwrite=options.force, recipe=recipe)


def _describe_palette(palette: Palette) -> Iterator[str]:
    shares_known = palette.shares.any()  # not those of a large image that was mapped onto a palette as it was
    for code, share, name in zip(palette.hex, palette.shares, palette.names, strict=True):
        yield (f"{code}  {100 * share:6.2f} %  {name}" if shares_known else f"{code}  {name}").rstrip()


def _describe_result(image: Any, indexed: IndexedImage, options: argparse.Namespace) -> Iterator[str]:
    if indexed.is_recolored:
        yield f"pixels keep their {indexed.recipe.keep}: in true colour it has more than {len(indexed.palette)} colours"
    if options.report:
        with show_stages(options.quiet) as part, part(0.0, 1.0), stage("Measuring the error", 0.0, 1.0):
            found = distortion(image, indexed)
        psnr = "infinite" if np.isinf(found.psnr) else f"{found.psnr:.2f} dB"
        yield (
            f"MSE {found.mse:.2f}  PSNR {psnr}  dE2000 mean {found.mean_de2000:.3f}, "
            f"95 % {found.p95_de2000:.3f}, max {found.max_de2000:.2f}"
            + (f"  clipped {100 * found.clipped:.2g} %" if found.clipped else "")
        )
