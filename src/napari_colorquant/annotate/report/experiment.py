"""A folder of images as one experiment: one palette with its names for all, tables of all, and a report to read.

Each image that is done leaves its own file, so that an experiment that was stopped goes on where it was, and one to
which images were added measures those alone.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..._checks import check_flag, check_instance, check_list, check_path, check_text, refusal
from ..._runtime.atomic import write_file
from ..._runtime.progress import stage
from ...io.channels import DISPLAYED, check_channels
from ...io.palettes import write_palette
from ...io.read import read_image
from ...palette import Palette
from ...pipeline.shared_palette import design_shared
from ...recipe import Recipe
from ..patterns.adjacency import adjacency
from ..patterns.pattern import patches, pattern
from ..tables.files import apply_palette
from ..tables.table import Row, check_measurement, choose_by, measure, to_csv
from .kept import digest, read_part, state_of, write_part
from .page import Pictures, write_report
from .thumbnails import draw_image, draw_result

#: The tables that are written: that of `measure`, and those of patterns.
_PATTERNS = {"adjacency": adjacency, "pattern": pattern, "patches": patches}
TABLES = ("measurements", *_PATTERNS)
REPORT, PALETTE = "report.html", "palette.json"
_PARTS, _VERSION = "parts", 1
#: What may be wrong with an image of many.
_TROUBLE = (ImportError, OSError, TypeError, ValueError)


@dataclass(frozen=True)
class Experiment:
    """What came of the images.

    Attributes
    ----------
    palette : Palette
        The colours of all; the shares are those in all images from which it was designed, or as they were given.
    recipe : Recipe
        What was done with each.
    tables : dict of str to list of dict
        The rows of all images by the names of `TABLES`, each with ``image``; an image that could not be done has in
        the first table one row with the reason as ``error``.
    measured, kept : int
        How many images were done now, and how many had been before.
    report : Path
        The page.
    """

    palette: Palette
    recipe: Recipe
    tables: dict[str, list[Row]]
    measured: int
    kept: int
    report: Path

    @property
    def errors(self) -> dict[str, str]:
        """Why images could not be done, by their names."""
        return {str(row["image"]): str(row["error"]) for row in self.tables["measurements"] if "error" in row}


@dataclass(frozen=True)
class _Plan:
    """What is done with each image."""

    palette: Palette
    recipe: Recipe
    channels: Any
    options: dict[str, Any]

    @property
    def key(self) -> str:
        palette = self.palette.with_shares(())  # what there is in which images does not change one's
        return digest([_VERSION, palette.to_dict(), self.recipe.to_dict(), self.channels, self.options])


def run_experiment(
    paths: Sequence[str | os.PathLike[str]],
    folder: str | os.PathLike[str],
    palette: Palette | None = None,
    recipe: Recipe | None = None,
    *,
    design_from: Sequence[str | os.PathLike[str]] | None = None,
    channels: str | Sequence[str | int] = DISPLAYED,
    by: str | None = None,
    pixel_size: Sequence[float] = (1.0, 1.0),
    unit: str = "pixel",
    per_frame: bool = False,
    title: str = "",
    overwrite: bool = False,
) -> Experiment:
    """Give many images one palette, measure them, and write tables and a report.

    Parameters
    ----------
    paths : sequence of path-like
        Image files of different names, see `napari_colorquant.io.read.read_image`.
    folder : path-like
        Where everything goes; made if it is not there: the page ``report.html``, complete in itself; a CSV file for
        each of `TABLES`; ``palette.json`` with the recipe; and ``parts/``, from which the experiment goes on.
    palette : Palette, optional
        With its names and classes; otherwise one is designed.
    recipe : Recipe, optional
        How colours are chosen and images are mapped.
    design_from : sequence of path-like, optional
        The images from which a palette is designed; all by default.
    channels
        As in `napari_colorquant.annotate.measure_files`.
    by : {"color", "class"}, optional
        What is measured; classes if the palette has some, by default.
    pixel_size, unit
        Those of the files that do not say it themselves.
    per_frame : bool
        Rows for each frame of a stack.
    title : str
        That of the page; the name of the folder by default.
    overwrite : bool
        Whether the files in a folder that holds no experiment may be replaced; those of an experiment are.

    Returns
    -------
    experiment : Experiment
        Images whose file, and all that is done with it, are as they were are not done again. An image that cannot be
        read or mapped is passed over and told in the table and on the page.

    Raises
    ------
    TypeError, ValueError
        If a choice is not possible, two images have one name, or no image can be read for the design.
    FileExistsError
        If a file would be replaced that may not.
    Cancelled
        If the listener of `napari_colorquant._runtime.progress.watch` asks for it; what is done stays.

    See Also
    --------
    measure_files : Tables without a report.
    napari_colorquant.design_palette : One palette for many images.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant import write_indexed
    >>> from napari_colorquant.annotate import run_experiment
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_indexed(flag, folder / "flag.png")
    >>> done = run_experiment([folder / "flag.png"], folder / "out", flag.palette)
    >>> sorted(path.name for path in (folder / "out").glob("*.*"))
    ['adjacency.csv', 'measurements.csv', 'palette.json', 'patches.csv', 'pattern.csv', 'report.html']
    """
    files = _check_files("paths", paths)
    chosen = files if design_from is None else _check_files("design_from", design_from)
    target = Path(check_path("folder", folder))
    check_instance("palette", palette, Palette, type(None))
    recipe = Recipe() if recipe is None else check_instance("recipe", recipe, Recipe)
    check_channels(channels)
    check_text("title", title)
    size = check_measurement("color" if by is None else by, pixel_size, unit, per_frame, True)
    _open_folder(target, overwrite=check_flag("overwrite", overwrite))
    with stage("Designing the palette", 0.0, 0.3 if palette is None else 0.01):
        if palette is None:
            palette, recipe = _design(chosen, recipe, channels, target)
    by = choose_by(palette) if by is None else by
    plan = _Plan(palette, recipe, channels, {"by": by, "pixel_size": size, "unit": unit, "per_frame": per_frame})
    parts, kept = [], 0
    for place, path in enumerate(files):
        with stage(f"{place + 1} of {len(files)}: {path.name}", 0.3 + 0.65 * place / len(files), 0.95):
            part, was_there = _do(path, target, plan)
        parts.append(part)
        kept += was_there
    with stage("Writing the report", 0.97, 1.0):
        tables = {name: [row for part in parts for row in part["tables"].get(name, [])] for name in TABLES}
        for name, rows in tables.items():
            write_file(target / f"{name}.csv", to_csv(rows).encode(), overwrite=True)
        write_palette(palette, target / PALETTE, overwrite=True, recipe=recipe)
        pictures = [Pictures(part["image"], part["pictures"]) for part in parts]
        report = target / REPORT
        write_report(report, title or target.resolve().name, palette, recipe, tables, pictures, plan.options)
    failed = sum("error" in row for row in tables["measurements"])
    return Experiment(palette, recipe, tables, len(files) - kept - failed, kept, report)


class _Unread:
    """An image that is read when its pixels are asked for; one without data if it cannot be."""

    def __init__(self, path: Path, channels: Any) -> None:
        self._path, self._channels = path, channels
        self.error: Exception | None = None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        try:
            return np.asarray(read_image(self._path, channels=self._channels).levels[0])
        except _TROUBLE as error:
            self.error = error
            return np.full((1, 1, 3), np.nan, np.float32)


def _design(files: list[Path], recipe: Recipe, channels: Any, target: Path) -> tuple[Palette, Recipe]:
    """Return one palette for the images that can be read, or that of the last time, if they are what they were."""
    key = digest([_VERSION, recipe.to_dict(), channels, [state_of(path) for path in files]])
    known = read_part(target / _PARTS / "palette.json")
    if known.get("key") == key:
        return Palette.from_dict(known["palette"]), Recipe.from_dict(known["recipe"])
    palette, recipe = design_of_files(files, recipe, channels)
    content = {"key": key, "palette": palette.to_dict(), "recipe": recipe.to_dict()}
    write_part(target / _PARTS / "palette.json", content)
    return palette, recipe


def design_of_files(
    files: Sequence[str | os.PathLike[str]], recipe: Recipe, channels: str | Sequence[str | int] = DISPLAYED
) -> tuple[Palette, Recipe]:
    """Return one palette for the images that can be read, and the recipe with what was found for it."""
    images = [_Unread(Path(path), channels) for path in files]
    try:
        return design_shared(images, recipe, frames=True)
    except ValueError:
        if reason := next((each.error for each in images if each.error is not None), None):
            raise ValueError(f"paths must name an image with colours to choose from, got {reason}") from reason
        raise


def _do(path: Path, target: Path, plan: _Plan) -> tuple[dict[str, Any], bool]:
    """Return what is known of an image, and whether that was there."""
    place = target / _PARTS / f"{path.name}.part.json"
    key = digest([plan.key, state_of(path)])
    part = read_part(place)
    if part.get("key") == key:
        return part, True
    try:
        tables, pictures = _measure(path, plan)
    except _TROUBLE as error:  # it may be there the next time, so that this is not kept
        reason = " ".join(str(error).split()).replace(str(path), path.name) or type(error).__name__
        rows = [{"image": path.name, "error": reason}]
        return {"image": path.name, "tables": {"measurements": rows}, "pictures": []}, False
    part = {"key": key, "image": path.name, "tables": tables, "pictures": pictures}
    write_part(place, part)
    return part, False


def _measure(path: Path, plan: _Plan) -> tuple[dict[str, list[Row]], list[str]]:
    opened = read_image(path, channels=plan.channels)
    image = opened.levels[0]
    indexed = apply_palette(image, plan.palette, plan.recipe, rgb=opened.rgb).load()
    size, unit = opened.find_pixel_size() or (plan.options["pixel_size"], plan.options["unit"])
    options: dict[str, Any] = {**plan.options, "pixel_size": size, "unit": unit}
    tables: dict[str, list[Row]] = {"measurements": measure(indexed, image, rgb=opened.rgb, **options)}
    tables |= {name: describe(indexed, **options) for name, describe in _PATTERNS.items()}
    tables = {name: [{"image": path.name, **row} for row in rows] for name, rows in tables.items()}
    pictures = [draw_image(image, opened.rgb, plan.recipe.scale), draw_result(indexed, plan.options["by"])]
    return tables, pictures


def _check_files(what: str, paths: Any) -> list[Path]:
    files = [Path(check_path(what, path)) for path in check_list(what, paths)]
    if not files:
        raise refusal(what, "name at least one image", list(paths))
    names = [path.name for path in files]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise refusal(what, "have different names", twice)
    return files


def _open_folder(target: Path, *, overwrite: bool) -> None:
    if target.exists() and not target.is_dir():
        raise refusal("folder", "be a folder, or not be there yet", str(target))
    if (target / _PARTS).is_dir():
        return
    if not overwrite:
        for name in (REPORT, PALETTE, *(f"{table}.csv" for table in TABLES)):
            if (target / name).exists():
                raise FileExistsError(f"{target / name} must not exist unless it may be overwritten, got {target}")
    (target / _PARTS).mkdir(parents=True, exist_ok=True)
