"""One palette for many images: the same colours and classes, measured image by image into one table."""

import os
from collections.abc import Sequence
from pathlib import Path

from .._checks import check_instance, check_list, check_path
from .._runtime.progress import checkpoint
from .._typing import ImageLike
from ..indexed import IndexedImage
from ..io.channels import DISPLAYED, check_channels
from ..io.read import read_image
from ..palette import Palette
from ..pipeline.verbs import run
from ..recipe import Recipe
from .table import Row, check_measurement, measure


def apply_palette(
    image: ImageLike, palette: Palette, recipe: Recipe | None = None, *, rgb: bool | None = None
) -> IndexedImage:
    """Map an image onto a palette as a recipe does: in its space, with its scale and its dither.

    Parameters
    ----------
    image : array_like
        As in `napari_colorquant.quantize`.
    palette : Palette
        Its names, classes and locks go along; the shares become those in this image.
    recipe : Recipe, optional
        How the palette came about.
    rgb : bool, optional
        Whether the last axis holds channels.
    """
    recipe = Recipe() if recipe is None else check_instance("recipe", recipe, Recipe)
    check_instance("palette", palette, Palette)
    return run(image, recipe.replace(palette=palette, n_colors=len(palette), fixed=(), target={}), rgb=rgb)


def measure_files(
    paths: Sequence[str | os.PathLike[str]],
    palette: Palette,
    recipe: Recipe | None = None,
    *,
    channels: str | Sequence[str | int] = DISPLAYED,
    by: str = "class",
    pixel_size: Sequence[float] = (1.0, 1.0),
    unit: str = "pixel",
    per_frame: bool = False,
    count_components: bool = True,
) -> list[Row]:
    """Map image files onto one palette, and measure each.

    Parameters
    ----------
    paths : sequence of path-like
        Image files, see `napari_colorquant.io.read.read_image`.
    palette, recipe
        As in `apply_palette`.
    channels : str, or list of str and int
        Which channels make up the picture of a file that has some, as for
        `napari_colorquant.io.read.read_image`: those with which the palette was made.
    by, per_frame, count_components
        As in `napari_colorquant.measure.table.measure`.
    pixel_size, unit
        Those of the files that do not say it themselves (as OME, ImageJ and Zarr files do, and TIFF by its
        resolution in centimetres).

    Returns
    -------
    rows : list of dict
        Those of `measure`, with the name of the file as ``image`` before them. A file that cannot
        be read or mapped has one row with the reason as ``error``; the others go on.

    Raises
    ------
    Cancelled
        If the listener of `napari_colorquant._runtime.progress.watch` asks for it, between two files.
    """
    rows: list[Row] = []
    files = [check_path("paths", path) for path in check_list("paths", paths)]
    check_instance("palette", palette, Palette)
    check_instance("recipe", recipe, Recipe, type(None))
    check_channels(channels)
    check_measurement(by, pixel_size, unit, per_frame, count_components)
    for place, path in enumerate(files):
        checkpoint(place / len(files))
        name = Path(path).name
        try:
            opened = read_image(path, channels=channels)
            image = opened.levels[0]
            size, its_unit = opened.find_pixel_size() or (pixel_size, unit)
            indexed = apply_palette(image, palette, recipe, rgb=opened.rgb)
            found = measure(
                indexed,
                image,
                by=by,
                pixel_size=size,
                unit=its_unit,
                per_frame=per_frame,
                count_components=count_components,
            )
        except (OSError, TypeError, ValueError) as error:
            rows.append({"image": name, "error": str(error)})
        else:
            rows += [{"image": name, **row} for row in found]
    return rows
