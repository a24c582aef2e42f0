"""Which images are meant, and where their results go."""

import argparse
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from .._runtime.atomic import check_writable
from ..io.formats import find_writer, list_images, list_suffixes
from ..io.write import check_target, is_large_name
from ..io.zarr.places import is_zarr
from . import _files
from ._errors import UsageError

#: An image file, or the files that are the frames of one image.
Source: TypeAlias = str | tuple[str, ...]


def find_sources(options: argparse.Namespace) -> list[Source]:
    """Return the images that are meant, each once; with ``--stack`` all the files as one."""
    files = dict.fromkeys(_find_images(options.images))
    return [tuple(_files.sort_naturally(files))] if options.stack else list(files)


def find_targets(options: argparse.Namespace, sources: list[Source]) -> list[str | None]:
    """Return where each image is to be written, None for nowhere; an error if one cannot be."""
    output: str | None = options.output
    if options.stack and output is not None and not _takes_frames(output):
        suffixes = ", ".join(list_suffixes(written=True, frames=True))
        raise UsageError(f"--stack must be written to one file of frames ({suffixes}), got {output}")
    if output is None or output == "-":
        if output == "-" and len(sources) > 1:
            raise UsageError(f"standard output takes one image, got {len(sources)}; write to a folder")
        return [output] * len(sources)
    if len(sources) == 1 and is_large_name(output) and not _is_folder(output):
        if not options.skip_existing:
            check_target(output, overwrite=options.force)
        return [output]
    if not (len(sources) > 1 or _is_folder(output) or os.path.isdir(output)):
        find_writer(output)
        if not options.skip_existing:
            check_target(output, overwrite=options.force)
        return [output]
    return _find_in_folder(Path(output), sources, options)


def is_done(target: str | None) -> bool:
    """Return True if an output is there already: each is written whole or not at all."""
    return target is not None and (os.path.exists(target) or Path(target).with_suffix(".gif").exists())


def is_same(path: str, other: str) -> bool:
    """Return True if two paths lead to one file."""
    return os.path.realpath(path) == os.path.realpath(other)


def _find_images(words: Iterable[str]) -> Iterator[str]:
    """Iterate over the files that are meant: a folder stands for the images in it, by name."""
    for word in words:
        if os.path.isdir(word) and not is_zarr(word):
            yield from map(str, list_images(word))
        else:
            yield word


def _find_in_folder(folder: Path, sources: list[Source], options: argparse.Namespace) -> list[str | None]:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"many images must be written to a folder, got the file {options.output}")
    targets = [folder / _name_target(source) for source in sources if isinstance(source, str)]
    if twice := [target.name for target in targets if targets.count(target) > 1]:
        raise UsageError(f"images of one name need folders of their own, got several for {twice[0]}")
    if folder.exists():
        for target in targets:
            if not (options.skip_existing and is_done(str(target))):
                check_target(str(target), overwrite=options.force)
    else:
        check_writable(folder)
    return list(map(str, targets))


def _name_target(source: str) -> str:
    if source == "-":
        return "stdin.png"
    stem = Path(source).stem
    return stem.removesuffix(".zarr") + ".zarr" if is_zarr(source) else stem + ".png"


def _takes_frames(output: str) -> bool:
    return output.lower().endswith(list_suffixes(written=True, frames=True)) and not _is_folder(output)


def _is_folder(output: str) -> bool:
    return output.endswith(("/", os.sep))
