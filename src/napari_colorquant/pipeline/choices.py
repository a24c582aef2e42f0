"""What may be handed to the verbs, for editors and type checkers; `Recipe` checks it when they run.

The lists of names are those of the tables: ``python tools/update_lists.py`` writes them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

from ..palette import Palette
from ..pixels.alpha import Alpha
from ..pixels.rgb_profile import RgbProfile
from ..recipe import Recipe
from ..spaces.stains import Stains

SpaceName: TypeAlias = Literal[
    # list of spaces
    "oklab",
    "srgb",
    "lab",
    "luv",
    "ycbcr",
    "linear",
    "hsv",
    "hed",
    "stains",
    "gray",
    "ictcp",
    "jzazbz",
    "lab_steps",
    "hunt_lab",
    "xyb",
    # end
]
#: A method of palette design by its name; with options any text, ``"kmeans:iterations=30"``.
QuantizerName: TypeAlias = Literal[
    # list of methods
    "kmeans",
    "best",
    "fast",
    "wu",
    "pca",
    "maximin",
    "online_kmeans",
    "breathing_kmeans",
    "genetic_kmeans",
    "median_cut",
    "octree",
    "neuquant",
    "artificial_bee_colony",
    "pnn",
    "popularity",
    "uniform",
    "minibatch_kmeans",
    "sklearn_kmeans",
    # end
]
#: A dither by its name; with options any text, ``"bayer:size=4x4"``.
DitherName: TypeAlias = Literal[
    # list of dithers
    "none",
    "floyd_steinberg",
    "jarvis_judice_ninke",
    "stucki",
    "burkes",
    "sierra",
    "sierra_two_row",
    "sierra_lite",
    "atkinson",
    "bayer",
    "blue_noise",
    "riemersma",
    "spatial",
    # end
]
Measure: TypeAlias = Literal["de2000", "mean_de2000", "p95_de2000", "psnr"]


class Choices(TypedDict, total=False):
    """The fields of `Recipe` that the verbs take by name, beside those that they list."""

    axis_weights: Sequence[float] | Mapping[str, float] | None
    stains: str | Sequence[Any] | Mapping[str, Any] | Stains | None
    quantizer_options: Mapping[str, Any]
    dither_options: Mapping[str, Any]
    scale: Literal["dtype", "range"] | tuple[float, ...]
    alpha: Alpha
    alpha_weight: float
    rare: float
    fixed: Palette | str | Sequence[Any]
    flat: Literal["keep", "mix"]
    bits: str | int | Sequence[int] | None
    objective: Literal["mse", "de2000", "flip", "ssimulacra2"]
    target: Mapping[Measure, float] | str
    keep: Literal["none", "lightness", "chroma"]
    mapping: Literal["exact", "by_cell"]
    smoothness: float
    smooth_frames: bool
    cleaning: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    profile: RgbProfile | bytes | None
    remove_unused: bool


class DesignChoices(Choices, total=False):
    """The same with what only `quantize` lists."""

    space: SpaceName
    quantizer: QuantizerName | str
    dither: DitherName | str
    seed: int


def make_recipe(**choices: Any) -> Recipe:
    """Return the recipe of what was handed in, which may have other forms than the fields have in the end."""
    return Recipe(**choices)


def onto(recipe: Recipe, palette: Palette) -> Recipe:
    """Return the recipe that maps as `recipe` does, but onto a palette that is there: nothing is left to design."""
    return recipe.replace(palette=palette, n_colors=len(palette), fixed=(), target={})
