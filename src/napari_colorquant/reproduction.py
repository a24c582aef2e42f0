"""A recipe as text to copy: a call in Python, or a line for the terminal. Both do the same again."""

import shlex
from dataclasses import fields
from typing import Any

from .palette import Palette
from .recipe import Recipe


def to_python(recipe: Recipe, image: str = "image") -> str:
    """Return a call of `quantize` (or `map_pixels`, for a given palette) that does what `recipe` says.

    Parameters
    ----------
    recipe : Recipe
    image : str
        The name of the variable that holds the image.

    Returns
    -------
    code : str
        Two lines of Python; choices that are the default are left out.
    """
    choices = _chosen(recipe)
    palette = choices.pop("palette", None)
    call = "map_pixels" if palette is not None else "quantize"
    given = [image]
    if palette is not None:
        given.append(repr(list(palette.hex)))
    elif "n_colors" in choices:
        given.append(repr(choices.pop("n_colors")))
    given += [f"{name}={value!r}" for name, value in choices.items()]
    return f"import napari_colorquant as cq\nindexed = cq.{call}({', '.join(given)})\n"


def to_command(recipe: Recipe, image: str = "image.png", output: str = "quantized.png") -> str:
    """Return the ``colorquant`` line that does what `recipe` says with a file.

    Parameters
    ----------
    recipe : Recipe
    image, output : str
        The files to read and to write; quoted for the shell where they need it.
    """
    words = ["colorquant", image]
    for name, value in _chosen(recipe).items():
        words += _WORDS[name](recipe, value)
    return shlex.join([*words, "-o", output])


def _chosen(recipe: Recipe) -> dict[str, Any]:
    """Return the choices that differ from the defaults, in the order of the fields; options of methods as a dict."""
    default = Recipe(space=recipe.space)
    names = [entry.name for entry in fields(Recipe)]
    chosen = {name: getattr(recipe, name) for name in names if getattr(recipe, name) != getattr(default, name)}
    if recipe.space != Recipe.space:
        chosen["space"] = recipe.space
    if recipe.palette is not None:
        for name in ("n_colors", "quantizer", "quantizer_options", "rare", "fixed", "target"):
            chosen.pop(name, None)
    return chosen


def _spec(name: str, options: dict[str, Any]) -> str:
    texts = [f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in options.items()]
    return name if not texts else f"{name}:{','.join(texts)}"


def _numbers(values: tuple[float, ...]) -> str:
    return ",".join(f"{value:.17g}" for value in values)


def _target(recipe: Recipe, target: dict[str, float]) -> list[str]:
    return [word for name, value in target.items() for word in ("--target", f"{name}={value:.17g}")]


def _palette(recipe: Recipe, palette: Palette) -> list[str]:
    return ["--map", ",".join(palette.hex)]


def _method(flag: str, kind: str) -> Any:
    def words(recipe: Recipe, _: Any) -> list[str]:
        return [flag, _spec(getattr(recipe, kind), getattr(recipe, f"{kind}_options"))]

    return words


def _options_of(flag: str, kind: str) -> Any:
    # Where the method itself is the default, its options still have to be written after its name.
    def words(recipe: Recipe, options: Any) -> list[str]:
        is_default = getattr(recipe, kind) == getattr(Recipe, kind)
        return [flag, _spec(getattr(recipe, kind), options)] if is_default else []

    return words


#: How each choice is written.
_WORDS: dict[str, Any] = {
    "n_colors": lambda recipe, value: ["-n", str(value)],
    "space": lambda recipe, value: ["--space", value],
    "axis_weights": lambda recipe, value: ["--axis-weights", _numbers(value)],
    "quantizer": _method("--method", "quantizer"),
    "dither": _method("--dither", "dither"),
    "quantizer_options": _options_of("--method", "quantizer"),
    "dither_options": _options_of("--dither", "dither"),
    "seed": lambda recipe, value: ["--seed", str(value)],
    "scale": lambda recipe, value: ["--scale", value if isinstance(value, str) else _numbers(value)],
    "rare": lambda recipe, value: ["--rare", f"{value:.17g}"],
    "fixed": lambda recipe, value: ["--fixed", ",".join(value)],
    "target": _target,
    "keep": lambda recipe, value: ["--keep", value],
    "palette": _palette,
    "remove_unused": lambda recipe, value: ["--remove-unused"],
}
