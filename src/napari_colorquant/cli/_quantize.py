"""``colorquant IMAGE ...``: quantize one image, or many into a folder."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .. import images, pipeline
from ..atomic import check_writable
from ..distortions import distortion
from ..indexed import IndexedImage
from ..palette import Palette
from ..palette_files import find_format, write_palette
from ..recipe import Recipe
from ..threads import limit_threads
from . import _large
from ._errors import UsageError, describe, tell

#: Choices of palette design, which a palette that is given leaves nothing to do.
_DESIGN = {"n_colors": "-n", "target": "--target", "quantizer": "--method", "rare": "--rare", "fixed": "--fixed"}


def run(options: argparse.Namespace) -> int:
    """Check everything that can be checked, then do the images."""
    recipe = _make_recipe(options)
    sources = list(dict.fromkeys(_find_images(options.images)))
    targets = _find_targets(options, sources)
    if options.palette_file is not None:
        if len(sources) > 1 and not (options.shared or recipe.palette):
            raise UsageError("--palette with several images needs --shared, one palette for them all")
        find_format(options.palette_file)
        if any(target is not None and _is_same(target, options.palette_file) for target in targets):
            raise UsageError(f"--palette and --output must name different files, got {options.palette_file} twice")
        check_writable(options.palette_file, overwrite=options.force)
    if options.threads is not None and options.threads < 1:
        raise UsageError(f"--threads must be at least 1, got {options.threads}")
    pairs = [pair for pair in zip(sources, targets, strict=True) if not (options.skip_existing and _is_done(pair[1]))]
    if not pairs:
        return 0
    threads = nullcontext() if options.threads is None else limit_threads(options.threads)
    with threads, _large.scheduler(options.scheduler):
        if options.shared and recipe.palette is None:
            recipe = recipe.replace(palette=_design_shared(sources, recipe))
        if len(sources) == 1:
            return _do_one(sources[0], targets[0], recipe, options)
        return _do_many(pairs, recipe, options)


def _make_recipe(options: argparse.Namespace) -> Recipe:
    given = {field.name: getattr(options, field.name) for field in fields(Recipe) if hasattr(options, field.name)}
    if "palette" in given and (idle := [flag for name, flag in _DESIGN.items() if name in given]):
        raise UsageError(f"--map takes a palette as it is, so {', '.join(idle)} must be left out")
    return Recipe(**given)


def _find_images(words: Iterable[str]) -> Iterator[str]:
    """Iterate over the files that are meant: a folder stands for the images in it, by name."""
    suffixes = Image.registered_extensions()
    for word in words:
        if not os.path.isdir(word) or _large.is_zarr(word):
            yield word
            continue
        found = sorted(
            path
            for path in Path(word).iterdir()
            if (path.suffix.lower() in suffixes and path.is_file()) or _large.is_zarr(str(path))
        )
        if not found:
            raise UsageError(f"a folder must hold image files, got {word}")
        yield from map(str, found)


def _find_targets(options: argparse.Namespace, sources: list[str]) -> list[str | None]:
    """Return where each image is to be written, None for nowhere; an error if one cannot be."""
    output: str | None = options.output
    if output is None or output == "-":
        if output == "-" and len(sources) > 1:
            raise UsageError(f"standard output takes one image, got {len(sources)}; write to a folder")
        return [output] * len(sources)
    if len(sources) == 1 and Path(output).suffix.lower() in _large.SUFFIXES and not output.endswith(("/", os.sep)):
        if not options.skip_existing:
            _large.check_target(output, overwrite=options.force)
        return [output]
    if not (len(sources) > 1 or output.endswith(("/", os.sep)) or os.path.isdir(output)):
        images.check_suffix(output)
        if not options.skip_existing:
            check_writable(output, overwrite=options.force)
        return [output]
    folder = Path(output)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"many images must be written to a folder, got the file {output}")
    targets = [folder / _name_target(source) for source in sources]
    if twice := [target.name for target in targets if targets.count(target) > 1]:
        raise UsageError(f"images of one name need folders of their own, got several for {twice[0]}")
    if folder.exists():
        for target in targets:
            if not (options.skip_existing and _is_done(str(target))):
                _large.check_target(str(target), overwrite=options.force)
    else:
        check_writable(folder)
    return list(map(str, targets))


def _name_target(source: str) -> str:
    if source == "-":
        return "stdin.png"
    return Path(source).stem + (".zarr" if _large.is_zarr(source) else ".png")


def _is_done(target: str | None) -> bool:
    """Return True if an output is there already: each is written whole or not at all."""
    return target is not None and (os.path.exists(target) or Path(target).with_suffix(".gif").exists())


def _is_same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _do_one(source: str, target: str | None, recipe: Recipe, options: argparse.Namespace) -> int:
    image, indexed = _do(source, target, recipe, options)
    _write_palette(indexed.palette, indexed.recipe, options)
    if not options.quiet:
        file = sys.stderr if target == "-" else sys.stdout
        for line in (*_describe_palette(indexed.palette), *_describe_result(image, indexed, options.report)):
            print(line, file=file)
    return 0


def _do(source: str, target: str | None, recipe: Recipe, options: argparse.Namespace) -> tuple[Any, IndexedImage]:
    """Quantize one image and write it; return it as an array, and the result."""
    to_large = target is not None and Path(target).suffix.lower() in _large.SUFFIXES
    if _large.is_large(source, target):
        opened = _large.read(source)
        levels, image = _large.quantize(opened, recipe), opened.levels[0]
        if not to_large:
            levels = [_large.load(levels[0])]
    else:
        opened, image = None, _read(source)
        levels = [pipeline.run(image, recipe)]
    if to_large and target is not None:
        if target != options.output:
            Path(target).parent.mkdir(exist_ok=True)
        _large.write(levels, target, opened, overwrite=options.force)
    elif target is not None:
        _write(levels[0], target, options)
    return image, levels[0]


def _do_many(pairs: list[tuple[str, str | None]], recipe: Recipe, options: argparse.Namespace) -> int:
    from tqdm import tqdm

    failed = 0
    with tqdm(total=len(pairs), unit="image", disable=None if not options.quiet else True) as bar:
        for source, target in pairs:
            try:
                image, indexed = _do(source, target, recipe, options)
                lines = [f"{source}: {len(indexed.palette)} colours", *_describe_result(image, indexed, options.report)]
                if not options.quiet:
                    bar.write(", ".join(lines), file=sys.stdout)
            except (ValueError, TypeError, OSError, MemoryError) as error:
                if isinstance(error, BrokenPipeError):
                    raise
                failed += 1
                bar.clear()
                text = describe(error)
                tell(text if source in text else f"{source}: {text}")
            bar.update()
    if recipe.palette is not None and failed < len(pairs):
        _write_palette(recipe.palette, recipe, options)
    if failed == len(pairs):
        return 2
    return 1 if failed else 0


def _design_shared(sources: list[str], recipe: Recipe) -> Palette:
    choices = {field.name: getattr(recipe, field.name) for field in fields(Recipe) if field.name != "palette"}
    return pipeline.design_palette([_ImageFile(source) for source in sources], **choices)


class _ImageFile:
    """An image that is read when its pixels are asked for, so that of many one at a time is in memory."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return _read(self._source)


def _read(source: str) -> Any:
    if _large.is_zarr(source):
        return np.asarray(_large.read(source).levels[0])
    with _silent_libraries():
        return images.read_image_file(sys.stdin.buffer if source == "-" else source)


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
        images.write_indexed_png(indexed, sys.stdout.buffer)
        return
    path = Path(target)
    into_folder = str(path.parent) == str(Path(options.output))
    if into_folder:
        path.parent.mkdir(exist_ok=True)
        if len(indexed.shape) > 2 and not indexed.is_recolored:
            path = path.with_suffix(".gif")
    if indexed.is_recolored:
        images.write_rgb_png(indexed.to_rgb(), path, overwrite=options.force)
    else:
        images.write_indexed(indexed, path, overwrite=options.force)


def _write_palette(palette: Palette, recipe: Recipe, options: argparse.Namespace) -> None:
    if options.palette_file is not None:
        write_palette(palette, options.palette_file, overwrite=options.force, recipe=recipe)


def _describe_palette(palette: Palette) -> Iterator[str]:
    for code, share, name in zip(palette.hex, palette.weights, palette.names, strict=True):
        yield f"{code}  {100 * share:6.2f} %  {name}".rstrip()


def _describe_result(image: Any, indexed: IndexedImage, report: bool) -> Iterator[str]:
    if indexed.is_recolored:
        yield f"pixels keep their {indexed.recipe.keep}: in true colour it has more than {len(indexed.palette)} colours"
    if report:
        found = distortion(image, indexed)
        psnr = "infinite" if np.isinf(found.psnr) else f"{found.psnr:.2f} dB"
        yield (
            f"MSE {found.mse:.2f}  PSNR {psnr}  dE2000 mean {found.mean_de2000:.3f}, "
            f"95 % {found.p95_de2000:.3f}, max {found.max_de2000:.2f}"
        )
