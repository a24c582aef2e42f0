"""One palette for many images: the same colours and classes, measured image by image into one table."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..._checks import check_instance, check_list, check_path, refusal
from ..._runtime.progress import checkpoint
from ..._typing import ImageLike
from ...indexed import IndexedImage
from ...io.channels import DISPLAYED, check_channels
from ...io.formats import find_writer
from ...io.read import read_image
from ...io.write import write_indexed
from ...palette import Palette
from ...pipeline.choices import onto
from ...pipeline.verbs import run
from ...recipe import Recipe
from .table import Row, check_measurement, measure

#: What a pattern of names has in place of the name of a file.
_NAME = "{name}"


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

    Returns
    -------
    indexed : IndexedImage
        With the recipe, from which the same comes about.

    See Also
    --------
    measure_files : The same for files, and measured.
    napari_colorquant.map_pixels : With choices in place of a recipe.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import quantize
    >>> from napari_colorquant.annotate import apply_palette
    >>> first = quantize(np.uint8([[[250, 0, 0], [0, 0, 250]]]), 2)
    >>> apply_palette(np.uint8([[[200, 9, 9], [255, 0, 0]]]), first.palette, first.recipe).labels.tolist()
    [[1, 1]]
    """
    recipe = Recipe() if recipe is None else check_instance("recipe", recipe, Recipe)
    check_instance("palette", palette, Palette)
    return run(image, onto(recipe, palette), rgb=rgb)


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
    pictures: str | os.PathLike[str] | None = None,
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
    by
        As in `napari_colorquant.annotate.measure`.
    pixel_size, unit
        Those of the files that do not say it themselves (as OME, ImageJ and Zarr files do, and TIFF by its
        resolution in centimetres).
    per_frame, count_components
        As in `napari_colorquant.annotate.measure`.
    pictures : path-like, optional
        Where the mapped images are written, too: a path in whose last part ``{name}`` stands for the name of a file
        without its suffix, such as ``"out/{name}-quantized.png"``. What is there is replaced, but no file of `paths`.

    Returns
    -------
    rows : list of dict
        Those of `measure`, with the name of the file as ``image`` before them. A file that cannot
        be read or mapped has one row with the reason as ``error``; the others go on.

    Raises
    ------
    ValueError
        If `pictures` has no ``{name}`` or a suffix that is not written, or two files would have one picture.
    Cancelled
        If the listener of `napari_colorquant._runtime.progress.watch` asks for it, between two files.

    See Also
    --------
    measure : One image.
    run_experiment : With a palette for all of them, and a report.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant import write_indexed
    >>> from napari_colorquant.annotate import measure_files
    >>> path = Path(tempfile.mkdtemp()) / "flag.png"
    >>> write_indexed(flag, path)
    >>> [(row["image"], row["hex"], row["share"]) for row in measure_files([path], flag.palette, by="color")]
    [('flag.png', '#ff0000', 0.5), ('flag.png', '#0000ff', 0.5)]
    """
    rows: list[Row] = []
    files = [check_path("paths", path) for path in check_list("paths", paths)]
    check_instance("palette", palette, Palette)
    check_instance("recipe", recipe, Recipe, type(None))
    check_channels(channels)
    check_measurement(by, pixel_size, unit, per_frame, count_components)
    targets = [None] * len(files) if pictures is None else _name_pictures(pictures, files)
    for place, (path, target) in enumerate(zip(files, targets, strict=True)):
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
            if target is not None:
                write_indexed(indexed, target, opened, overwrite=True)
        except (ImportError, OSError, TypeError, ValueError) as error:
            rows.append({"image": name, "error": str(error)})
        else:
            rows += [{"image": name, **row} for row in found]
    return rows


def _name_pictures(pictures: str | os.PathLike[str], files: Sequence[str | os.PathLike[str]]) -> list[str]:
    """Return where the picture of each file goes."""
    pattern = os.fspath(check_path("pictures", pictures))
    head, last = os.path.split(pattern)
    if _NAME not in last:
        raise refusal("pictures", f"have {_NAME} in its last part, for the name of each file", pattern)
    targets = [os.path.join(head, last.replace(_NAME, Path(path).stem)) for path in files]
    inputs, times = {os.path.realpath(path) for path in files}, Counter(targets)
    for target, path in zip(targets, files, strict=True):
        find_writer(target)
        if times[target] > 1:
            raise refusal(
                "pictures", "name another picture for each file", f"{target} for {Path(path).name} and others"
            )
        if os.path.realpath(target) in inputs:
            raise refusal("pictures", "name none of the files themselves", target)
    return targets
