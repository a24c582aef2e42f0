"""The program and its surroundings: streams that are closed or full, signals, locales, narrow terminals."""

import os
import signal
import struct
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from PIL import Image

from napari_colorquant.cli import _quantize, main

PROGRAM = f"'{sys.executable}' -m napari_colorquant"


@pytest.fixture
def folder(tmp_path, photo, monkeypatch):
    """A folder, entered, with a small image in it."""
    monkeypatch.chdir(tmp_path)
    Image.fromarray(photo[:20, :24]).save("a.png")
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def shell(words, **environment):
    """Run the program in a shell, if there is one as POSIX has it; return its status and what it printed."""
    done = subprocess.run(
        ["sh", "-c", f"exec {PROGRAM} {words}"], capture_output=True, check=False, env={**os.environ, **environment}
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_closed_streams_change_neither_the_status_nor_the_file(folder):
    if os.name != "posix":
        return
    assert main(["a.png", "-n", "2", "-o", "expected.png", "--quiet"]) == 0
    assert shell("a.png -n 2 -o out.png <&- >&- 2>&-") == (0, "", "")
    assert (folder / "out.png").read_bytes() == (folder / "expected.png").read_bytes()
    assert shell("nope.png 2>&-") == (2, "", "")
    status, _, told = shell("a.png -n 2 -o - >&-")
    assert (status, told) == (
        2,
        "colorquant: error: standard output must be open to take an image, got it closed\n",
    )


@pytest.mark.parametrize("words", ["list", "a.png -n 2", "a.png -n 2 -o -"])
def test_an_output_that_is_full_is_an_error_of_its_name(folder, words):
    if not os.path.exists("/dev/full"):
        return
    assert shell(f"{words} >/dev/full") == (
        2,
        "",
        "colorquant: error: No space left on device: the standard output\n",
    )


def test_a_reader_of_an_image_that_has_seen_enough_is_no_error(folder, rng):
    if os.name != "posix":
        return
    Image.fromarray(rng.integers(0, 256, (500, 500, 3), np.uint8)).save("large.png")  # more than a pipe holds
    command = [sys.executable, "-m", "napari_colorquant", "large.png", "-n", "256", "-o", "-", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(4) == b"\x89PNG"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


#: Where a process waits for its signal, by the suffix of what it writes: with all bytes in the part.
MOMENTS = {".png": "os.fsync", ".zarr": "napari_colorquant.io.zarr.writing.store_array"}


def stop_while_writing(target, number):
    """Send a signal to the program when all but the name of `target` is written; return its status and errors."""
    moment = MOMENTS[target[target.index(".") :]]
    script = f"""
        import os, signal, sys
        for number in (signal.SIGTERM, signal.SIGHUP):  # and nohup's this one
            signal.signal(number, signal.SIG_DFL)
        import napari_colorquant.io.zarr.writing
        from napari_colorquant.cli import main

        def wait(*_):
            os.write(1, b"here")
            while True:
                signal.pause()

        {moment} = wait
        sys.exit(main(["a.png", "-n", "2", "-o", {target!r}, "--quiet", "--force"]))
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.read(4) == "here"
        assert any(name.endswith(".part") for name in os.listdir())
        process.send_signal(number)
        try:
            _, told = process.communicate(timeout=120)
        finally:
            process.kill()  # of one that has ended, this does nothing
    return process.returncode, told


@pytest.mark.parametrize(("name", "suffix"), [("SIGINT", ".png"), ("SIGTERM", ".png"), ("SIGHUP", ".zarr")])
def test_a_signal_while_a_file_is_written_leaves_the_old_one_and_no_part(folder, photo, name, suffix):
    if os.name != "posix":
        return
    assert main(["a.png", "-n", "2", "-o", f"out{suffix}", "--quiet"]) == 0
    before = names(folder)
    number = getattr(signal, name)
    told = "interrupted" if name == "SIGINT" else "stopped"
    assert stop_while_writing(f"out{suffix}", number) == (128 + number, f"colorquant: error: {told}\n")
    assert names(folder) == before


@pytest.mark.parametrize("suffix", MOMENTS)
def test_what_a_kill_leaves_is_gone_after_the_next_run(folder, suffix):
    if os.name != "posix":
        return
    status, _ = stop_while_writing(f"out{suffix}", signal.SIGKILL)
    assert status == -signal.SIGKILL
    assert len(names(folder)) == 2
    assert main(["a.png", "-n", "2", "-o", f"out{suffix}", "--quiet"]) == 0
    assert names(folder) == ["a.png", f"out{suffix}"]


class _EndsLate:
    """Gets a signal while it is deleted, where Python drops whatever is raised."""

    def __init__(self, number):
        self.number = number

    def __del__(self):
        os.kill(os.getpid(), self.number)
        for _ in range(1000):  # a handler runs between two steps of the interpreter
            pass


@pytest.mark.parametrize(("name", "told"), [("SIGINT", "interrupted"), ("SIGTERM", "stopped")])
def test_a_signal_that_a_destructor_swallows_ends_the_program_all_the_same(folder, monkeypatch, capsys, name, told):
    if os.name != "posix":
        return
    number = getattr(signal, name)
    dropped, left = [], [_EndsLate(number)]
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    monkeypatch.setattr(_quantize, "check_jobs", lambda _: left.clear())
    images = ["a.png", *(f"{number}.png" for number in range(9))]
    for name in images[1:]:
        (folder / name).write_bytes((folder / "a.png").read_bytes())
    assert main([*images, "-n", "2", "-o", "out", "--quiet"]) == 128 + number
    assert len(dropped) == 1
    assert 1 <= len(names(folder / "out")) < 4  # what had been begun
    assert capsys.readouterr().err == f"colorquant: error: {told}\n"


def test_handlers_of_others_stay(folder):
    if os.name != "posix":
        return
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        assert main(["list", "spaces"]) == 0
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
    assert main(["list", "spaces"]) == 0
    assert signal.getsignal(signal.SIGTERM) is before


def test_names_beyond_ascii_work_where_only_ascii_is_known(folder):
    if os.name != "posix":
        return
    (folder / "größe.png").write_bytes((folder / "a.png").read_bytes())
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    status, printed, told = shell("größe.png nö.png -n 2 -o ördner/", **ascii_only)
    assert (status, told.count("\n"), printed.isascii(), told.isascii()) == (1, 1, True, True)
    assert told.startswith("colorquant: error: No such file or directory: n")
    assert [path.name for path in (folder / "ördner").iterdir()] == ["größe.png"]
    assert shell("größe.png -n 2 -o ü.tif --palette ü.json --quiet", **ascii_only) == (0, "", "")
    assert {"ü.tif", "ü.json"} <= set(names(folder))


def test_a_narrow_terminal_gets_bars_that_fit_and_no_colours(folder):
    if os.name != "posix":
        return
    import fcntl
    import pty
    import termios

    script = """
        import sys
        from napari_colorquant.cli import _progress, main
        _progress.DELAY = _progress.INTERVAL = 0
        sys.exit(main(["a.png", "-n", "2", "-o", "out.png", "--report"]) or main(["--help"]))
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 20, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "COLUMNS": "20", "LINES": "5", "NO_COLOR": "1", "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    shown = bytearray()
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # the end of a terminal whose other side is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    text = shown.decode()
    assert "\x1b[3" not in text
    bars = [line for each in text.split("\r") if "Opening" in (line := each.rstrip("\n"))]
    assert bars
    assert all(len(bar.replace("\x1b[A", "")) <= 20 for bar in bars)
