"""What the format of the output leaves of a recipe: told, or decided, before the work."""

from typing import Any

import numpy as np

from ..io.formats import IMAGE_FORMATS, find_writer, list_suffixes
from ..palette import MAX_COLORS
from ..pixels.source import open_source
from ..pixels.written_colors import OPAQUE
from ..recipe import Recipe


def fit_recipe(opened: Any, recipe: Recipe, target: str, *, per_frame: bool = False) -> tuple[Recipe, str]:
    """Return the recipe with which an image can be written to `target`, and what was decided, "" if nothing.

    Parameters
    ----------
    opened : ImageFile
    recipe : Recipe
    target : str
        A name that is written, or "-" for a PNG.
    per_frame : bool
        Whether each frame gets a palette of its own.

    Raises
    ------
    ValueError
        If the format holds no stacks and the image is one, or no palettes of frames; if pixels have no data,
        of which one of 256 indices has to tell, beside a palette of 256 colours that is given.
    """
    entry = IMAGE_FORMATS["png"] if target == "-" else find_writer(target)
    if not entry.frames and len(opened.axes) > 2:
        suffixes = ", ".join(list_suffixes(written=True, frames=True))
        raise ValueError(
            f"an image that is written as {entry.name} must have one plane, got axes {', '.join(opened.axes)}; "
            f"write one of {suffixes}"
        )
    if per_frame and not entry.frame_palettes:
        suffixes = ", ".join(list_suffixes(written=True, frame_palettes=True))
        raise ValueError(f"a palette for each frame must be written as {suffixes}, got {target!r}")
    if recipe.alpha == "auto" and not entry.graded_alpha:
        recipe = recipe.replace(alpha="cut")
    count = recipe.n_colors if recipe.palette is None else len(recipe.palette)
    if count != MAX_COLORS or not entry.gap_index or recipe.keep != "none" or not _has_gaps(opened, recipe):
        return recipe, ""
    if recipe.palette is not None:
        raise ValueError(
            f"pixels without data need one of the {MAX_COLORS} indices of a {entry.name} file, so the palette "
            f"must have at most {MAX_COLORS - 1} colours, got {MAX_COLORS}"
        )
    return recipe.replace(n_colors=MAX_COLORS - 1), f"{MAX_COLORS - 1} colours, since one index tells of missing data"


def _has_gaps(opened: Any, recipe: Recipe) -> bool:
    source = open_source(opened.levels[0], rgb=opened.rgb, alpha=recipe.reads_alpha)
    if recipe.reads_alpha != "cut" and source.has_alpha and bool(np.asarray((source.read_alpha() < OPAQUE).any())):
        return True  # what is hardly seen may become nothing
    valid = source.read_valid()
    return valid is not None and not bool(np.asarray(valid.all()))
