"""The number of colours by quality: the fewest that meet a target error."""

import warnings

from ..palette import BYTE_COLORS
from ..pixels.alpha_counts import AlphaCounts
from ..pixels.counting import Counts
from ..quality.curve import curve_of_counts, find_fewest
from ..quality.distortion import compare_colors
from ..recipe import Recipe
from .design import Design, design
from .graded import design_graded
from .looks import NONE, Looks


def make_design(counts: Counts | AlphaCounts, recipe: Recipe, looks: Looks = NONE) -> Design:
    """Return the design that a recipe asks for: of a given number of colours, or of the fewest for its target.

    Parameters
    ----------
    counts : ColorCounts, DeepCounts or AlphaCounts
        The colours of one or more images, with alpha or without.
    recipe : Recipe
    looks : Looks
        As in `design`; not for colours with alpha.
    """
    if isinstance(counts, AlphaCounts):
        return design_graded(counts, recipe, int(recipe.n_colors))
    if recipe.n_colors == "auto":
        return design_for_target(counts, recipe, looks)
    return design(counts, recipe, looks=looks)


def design_for_target(counts: Counts, recipe: Recipe, looks: Looks = NONE) -> Design:
    """Design the smallest palette that meets the target of `recipe`.

    One divisive run says about where it lies; designs by the recipe's own quantizer then close in
    on it by bisection.

    Parameters
    ----------
    counts : ColorCounts or DeepCounts
        The colours of one or more images.
    recipe : Recipe
        With ``n_colors="auto"`` and one target.
    looks : Looks
        As in `design`, for the palette that is found.

    Returns
    -------
    design : Design
        With 256 colours, and a RuntimeWarning, where even those miss the target.
    """
    ((measure, target),) = recipe.target.items()
    most = min(BYTE_COLORS, len(counts)) if counts.is_exact else BYTE_COLORS
    least = max(1, len(recipe.fixed))
    tried: dict[int, Design] = {}

    plain = recipe.replace(dither="none", dither_options={})  # the target is one without a dither

    def is_met(n_colors: int) -> bool:
        tried[n_colors] = design(counts, plain, n_colors)
        error = design_error(tried[n_colors], measure)
        return error >= target if measure == "psnr" else error <= target

    guess = curve_of_counts(counts, recipe.metric).fewest(measure, target)
    fewest = find_fewest(is_met, min(max(guess, least), most), least, most)
    if fewest is None:
        warnings.warn(
            f"{most} colours do not reach a {measure} of {target:g}; taking {most}", RuntimeWarning, stacklevel=2
        )
        fewest = most
    return design(counts, recipe, fewest, looks) if looks or recipe.dither != "none" else tried[fewest]


def design_error(designed: Design, measure: str) -> float:
    """Return the error of a design over the counted colours, without dither.

    Parameters
    ----------
    designed : Design
        Of colours without alpha.
    measure : {"mean_de2000", "p95_de2000", "psnr"}
    """
    counted, palette = designed.counted, designed.palette
    assert counted is not None
    assert designed.labels is not None
    compared = compare_colors(counted.levels, palette.exact[designed.labels], counted.counts, palette.profile)
    return float(getattr(compared, measure))
