"""Every writer against a disk that is full after any number of bytes, and folders and files that may not be written."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

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
