"""The metadata of all that lies in a Zarr group, copied to one place: what is added must be added there, too."""

import json
import os
from pathlib import Path
from typing import Any

from ..._runtime.atomic import write_file

_FILES = (".zgroup", ".zarray", ".zattrs")


def add_to_consolidated(root: Path, folder: Path) -> None:
    """Add what lies in `folder` to the consolidated metadata of `root`, if it has any; all else stays as it is.

    Readers that find consolidated metadata look nowhere else.

    Parameters
    ----------
    root : Path
        The folder of a group, which `folder` lies in.
    folder : Path
        The folder of a group that was added or changed.
    """
    for file, copy in ((root / ".zmetadata", _copy_2), (root / "zarr.json", _copy_3)):
        if not file.is_file():
            continue
        content = json.loads(file.read_text(encoding="utf-8"))
        held = content if file.name == ".zmetadata" else content.get("consolidated_metadata")
        if isinstance(held, dict) and isinstance(held.get("metadata"), dict):
            place = folder.relative_to(root).as_posix()
            others = {key: value for key, value in held["metadata"].items() if not _lies_in(key, place)}
            held["metadata"] = {**others, **copy(root, folder)}
            write_file(file, json.dumps(content, indent=2).encode(), overwrite=True)


def _lies_in(key: str, place: str) -> bool:
    return key == place or key.startswith(f"{place}/")


def _copy_2(root: Path, folder: Path) -> dict[str, Any]:
    """Return the metadata of version 2 by the paths of their files."""
    found = (path for path in _walk(folder) if path.name in _FILES)
    return {path.relative_to(root).as_posix(): json.loads(path.read_text(encoding="utf-8")) for path in found}


def _copy_3(root: Path, folder: Path) -> dict[str, Any]:
    """Return the metadata of version 3 by the paths of their nodes."""
    found = (path for path in _walk(folder) if path.name == "zarr.json")
    return {path.parent.relative_to(root).as_posix(): json.loads(path.read_text(encoding="utf-8")) for path in found}


def _walk(folder: Path) -> list[Path]:
    """Return the files in a folder that are no chunks: those of arrays lie in folders of numbers and are left out."""
    files = []
    for where, folders, names in os.walk(folder):
        files += [Path(where) / name for name in names]
        if ".zarray" in names or "c" in folders:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
    return sorted(files)
