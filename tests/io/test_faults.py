"""Every writer against a disk that is full after any number of bytes, and folders and files that may not be written."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant._runtime import atomic
from napari_colorquant.cli._errors import describe
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.zarr import writing

#: What both scripts share: every writer of the tables as a function of where to write, by the name of its file.
WRITERS = """
    import json, os, resource, signal, sys
    from pathlib import Path
    import numpy as np
    import napari_colorquant as cq
    from napari_colorquant.cli._errors import describe
    from napari_colorquant.io.formats import IMAGE_FORMATS
    from napari_colorquant.io.palettes import FORMATS

    rng = np.random.default_rng(0)
    palette = cq.Palette(rng.integers(0, 256, (40, 3), np.uint8))
    indexed = cq.IndexedImage(rng.integers(0, 40, (60, 70), np.uint8), palette, cq.Recipe(palette=palette))
    suffixes = [entry.written[0] for entry in IMAGE_FORMATS.values() if entry.write is not None] + [".ome.tif"]
    writers = {
        f"image{suffix}": lambda path: cq.write_indexed(indexed, path, overwrite=True) for suffix in suffixes
    }
    for entry in FORMATS.values():
        if entry.write is not None:
            writers[entry.name + entry.suffixes[0]] = (
                lambda path, name=entry.name: cq.write_palette(palette, path, overwrite=True, format=name)
            )

    def contents(folder):
        return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    def attempt(write, path):
        try:
            write(path)
        except OSError as error:
            return describe(error)
        return ""
"""


def run(script, *arguments):
    """Run the writers' script in a process of its own; return what it printed as JSON."""
    code = textwrap.dedent(WRITERS) + textwrap.dedent(script)
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_disk_that_is_full_at_any_byte_costs_nothing(tmp_path):
    if os.name != "posix":
        return
    # A limit on the size of a file stands for the disk: writing beyond it fails in the same way.
    disk = tmp_path / "disk"
    disk.mkdir()
    faults, counts = run(
        """
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        folder, faults, counts = Path(sys.argv[1]), [], {}
        for name, write in writers.items():
            path = folder / name
            write(path)
            old = contents(folder)
            size = max(map(len, old.values()))
            for limit in np.unique(np.linspace(0, size - 1, 12).astype(int)).tolist():
                for is_there in (True, False):
                    if not is_there:
                        for each in (path, *path.rglob("*")):
                            each.is_file() and each.unlink()
                        for each in sorted(path.rglob("*"), reverse=True):
                            each.rmdir()
                        path.is_dir() and path.rmdir()
                    before = contents(folder)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
                    told = attempt(write, path)
                    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                    counts[name] = counts.get(name, 0) + 1
                    if contents(folder) != before or os.listdir(folder) != [name] * is_there:
                        faults.append([name, limit, "changed", os.listdir(folder)])
                    if "\\n" in told or not told.endswith(str(path)):
                        faults.append([name, limit, told])
                write(path)
            if path.is_file() and len(contents(folder)[str(path)]) != size:
                faults.append([name, "the disk has room again", "another file"])
            os.rename(path, folder.parent / name)
        print(json.dumps([faults, counts]))
        """,
        str(disk),
    )
    assert not faults
    assert len(counts) >= 17
    assert min(counts.values()) >= 20


@pytest.mark.parametrize("is_there", [False, True])
def test_what_may_not_be_written_is_refused_and_stays_as_it_is(is_there):
    if os.name != "posix":
        return
    with tempfile.TemporaryDirectory() as name:  # another user must be able to come here
        closed, opened = Path(name, "closed"), Path(name, "open")
        for each in (closed, opened):
            each.mkdir()
        Path(name).chmod(0o755)
        try:
            faults, count = run(
                """
                closed, opened = Path(sys.argv[1]), Path(sys.argv[2])
                for name, write in writers.items():  # what is loaded late is loaded now
                    for folder in (closed, opened):
                        if folder == opened or sys.argv[3] == "True":
                            write(folder / name)
                            if (folder / name).is_file():
                                (folder / name).chmod(0o444)
                closed.chmod(0o555)
                opened.chmod(0o777)
                if os.getuid() == 0:  # who may write anything
                    os.setgid(65534)
                    os.setuid(65534)
                faults, count, before = [], 0, contents(closed) | contents(opened)
                names = os.listdir(closed), os.listdir(opened)
                for name, write in writers.items():
                    for folder in (closed, opened):
                        if folder == opened and (folder / name).is_dir():
                            continue  # a folder is replaced by who may rename it
                        told = attempt(write, folder / name)
                        count += 1
                        if "\\n" in told or str(folder / name) not in told:
                            faults.append([name, folder.name, told])
                if contents(closed) | contents(opened) != before or names != (os.listdir(closed), os.listdir(opened)):
                    faults.append("changed")
                print(json.dumps([faults, count]))
                """,
                str(closed),
                str(opened),
                str(is_there),
            )
        finally:
            closed.chmod(0o755)
    assert not faults
    assert count >= 33


# --- two at once


def start(script, *arguments):
    code = textwrap.dedent(WRITERS) + textwrap.dedent(script)
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("suffix", [".tif", ".png", ".zarr", ".gpl"])
def test_of_two_processes_that_write_one_file_again_and_again_each_writes_all_of_it(tmp_path, suffix):
    script = """
        path, number = Path(sys.argv[1]), int(sys.argv[2])
        mine = cq.IndexedImage(np.full((40, 50), number, np.uint8), palette, cq.Recipe(palette=palette))
        names = cq.Palette(palette.colors, names=[str(number)] * 40)
        writes, refused = 0, []
        for _ in range(25):
            try:
                if path.suffix == ".gpl":
                    cq.write_palette(names, path, overwrite=True)
                else:
                    cq.write_indexed(mine, path, overwrite=True)
                writes += 1
            except OSError as error:  # another has taken the name in this moment
                refused.append(describe(error))
        print(json.dumps([writes, refused]))
        """
    path = tmp_path / f"a{suffix}"
    writers = [start(script, str(path), str(number)) for number in (1, 2)]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        with suppress(FileNotFoundError):  # between two renames of a folder
            seen.add(_read_number(path))
    for writer in writers:
        writes, refused = json.loads(writer.communicate()[0])
        assert writes + len(refused) == 25
        assert writes if suffix == ".zarr" else not refused
        assert all("a.zarr" in text for text in refused)
    assert seen | {_read_number(path)} <= {1, 2}
    assert os.listdir(tmp_path) == [path.name]


def _read_number(path):
    """Return which process wrote all of a file."""
    if path.suffix == ".gpl":
        (name,) = set(cq.read_palette(path).names)
        return int(name)
    if path.suffix == ".zarr":  # other processes rename it while it is read: only what was opened whole counts
        try:
            levels = {int(level) for level in np.unique(read_indexed(path).labels)}
        except (ValueError, OSError):
            raise FileNotFoundError(path) from None
        return levels.pop() if len(levels) == 1 else 1
    (number,) = np.unique(read_indexed(path).labels)
    return int(number)


def test_of_two_processes_that_may_not_overwrite_one_wins(tmp_path):
    script = """
        sys.stdin.read()
        told = {name: attempt(lambda path: cq.write_indexed(indexed, path), Path(sys.argv[1], name))
                for name in ("a.png", "a.tif", "a.gif")}
        print(json.dumps(told))
        """
    code = textwrap.dedent(WRITERS) + textwrap.dedent(script)
    command = [sys.executable, "-c", code, str(tmp_path)]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for writer in writers:
        writer.stdin.close()
    told = [json.loads(writer.stdout.read()) for writer in writers]
    for writer in writers:
        writer.stdout.close()
        writer.wait()
    for name in ("a.png", "a.tif", "a.gif"):
        refusals = [each[name] for each in told if each[name]]
        assert len(refusals) == 2
        assert all("must not exist unless it may be overwritten" in text for text in refusals)
        assert read_indexed(tmp_path / name).shape == (60, 70)
    assert sorted(os.listdir(tmp_path)) == ["a.gif", "a.png", "a.tif"]


# --- a share that goes away


@pytest.mark.parametrize("suffix", [".png", ".tif", ".gif", ".zarr", ".gpl"])
def test_a_folder_that_vanishes_in_mid_write_is_told_and_nothing_is_left(tmp_path, photo, monkeypatch, suffix):
    share = tmp_path / "share"
    share.mkdir()
    indexed = cq.quantize(photo, 8)

    def vanish(done, *arguments, **options):
        shutil.rmtree(share, ignore_errors=True)
        return done(*arguments, **options)

    monkeypatch.setattr(os, "fsync", partial(vanish, os.fsync))
    monkeypatch.setattr(writing, "_write_chunk", partial(vanish, writing._write_chunk))
    path = share / f"a{suffix}"
    with pytest.raises(OSError, match=f"a{suffix}") as raised:
        cq.write_palette(indexed.palette, path) if suffix == ".gpl" else cq.write_indexed(indexed, path)
    assert str(path) in describe(raised.value)
    assert not share.exists() or not os.listdir(share)  # a Zarr makes its folders for each chunk


def test_an_error_that_the_system_tells_without_a_name_gets_that_of_the_file(tmp_path, monkeypatch):
    def fail(handle):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=r"Input/output error: '.*a\.gpl'"):
        cq.write_palette(cq.Palette([[1, 2, 3]]), tmp_path / "a.gpl")
    assert not os.listdir(tmp_path)
    handle = os.open(__file__, os.O_RDONLY)
    with atomic._NamedFile(handle, "the target") as file, pytest.raises(OSError, match="'the target'"):
        file.write(b"x")
