"""Locked colours of the last result as fixed colours of the next run."""

from napari.layers import Layer

from ...recipe import Recipe
from .results import Results


def with_locked(recipe: Recipe, results: Results, source: Layer) -> Recipe:
    """Return the recipe with the colours among its fixed ones that are locked in the palette of `source`.

    Parameters
    ----------
    recipe : Recipe
        One that maps onto a given palette is left as it is: nothing is designed.
    results : Results
        Where the last result of `source` is.
    source : Layer

    Raises
    ------
    ValueError
        If there are more fixed colours than the recipe has colours.
    """
    palette = None if recipe.palette is not None else results.find_palette(source)
    if palette is None:
        return recipe
    locked = [code for code, lock in zip(palette.hex, palette.locked, strict=True) if lock]
    fixed = tuple(dict.fromkeys([*recipe.fixed, *locked]))
    if isinstance(recipe.n_colors, int) and len(fixed) > recipe.n_colors:
        raise ValueError(
            f"at most {recipe.n_colors} colours may be fixed or locked, got {len(fixed)}; unlock some, or take more"
        )
    return recipe.replace(fixed=fixed)
