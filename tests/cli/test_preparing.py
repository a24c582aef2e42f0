"""What is compiled on the first use is told at once, and only then; `warmup` leaves nothing to compile."""

import os
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from PIL import Image

from napari_colorquant._runtime import jit
from napari_colorquant.cli import _preparing, _warmup, main
from napari_colorquant.mapping.dithers import DITHERS
from napari_colorquant.mapping.mappings import MAPPINGS
from napari_colorquant.quantizers import QUANTIZERS
from napari_colorquant.spaces import SPACES


@pytest.fixture
def run_cold(tmp_path):
    """Run the program with a cache of kernels that is empty at first; return its output and its errors."""
    Image.fromarray(np.full((4, 4, 3), 9, np.uint8)).save(tmp_path / "a.png")
    places = {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), _preparing.VARIABLE: "told"}

    def run(*words):
        command = [sys.executable, "-m", "napari_colorquant", *words]
        start = partial(subprocess.run, check=True, capture_output=True, text=True)
        done = start(command, cwd=tmp_path, env=os.environ | places)
        return done.stdout, done.stderr

    return run


def test_the_first_run_says_at_once_that_it_prepares_and_the_next_says_nothing(run_cold):
    words = ("a.png", "--map", "gray:2")
    first, told = run_cold(*words)
    assert told.splitlines() == ["colorquant: preparing, once on this machine ..."]
    assert run_cold(*words) == (first, "")


def test_quiet_is_quiet_on_the_first_run_too(run_cold):
    assert run_cold("a.png", "--map", "gray:2", "--quiet") == ("", "")


def test_a_loop_is_told_of_once_as_it_is_compiled(tmp_path, monkeypatch):
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))

    def double(number):
        return 2 * number

    double.__module__ = "napari_colorquant.somewhere"
    told = []
    loop = jit.Kernel(double)
    with jit.tell_compiling(told.append):
        assert [loop(2), loop(3), loop(2.0)] == [4, 6, 4.0]
    assert told == ["double", "double"]
    assert loop(1j) == 2j
    assert len(told) == 2
    assert not jit.is_compiling()


def test_warmup_uses_every_entry_of_the_tables(monkeypatch):
    seen = []
    monkeypatch.setattr(_warmup, "quantize", lambda *_, **choices: seen.extend(choices.values()))
    monkeypatch.setattr(_warmup, "distortion", lambda *_: None)
    for job in list(_warmup.list_jobs(everything=True)):
        job()
    assert {*SPACES, *QUANTIZERS, *DITHERS, *MAPPINGS} <= set(seen)


def test_after_warmup_an_ordinary_job_compiles_nothing(photo, tmp_path, capsys):
    assert main(["warmup"]) == 0
    assert capsys.readouterr().out.startswith("ready: ")
    Image.fromarray(photo).save(tmp_path / "photo.png")
    told = []
    with jit.tell_compiling(told.append):
        assert main([str(tmp_path / "photo.png"), "-n", "16", "-o", str(tmp_path / "out.png"), "--report"]) == 0
    assert told == []


@pytest.mark.parametrize("words", [["--version"], ["--quiet", "--version"]])
def test_the_version_is_shown_wherever_it_is_asked_for(words, capsys):
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("colorquant ")
