"""Files of ours for other programs: an image in eight colours, one with gaps, a film, and a palette with names."""

import shutil
import subprocess

import numpy as np
import pytest
from skimage import data

import napari_colorquant as cq
from napari_colorquant import editing


@pytest.fixture(scope="session")
def photo():
    """A photograph, (128, 128, 3) uint8."""
    return np.ascontiguousarray(data.astronaut()[::4, ::4])


@pytest.fixture(scope="session")
def indexed(photo):
    """The same in eight colours, two of them named."""
    return editing.rename(cq.quantize(photo, 8), {0: "wall", 3: "suit"})


@pytest.fixture(scope="session")
def with_gaps(photo):
    """The same without its upper half."""
    mask = np.ones(photo.shape[:2], bool)
    mask[:64] = False
    return cq.quantize(photo, 8, mask=mask)


@pytest.fixture(scope="session")
def film(photo):
    """Three frames, (3, 128, 128)."""
    return cq.quantize(np.stack([photo, photo[::-1], photo[:, ::-1]]), 8)


@pytest.fixture
def run(tmp_path):
    """Run a program in a folder of its own, and return what it printed; it must be there and end well."""

    def start(*words, text=True):
        assert shutil.which(words[0]), f"{words[0]} is missing: make interop installs it"
        done = subprocess.run(list(map(str, words)), cwd=tmp_path, capture_output=True, text=text, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    return start
