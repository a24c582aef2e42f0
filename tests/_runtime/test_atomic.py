"""Files are written whole or not at all."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from napari_colorquant._runtime.atomic import check_writable, replace_file, write_file


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_holds_what_was_written_and_nothing_else_is_left(tmp_path):
    write_file(tmp_path / "a.bin", b"hello")
    assert (tmp_path / "a.bin").read_bytes() == b"hello"
    assert names(tmp_path) == ["a.bin"]


def test_an_existing_file_is_replaced_only_if_allowed(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError, match=r"must not exist .* got .*a\.bin"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    write_file(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("overwrite", [True, False])
def test_an_error_in_the_block_leaves_everything_as_it_was(tmp_path, overwrite):
    if overwrite:
        (tmp_path / "a.bin").write_bytes(b"old")
    before = names(tmp_path)
    with pytest.raises(RuntimeError), replace_file(tmp_path / "a.bin", overwrite=overwrite) as file:  # noqa: PT012
        file.write(b"half of it")
        raise RuntimeError
    assert names(tmp_path) == before
    assert not overwrite or (tmp_path / "a.bin").read_bytes() == b"old"


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path):
    path = tmp_path / "a.bin"
    with pytest.raises(FileExistsError), replace_file(path) as file:  # noqa: PT012
        file.write(b"ours")
        path.write_bytes(b"theirs")
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == ["a.bin"]


def test_without_hard_links_a_file_that_exists_is_still_safe(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.bin"
    write_file(path, b"first")
    assert path.read_bytes() == b"first"
    with pytest.raises(FileExistsError):
        write_file(path, b"second")
    (tmp_path / "b.bin").unlink(missing_ok=True)
    with pytest.raises(FileExistsError), replace_file(tmp_path / "b.bin") as file:  # noqa: PT012
        file.write(b"ours")
        (tmp_path / "b.bin").write_bytes(b"theirs")
    assert names(tmp_path) == ["a.bin", "b.bin"]


def test_a_killed_process_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    script = f"""
        import os, signal
        from napari_colorquant._runtime.atomic import replace_file
        with replace_file({str(path)!r}, overwrite=True) as file:
            file.write(b"x" * 100_000)
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert done.returncode != 0
    assert path.read_bytes() == b"old"


def test_a_full_disk_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    # A limit on the size of files stands for the disk: writing beyond it fails in the same way.
    script = f"""
        import resource, signal
        from napari_colorquant._runtime.atomic import write_file
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            write_file({str(path)!r}, b"x" * 100_000, overwrite=True)
        except OSError as error:
            print(type(error).__name__)
    """
    if os.name != "posix":
        return
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "OSError\n"
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_permissions_are_kept_and_new_files_follow_the_umask(tmp_path):
    if os.name != "posix":
        return
    kept = tmp_path / "kept.bin"
    kept.write_bytes(b"old")
    kept.chmod(0o640)
    umask = os.umask(0o027)
    try:
        write_file(kept, b"new", overwrite=True)
        write_file(tmp_path / "new.bin", b"new")
    finally:
        os.umask(umask)
    assert kept.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "new.bin").stat().st_mode & 0o777 == 0o640


def test_a_symbolic_link_stays_a_link(tmp_path):
    if os.name != "posix":
        return
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.bin").write_bytes(b"old")
    (tmp_path / "link.bin").symlink_to(tmp_path / "real" / "a.bin")
    write_file(tmp_path / "link.bin", b"new", overwrite=True)
    assert (tmp_path / "link.bin").is_symlink()
    assert (tmp_path / "real" / "a.bin").read_bytes() == b"new"


def test_a_device_is_written_directly():
    write_file(os.devnull, b"gone")
    assert os.path.exists(os.devnull)


def test_outputs_that_cannot_be_written_are_told_before_the_work(tmp_path):
    with pytest.raises(IsADirectoryError, match="must be a file"):
        check_writable(tmp_path)
    with pytest.raises(FileNotFoundError, match="folder that exists"):
        check_writable(tmp_path / "missing" / "a.bin")
    check_writable(tmp_path / "a.bin")
    assert names(tmp_path) == []


def test_a_file_that_is_read_only_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda where, how: os.fspath(where) != os.fspath(os.path.realpath(path)))
    with pytest.raises(PermissionError, match="must be writable"):
        write_file(path, b"new", overwrite=True)
    assert path.read_bytes() == b"old"


def test_a_very_long_name_can_be_written(tmp_path):
    path = tmp_path / ("n" * 250 + ".hex")
    write_file(path, b"x")
    assert path.read_bytes() == b"x"


def test_a_signal_handler_that_raises_leaves_no_part(tmp_path):
    if os.name != "posix":
        return

    def stop(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGUSR1, stop)
    try:
        with pytest.raises(KeyboardInterrupt), replace_file(tmp_path / "a.bin") as file:  # noqa: PT012
            file.write(b"x")
            os.kill(os.getpid(), signal.SIGUSR1)
            file.write(b"y")
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert names(tmp_path) == []
