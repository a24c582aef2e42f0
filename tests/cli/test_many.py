"""Many images at the same time: as if they had been done one after the other, and stopped as one program."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import numpy as np
import pytest
import tifffile
from PIL import Image

from napari_colorquant._runtime import parts
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.cli import _outcome, main
from napari_colorquant.cli._many import do_images
from napari_colorquant.cli._parser import make_parser
from napari_colorquant.cli._paths import Inputs
from napari_colorquant.recipe import Recipe

#: Seconds for what ends at once where nothing else runs.
PATIENCE = 300


@pytest.fixture
def folder(tmp_path, photo, monkeypatch):
    """A folder, entered, with images in *many*: ordinary ones, one that is noted, one without data, a broken one."""
    monkeypatch.chdir(tmp_path)
    many = tmp_path / "many"
    many.mkdir()
    for number in range(4):
        Image.fromarray(photo[16 * number :, : 64 + number]).save(many / f"{number}.png")
    tifffile.imwrite(many / "4.tif", np.dstack([photo, photo[..., :1]]), photometric="rgb", extrasamples=[0])
    Image.fromarray(np.zeros((9, 9, 4), np.uint8)).save(many / "5.png")
    (many / "6.png").write_bytes(b"none")
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_images_done_at_the_same_time_come_out_and_are_told_in_order(folder, capsys):
    results = []
    for place, how in enumerate((["--threads", "1"], ["--threads", "2"], ["--jobs", "2"])):
        status = main(["many", "-o", f"out{place}/", *how, "-n", "5", "--report"])
        told = capsys.readouterr()
        results.append((status, told.out, told.err, contents(folder / f"out{place}")))
    assert results[0] == results[1] == results[2]
    status, out, err, files = results[1]
    assert status == 1
    names = ["0.png", "1.png", "2.png", "3.png", "4.tif", "5.png"]
    assert [line.split(":")[0] for line in out.splitlines()] == [f"many/{name}" for name in names]
    assert [line.split(": ")[1] for line in err.splitlines()] == ["note", "note", "error"]
    assert len(files) == 6


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_output_folder_is_listed_once_and_what_was_left_in_it_is_cleared_away(folder, monkeypatch, jobs):
    listed, listdir = [], os.listdir
    out = folder / "out"
    out.mkdir()
    for number in range(4):
        (out / f".{number}.png.0123456{number}.part").write_text("left")
    (out / ".others.png.01234567.part").write_text("left")
    monkeypatch.setattr(parts.os, "listdir", lambda path: listed.append(os.fspath(path)) or listdir(path))
    main(["many", "-o", "out", "--jobs", jobs, "-n", "4", "--quiet"])
    assert listed.count(str(out)) == 1
    assert sorted(path.name for path in out.iterdir()) == [
        ".others.png.01234567.part", *(f"{number}.png" for number in range(6))
    ]  # fmt: skip


@pytest.mark.parametrize("threads", ["1", "2"])
def test_an_image_that_cannot_be_written_is_told_in_its_place_and_keeps_no_other_from_it(
    folder, capsys, monkeypatch, threads
):
    def write(made, options):
        if made.target.endswith("1.png"):
            raise OSError(28, "No space left on device", made.target)
        write_image(made, options)

    write_image = _outcome.write_image
    monkeypatch.setattr(_outcome, "write_image", write)
    names = [f"many/{number}.png" for number in range(4)]
    assert main([*names, "-o", "out/", "--threads", threads, "-n", "4"]) == 1
    told = capsys.readouterr()
    assert [line.split(":")[0] for line in told.out.splitlines()] == [names[0], names[2], names[3]]
    assert told.err == "colorquant: error: many/1.png: No space left on device: out/1.png\n"
    assert sorted(os.listdir("out")) == ["0.png", "2.png", "3.png"]


def test_images_are_written_on_another_thread_and_a_run_that_is_closed_waits_for_them(folder, monkeypatch):
    def write(made, options):
        threads.append(threading.get_ident())
        write_image(made, options)
        done.append(made.name)

    threads, done, write_image = [], [], _outcome.write_image
    monkeypatch.setattr(_outcome, "write_image", write)
    options = make_parser("quantize").parse_args(["many", "-o", "out/", "--quiet"])
    options.inputs, options.output_profile = Inputs.of([]), None
    pairs = [(f"many/{number}.png", f"out/{number}.png") for number in range(4)]
    with limit_threads(2):
        outcomes = do_images(pairs, Recipe(n_colors=4), options)
        assert next(outcomes).is_done
        outcomes.close()
    assert len(done) == len(threads) > 1
    assert threading.get_ident() not in threads
    assert sorted(os.listdir("out")) == [name.removeprefix("many/") for name in sorted(done)]


@contextmanager
def begin(words):
    """Begin the program in a group of processes of its own, of which none outlives the test."""
    program = [sys.executable, "-m", "napari_colorquant", *words]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(program, **streams, start_new_session=True) as running:
        try:
            yield running
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def test_what_is_done_is_told_before_an_image_that_may_take_long_is_begun(folder):
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo("waits.png")
    words = ["many/0.png", "many/1.png", "waits.png", "many/2.png", "-o", "out/", "--threads", "2", "-n", "4"]
    with begin(words) as running:
        for number in range(2):
            assert running.stdout.readline() == f"many/{number}.png: 4 colours\n"
        running.send_signal(signal.SIGTERM)
        err = running.communicate(timeout=PATIENCE)[1]
    assert running.returncode == 143
    assert_told(err, "stopped")
    assert sorted(os.listdir("out")) == ["0.png", "1.png"]


def test_images_that_are_left_when_a_process_is_killed_are_told(folder):
    options = make_parser("quantize").parse_args(["many", "-o", "out/", "--jobs", "2", "--quiet"])
    options.inputs, options.output_profile = Inputs.of([]), None
    options.deadly = _Deadly()
    pairs = [(f"many/{number}.png", f"out/{number}.png") for number in range(3)]
    first, *others = do_images(pairs, Recipe(n_colors=4), options)
    assert first.is_done
    assert os.listdir("out") == ["0.png"]
    for outcome, (source, _) in zip(others, pairs[1:], strict=True):
        assert not outcome.is_done
        assert outcome.text.startswith(f"{source}: its process must live until it is done, got it killed")


class _Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (1,)


def assert_told(err, how):
    """Assert that a program told of its end in one line, after the note of kernels that it may have had to compile."""
    *notes, last = err.splitlines()
    assert last == f"colorquant: error: {how}"
    assert all(note.startswith("colorquant: preparing") for note in notes)


def test_a_signal_ends_all_processes_and_leaves_no_part(folder):
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo("waits.png")  # whoever opens it waits for the other end, so that there is work until the signal
    words = [
        "many/0.png",
        "many/1.png",
        "many/2.png",
        "waits.png",
        "many/3.png",
        "-o",
        "out/",
        "--jobs",
        "2",
        "-n",
        "4",
    ]
    with begin(words) as running:
        for number in range(3):
            assert running.stdout.readline() == f"many/{number}.png: 4 colours\n"
        running.send_signal(signal.SIGTERM)
        err = running.communicate(timeout=PATIENCE)[1]  # ends when nobody holds the pipe any more
    assert running.returncode == 143
    assert_told(err, "stopped")
    assert sorted(os.listdir("out")) in (["0.png", "1.png", "2.png"], ["0.png", "1.png", "2.png", "3.png"])


@pytest.mark.parametrize("later", [0.0, 0.1, 0.2, 0.4])
def test_an_interrupt_while_processes_begin_is_told_in_one_line(folder, later):
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo("waits.png")
    words = ["many/0.png", "waits.png", "many/1.png", "many/2.png", "-o", "out/", "--jobs", "3", "-n", "4"]
    with begin(words) as running:
        running.stdout.readline()  # the first image is done: the processes for the others are being begun
        time.sleep(later)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does it: to all of them
        err = running.communicate(timeout=PATIENCE)[1]
    assert running.returncode == 130
    assert_told(err, "interrupted")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--jobs", "0"], "--jobs must lie in 1..1024, got 0"),
        (["--jobs", "2", "--scheduler", "tcp://here:1"], "--jobs takes processes of this machine"),
    ],
)
def test_jobs_that_cannot_be_are_refused(folder, capsys, words, told):
    assert main(["many", "-o", "out/", *words]) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "out").exists()
