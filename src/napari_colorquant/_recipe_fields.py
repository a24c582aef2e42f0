"""What each choice of a recipe must be, one check for each, which go together, and how they are read from JSON."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ._checks import (
    check_choice,
    check_flag,
    check_integer,
    check_list,
    check_mapping,
    check_number,
    inside,
    refusal,
    shown,
)
from .mapping.cleaning import CLEANING
from .mapping.dithers import DITHERS
from .mapping.mappings import MAPPINGS
from .palette import MAX_COLORS, Palette, parse_colors
from .pixels.alpha import ALPHAS
from .pixels.device_grid import check_bits
from .pixels.intensities import check_scale
from .pixels.rgb_profile import RgbProfile
from .pixels.written_colors import parse_rgba
from .quantizers import QUANTIZERS
from .registry import Method, Registry, parse_spec
from .spaces import OBJECTIVES, SPACES
from .spaces.hue import KEEPS, make_metric
from .spaces.stains import METHODS, Stains, read_stains, write_stains

VERSION = 1
#: What becomes of flat colours: they come out as they are, or are part of a mean like any others.
FLATS = ("keep", "mix")
#: What an automatic number of colours can aim at: the name of the measure and its sensible range.
TARGETS = {"mean_de2000": (0.1, 50.0), "p95_de2000": (0.1, 100.0), "psnr": (10.0, 60.0)}


def _check_n_colors(what: str, value: Any) -> int | str:
    if isinstance(value, str):
        if value == "auto":
            return value
        raise refusal(what, f"lie in 1..{MAX_COLORS} or be 'auto'", value)
    return check_integer(what, value, 1, MAX_COLORS)


def _check_space(what: str, value: Any) -> str:
    with inside(what):
        return SPACES[value].name


def _check_stains(what: str, value: Any) -> Any:
    colors = value.split(",") if isinstance(value, str) and value.lstrip().startswith("#") else value
    if isinstance(colors, (list, tuple)) and colors and all(isinstance(color, str) for color in colors):
        with inside(what):
            picked = parse_colors([color.strip() for color in colors])
            Stains.of_colors(picked)
            return Palette(picked).hex
    stains = read_stains(what, value)
    return None if stains == METHODS[0] else stains  # the default in words


def write_any_stains(stains: Any) -> Any:
    """Return as JSON values what `stains` of a recipe is."""
    if isinstance(stains, Stains):
        return write_stains(stains)
    return list(stains) if isinstance(stains, tuple) else stains


def _check_fixed(what: str, value: Any) -> tuple[str, ...]:
    with inside(what):
        if isinstance(value, Palette):
            return value.hex
        given = value if isinstance(value, str) else check_list("colours", value)
        return Palette(parse_rgba(given)).hex if isinstance(given, str) or given else ()


def _read_target(what: str, text: str) -> tuple[str, float]:
    """Return measure and goal of what is written MEASURE=NUMBER."""
    measure, _, goal = text.partition("=")
    try:
        return measure.strip(), float(goal)
    except ValueError:
        raise refusal(what, "be written MEASURE=NUMBER, as de2000=2", text) from None


def _check_target(what: str, value: Any) -> dict[str, float]:
    written = [_read_target(what, value)] if isinstance(value, str) else check_mapping(what, value).items()
    target = {"mean_de2000" if measure == "de2000" else measure: goal for measure, goal in written}
    for measure in target:
        check_choice(what, measure, tuple(TARGETS))
    return {measure: check_number(f"{what} {measure}", goal, *TARGETS[measure]) for measure, goal in target.items()}


def _check_cleaning(what: str, value: Any) -> tuple[dict[str, Any], ...]:
    steps = [value] if isinstance(value, Mapping) else check_list(what, value)
    with inside(what):
        return tuple(options for step in steps if (options := CLEANING.check(check_mapping("a step", step))))


def _check_profile(what: str, value: Any) -> RgbProfile | None:
    if value is None:
        return None
    if not isinstance(value, (RgbProfile, bytes)):
        raise refusal(what, "be an RgbProfile, the bytes of an ICC profile, or None", value, TypeError)
    profile = RgbProfile(value) if isinstance(value, bytes) else value
    return None if profile.is_srgb else profile


def _check_palette(what: str, value: Any) -> Palette | None:
    if value is not None and not isinstance(value, Palette):
        raise refusal(what, "be a Palette or None (find_palette reads names and files)", value, TypeError)
    return value


#: What each field must be, whatever the others are; those of methods, of options and of axes follow from these.
FIELDS: dict[str, Callable[[str, Any], Any]] = {
    "n_colors": _check_n_colors,
    "space": _check_space,
    "stains": _check_stains,
    "quantizer_options": check_mapping,
    "dither_options": check_mapping,
    "seed": partial(check_integer, low=0, high=2**31 - 1),
    "scale": lambda _, value: check_scale(value),
    "alpha": partial(check_choice, choices=ALPHAS),
    "alpha_weight": partial(check_number, low=0.1, high=10.0),
    "rare": partial(check_number, low=0.0, high=1.0),
    "fixed": _check_fixed,
    "flat": partial(check_choice, choices=FLATS),
    "bits": check_bits,
    "objective": partial(check_choice, choices=tuple(OBJECTIVES)),
    "target": _check_target,
    "keep": partial(check_choice, choices=KEEPS),
    "mapping": partial(check_choice, choices=tuple(MAPPINGS)),
    "smoothness": partial(check_number, low=0.0, high=10.0),
    "smooth_frames": check_flag,
    "cleaning": _check_cleaning,
    "palette": _check_palette,
    "profile": _check_profile,
    "remove_unused": check_flag,
}
METHOD_FIELDS: dict[str, Registry[Any]] = {"quantizer": QUANTIZERS, "dither": DITHERS}


def read_fields(values: dict[Any, Any], known: set[str]) -> dict[str, Any]:
    """Return the fields that JSON values stand for; ValueError where they are of a newer version, or not fields."""
    version = values.pop("version", VERSION)
    unknown = [key for key in values if key not in known]
    if type(version) is not int or version != VERSION:
        hint = f", with the fields {shown(unknown)} that are unknown here" if unknown else ""
        raise ValueError(f"a recipe must be of version {VERSION}, got {shown(version)}{hint}")
    if unknown:
        raise ValueError(f"a recipe must hold known choices only, got {shown(unknown)}")
    if values.get("palette") is not None:
        with inside("palette"):
            values["palette"] = Palette.from_dict(values["palette"])
    if values.get("profile") is not None:
        values["profile"] = RgbProfile.from_text(values["profile"])
    return values


def read_method(registry: Registry[Method], what: str, spec: str, options: Any) -> tuple[str, dict[str, Any]]:
    """Return the name of a method and all the options given, of those in a spec and beside it the latter."""
    if not options and isinstance(spec, str) and spec in registry:
        return registry[spec].name, {}
    with inside(what):
        method, written = parse_spec(registry, spec)
    with inside(f"{what}_options"):
        return method.name, {**written, **method.check(options)}


def check_together(recipe: Any) -> None:
    """Raise a ValueError if some choices of a recipe, each of which is possible, do not go together."""
    if recipe.n_colors == "auto" and len(recipe.target) != 1:
        raise ValueError(f"target must be one of {', '.join(TARGETS)} for n_colors='auto', got {recipe.target}")
    if isinstance(recipe.n_colors, int) and len(recipe.fixed) > recipe.n_colors:
        raise ValueError(f"fixed must have at most n_colors = {recipe.n_colors} colours, got {len(recipe.fixed)}")
    if recipe.keep != "none" and recipe.profile is not None:
        raise refusal("profile", f"be None with keep={recipe.keep!r}, which paints in sRGB", recipe.profile.name)
    if recipe.keep != "none":
        make_metric(recipe.color_space, recipe.axis_weights, recipe.keep)
        if recipe.dither != "none":
            raise ValueError(f"dither must be 'none' with keep={recipe.keep!r}, got {recipe.dither!r}")
    _check_alpha(recipe)
    _check_bits(recipe)
    _check_objective(recipe)
    if isinstance(recipe.n_colors, int) and recipe.palette is None:
        QUANTIZERS[recipe.quantizer].check_count(recipe.n_colors)
    for choice in ("smoothness", "cleaning"):
        for name in ("dither", "keep"):
            if getattr(recipe, choice) and (value := getattr(recipe, name)) != "none":
                raise ValueError(f"{name} must be 'none' with {choice}={getattr(recipe, choice)}, got {value!r}")


def _check_alpha(recipe: Any) -> None:
    # What looks at three axes alone takes pixels for opaque or for nothing.
    if recipe.alpha == "graded":
        cause, hint = "alpha='graded'", "; or take alpha='cut'"
    elif recipe.palette is not None and recipe.palette.is_graded:
        cause, hint = "a palette of which some colours are seen in part", ""
    else:
        return
    for name, needed in (("keep", "none"), ("smoothness", 0.0), ("objective", "mse")):
        if (value := getattr(recipe, name)) != needed:
            raise ValueError(f"{name} must be {needed!r} with {cause}, got {value!r}{hint}")
    if recipe.n_colors == "auto" and recipe.palette is None:
        raise ValueError(f"n_colors must be a number with {cause}, got 'auto'{hint}")


def _check_bits(recipe: Any) -> None:
    if recipe.grid is None:
        return
    for name, needed in (("keep", "none"), ("profile", None)):
        if (value := getattr(recipe, name)) != needed:
            raise refusal(name, f"be {needed!r} with bits={recipe.bits!r}", value)
    for code in recipe.fixed:
        if not recipe.grid.holds(parse_rgba(code)[:, :3])[0]:
            raise refusal("fixed", f"be colours that a device of {recipe.bits} bits has", code)


def _check_objective(recipe: Any) -> None:
    if recipe.objective == "mse":
        return
    if recipe.keep != "none":
        raise refusal("keep", f"be 'none' with objective={recipe.objective!r}", recipe.keep)
    if len(set(recipe.axis_weights)) > 1:
        must = f"be equal with objective={recipe.objective!r}, which weighs differences itself"
        raise refusal("axis_weights", must, recipe.axis_weights)
