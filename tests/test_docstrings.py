"""The public names are documented as numpydoc wants it, and their examples run."""

import doctest
import importlib
import inspect

import pytest
from numpydoc.validate import validate

import napari_colorquant as cq
from napari_colorquant import annotate, editing

#: What numpydoc may find: no long text where a line says all (ES01); parameters that share one "as in `quantize`"
#: (PR04, PR07), and names of what is returned, as scikit-image has them (RT02, RT03, RT04).
ALLOWED = {"ES01", "PR04", "PR07", "RT02", "RT03", "RT04"}
#: Functions that have no sibling to point at.
ALONE = {"lock", "swap", "ramp", "painted"}
#: Not every method, and no property, needs an example and a way on.
OF_FUNCTIONS = {"SA01", "EX01"}


def _names():
    """Return the full names of all public functions and classes, and of the methods of the classes."""
    front = [getattr(door, name) for door in (cq, annotate) for name in sorted(door.__all__)]
    found = {}
    for value in (*front, *(getattr(editing, name) for name in editing.__all__)):
        if inspect.isroutine(value) or inspect.isclass(value):
            found[f"{value.__module__}.{value.__qualname__}"] = True
            members = vars(value) if inspect.isclass(value) else {}
            for name, member in members.items():
                if not name.startswith("_") and isinstance(member, (property, classmethod)) | inspect.isfunction(
                    member
                ):
                    found[f"{value.__module__}.{value.__qualname__}.{name}"] = False
    return found


@pytest.mark.parametrize(("name", "is_whole"), _names().items())
def test_a_public_name_is_documented(name, is_whole):
    errors = [f"{code}: {text}" for code, text in validate(name)["errors"] if code not in ALLOWED]
    if not is_whole:
        errors = [error for error in errors if error[:4] not in OF_FUNCTIONS]
    if name.rpartition(".")[2] in ALONE:
        errors = [error for error in errors if not error.startswith("SA01")]
    assert not errors


@pytest.mark.parametrize("module", sorted({name.rpartition(".")[0] for name, is_whole in _names().items() if is_whole}))
def test_the_examples_run(module):
    finder = doctest.DocTestFinder(exclude_empty=True)
    tests = finder.find(importlib.import_module(module))
    assert any(test.examples for test in tests)
    results = [doctest.DocTestRunner().run(test) for test in tests]
    assert not any(result.failed for result in results)
