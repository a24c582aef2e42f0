"""What the choices of a recipe are called in the terminal, in lines to copy and in messages."""

import re
from dataclasses import fields

from ..recipe import Recipe

#: Options that have another name than their field.
_RENAMED = {"n_colors": "-n", "quantizer": "--method", "cleaning": "--clean", "palette": "--map"}
#: Fields without an option: those of a method are written behind its name, and the file brings its own profile.
_UNNAMED = ("quantizer_options", "dither_options", "profile")
#: The option of each other field.
OPTIONS = {
    field.name: _RENAMED.get(field.name, "--" + field.name.replace("_", "-"))
    for field in fields(Recipe)
    if field.name not in _UNNAMED
}
_NAMES = "|".join(sorted(OPTIONS, key=len, reverse=True))
#: What a message is about; "palette must ..." is about a file as well, and that option reads its value itself.
_SUBJECT = re.compile(rf"(?!palette)({_NAMES})(?=:| must | \w+ must )")
#: A value that is given for a field as in Python.
_GIVEN = re.compile(rf"(?<![\w./-])({_NAMES}) ?= ?('[^']*'|\([^)]*\)|\{{[^}}]*\}}|[\w.+-]+)")
#: A field elsewhere, if its name is no word of the language, nor part of the name of a file.
_ELSEWHERE = re.compile(rf"(?<![\w./'\"-])({'|'.join(name for name in OPTIONS if '_' in name)})(?![\w./'\"])")


def name_options(text: str) -> str:
    """Return a message with the options of the command line in place of the fields of a recipe.

    Examples
    --------
    >>> name_options("dither must be 'none' with smoothness=1.0, got 'bayer'")
    "--dither must be 'none' with --smoothness 1.0, got 'bayer'"
    """
    text = _SUBJECT.sub(_option, text, count=1) if _SUBJECT.match(text) else text
    return _ELSEWHERE.sub(_option, _GIVEN.sub(_option_with_value, text))


def _option(found: re.Match[str]) -> str:
    return OPTIONS[found[1]]


def _option_with_value(found: re.Match[str]) -> str:
    value = found[2].strip("'")
    return OPTIONS[found[1]] if value == "True" else f"{OPTIONS[found[1]]} {value}"
