import subprocess
import sys
import typing
from importlib import import_module
from pathlib import Path

import pytest

import napari_colorquant as cq


@pytest.mark.parametrize("name", cq.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(cq, name) is not None


@pytest.mark.parametrize(("name", "home"), cq._HOMES.items())
def test_a_public_name_is_that_of_its_module(name, home):
    assert getattr(cq, name) is getattr(import_module(f"napari_colorquant.{home}"), name)


def test_no_public_name_is_hidden_by_a_module():
    modules = {path.stem for path in Path(cq.__path__[0]).iterdir()}
    assert not modules & set(cq.__all__)


def test_dir_lists_the_public_names():
    assert dir(cq) == sorted(cq.__all__)
    assert set(cq._HOMES) | {"__version__"} == set(cq.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'posterize'"):
        cq.posterize  # noqa: B018


def test_the_version_is_that_of_the_distribution():
    assert cq.__version__.split(".")[0].isdigit()


@pytest.mark.parametrize("name", sorted(cq._HOMES))
def test_every_public_callable_is_documented_and_typed(name):
    value = getattr(cq, name)
    if callable(value):
        assert value.__doc__
        assert typing.get_type_hints(value) is not None


def test_star_import_works_in_a_fresh_interpreter():
    subprocess.run([sys.executable, "-W", "error", "-c", "from napari_colorquant import *; quantize"], check=True)
