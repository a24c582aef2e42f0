import subprocess
import sys
import typing
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

import napari_colorquant as cq
from napari_colorquant import annotate

#: The modules whose names are public and loaded when they are used.
DOORS = [cq, annotate]


@pytest.mark.parametrize("name", cq.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(cq, name) is not None


@pytest.mark.parametrize("door", DOORS)
def test_a_public_name_is_that_of_its_module(door):
    for home, names in door._HOMES.items():
        module = import_module(f"{door.__name__}.{home}")
        assert all(getattr(door, name) is getattr(module, name) for name in names)


@pytest.mark.parametrize("door", DOORS)
def test_no_public_name_is_hidden_by_a_module(door):
    modules = {path.stem for path in Path(door.__path__[0]).iterdir()}
    assert not modules & set(door.__all__)


@pytest.mark.parametrize("door", DOORS)
def test_dir_lists_the_public_names(door):
    assert dir(door) == sorted(door.__all__)
    assert {*chain(*door._HOMES.values())} == set(door.__all__) - {"__version__"}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="attribute posterize"):
        cq.posterize  # noqa: B018


def test_the_version_is_that_of_the_distribution():
    assert cq.__version__.split(".")[0].isdigit()


@pytest.mark.parametrize(("door", "name"), [(door, name) for door in DOORS for name in door.__all__])
def test_every_public_callable_is_documented_and_typed(door, name):
    value = getattr(door, name)
    if callable(value):
        assert value.__doc__
        assert typing.get_type_hints(value) is not None


def test_star_import_works_in_a_fresh_interpreter():
    subprocess.run([sys.executable, "-W", "error", "-c", "from napari_colorquant import *; quantize"], check=True)
