"""What a killed process has left is cleared away by the next one, and what a living one holds is not."""

import os
import subprocess
import sys
import textwrap

import pytest

from napari_colorquant._runtime import parts
from napari_colorquant._runtime.atomic import write_file
from napari_colorquant._runtime.parts import clear_parts, list_once, listed_so_far, make_part, remove

KINDS = pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])


def run(target, folder, end):
    """Start a process that makes a part of `target`, says so, and then does `end`."""
    script = f"""
        import os, signal, sys
        from pathlib import Path
        from napari_colorquant._runtime.parts import make_part
        part, handle = make_part(Path({str(target)!r}), folder={folder})
        if {folder}:
            Path(part, "zarr.json").write_text("x")
        print("made", flush=True)
        {end}
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@KINDS
def test_what_a_killed_process_left_is_cleared_by_the_next_and_what_a_living_one_holds_is_not(tmp_path, folder):
    target = tmp_path / "a.bin"
    with run(target, folder, "os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))") as killed:
        killed.wait()
    (dead,) = names(tmp_path)
    with run(target, folder, "sys.stdin.read()") as living:
        assert living.stdout.readline() == "made\n"
        if os.name != "posix":
            return
        (held,) = names(tmp_path)
        assert held != dead
        write_file(target, b"ours")
        assert names(tmp_path) == [held, "a.bin"]
        living.stdin.close()
        living.wait()
    write_file(target, b"ours", overwrite=True)
    assert names(tmp_path) == ["a.bin"]


@KINDS
def test_only_parts_of_the_same_target_are_cleared(tmp_path, folder):
    others = (".b.bin.01234567.part", ".a.bin.part", ".a.bin.0123456x.part", ".a.bin.01234567.part2", ".a.bin")
    for name in others:
        (tmp_path / name).write_text("another's")
    part, handle = make_part(tmp_path / "a.bin", folder=folder)
    assert names(tmp_path) == sorted([*others, part.name])
    if handle is not None:
        os.close(handle)


@KINDS
def test_without_locks_age_decides(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(parts, "fcntl", None)
    new, old = tmp_path / ".a.bin.00000001.part", tmp_path / ".a.bin.00000002.part"
    for each in (new, old):
        if folder:
            each.mkdir()
            (each / "zarr.json").write_text("x")
        else:
            each.write_text("x")
    for each in (old, old / "zarr.json") if folder else (old,):
        os.utime(each, (0, 0))
    clear_parts(tmp_path / "a.bin")
    assert names(tmp_path) == [new.name]


def test_a_part_that_was_cleared_before_it_could_be_held_is_made_anew(tmp_path, monkeypatch):
    locked = []

    def lock(handle):
        if not locked:  # another process has taken it for a dead one's in this very moment
            for path in tmp_path.iterdir():
                remove(path)
        locked.append(handle)
        return True

    monkeypatch.setattr(parts, "_lock", lock)
    write_file(tmp_path / "a.bin", b"ours")
    assert len(locked) == 2
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_folder_that_was_being_replaced_is_put_back_unless_the_new_one_stands(tmp_path, is_replaced):
    target, old, part = (tmp_path / name for name in ("a.zarr", ".a.zarr.00000001.old", ".a.zarr.00000001.part"))
    for each in (target if is_replaced else part, old):
        each.mkdir()
        (each / "zarr.json").write_text(each.name)
    clear_parts(target)
    assert names(tmp_path) == ["a.zarr"]
    assert (target / "zarr.json").read_text() == ("a.zarr" if is_replaced else old.name)


@pytest.fixture
def listings(monkeypatch):
    """The folders that were listed, in order."""
    listed, listdir = [], os.listdir
    monkeypatch.setattr(parts.os, "listdir", lambda folder: listed.append(folder) or listdir(folder))
    return listed


def test_many_files_of_a_folder_are_written_with_one_look_for_what_was_left_of_any(tmp_path, listings):
    numbers = range(20)
    for number in numbers:
        (tmp_path / f".{number}.bin.0123456{number % 10}.part").write_text("left")
    with list_once():
        for number in numbers:
            write_file(tmp_path / f"{number}.bin", b"x")
        (tmp_path / "below").mkdir()
        for number in numbers:
            write_file(tmp_path / "below" / f"{number}.bin", b"x")
    assert listings == [str(tmp_path), str(tmp_path / "below")]
    assert names(tmp_path) == sorted([*(f"{number}.bin" for number in numbers), "below"])


def test_a_second_run_and_a_single_file_look_anew(tmp_path, listings):
    for _ in range(2):
        with list_once():
            assert not listed_so_far()
            write_file(tmp_path / "a.bin", b"x", overwrite=True)
            assert list(listed_so_far()) == [str(tmp_path)]
            (tmp_path / ".a.bin.01234567.part").write_text("left")
    assert not listed_so_far()
    write_file(tmp_path / "a.bin", b"x", overwrite=True)
    assert listings == [str(tmp_path)] * 3
    assert names(tmp_path) == ["a.bin"]


def test_what_one_process_has_found_another_clears_without_a_look(tmp_path, listings):
    left = tmp_path / ".a.bin.01234567.part"
    left.write_text("left")
    with list_once({str(tmp_path): (left.name, ".b.bin.01234567.part")}):
        write_file(tmp_path / "a.bin", b"x")
        write_file(tmp_path / "b.bin", b"x")  # of which nothing is there any more
    assert not listings
    assert names(tmp_path) == ["a.bin", "b.bin"]


def test_names_of_many_bytes_leave_room_for_the_part(tmp_path):
    path = tmp_path / ("ü" * 125)
    write_file(path, b"x")
    assert names(tmp_path) == [path.name]
