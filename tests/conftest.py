"""What all tests share: a kernel cache of their own, photographs, and a napari without the user's settings."""

import ast
import faulthandler
import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
import platformdirs
import pytest
from hypothesis import settings

# The same examples in every run, so that a run tells about the change and not about its luck; look for
# new ones with --hypothesis-profile=explore.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("repeatable")

SOURCES = Path(__file__).parents[1] / "src" / "napari_colorquant"


def _kernel_code(path: Path) -> str:
    """Return what the compiled kernels of a file depend on: their own text, and the names defined in the file."""
    text = path.read_text(encoding="utf-8")
    if "kernel\ndef " not in text:
        return ""
    parts = []
    for node in ast.parse(text).body:
        decorators = getattr(node, "decorator_list", [])
        is_kernel = any(getattr(decorator, "id", "") in ("kernel", "inner_kernel") for decorator in decorators)
        if is_kernel or isinstance(node, ast.Assign | ast.AnnAssign):
            parts.append(ast.unparse(node))
    return "\n".join(parts)


def _kernel_cache() -> Path:
    """Return the folder of compiled kernels that belongs to the sources as they are.

    Numba's own cache does not notice an edit to a kernel that another file's kernel calls, so the
    folder is named after a hash of all kernels. It stays from run to run.
    """
    sources = "\n".join(map(_kernel_code, sorted(SOURCES.rglob("*.py"))))
    digest = hashlib.sha256(sources.encode()).hexdigest()
    folder = platformdirs.user_cache_path("napari-colorquant") / "test-kernels"
    cache = folder / f"{digest[:16]}-py{sys.version_info[0]}{sys.version_info[1]}"
    cache.mkdir(parents=True, exist_ok=True)
    os.utime(cache)
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > 7 * 86400:
            shutil.rmtree(old, ignore_errors=True)
    return cache


# Jobs that a script leaves to run in the background ignore a Ctrl-C, and what they start inherits that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# A test's subprocesses inherit all of these. Numba has read its settings by now: napari's pytest plugin imports it.
os.environ.setdefault("NUMBA_CACHE_DIR", str(_kernel_cache()))
numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]
# What a command prints is held against a text, also where it is the first to need a kernel.
os.environ["COLORQUANT_PREPARING"] = "silent"
# Each process that runs tests has settings of its own, also where another started it: what a test changes in the
# preferences is written to that file, and a panel of another process would begin with it.
os.environ["NAPARI_CONFIG"] = str(Path(tempfile.mkdtemp(prefix="napari-colorquant-")) / "settings.yaml")


@pytest.fixture(scope="session", autouse=True)
def _own_settings():
    yield
    shutil.rmtree(Path(os.environ["NAPARI_CONFIG"]).parent, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """Watch what a test leaves to be cleared up, too: once it has failed, pytest no longer looks at the clock."""
    if seconds := float(item.config.getini("faulthandler_timeout") or 0):
        faulthandler.dump_traceback_later(seconds, file=sys.__stderr__, exit=True)
    return (yield)


def _frozen(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a contiguous copy that nobody can write to: no function may change its input."""
    image = np.ascontiguousarray(image)
    image.flags.writeable = False
    return image


@pytest.fixture(scope="session")
def photo():
    """A photograph: the astronaut, (128, 128, 3) uint8."""
    from skimage import data

    return _frozen(data.astronaut()[::4, ::4])


@pytest.fixture(scope="session")
def large_photo():
    """The same at full size, (512, 512, 3) uint8."""
    from skimage import data

    return _frozen(data.astronaut())


@pytest.fixture(scope="session", params=["astronaut", "coffee", "chelsea", "rocket", "immunohistochemistry"])
def any_photo(request):
    """Each of five photographs in turn, about 100 x 140 pixels."""
    from skimage import data

    image = getattr(data, request.param)()
    return _frozen(image[::4, ::4])


@pytest.fixture(scope="session")
def stains():
    """A section stained with haematoxylin and DAB, (128, 128, 3) uint8."""
    from skimage import data

    return _frozen(data.immunohistochemistry()[::4, ::4])


@pytest.fixture(scope="session")
def gray_photo():
    """A grayscale photograph, (128, 128) uint8."""
    from skimage import data

    return _frozen(data.camera()[::4, ::4])


@pytest.fixture(scope="session")
def rgba_photo(photo):
    """The photograph with a transparent left quarter and a half-transparent top, (128, 128, 4) uint8."""
    alpha = np.full((*photo.shape[:2], 1), 255, np.uint8)
    alpha[:16] = 128
    alpha[:, :32] = 0
    return _frozen(np.concatenate([photo, alpha], axis=2))


@pytest.fixture
def rng():
    """A generator that gives every test the same numbers."""
    return np.random.default_rng(0)
