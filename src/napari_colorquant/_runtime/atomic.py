"""Files that are either written whole or not touched: after a kill or on a full disk the old one stands."""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from .parts import SUFFIX, make_part

#: What the system says only of a file that is being written, without saying which.
_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))


@contextmanager
def replace_file(path: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """Open `path` to be written in binary; it appears under its name only when the block ends well.

    The bytes go to a hidden file in the same folder, are flushed to the disk, and take the name in
    one step. If the block raises, that file is removed and `path` is as it was; if the process is
    killed, the next one that writes `path` removes it.

    Parameters
    ----------
    path : path-like
        The file. A symbolic link is followed and stays a link; a device or a pipe is written directly.
    overwrite : bool
        Whether a file that exists may be replaced. It keeps its permissions.

    Yields
    ------
    file : binary file, writable and seekable (unless `path` is a pipe)

    Raises
    ------
    FileExistsError
        If `path` exists and may not be replaced: before anything is written, and again at the end
        in case it appeared meanwhile.
    OSError
        If the folder does not exist or cannot be written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    mode = _find_mode(target)
    if mode is not None and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        with naming(path), open(target, "wb") as file:
            yield file
        return
    _check_target(target, mode, path, overwrite)
    with naming(path), _open_part(target, path) as (part, file):
        yield file
        file.flush()
        with _named(path):
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(part, stat.S_IMODE(mode))
        if os.name != "posix":  # an open file cannot take another name there
            file.close()
        _take_name(part, target, overwrite)
    _sync_folder(target.parent)


def write_file(path: str | os.PathLike[str], data: bytes, *, overwrite: bool = False) -> None:
    """Write `data` to `path` in one step; see `replace_file`."""
    with replace_file(path, overwrite=overwrite) as file:
        file.write(data)


def check_writable(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Raise what `replace_file` would raise for `path` before its first byte; worth calling before long work.

    Raises
    ------
    FileExistsError, IsADirectoryError, FileNotFoundError, PermissionError
        Their message says what must hold and what was given.
    """
    target = Path(os.path.realpath(path))
    _check_target(target, _find_mode(target), path, overwrite)


def _check_target(target: Path, mode: int | None, path: str | os.PathLike[str], overwrite: bool) -> None:
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(f"output must be a file, got the folder {os.fspath(path)}")
    if mode is not None and stat.S_ISREG(mode) and not overwrite:
        raise FileExistsError(f"output must not exist unless it may be overwritten, got {os.fspath(path)}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"output must lie in a folder that exists, got {os.fspath(path)}")
    if mode is not None and not stat.S_ISREG(mode):
        return
    # A file that its owner made read-only is not replaced, though the folder would allow it.
    if not os.access(target.parent, os.W_OK | os.X_OK) or (mode is not None and not os.access(target, os.W_OK)):
        raise PermissionError(f"output must be writable, got {os.fspath(path)}")


@contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let an error of a full disk in the enclosed code, or of what is written beside `path`, name `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL or str(error.filename or "").endswith(SUFFIX):
            error.filename, error.filename2 = os.fspath(path), None
        raise


class _NamedFile(io.FileIO):
    """A file whose errors name the file that it is to become: the system tells only what is wrong."""

    def __init__(self, handle: int, path: str | os.PathLike[str]) -> None:
        super().__init__(handle, "wb")
        self._path = path

    def write(self, data: Any, /) -> int:
        """Write some bytes."""
        with _named(self._path):
            return super().write(data)


@contextmanager
def _named(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = os.fspath(path)
        raise


@contextmanager
def _open_part(target: Path, path: str | os.PathLike[str]) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a part of `target` to be written; it is held until it has taken the name, and removed if it does not."""
    part, handle = make_part(target)
    assert handle is not None
    try:
        with io.BufferedWriter(_NamedFile(handle, path)) as file:
            yield part, file
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise


def _find_mode(path: Path) -> int | None:
    """Return the mode of what stands at `path`, or None if nothing does."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _take_name(part: Path, target: Path, overwrite: bool) -> None:
    if overwrite:
        os.replace(part, target)
        return
    try:
        os.link(part, target)  # unlike a rename, this fails if the name was taken meanwhile
    except FileExistsError:
        raise FileExistsError(f"output must not exist unless it may be overwritten, got {target}") from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise FileExistsError(f"output must not exist unless it may be overwritten, got {target}") from None
        os.replace(part, target)
    else:
        part.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
