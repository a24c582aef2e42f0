"""Every choice of one run, checked once, as a value that goes to JSON and back."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from ._checks import check_mapping, shown
from ._recipe_fields import (
    FIELDS,
    METHOD_FIELDS,
    VERSION,
    check_together,
    read_fields,
    read_method,
    write_any_stains,
)
from .mapping.dithers import DITHERS
from .mapping.mappings import MAPPINGS
from .palette import Palette
from .pixels.alpha import Alpha
from .pixels.device_grid import DeviceGrid
from .pixels.intensities import Scale
from .pixels.rgb_profile import RgbProfile
from .quantizers import QUANTIZERS, Quantizer
from .registry import Method
from .spaces import OBJECTIVES, SPACES, Metric, Sight, Space, parse_axis_weights
from .spaces.stains import STAINS, Stains


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
    quantizer : str
        A name in `QUANTIZERS`, or a spec with options: ``"kmeans:iterations=30"``.
    dither : str
        A name in `DITHERS`, or a spec with options: ``"bayer:size=4x4"``.
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
        designed or has alpha itself, else cut; with `keep`, `smoothness`, an `objective` of its own and
        ``n_colors="auto"`` cut, too.
    alpha_weight : float
        What differences in alpha count for beside those in colour where colours have an alpha, 0.1 to 10: at 1, as
        much as they are seen over black and over white.
    rare : float
        Protection of small, salient colours, 0 (none) to 1.
    fixed : colours, optional
        Colours that the palette must hold verbatim.
    flat : {"keep", "mix"}
        "keep": colours that fill areas come out exactly, in graphics all of them if there are no more than entries,
        and a spot of one colour that stands alone gets an entry; see `napari_colorquant.design.flat`. Photographs
        stay as they are. "mix": entries are where the quantizer has put them. Images with graded alpha are mixed,
        and so are those of which some pixels have an importance.
    bits : str, int or None
        What the device has that shows the palette: bits of red, green and blue, as "rgb565", "5-6-5" or, for all
        three, 4. Palette colours are designed on its grid, which is widened to 8 bits by repeating bits. Not with
        `keep` or a `profile`. A palette that is given stays as it is.
    objective : {"mse", "de2000", "flip", "ssimulacra2"}
        The error that is made small. "mse": the mean squared distance in `space`, which in "srgb" is the MSE of
        channels. "de2000": the mean CIEDE2000 of pixels. The quantizer, in `space`, then only begins: steps on
        CIEDE2000 itself follow, after which the space hardly matters, and each pixel gets the colour that differs
        least, of a palette that is given, too. A dither or `smoothness` goes on from there in the space. "flip" and
        "ssimulacra2": what these measures see of the picture as a whole. Design and mapping then are in a space of
        their own, "hunt_lab" and "xyb", instead of `space`; steps on what lacks after the eye's blur follow, by
        131,072 pixels, but not with `bits` or tiles. Not with `keep`, weights of axes or graded alpha. See
        `napari_colorquant.design.by_difference` and `napari_colorquant.design.by_sight`.
    target : mapping or str, optional
        One of ``{"de2000": x}`` (the mean, also "mean_de2000"), ``{"p95_de2000": x}``, ``{"psnr": x}`` for
        ``n_colors="auto"``, or the same as text: ``"de2000=2"``.
    keep : {"none", "lightness", "chroma"}
        What each pixel keeps of its own, so that colour alone is quantized: its lightness (needs a
        space with axes of lightness and chroma: oklab, lab, luv, ycbcr, ...), or its chroma and
        lightness, so that only hues are chosen. The image then has more than `n_colors` colours; the
        labels do not. Not with a dither.
    mapping : {"exact", "by_cell"}
        How pixels find their colour. "exact": each gets the nearest of the palette. "by_cell": it gets the one that
        is nearest to the middle of its cell of 4 x 4 x 4 levels of 8 bits, which is quicker and, where palette colours
        lie close together, less than the best; the darkest colours and those of the palette are told apart all the
        same. Large photographs are then designed from the means of such cells in any space. A dither, `smoothness`
        or `cleaning` goes on from there. Where alpha is graded, mapping is exact. See
        `napari_colorquant.mapping.by_cell`.
    smoothness : float
        How much neighbouring pixels hang together, 0 (each pixel for itself, as `mapping` says) to 10. At
        1, a pixel between two colours goes with its neighbours, and one that has a colour of its own keeps it; at
        10 only what is large or stands out stays. Edges cost less where the image itself has one. Not with a
        dither, and not with `keep`. See `napari_colorquant.mapping.smooth`.
    smooth_frames : bool
        With `smoothness`: the frames of a stack are the planes of a volume, in which those before and behind a
        pixel are its neighbours, too. Otherwise each frame is smoothed by itself.
    cleaning : mapping, or sequence of them
        How classes are cleaned at the end, each mapping after the other: options of
        `napari_colorquant.annotate.clean` by name, the pixel size as ``pixel_height`` and ``pixel_width``.
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

    See Also
    --------
    quantize : Takes the same choices by name.

    Examples
    --------
    >>> recipe = Recipe(8, space="lab", dither="bayer:size=4x4")
    >>> recipe.dither, recipe.dither_options
    ('bayer', {'size': '4x4'})
    >>> Recipe.from_json(recipe.to_json()) == recipe
    True
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
    alpha_weight: float = 1.0
    rare: float = 0.0
    fixed: tuple[str, ...] = ()
    flat: str = "keep"
    bits: str | int | None = None
    objective: str = "mse"
    target: Mapping[str, float] = field(default_factory=dict)
    keep: str = "none"
    mapping: str = "exact"
    smoothness: float = 0.0
    smooth_frames: bool = False
    cleaning: tuple[dict[str, Any], ...] = ()
    palette: Palette | None = None
    profile: RgbProfile | None = None
    remove_unused: bool = False

    def __post_init__(self) -> None:
        given = vars(self)
        for name, check in FIELDS.items():
            if given[name] is not getattr(type(self), name, MISSING):  # a default is as it must be
                object.__setattr__(self, name, check(name, given[name]))
        for name, registry in METHOD_FIELDS.items():
            method, options = read_method(registry, name, getattr(self, name), getattr(self, f"{name}_options"))
            object.__setattr__(self, name, method)
            object.__setattr__(self, f"{name}_options", options)
        object.__setattr__(self, "axis_weights", parse_axis_weights(self.color_space, self.axis_weights))
        check_together(self)

    @cached_property
    def grid(self) -> DeviceGrid | None:
        """The colours of the device that shows the palette, or None if it shows all."""
        return None if self.bits is None else DeviceGrid.from_text(str(self.bits))

    @property
    def reads_alpha(self) -> Alpha:
        """How the alpha of an image is read: `alpha`, and of "auto" what the other choices leave of it."""
        if self.alpha != "auto":
            return self.alpha
        if self.palette is not None:
            return self.palette.reads_alpha
        if self.keep != "none" or self.smoothness or self.n_colors == "auto" or self.objective != "mse":
            return "cut"
        return "auto"

    @cached_property
    def metric(self) -> Metric:
        """The space with its axis weights; without what pixels keep of their own."""
        objective = OBJECTIVES[self.objective]
        metric = objective.make_metric(self.color_space, self.axis_weights, self.keep, self.profile, self.alpha_weight)
        return replace(metric, by_cell=True) if MAPPINGS[self.mapping].by_cell else metric

    @property
    def sight(self) -> Sight | None:
        """How an eye adds up what lacks in the picture, where the objective is one for the eye."""
        return OBJECTIVES[self.objective].sight

    @cached_property
    def color_space(self) -> Space:
        """The colour space, that of the recipe's stains if it is one of stains."""
        is_given = self.space == STAINS.name and isinstance(self.stains, Stains)
        return self.stains.space if is_given else SPACES[self.space]

    @property
    def lacks_stains(self) -> bool:
        """True if its space is one of stains of which something is still to be found in an image."""
        return self.space == STAINS.name and not (isinstance(self.stains, Stains) and self.stains.is_complete)

    def quantizer_method(self) -> tuple[Quantizer, dict[str, Any]]:
        """Return the quantizer and all its options, the seed among them if it has one.

        Returns
        -------
        method, options : Method, dict
            The entry of the table, and every option that differs from its default.
        """
        return _with_seed(QUANTIZERS[self.quantizer], self.quantizer_options, self.seed)

    def dither_method(self) -> tuple[Method, dict[str, Any]]:
        """Return the dither and all its options, the seed among them if it has one.

        Returns
        -------
        method, options : Method, dict
            The entry of the table, and every option that differs from its default.
        """
        return _with_seed(DITHERS[self.dither], self.dither_options, self.seed)

    def replace(self, **changes: Any) -> "Recipe":
        """Return a recipe with some choices changed.

        Parameters
        ----------
        **changes
            Fields with their new values.

        Returns
        -------
        recipe : Recipe
            Checked as a new one; this one if the values are those that it has.
        """
        if all(name in FIELDS and getattr(self, name) is value for name, value in changes.items()):
            return self  # with the metric that it may have made
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as JSON values, with the version of this format.

        Returns
        -------
        values : dict
            Lists, texts, numbers and truth values.
        """
        values = {name: value for name, value in asdict(self).items() if name not in ("palette", "profile")}
        if self.profile is not None:
            values["profile"] = self.profile.to_text()
        values["axis_weights"] = list(self.axis_weights)
        values["fixed"], values["cleaning"] = list(self.fixed), list(map(dict, self.cleaning))
        values["scale"] = self.scale if isinstance(self.scale, str) else list(self.scale)
        values["stains"] = write_any_stains(self.stains)
        values["palette"] = None if self.palette is None else self.palette.to_dict()
        return {"version": VERSION, **values}

    @classmethod
    def from_dict(cls, values: Any) -> "Recipe":
        """Read what `to_dict` wrote.

        Parameters
        ----------
        values : dict
            Some or all fields.

        Returns
        -------
        recipe : Recipe
            What was written.

        Raises
        ------
        ValueError
            For anything else, whoever wrote it: no mapping, a newer version, a field that is unknown, or a value
            that its field cannot have. The message names the field.
        """
        try:
            return cls(**read_fields(check_mapping("a recipe", values), {entry.name for entry in fields(cls)}))
        except TypeError as error:
            raise ValueError(str(error)) from None

    def to_json(self) -> str:
        """Return the recipe as JSON text.

        Returns
        -------
        text : str
            One line.
        """
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read what `to_json` wrote; ValueError for anything else, as in `from_dict`.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        recipe : Recipe
            What was written.
        """
        try:
            values = json.loads(text)
        except (TypeError, ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise ValueError(f"a recipe must be JSON ({reason}), got {shown(text)}") from None
        return cls.from_dict(values)


def _with_seed(method: Any, options: Mapping[str, Any], seed: int) -> tuple[Any, dict[str, Any]]:
    return method, {"seed": seed, **options} if "seed" in method.options else dict(options)
