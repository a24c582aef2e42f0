"""Every choice of one run, checked once, as a value that goes to JSON and back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property, partial
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
from .dithers import DITHERS
from .mapping.cleaning import CLEANING
from .palette import MAX_COLORS, Palette, parse_colors
from .pixels.alpha import ALPHAS, Alpha
from .pixels.intensities import Scale, check_scale
from .pixels.rgb_profile import RgbProfile
from .pixels.written_colors import parse_rgba
from .quantizers import QUANTIZERS
from .registry import Method, Registry, parse_spec
from .spaces import SPACES, Metric, Space, parse_axis_weights
from .spaces.hue import KEEPS, make_metric
from .spaces.stains import METHODS, STAINS, Stains, read_stains, write_stains

VERSION = 1
#: What an automatic number of colours can aim at: the name of the measure and its sensible range.
TARGETS = {"mean_de2000": (0.1, 50.0), "p95_de2000": (0.1, 100.0), "psnr": (10.0, 60.0)}


@dataclass(frozen=True)
class Recipe:
    """What to do with an image, down to the last option.

    Parameters
    ----------
    n_colors : int or "auto"
        Number of palette colours, 1 to 65,536; some methods end at 256, as do palettes in most files. "auto" takes
        the fewest up to 256 that meet `target`.
    space : str
        A name in `SPACES`.
    axis_weights : sequence of float or mapping, optional
        A factor >= 0 per axis of the space, or ``{axis: factor}``; 0 leaves that axis out.
    stains : str, sequence, mapping, Stains or None
        For the space "stains", which: None or "macenko" or "vahadane" finds two in the image, "vahadane:3" three; a
        set by name ("h&e", "h-dab", "h&e-dab"); two or three colours ``#rrggbb``, each of one stain; two or three
        vectors; or a string of QuPath's. What a set lacks, its background and how much of each stain there is, is
        found in the image, too, and the recipe of a result has all of it in numbers. See
        `napari_colorquant.spaces.stains`.
    quantizer, dither : str
        A name in `QUANTIZERS` or `DITHERS`, or a spec such as ``"kmeans:iterations=30"``.
    quantizer_options, dither_options : mapping, optional
        Options by name; they win over those in the spec.
    seed : int
        Seed of every random choice, 0 to 2**31 - 1.
    scale : {"dtype", "range"} or (low, high)
        How intensities become 0..1, see `napari_colorquant.pixels.source.open_source`.
    alpha : {"auto", "graded", "cut", "ignore"}
        What becomes of the alpha of an RGBA image. "graded": colours have an alpha of their own, near in colour and
        in alpha, and pixels count as much as they are seen. "cut": pixels below one half have no data, all others
        are opaque. "ignore": there is no alpha. "auto": graded if some pixel is half transparent and the palette is
        designed or has alpha itself, else cut; with `keep`, `smoothness` and ``n_colors="auto"`` cut, too.
    rare : float
        Protection of small, salient colours, 0 (none) to 1.
    fixed : colours, optional
        Colours that the palette must hold verbatim.
    target : mapping or str, optional
        One of ``{"de2000": x}`` (the mean, also "mean_de2000"), ``{"p95_de2000": x}``, ``{"psnr": x}`` for
        ``n_colors="auto"``, or the same as text: ``"de2000=2"``.
    keep : {"none", "lightness", "chroma"}
        What each pixel keeps of its own, so that colour alone is quantized: its lightness (needs a
        space with axes of lightness and chroma: oklab, lab, luv, ycbcr, ...), or its chroma and
        lightness, so that only hues are chosen. The image then has more than `n_colors` colours; the
        labels do not. Not with a dither.
    smoothness : float
        How much neighbouring pixels hang together, 0 (each pixel for itself, its exact nearest colour) to 10. At
        1, a pixel between two colours goes with its neighbours, and one that has a colour of its own keeps it; at
        10 only what is large or stands out stays. Edges cost less where the image itself has one. Not with a
        dither, and not with `keep`. See `napari_colorquant.mapping.smooth`.
    smooth_frames : bool
        With `smoothness`: the frames of a stack are the planes of a volume, in which those before and behind a
        pixel are its neighbours, too. Otherwise each frame is smoothed by itself.
    cleaning : mapping, or sequence of them
        How classes are cleaned at the end, each mapping after the other: options of
        `napari_colorquant.annotate.cleaning.clean` by name, the pixel size as ``pixel_height`` and ``pixel_width``.
        Not with a dither, and not with `keep`. Of a dask image, planes are whole chunks then.
    palette : Palette, optional
        Map onto this palette; nothing is designed.
    profile : RgbProfile or bytes, optional
        The RGB that the numbers of the image are, as an ICC profile: colours outside sRGB are then colours
        like any other, see `napari_colorquant.io.read.read_image`. sRGB by default. Not with `keep`.
    remove_unused : bool
        Drop palette colours that no pixel takes.

    Raises
    ------
    TypeError, ValueError
        If a choice is not possible; the message says what must hold and what was given.
    """

    n_colors: int | str = 16
    space: str = "oklab"
    axis_weights: Any = None
    stains: Any = None
    quantizer: str = "kmeans"
    dither: str = "none"
    quantizer_options: Mapping[str, Any] = field(default_factory=dict)
    dither_options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    scale: Scale = "dtype"
    alpha: Alpha = "auto"
    rare: float = 0.0
    fixed: tuple[str, ...] = ()
    target: Mapping[str, float] = field(default_factory=dict)
    keep: str = "none"
    smoothness: float = 0.0
    smooth_frames: bool = False
    cleaning: tuple[dict[str, Any], ...] = ()
    palette: Palette | None = None
    profile: RgbProfile | None = None
    remove_unused: bool = False

    def __post_init__(self) -> None:
        for name, check in _FIELDS.items():
            object.__setattr__(self, name, check(name, getattr(self, name)))
        for name, registry in _METHODS.items():
            method, options = _read_method(registry, name, getattr(self, name), getattr(self, f"{name}_options"))
            object.__setattr__(self, name, method)
            object.__setattr__(self, f"{name}_options", options)
        object.__setattr__(self, "axis_weights", parse_axis_weights(self.color_space, self.axis_weights))
        self._check_together()

    def _check_together(self) -> None:
        if self.n_colors == "auto" and len(self.target) != 1:
            raise ValueError(f"target must be one of {', '.join(TARGETS)} for n_colors='auto', got {self.target}")
        if isinstance(self.n_colors, int) and len(self.fixed) > self.n_colors:
            raise ValueError(f"fixed must have at most n_colors = {self.n_colors} colours, got {len(self.fixed)}")
        if self.keep != "none" and self.profile is not None:
            raise refusal("profile", f"be None with keep={self.keep!r}, which paints in sRGB", self.profile.name)
        if self.keep != "none":
            make_metric(self.color_space, self.axis_weights, self.keep)
            if self.dither != "none":
                raise ValueError(f"dither must be 'none' with keep={self.keep!r}, got {self.dither!r}")
        self._check_alpha()
        if isinstance(self.n_colors, int) and self.palette is None:
            QUANTIZERS[self.quantizer].check_count(self.n_colors)
        for choice in ("smoothness", "cleaning"):
            for name in ("dither", "keep"):
                if getattr(self, choice) and (value := getattr(self, name)) != "none":
                    raise ValueError(f"{name} must be 'none' with {choice}={getattr(self, choice)}, got {value!r}")

    def _check_alpha(self) -> None:
        # What looks at three axes alone takes pixels for opaque or for nothing.
        if self.alpha != "graded":
            return
        for name, needed in (("keep", "none"), ("smoothness", 0.0)):
            if (value := getattr(self, name)) != needed:
                raise ValueError(f"{name} must be {needed!r} with alpha='graded', got {value!r}; or take alpha='cut'")
        if self.n_colors == "auto":
            raise ValueError("n_colors must be a number with alpha='graded', got 'auto'; or take alpha='cut'")

    @property
    def reads_alpha(self) -> Alpha:
        """How the alpha of an image is read: `alpha`, and of "auto" what the other choices leave of it."""
        if self.alpha != "auto":
            return self.alpha
        if self.palette is not None:
            return "graded" if self.palette.is_graded else "cut"
        return "auto" if self.keep == "none" and not self.smoothness and self.n_colors != "auto" else "cut"

    @cached_property
    def metric(self) -> Metric:
        """The space with its axis weights; without what pixels keep of their own."""
        metric = make_metric(self.color_space, self.axis_weights, self.keep)
        return metric if self.profile is None else replace(metric, profile=self.profile)

    @cached_property
    def color_space(self) -> Space:
        """The colour space, that of the recipe's stains if it is one of stains."""
        is_given = self.space == STAINS.name and isinstance(self.stains, Stains)
        return self.stains.space if is_given else SPACES[self.space]

    @property
    def lacks_stains(self) -> bool:
        """True if its space is one of stains of which something is still to be found in an image."""
        return self.space == STAINS.name and not (isinstance(self.stains, Stains) and self.stains.is_complete)

    def quantizer_method(self) -> tuple[Method, dict[str, Any]]:
        """Return the quantizer and all its options, the seed among them if it has one."""
        return _with_seed(QUANTIZERS[self.quantizer], self.quantizer_options, self.seed)

    def dither_method(self) -> tuple[Method, dict[str, Any]]:
        """Return the dither and all its options, the seed among them if it has one."""
        return _with_seed(DITHERS[self.dither], self.dither_options, self.seed)

    def replace(self, **changes: Any) -> "Recipe":
        """Return a recipe with some choices changed."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as JSON values, with the version of this format."""
        values = {name: value for name, value in asdict(self).items() if name not in ("palette", "profile")}
        if self.profile is not None:
            values["profile"] = self.profile.to_text()
        values["axis_weights"] = list(self.axis_weights)
        values["fixed"], values["cleaning"] = list(self.fixed), list(map(dict, self.cleaning))
        values["scale"] = self.scale if isinstance(self.scale, str) else list(self.scale)
        values["stains"] = _write_stains(self.stains)
        values["palette"] = None if self.palette is None else self.palette.to_dict()
        return {"version": VERSION, **values}

    @classmethod
    def from_dict(cls, values: Any) -> "Recipe":
        """Read what `to_dict` wrote.

        Raises
        ------
        ValueError
            For anything else, whoever wrote it: no mapping, a newer version, a field that is unknown, or a value
            that its field cannot have. The message names the field.
        """
        try:
            return cls(**_read_fields(check_mapping("a recipe", values), {entry.name for entry in fields(cls)}))
        except TypeError as error:
            raise ValueError(str(error)) from None

    def to_json(self) -> str:
        """Return the recipe as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read what `to_json` wrote; ValueError for anything else, as in `from_dict`."""
        try:
            values = json.loads(text)
        except (TypeError, ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise ValueError(f"a recipe must be JSON ({reason}), got {shown(text)}") from None
        return cls.from_dict(values)


def check_n_colors(n_colors: Any) -> int | str:
    """Return `n_colors` if it is 1..65536 or "auto"; TypeError or ValueError otherwise."""
    if isinstance(n_colors, str):
        if n_colors == "auto":
            return n_colors
        raise refusal("n_colors", f"lie in 1..{MAX_COLORS} or be 'auto'", n_colors)
    return check_integer("n_colors", n_colors, 1, MAX_COLORS)


def _check_n_colors(what: str, value: Any) -> int | str:
    return check_n_colors(value)


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


def _write_stains(stains: Any) -> Any:
    if isinstance(stains, Stains):
        return write_stains(stains)
    return list(stains) if isinstance(stains, tuple) else stains


def _check_fixed(what: str, value: Any) -> tuple[str, ...]:
    with inside(what):
        if isinstance(value, Palette):
            return value.hex
        given = value if isinstance(value, str) else check_list("colours", value)
        return Palette(parse_rgba(given)).hex if isinstance(given, str) or given else ()


def _check_target(what: str, value: Any) -> dict[str, float]:
    written = [read_target(what, value)] if isinstance(value, str) else check_mapping(what, value).items()
    target = {"mean_de2000" if measure == "de2000" else measure: goal for measure, goal in written}
    for measure in target:
        check_choice(what, measure, tuple(TARGETS))
    return {measure: check_number(f"{what} {measure}", goal, *TARGETS[measure]) for measure, goal in target.items()}


def read_target(what: str, text: str) -> tuple[str, float]:
    """Return measure and goal of what is written MEASURE=NUMBER."""
    measure, _, goal = text.partition("=")
    try:
        return measure.strip(), float(goal)
    except ValueError:
        raise refusal(what, "be written MEASURE=NUMBER, as de2000=2", text) from None


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
_FIELDS: dict[str, Callable[[str, Any], Any]] = {
    "n_colors": _check_n_colors,
    "space": _check_space,
    "stains": _check_stains,
    "quantizer_options": check_mapping,
    "dither_options": check_mapping,
    "seed": partial(check_integer, low=0, high=2**31 - 1),
    "scale": lambda _, value: check_scale(value),
    "alpha": partial(check_choice, choices=ALPHAS),
    "rare": partial(check_number, low=0.0, high=1.0),
    "fixed": _check_fixed,
    "target": _check_target,
    "keep": partial(check_choice, choices=KEEPS),
    "smoothness": partial(check_number, low=0.0, high=10.0),
    "smooth_frames": check_flag,
    "cleaning": _check_cleaning,
    "palette": _check_palette,
    "profile": _check_profile,
    "remove_unused": check_flag,
}
_METHODS: dict[str, Registry[Any]] = {"quantizer": QUANTIZERS, "dither": DITHERS}


def _read_fields(values: dict[Any, Any], known: set[str]) -> dict[str, Any]:
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


def _read_method(registry: Registry[Method], what: str, spec: str, options: Any) -> tuple[str, dict[str, Any]]:
    with inside(what):
        method, written = parse_spec(registry, spec)
    with inside(f"{what}_options"):
        return method.name, {**written, **method.check(options)}


def _with_seed(method: Method, options: Mapping[str, Any], seed: int) -> tuple[Method, dict[str, Any]]:
    return method, {"seed": seed, **options} if "seed" in method.options else dict(options)
