"""Every choice of one run, checked once, as a value that goes to JSON and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from .dithers import DITHERS
from .palette import MAX_COLORS, Palette, parse_colors
from .pixels.intensities import Scale, check_scale
from .quantizers import QUANTIZERS
from .registry import Method, Registry, parse_spec
from .spaces import SPACES, Metric, parse_axis_weights
from .spaces.hue import KEEPS, make_metric

VERSION = 1
#: What an automatic number of colours can aim at: the name of the measure and its sensible range.
TARGETS = {"mean_de2000": (0.1, 50.0), "p95_de2000": (0.1, 100.0), "psnr": (10.0, 60.0)}


@dataclass(frozen=True)
class Recipe:
    """What to do with an image, down to the last option.

    Parameters
    ----------
    n_colors : int or "auto"
        Number of palette colours, 1 to 256; "auto" takes the fewest that meet `target`.
    space : str
        A name in `SPACES`.
    axis_weights : sequence of float or mapping, optional
        A factor >= 0 per axis of the space, or ``{axis: factor}``; 0 leaves that axis out.
    quantizer, dither : str
        A name in `QUANTIZERS` or `DITHERS`, or a spec such as ``"kmeans:iterations=30"``.
    quantizer_options, dither_options : mapping, optional
        Options by name; they win over those in the spec.
    seed : int
        Seed of every random choice, 0 to 2**31 - 1.
    scale : {"dtype", "range"} or (low, high)
        How intensities become 0..1, see `napari_colorquant.pixels.source.open_source`.
    rare : float
        Protection of small, salient colours, 0 (none) to 1.
    fixed : colours, optional
        Colours that the palette must hold verbatim.
    target : mapping, optional
        One of ``{"mean_de2000": x}``, ``{"p95_de2000": x}``, ``{"psnr": x}`` for ``n_colors="auto"``.
    keep : {"none", "lightness", "chroma"}
        What each pixel keeps of its own, so that colour alone is quantized: its lightness (needs a
        space with axes of lightness and chroma: oklab, lab, luv, ycbcr, ...), or its chroma and
        lightness, so that only hues are chosen. The image then has more than `n_colors` colours; the
        labels do not. Not with a dither.
    palette : Palette, optional
        Map onto this palette; nothing is designed.
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
    quantizer: str = "kmeans"
    dither: str = "none"
    quantizer_options: Mapping[str, Any] = field(default_factory=dict)
    dither_options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    scale: Scale = "dtype"
    rare: float = 0.0
    fixed: tuple[str, ...] = ()
    target: Mapping[str, float] = field(default_factory=dict)
    keep: str = "none"
    palette: Palette | None = None
    remove_unused: bool = False

    def __post_init__(self) -> None:
        space = SPACES[self.space]
        quantizer, quantizer_options = _read_method(QUANTIZERS, self.quantizer, self.quantizer_options)
        dither, dither_options = _read_method(DITHERS, self.dither, self.dither_options)
        checked = {
            "n_colors": check_n_colors(self.n_colors),
            "axis_weights": parse_axis_weights(space, self.axis_weights),
            "quantizer": quantizer,
            "quantizer_options": quantizer_options,
            "dither": dither,
            "dither_options": dither_options,
            "seed": _check_integer("seed", self.seed, 0, 2**31 - 1),
            "scale": check_scale(self.scale),
            "rare": _check_number("rare", self.rare, 0.0, 1.0),
            "fixed": Palette(parse_colors(self.fixed)).hex if len(self.fixed) else (),
            "target": self._check_target(),
            "keep": _check_choice("keep", self.keep, KEEPS),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if isinstance(self.n_colors, int) and len(self.fixed) > self.n_colors:
            raise ValueError(f"fixed must have at most n_colors = {self.n_colors} colours, got {len(self.fixed)}")
        if self.keep != "none":
            make_metric(space, self.axis_weights, self.keep)
            if self.dither != "none":
                raise ValueError(f"dither must be 'none' with keep={self.keep!r}, got {self.dither!r}")

    def _check_target(self) -> dict[str, float]:
        if self.n_colors == "auto" and len(self.target) != 1:
            raise ValueError(f"n_colors='auto' needs one target of {', '.join(TARGETS)}, got {dict(self.target)}")
        for name, value in self.target.items():
            _check_choice("target", name, tuple(TARGETS))
            _check_number(f"target {name}", value, *TARGETS[name])
        return {name: float(value) for name, value in self.target.items()}

    @cached_property
    def metric(self) -> Metric:
        """The space with its axis weights; without what pixels keep of their own."""
        return make_metric(SPACES[self.space], self.axis_weights, self.keep)

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
        values = {name: value for name, value in asdict(self).items() if name != "palette"}
        values["axis_weights"] = list(self.axis_weights)
        values["fixed"] = list(self.fixed)
        values["scale"] = self.scale if isinstance(self.scale, str) else list(self.scale)
        values["palette"] = None if self.palette is None else self.palette.to_dict()
        return {"version": VERSION, **values}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Recipe":
        """Read what `to_dict` wrote; ValueError for a newer version or an unknown key."""
        version = values.get("version", VERSION)
        if version != VERSION:
            raise ValueError(f"a recipe must be of version {VERSION}, got {version}")
        rest = {key: value for key, value in values.items() if key != "version"}
        if unknown := sorted(rest.keys() - {entry.name for entry in fields(cls)}):
            raise ValueError(f"a recipe must hold known choices only, got {unknown}")
        if rest.get("palette") is not None:
            rest["palette"] = Palette.from_dict(rest["palette"])
        if isinstance(rest.get("scale"), list):
            rest["scale"] = tuple(rest["scale"])
        return cls(**rest)

    def to_json(self) -> str:
        """Return the recipe as JSON text."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read what `to_json` wrote."""
        return cls.from_dict(json.loads(text))


def check_n_colors(n_colors: Any) -> int | str:
    """Return `n_colors` if it is 1..256 or "auto"; TypeError or ValueError otherwise."""
    if isinstance(n_colors, str):
        if n_colors == "auto":
            return n_colors
        raise ValueError(f"n_colors must lie in 1..{MAX_COLORS} or be 'auto', got {n_colors!r}")
    return _check_integer("n_colors", n_colors, 1, MAX_COLORS)


def _read_method(registry: Registry[Method], spec: str, options: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    method, written = parse_spec(registry, spec)
    return method.name, method.check({**written, **options})


def _with_seed(method: Method, options: Mapping[str, Any], seed: int) -> tuple[Method, dict[str, Any]]:
    return method, {"seed": seed, **options} if "seed" in method.options else dict(options)


def _check_integer(name: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must lie in {low}..{high}, got {value}")
    return int(value)


def _check_number(name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{name} must lie in {low}..{high}, got {value}")
    return float(value)


def _check_choice(name: str, value: Any, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
    return str(value)
