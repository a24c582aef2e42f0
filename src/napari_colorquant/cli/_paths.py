"""Which images are meant, and where their results go."""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
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
#: Device and inode.
_Identity: TypeAlias = tuple[int, int]


def find_sources(options: argparse.Namespace) -> list[Source]:
    """Return the images that are meant, each once; with ``--stack`` all the files as one."""
    files = dict.fromkeys(find_images(options.images))
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


@dataclass(frozen=True)
class Inputs:
    """What is read, by the numbers that the file system has for it: thousands are looked at once, not for each output.

    Attributes
    ----------
    files : frozenset of (int, int)
        Device and inode of each file or Zarr folder that there is.
    places : frozenset of (int, int)
        Of these, and of all folders in which one lies.
    """

    files: frozenset[_Identity]
    places: frozenset[_Identity]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Inputs":
        """Return those of files and Zarr folders, under whatever names."""
        each, seen = list(names), dict[str, _Identity | None]()
        for name in each:
            for place in _climb(os.path.realpath(name)):
                if place in seen:
                    break  # what is above has been seen, too
                seen[place] = _identify(place)
        return cls(frozenset(filter(None, map(_identify, each))), frozenset(filter(None, seen.values())))


def check_not_an_input(path: str | None, inputs: Inputs) -> None:
    """Raise if an output would take the place of an input, of a part of one, or of a folder that holds one.

    Parameters
    ----------
    path : str or None
        Where something is to be written; None or "-" for nowhere in the file system.
    inputs : Inputs
        What is read.

    Raises
    ------
    ValueError
        Whether it may be replaced or not.
    """
    if path is None or path == "-" or not os.path.exists(path):
        return
    around = map(_identify, _climb(os.path.realpath(path)))
    if _identify(path) in inputs.places or any(place in inputs.files for place in around):
        raise ValueError(f"output must not be one of the inputs, got {path}")


def list_parts(sources: Iterable[Source]) -> list[str]:
    """Return the files of all sources, with those over which an OME-TIFF among them is spread."""
    names = [name for source in sources for name in ([source] if isinstance(source, str) else source) if name != "-"]
    return [*names, *(part for name in names if name.lower().endswith((".tif", ".tiff")) for part in _parts_of(name))]


def is_same(path: str, other: str) -> bool:
    """Return True if two paths lead to one file."""
    return os.path.realpath(path) == os.path.realpath(other)


def _climb(place: str) -> Iterator[str]:
    """Iterate over a place and the folders above it."""
    yield place
    while (above := os.path.dirname(place)) != place:
        yield (place := above)


def _identify(path: str) -> _Identity | None:
    """Return the device and the number of a file, which is the same by any name; None if there is none."""
    try:
        facts = os.stat(path)
    except (OSError, ValueError):
        return None
    return facts.st_dev, facts.st_ino


def _parts_of(name: str) -> list[str]:
    from ..io.tiff.reading import find_files

    with suppress(Exception):  # what is wrong with it is told when it is read
        return find_files(name)
    return []


def find_images(words: Iterable[str]) -> Iterator[str]:
    """Iterate over the files that are meant: a folder stands for the images in it, by name."""
    for word in words:
        if os.path.isdir(word) and not is_zarr(word):
            yield from map(str, list_images(word))
        else:
            yield word


def _find_in_folder(folder: Path, sources: list[Source], options: argparse.Namespace) -> list[str | None]:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"many images must be written to a folder, got the file {options.output}")
    if not (folder.exists() or _is_folder(options.output)) and folder.name.lower().endswith(
        list_suffixes(written=True)
    ):
        raise UsageError(
            f"many images must be written to a folder, got {options.output}, the name of a file; a folder of that "
            f"name is {options.output}/, and --stack makes one image of them all"
        )
    targets = [folder / _name_target(source) for source in sources if isinstance(source, str)]
    if twice := [target.name for target, count in Counter(targets).items() if count > 1]:
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
