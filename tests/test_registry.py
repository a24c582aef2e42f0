from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pytest

from napari_colorquant.registry import Method, Registry, UnknownNameError, parse_spec


def blur(
    image,
    /,
    *,
    radius: Annotated[int, {"min": 1, "max": 9}] = 3,
    strength: Annotated[float, {"min": 0.0, "max": 1.0}] = 0.5,
    edge: Annotated[str, {"choices": ("wrap", "clip")}] = "wrap",
    fast: bool = False,
):
    """Blur an image.

    Not part of the summary.
    """
    return image, radius, strength, edge, fast


METHOD = Method(blur)
FILTERS = Registry("filter", METHOD)


def test_a_method_is_read_off_its_function():
    assert METHOD.name == "blur"
    assert METHOD.summary == "Blur an image."
    assert {name: option.default for name, option in METHOD.options.items()} == {
        "radius": 3, "strength": 0.5, "edge": "wrap", "fast": False,
    }  # fmt: skip
    assert [option.kind for option in METHOD.options.values()] == [int, float, str, bool]
    assert METHOD("image") == ("image", 3, 0.5, "wrap", False)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("radius", 4, 4),
        ("radius", np.int64(4), 4),
        ("radius", 4.0, 4),
        ("strength", 1, 1.0),
        ("strength", np.float32(0.25), 0.25),
        ("edge", "clip", "clip"),
        ("fast", True, True),
    ],
)
def test_values_become_plain_values_of_the_options_kind(name, value, kept):
    checked = METHOD.check({name: value})[name]
    assert checked == kept
    assert type(checked) is METHOD.options[name].kind


@pytest.mark.parametrize(
    ("name", "value", "error", "match"),
    [
        ("radius", 0, ValueError, r"radius must lie in 1\.\.9, got 0"),
        ("radius", 10, ValueError, r"radius must lie in 1\.\.9, got 10"),
        ("radius", 1.5, TypeError, r"radius must be a whole number, got 1\.5"),
        ("radius", float("nan"), TypeError, r"radius must be a whole number, got nan"),
        ("radius", float("inf"), TypeError, r"radius must be a whole number, got inf"),
        ("radius", "3", TypeError, r"radius must be a whole number, got '3'"),
        ("radius", True, TypeError, r"radius must be a whole number, got True"),
        ("radius", None, TypeError, r"radius must be a whole number, got None"),
        ("strength", 1.1, ValueError, r"strength must lie in 0\.0\.\.1\.0, got 1\.1"),
        ("strength", float("nan"), ValueError, r"strength must lie in 0\.0\.\.1\.0, got nan"),
        ("strength", "1", TypeError, r"strength must be a number, got '1'"),
        ("edge", "warp", ValueError, r"edge must be one of wrap, clip, got 'warp'"),
        ("edge", 1, ValueError, r"edge must be one of wrap, clip, got 1"),
        ("fast", 1, TypeError, r"fast must be True or False, got 1"),
        ("raduis", 1, TypeError, r"an option of blur must be one it has, got 'raduis'; did you mean 'radius'\?"),
        (
            "xyz",
            1,
            TypeError,
            r"must be one it has, got 'xyz'; its options are: radius, strength, edge, fast",
        ),
    ],
)
def test_wrong_options_are_refused_by_name_and_rule(name, value, error, match):
    with pytest.raises(error, match=match):
        METHOD("image", **{name: value})


def test_a_spec_is_a_method_and_its_options():
    assert parse_spec(FILTERS, "blur") == (METHOD, {})
    assert parse_spec(FILTERS, "blur:") == (METHOD, {})
    spec = "blur:radius=5,strength=1e-1,edge=clip,fast=True"
    assert parse_spec(FILTERS, spec) == (METHOD, {"radius": 5, "strength": 0.1, "edge": "clip", "fast": True})


@pytest.mark.parametrize(
    ("spec", "error", "match"),
    [
        ("blurr", UnknownNameError, r"filter must be a known name, got 'blurr'; did you mean 'blur'\?"),
        ("xyz", UnknownNameError, r"filter must be a known name, got 'xyz'; choose one of: blur"),
        ("blur:radius", ValueError, r"options must be written name=value, got 'radius' in 'blur:radius'"),
        ("blur:radius=many", ValueError, r"radius must be a whole number, got 'many'"),
        ("blur:radius=99", ValueError, r"radius must lie in 1\.\.9, got 99"),
        ("blur:strength=big", ValueError, r"strength must be a number, got 'big'"),
        ("blur:fast=1", ValueError, r"fast must be true or false, got '1'"),
        ("blur:edge=none", ValueError, r"edge must be one of wrap, clip, got 'none'"),
        ("blur:size=1", TypeError, r"an option of blur must be one it has, got 'size'"),
    ],
)
def test_wrong_specs_are_refused(spec, error, match):
    with pytest.raises(error, match=match):
        parse_spec(FILTERS, spec)


@dataclass(frozen=True)
class Entry:
    name: str
    summary: str = "One."


def test_a_registry_is_an_ordered_mapping():
    table = Registry("letter", Entry("b"), Entry("a"))
    assert list(table) == ["b", "a"]
    assert len(table) == 2
    assert "a" in table
    assert "c" not in table
    assert table.get("c") is None
    assert repr(table) == "<letters: b, a>"
    with pytest.raises(ValueError, match=r"two letters share a name in \['a', 'a'\]"):
        Registry("letter", Entry("a"), Entry("a"))
