"""What the picture is, and what suits it: a recipe for each goal, in words for the panel. Data, and nothing else."""

from dataclasses import dataclass, field
from typing import Any

from ...recipe import Recipe

#: The fields that a goal decides; the number of colours and the dither are its proposals, with rows of their own.
DECIDED = ("space", "axis_weights", "quantizer", "quantizer_options", "rare", "flat", "objective", "keep")


@dataclass(frozen=True)
class Goal:
    """One goal.

    Attributes
    ----------
    title : str
        What the drop-down says.
    words : str
        The recipe in words.
    choices : dict
        Fields of a `Recipe` other than the defaults.
    blends : bool
        Whether channels that are visible are one image, as displayed.
    """

    title: str
    words: str
    choices: dict[str, Any] = field(default_factory=dict)
    blends: bool = False

    def apply(self, recipe: Recipe) -> Recipe:
        """Return a recipe with the choices of this goal, and the rest as it is."""
        start = Recipe()
        names = (*DECIDED, "n_colors", "target", "dither", "dither_options")
        decided = {name: getattr(start, name) for name in names} | {"axis_weights": None}
        return recipe.replace(**{**decided, **self.choices})

    def suits(self, recipe: Recipe) -> bool:
        """Return whether a recipe is that of this goal, whatever its number of colours and its dither."""
        own = self.apply(recipe)
        return all(getattr(own, name) == getattr(recipe, name) for name in DECIDED)


GOALS = (
    Goal(
        "Photograph",
        "Even steps of lightness and hue, in which the squared error is low at once (oklab, k-means). Begins "
        "with 16 colours.",
    ),
    Goal(
        "Stained section",
        "Colours that follow the stains that are there, each as far as it reaches, so that pale nuclei do not drown in "
        "dark DAB (stains, k-means); small stained structures get colours of their own. Begins with 6.",
        {"n_colors": 6, "space": "stains", "rare": 0.25},
    ),
    Goal(
        "Fluorescence",
        "Half of the palette is for what is small and bright on the dark ground, in even steps of lightness (lab, "
        "k-means); visible channels are one image, as displayed. Begins with 8 colours.",
        # Not oklab: next to black it tells apart what no eye does, and an entry would go to noise below the ground.
        {"n_colors": 8, "space": "lab", "rare": 1.0},
        blends=True,
    ),
    Goal(
        "Pixel art",
        "Colours that occur in the image, each as far from the others as can be; none is a mixture (oklab, maximin). "
        "Begins with 32.",
        {"n_colors": 32, "quantizer": "maximin"},
    ),
    Goal(
        "Flat graphics",
        "The colours of areas exactly, and between them what blended edges need (oklab, best). Begins with 16.",
        {"n_colors": 16, "quantizer": "best"},
    ),
    Goal(
        "Line drawing",
        "Thin coloured lines count as much as the paper (oklab, k-means, rare colours kept). Begins with 4 colours.",
        {"n_colors": 4, "rare": 0.5},
    ),
)
