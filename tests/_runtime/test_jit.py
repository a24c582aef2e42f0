"""Kernels are kept where there is a place for them, and work where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

import napari_colorquant
from napari_colorquant._runtime.jit import inner_kernel, kernel

_MODULE = """
import numpy as np
from napari_colorquant._runtime.jit import kernel

@kernel
def add_up(numbers):
    total = 0
    for number in numbers:
        total += number
    return total

if __name__ == "__main__":
    print(add_up(np.arange(5)))
"""


@pytest.fixture
def run_there(tmp_path):
    """Run a kernel in a folder where nothing can be kept, of a user without a cache; files stand in the way."""
    (tmp_path / "loops.py").write_text(_MODULE)
    for name in ("__pycache__", "home"):
        (tmp_path / name).write_text("a file")

    def run(temporary, **variables):
        home = str(tmp_path / "home" / "none")
        places = {"HOME": home, "XDG_CACHE_HOME": home, "LOCALAPPDATA": home, "TMPDIR": str(temporary)}
        root = str(Path(napari_colorquant.__file__).parents[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
        return subprocess.run(
            [sys.executable, "-W", "always", "loops.py"], cwd=tmp_path, capture_output=True, text=True, check=False,
            env=kept | places | {"PYTHONPATH": root} | variables,
        )  # fmt: skip

    return run


def _kept_below(folder):
    return sorted(path for path in folder.rglob("*.nbc"))


def test_kernels_are_kept_in_a_folder_of_the_user_where_nothing_else_can_be_written(tmp_path, run_there):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for _ in range(2):
        done = run_there(temporary)
        assert (done.stdout, done.returncode) == ("10\n", 0)
        assert done.stderr.count("RuntimeWarning") == 1
        assert f"are kept in {temporary}" in done.stderr
        assert "NUMBA_CACHE_DIR" in done.stderr
        assert len(_kept_below(temporary)) == 1
    (own,) = temporary.iterdir()
    assert own.stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_a_folder_into_which_others_can_write_is_not_trusted(tmp_path, run_there):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    run_there(temporary)
    (own,) = temporary.iterdir()
    for kept in _kept_below(own):
        kept.unlink()
    own.chmod(0o777)
    done = run_there(temporary)
    assert (done.stdout, done.returncode) == ("10\n", 0)
    assert "are compiled anew in every process" in done.stderr
    assert not _kept_below(own)


def test_the_folder_that_the_variable_names_is_taken_without_a_word(tmp_path, run_there):
    (tmp_path / "cache").mkdir()
    done = run_there(tmp_path, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert (done.stdout, done.stderr, done.returncode) == ("10\n", "", 0)
    assert len(_kept_below(tmp_path / "cache")) == 1


@inner_kernel
def _mix(number):
    return number * np.uint32(2654435761)


@kernel
def _mix_all(numbers):
    for i in range(len(numbers)):
        numbers[i] = _mix(numbers[i])


def test_an_inner_kernel_is_compiled_for_kernels_and_runs_uncompiled_from_python():
    numbers = np.arange(1, 9, dtype=np.uint32)
    mixed = [int(_mix(number)) for number in numbers]  # wraps around without a warning
    assert not _mix.compiled.signatures
    _mix_all(numbers)
    assert numbers.tolist() == mixed
    assert _mix.compiled.targetoptions["no_cpython_wrapper"]


def test_loops_of_others_are_compiled_whatever_they_are_made_from():
    _mix_all(np.arange(4, dtype=np.uint32))  # from now on we hear of what numba compiles
    there: dict = {}
    exec("def double(number):\n    return 2 * number", {"__builtins__": {}}, there)
    assert there["double"].__module__ is None
    assert numba.njit(there["double"])(21) == 42


_LOADING = """
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from napari_colorquant._runtime import jit

refresh, held = cpu_target.target_context.refresh, []
cpu_target.target_context.refresh = lambda: (held.append(global_compiler_lock.is_locked()), refresh())
jit._load_numba()
print(bool(held) and all(held))
"""


def test_what_numba_looks_up_is_loaded_while_no_other_thread_compiles():
    done = subprocess.run([sys.executable, "-c", _LOADING], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
