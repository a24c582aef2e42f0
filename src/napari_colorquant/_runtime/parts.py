"""What is being written beside its target, and what processes that were killed have left of it.

A process holds a lock on its part, and the system takes the lock away when the process ends, however it ends.
So a part that can be locked is nobody's. Where there are no such locks (Windows, some network shares), what has
not changed for a day is.
"""

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeAlias

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

#: Follows a file's name while it is being written.
SUFFIX = ".part"
#: Follows the name of the folder that is being replaced, between two renames.
OLD_SUFFIX = ".old"
#: Seconds after which a part that cannot be locked is nobody's.
_AGE = 86400
#: Bytes of the target's name in that of its part: names end at 255.
_STEM = 200
#: What the name of any part, and of any folder that is being replaced, is like.
_PART = re.compile(rf"\..*\.[0-9a-f]{{8}}(?:{re.escape(SUFFIX)}|{re.escape(OLD_SUFFIX)})", re.DOTALL)

#: The names of such in folders.
Listed: TypeAlias = dict[str, tuple[str, ...]]

_listed: ContextVar[Listed | None] = ContextVar("colorquant_listed", default=None)


@contextmanager
def list_once(listed: Listed | None = None) -> Iterator[None]:
    """Look once into each folder for what killed processes have left, however many files the enclosed code writes.

    To look before each of them would take time that grows with the square of their number. What is left there
    meanwhile, the next one to write the same file clears away.

    Parameters
    ----------
    listed : dict, optional
        What was found so far, as by the process that began this one; it grows as folders are looked into.
    """
    token = _listed.set({} if listed is None else listed)
    try:
        yield
    finally:
        _listed.reset(token)


def listed_so_far() -> Listed:
    """Return what the enclosing `list_once` has found: for processes that write into the same folders."""
    return _listed.get() or {}


def make_part(target: Path, *, folder: bool = False) -> tuple[Path, int | None]:
    """Create a hidden file or folder beside `target`, and clear away what killed processes have left there.

    Returns
    -------
    part : Path
    handle : int or None
        Its file descriptor, which holds the lock as long as it is open; None for a folder that cannot be held.
    """
    clear_parts(target)
    while True:
        part = target.with_name(f"{_prefix(target)}{secrets.token_hex(4)}{SUFFIX}")
        if folder:
            part.mkdir()
            handle = _open_folder(part)
        else:  # O_EXCL: never another's file. Created with 0o666, so that the process's umask decides.
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        if handle is None or (_lock(handle) is not False and _is_there(part, handle)):
            return part, handle
        os.close(handle)  # taken for a dead one before it was locked, and cleared away


def clear_parts(target: Path) -> None:
    """Remove the parts of `target` that no living process holds; an old folder without a new one gets its name back."""
    names = _list_parts(os.fspath(target.parent))
    for old in _choose(names, target, OLD_SUFFIX):
        with suppress(OSError), _unheld(old.with_suffix(SUFFIX)) as is_free:
            if is_free and target.exists():
                remove(old)
            elif is_free:
                os.rename(old, target)
    for part in _choose(names, target, SUFFIX):
        with suppress(OSError), _unheld(part) as is_free:
            if is_free:
                remove(part)


def remove(path: Path) -> None:
    """Remove a file, or a folder with what it holds, as far as that can be done.

    The marks of a Zarr go first: a task that still writes there, here or on another machine, sees it and ends.
    """
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for mark in path.glob("[.z]*"):
        if mark.is_file():
            mark.unlink(missing_ok=True)
    shutil.rmtree(path, ignore_errors=True)


def _prefix(target: Path) -> str:
    name, end = os.fsencode(target.name), _STEM
    while end < len(name) and name[end] & 0xC0 == 0x80:  # not in the middle of a character of UTF-8
        end -= 1
    return f".{os.fsdecode(name[:end])}."


def _choose(names: Iterable[str], target: Path, suffix: str) -> list[Path]:
    """Return those of `names` that are parts of a target, or old folders, as the suffix says."""
    prefix = _prefix(target)
    length = len(prefix) + 8 + len(suffix)
    chosen = (name for name in names if len(name) == length and name.startswith(prefix) and name.endswith(suffix))
    return [target.with_name(name) for name in chosen]


def _list_parts(folder: str) -> tuple[str, ...]:
    """Return the names of all parts and old folders in a folder, as it is or, within `list_once`, as it was."""
    listed = {} if (known := _listed.get()) is None else known
    if folder not in listed:
        try:
            listed[folder] = tuple(filter(_PART.fullmatch, os.listdir(folder)))
        except OSError:  # a folder that may be written but not listed
            listed[folder] = ()
    return listed[folder]


@contextmanager
def _unheld(part: Path) -> Iterator[bool]:
    """Yield True if no process holds a part, and hold it meanwhile; True as well for one that is not there."""
    opened: Callable[[Path], int | None] = _open_folder if part.is_dir() else _open_file
    handle = opened(part) if part.exists() else None
    try:
        locked = None if handle is None else _lock(handle)
        yield not part.exists() or (_is_old(part) if locked is None else locked)
    finally:
        if handle is not None:
            os.close(handle)


def _lock(handle: int) -> bool | None:
    """Lock what is open: True if it is ours now, False if another's, None if there are no locks here."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _open_file(path: Path) -> int | None:
    for way in (os.O_RDWR, os.O_RDONLY):  # network shares lock what may be written only
        with suppress(OSError):
            return os.open(path, way)
    return None


def _open_folder(path: Path) -> int | None:
    with suppress(OSError):  # Windows opens none
        return os.open(path, os.O_RDONLY)
    return None


def _is_there(part: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(part), os.fstat(handle))
    except FileNotFoundError:
        return False


def _is_old(part: Path) -> bool:
    """Return True if nothing in a file or folder was written for a day."""
    inside = (Path(folder, name) for folder, _, names in os.walk(part) for name in names)
    newest = max(path.stat().st_mtime for path in (part, *inside))
    return time.time() - newest > _AGE
