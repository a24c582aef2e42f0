"""A recipe as a line to copy: for the command line, or for Python."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ..io.named_palettes import PALETTES
from ..palette import Palette
from ..recipe import Recipe
from ._option_names import OPTIONS

#: Choices of a recipe that a palette which is given leaves nothing to do, and their options.
DESIGN = {name: OPTIONS[name] for name in ("n_colors", "target", "quantizer", "rare", "fixed", "flat", "bits")}


def as_command(recipe: Recipe, image: str = "image.png", output: str = "out.png") -> str:
    """Return the ``colorquant`` line that does what `recipe` says.

    Parameters
    ----------
    recipe : Recipe
    image, output : str
        The files to name in it.

    Returns
    -------
    line : str
        Quoted for a POSIX shell; choices that are the default are left out.

    Examples
    --------
    >>> as_command(Recipe(n_colors=8, space="lab", axis_weights={"L": 0}))
    'colorquant image.png -n 8 --space lab --axis-weights 0.0,1.0,1.0 -o out.png'
    """
    return shlex.join(["colorquant", image, *_arguments(recipe), "-o", output])


def as_python(recipe: Recipe) -> str:
    """Return the Python that does what `recipe` says to an array called ``image``.

    Examples
    --------
    >>> print(as_python(Recipe(n_colors=8)))
    import napari_colorquant as cq
    indexed = cq.quantize(image, n_colors=8)
    """
    chosen = _chosen(recipe)
    palette = chosen.pop("palette", None)
    if palette is None:
        verb, first = "quantize", "image"
    else:
        codes = f"{list(palette.hex)!r}"
        if any(palette.written):
            codes = f"cq.Palette({codes}, written={list(palette.written)!r})"
        verb, first = "map_pixels", f"image, {codes}"
    if recipe.profile is not None:  # in the terminal, the file brings its own
        chosen["profile"] = recipe.profile.icc
    choices = "".join(f", {name}={value!r}" for name, value in chosen.items())
    return f"import napari_colorquant as cq\nindexed = cq.{verb}({first}{choices})"


def _chosen(recipe: Recipe) -> dict[str, Any]:
    """Return the choices that are not the default, methods with their options in one text."""
    default = Recipe(space=recipe.space)
    chosen: dict[str, Any] = {}
    for name in (
        "n_colors", "target", "space", "axis_weights", "quantizer", "seed", "rare", "fixed", "flat", "bits",
        "objective", "dither",
    ):  # fmt: skip
        if recipe.palette is not None and name in DESIGN:
            continue
        value = getattr(recipe, name)
        if name in ("quantizer", "dither") and (options := getattr(recipe, f"{name}_options")):
            chosen[name] = _spec(value, options)
        elif value != getattr(Recipe() if name == "space" else default, name):
            chosen[name] = value
    for name in (
        "scale", "alpha", "alpha_weight", "keep", "mapping", "smoothness", "smooth_frames", "cleaning", "remove_unused",
        "palette",
    ):  # fmt: skip
        if (value := getattr(recipe, name)) != getattr(default, name):
            chosen[name] = value
    if recipe.stains is not None:
        chosen["stains"] = _as_words(recipe.to_dict()["stains"])
    return chosen


def _as_words(stains: Any) -> Any:
    return tuple(stains) if isinstance(stains, list) else stains


def _arguments(recipe: Recipe) -> Iterator[str]:
    for name, value in _chosen(recipe).items():
        flag = OPTIONS[name]
        if value is True:
            yield flag
        elif name == "scale" and not isinstance(value, str):
            yield f"{flag}={_list(value)}"  # in one word: a negative number must not look like a flag
        else:
            yield from (flag, _text(name, value))


def _text(name: str, value: Any) -> str:
    if name == "target":
        return ",".join(f"{measure}={number!r}" for measure, number in value.items())
    if name == "cleaning":
        return "/".join(_options(step) for step in value)
    if name == "palette":
        return _name_palette(value)
    return _list(value) if isinstance(value, tuple) else str(value)


def _name_palette(palette: Palette) -> str:
    """Return the name of a built-in palette, which may be written otherwise than it looks, or the colours."""
    named = PALETTES[palette.title].palette if palette.title in PALETTES else None
    is_same = named is not None and (named.hex, named.written) == (palette.hex, palette.written)
    return palette.title if is_same and any(palette.written) else ",".join(palette.hex)


def _list(values: tuple[Any, ...]) -> str:
    return ",".join(map(str, values))


def _spec(name: str, options: Mapping[str, Any]) -> str:
    """Return a method and its options as `registry.parse_spec` reads them."""
    return f"{name}:{_options(options)}"


def _options(options: Mapping[str, Any]) -> str:
    words = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in options.items()}
    return ",".join(f"{key}={word}" for key, word in words.items())
