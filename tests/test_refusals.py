"""Whatever is handed in, a public function takes it or says what must hold and what it got; nothing else happens.

Each parameter of each public function gets each of the odd values, all others being good. It may succeed with a
value that is named here as one the parameter means; with any other it must raise a TypeError or a ValueError (a
path also an OSError) whose message has the rule, "must ...", and the value, "got ...".
"""

import errno
import inspect
import typing
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.patterns import adjacency, compare, pattern
from napari_colorquant.annotate.report import experiment
from napari_colorquant.annotate.shapes import areas, cleaning, coco, components, geojson, polygons, svg
from napari_colorquant.annotate.shapes import formats as annotation_formats
from napari_colorquant.annotate.tables import features, files, objects, plots, table
from napari_colorquant.io import named_palettes
from napari_colorquant.io import palettes as palette_files
from napari_colorquant.io.zarr import labels as zarr_labels
from napari_colorquant.pipeline import frames, pyramid, sampled, shared_palette, smoothing, verbs
from napari_colorquant.quality import cloud, color_vision, distinguishability, distortion, image_metrics
from napari_colorquant.spaces import delta_e, stains

IMAGE = np.random.default_rng(3).integers(0, 256, (2, 4, 6, 3), np.uint8)
PLANE = IMAGE[0]
NESTED: list[Any] = []
for _ in range(5000):
    NESTED = [NESTED]

ODD: dict[str, Any] = {
    "None": None, "True": True, "False": False, "0": 0, "-1": -1, "1.5": 1.5, "nan": np.nan, "inf": np.inf,
    "10**400": 10**400, "10**5000": 10**5000, "complex": 1 + 2j, "empty text": "", "no": "no",
    "long text": "100" * 1000,
    "bytes": b"x", "null": "\0", "list": [], "tuple": (), "dict": {}, "set": set(), "{1: 2}": {1: 2}, "[None]": [None],
    "ragged": [[1], [1, 2]], "nested": NESTED, "object": object(), "lambda": lambda: None, "type": int,
    "array": np.array([]), "objects": np.array([None, "a"], object), "texts": np.array(["a", "b"]),
    "5-d": np.zeros((1, 1, 1, 2, 2)), "nan array": np.full((2, 4, 6), np.nan), "path": Path("no-such-folder/no.json"),
}  # fmt: skip


@cache
def _result() -> cq.IndexedImage:
    return cq.quantize(IMAGE, 4, quantizer="median_cut")


@cache
def _plane() -> cq.IndexedImage:
    return cq.quantize(PLANE, 4, quantizer="median_cut")


def _make_zarr(folder: Path) -> Path:
    group = zarr.create_group(folder / "a.zarr", overwrite=True)
    group.create_array("0", data=PLANE)
    axes = [{"name": name} for name in "yxc"]
    group.attrs["ome"] = {"multiscales": [{"axes": axes, "datasets": [{"path": "0"}]}]}
    return folder / "a.zarr"


@cache
def _frames() -> frames.IndexedFrames:
    return frames.quantize_frames(IMAGE, 4, quantizer="median_cut")


def _calls(folder: Path) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Return each public function with good arguments; what is not among them stays at its default."""
    result, palette, recipe = _result(), _result().palette, _result().recipe
    edit = {"indexed": result}
    with_image = {**edit, "image": IMAGE}
    pair = {"image": PLANE, "other": PLANE}
    lab = np.zeros((2, 3), np.float32)
    rows = table.measure(result)
    cq.write_palette(palette, folder / "a.json", recipe=recipe, overwrite=True)
    file, image_file = folder / "a.json", folder / "a.gif"
    cq.write_indexed(result, image_file, overwrite=True)
    listed: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (cq.quantize, {"image": IMAGE, "n_colors": 4, "quantizer": "median_cut"}),
        (cq.design_palette, {"image": IMAGE, "n_colors": 4, "quantizer": "median_cut"}),
        (cq.map_pixels, {"image": IMAGE, "palette": palette}),
        (cq.error_curve, {"image": PLANE}),
        (cq.distortion, with_image),
        (cq.Palette, {"colors": palette.colors}),
        (cq.Recipe, {}),
        (cq.IndexedImage, {"labels": result.labels, "palette": palette, "recipe": recipe}),
        (cq.read_image, {"path": image_file}),
        (cq.write_indexed, {"indexed": result, "path": folder / "c.gif", "overwrite": True}),
        (cq.read_palette, {"path": file}),
        (cq.write_palette, {"palette": palette, "path": folder / "b.json", "overwrite": True}),
        (cq.Palette.from_dict, {"values": palette.to_dict()}),
        (cq.Recipe.from_dict, {"values": recipe.to_dict()}),
        (cq.Recipe.from_json, {"text": recipe.to_json()}),
        (palette.take, {"order": [0]}),
        (named_palettes.find_palette, {"palette": palette}),
        (named_palettes.sample_colormap, {"name": "viridis", "n_colors": 3}),
        (palette_files.read_palette_recipe, {"path": file}),
        (palette_files.is_palette_file, {"path": file}),
        (editing.add_color, {**with_image, "color": (1, 2, 3)}),
        (editing.classify, {**edit, "classes": {0: "a"}}),
        (editing.delete_color, {**with_image, "index": 0}),
        (editing.inherit, {"palette": palette, "before": palette}),
        (editing.lost_names, {"palette": palette, "before": palette}),
        (editing.learn, {**with_image, "strokes": np.ones(IMAGE.shape[:-1], int)}),
        (editing.lock, {**edit, "locks": {0: True}}),
        (editing.least_difference, {"palette": palette}),
        (editing.make_distinguishable, edit),
        (editing.least_difference, {"palette": palette}),
        (editing.show_measured, edit),
        (editing.merge, {**edit, "indices": [0, 1]}),
        (editing.painted, {**edit, "labels": result.labels}),
        (editing.recolor, {**edit, "colors": {0: "#000000"}}),
        (editing.rename, {**edit, "names": {0: "a"}}),
        (editing.reorder, {**edit, "order": [3, 2, 1, 0]}),
        (editing.set_colors, {**edit, "colors": ["#000000"]}),
        (editing.snap, {**edit, "colors": ["#000000"]}),
        (editing.sort_order, {"palette": palette, "key": "hue"}),
        (editing.split, {**with_image, "index": 0, "n_colors": 2}),
        (editing.ramp, {**edit, "entries": [0, 1, 2]}),
        (editing.swap, {**edit, "first": 0, "second": 1}),
        (table.class_names, edit),
        (table.class_map, edit),
        (table.measure, with_image),
        (table.color_errors, with_image),
        (table.to_csv, {"rows": rows}),
        (areas.read_areas, {"labels": _plane()}),
        (cleaning.clean, {"labels": result}),
        (polygons.to_polygons, {"labels": _plane()}),
        (geojson.write_geojson, {"labels": _plane(), "path": folder / "a.geojson", "overwrite": True}),
        (geojson.make_features, {"labels": _plane()}),
        (coco.write_coco, {"labels": _plane(), "path": folder / "coco.json", "overwrite": True}),
        (annotation_formats.find_annotation_format, {"path": folder / "a.geojson"}),
        (svg.write_svg, {"labels": _plane(), "path": folder / "a.svg", "overwrite": True}),
        (svg.write_legend, {"palette": palette, "path": folder / "b.svg", "overwrite": True}),
        (components.measure_components, {"labels": _plane(), "image": PLANE}),
        (
            components.write_components_csv,
            {"labels": _plane(), "path": folder / "a.csv", "image": PLANE, "overwrite": True},
        ),
        (zarr_labels.write_image_labels, {"indexed": _plane(), "image": _make_zarr(folder), "overwrite": True}),
        (files.apply_palette, {"image": IMAGE, "palette": palette}),
        (files.measure_files, {"paths": [folder / "none.png"], "palette": palette}),
        (
            experiment.run_experiment,
            {"paths": [image_file], "folder": folder / "report", "palette": palette, "recipe": recipe},
        ),
        (cloud.color_cloud, with_image),
        (plots.plot_shares, {"rows": rows}),
        (adjacency.adjacency, edit),
        (adjacency.to_matrix, {"rows": adjacency.adjacency(result)}),
        (pattern.pattern, edit),
        (pattern.patches, edit),
        (compare.compare, {"first": result, "second": result}),
        (objects.object_colors, {"image": IMAGE, "objects": result.labels, "quantizer": "median_cut"}),
        (objects.object_features, {"rows": objects.object_colors(IMAGE, result.labels, 1), "ids": [1]}),
        (color_vision.simulate_vision, {"colors": palette, "vision": "deutan"}),
        (distinguishability.distinguishability, {"palette": palette}),
        (distinguishability.describe_closest, {"palette": palette}),
        (features.palette_features, edit),
        (features.class_features, {"palette": palette, "names": ["a"]}),
        (distortion.delta_e_map, with_image),
        (distortion.compare_colors, {"colors": IMAGE[0, 0], "others": IMAGE[0, 0], "counts": np.ones(6, np.int64)}),
        (delta_e.ciede2000, {"lab": lab, "others": lab}),
        (image_metrics.blurred_difference, pair),
        (image_metrics.structural_similarity, pair),
        (cq.error_curve(PLANE).fewest, {"measure": "psnr", "target": 30}),
        (frames.quantize_frames, {"image": IMAGE, "n_colors": 4, "quantizer": "median_cut"}),
        (frames.run_frames, {"image": IMAGE, "recipe": recipe}),
        (frames.map_frames, {"image": IMAGE, "palettes": [palette] * 2, "recipe": recipe}),
        (_frames().frame, {"index": 0}),
        (pyramid.quantize_levels, {"levels": [IMAGE], "recipe": recipe}),
        (pyramid.map_levels, {"levels": [IMAGE], "palette": palette}),
        (pyramid.make_levels, {"image": IMAGE}),
        (smoothing.smoothing_cost, with_image),
        (sampled.estimate_distortion, {"image": IMAGE, "result": result}),
        (stains.estimate_stains, {"image": PLANE}),
        (stains.pick_colors, {"image": PLANE, "places": [(0, 0), (3, 5)]}),
        (cq.SPACES.__getitem__, {"name": "lab"}),
        (cq.QUANTIZERS.__getitem__, {"name": "wu"}),
    ]
    return {function.__qualname__: (function, good) for function, good in listed}


#: Odd values that a parameter of this name means, by their labels above; so are those that its annotation allows.
_LISTS, _TEXTS = {"list", "tuple", "array"}, {"empty text", "no", "long text", "null"}
MEANT: dict[str, set[str]] = {
    "image": {"5-d", "nan array"}, "levels": {"5-d", "nan array"}, "indexed": {"nan array"},
    "axis_weights": {"dict"}, "quantizer_options": {"dict"}, "dither_options": {"dict"}, "target": {"dict", "0", "1.5"},
    "rare": {"0"}, "alpha_weight": {"1.5"}, "seed": {"0"},
    "fixed": _LISTS, "colors": {"dict"}, "locks": {"dict"}, "values": {"dict"},
    "shares": _LISTS, "alphas": _LISTS, "locked": _LISTS, "names": {*_LISTS, "dict", "texts"},
    "classes": {*_LISTS, "dict"},
    "title": _TEXTS, "unit": _TEXTS, "path": {"path", *_TEXTS}, "rows": _LISTS, "paths": {*_LISTS, "texts"},
    "duration": {"1.5"}, "channels": {"no", "long text", "null", "texts"},
    "smoothness": {"0", "1.5"}, "cleaning": {*_LISTS, "dict"}, "tolerance": {"0", "1.5"}, "image_name": _TEXTS,
    "majority": {"0", "1.5"}, "opening": {"0", "1.5"}, "closing": {"0", "1.5"}, "min_hole": {"0", "1.5"},
    "min_size": {"0", "1.5"}, "name": {"no", "long text"},
    "design_from": {"texts"}, "folder": {"path", *_TEXTS},
    "radius": {"0"}, "least": {"0", "1.5"}, "display": _LISTS, "written": _LISTS, "ids": _LISTS, "older": _LISTS,
    "index": {"0"}, "first": {"0"}, "second": {"0"}, "level": {"0", "-1"}, "frame": {"0"}, "pixels_per_degree": {"1.5"},
}  # fmt: skip
#: Public by their names, but between rooms: what they are given has been checked.
INNER = {
    "add_sums", "as_numbers", "changes_labels", "check_measurement", "check_pixel_size", "check_pixels_per_degree",
    "check_rows", "choose_by",
    "as_regions", "class_colors", "color_features", "contrasts_of", "count_sides", "curve_of_counts",
    "describe_groups", "design_of_files", "lengths_of", "seen_lab",
    "design_parts", "design_shared", "find_components", "find_fewest", "find_format", "hull_edges", "match_order",
    "region_features", "resolve",
    "lab_planes", "rgb_difference", "run", "run_lengths", "subtract_planes", "sum_distortion",
}  # fmt: skip


def parameters_of(function: Callable[..., Any]) -> dict[str, set[str]]:
    """Return the names of what can be handed in, **choices and **reading too, with the odd values that each means."""
    own = dict(inspect.signature(function).parameters)
    if own.pop("choices", None):
        own = {**inspect.signature(cq.Recipe).parameters, **own}
    if own.pop("reading", None):
        own |= {name: inspect.signature(cq.quantize).parameters[name] for name in ("rgb", "mask")}
    return {name: _meant(parameter) for name, parameter in own.items()}


def _meant(parameter: inspect.Parameter) -> set[str]:
    allowed = set(MEANT.get(parameter.name, ()))
    kinds = {parameter.annotation, *typing.get_args(parameter.annotation)}
    if bool in kinds:
        allowed |= {"True", "False"}
    return allowed | {"None"} if type(None) in kinds or parameter.default is None else allowed


def fault_of(function: Callable[..., Any], handed: dict[str, Any], value: Any, meant: bool) -> str:
    """Return what is wrong with what happens; nothing if all is well."""
    try:
        function(**handed)
    except (TypeError, ValueError, OSError) as error:
        if getattr(error, "errno", None) in (errno.ENOENT, errno.ENAMETOOLONG):  # in the system's words
            return ""
        return "" if is_told(str(error), value, meant) else f"{type(error).__name__}: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "" if meant else "taken without a word"


def is_told(message: str, value: Any, meant: bool = False) -> bool:
    """Return True if a message has a rule and something of the value; if the value was `meant`, of any other."""
    rule, got, told = message.rpartition(", got ")
    in_form = bool(got) and " must " in rule and len(message) < 1500
    return in_form and (meant or any(sign in told for sign in _signs_of(value)))


def _signs_of(value: Any) -> Iterator[str]:
    """Iterate over what tells a value in a message: how it begins, its type, shape or length, or an entry of it."""
    yield type(value).__name__
    entries = value.values() if isinstance(value, dict) else value if hasattr(value, "__len__") else ()
    for each in (value, *entries):
        with suppress(ValueError, RecursionError):  # an int of 5000 digits, a list of 5000 levels
            yield from (repr(each)[:4], str(each).strip()[:4] or "''", str(np.shape(each)))
    for name in ("shape", "dtype"):  # as NumPy sees it
        with suppress(ValueError):
            yield str(getattr(np.asarray(value), name)).removeprefix("<")[:2]
    if hasattr(value, "__len__"):
        yield from ("none", "[]", "NaN", "empty", "[[[[", str(len(value)))


def _is_public(name: str, value: Any, module: Any) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")


def test_every_public_function_is_tried(tmp_path):
    tried = set(_calls(tmp_path))
    assert {name for name in cq.__all__ if inspect.isroutine(getattr(cq, name))} <= tried
    assert {name for name in editing.__all__ if callable(getattr(editing, name))} <= tried
    modules = (
        adjacency, compare, experiment, objects, pattern, color_vision, distinguishability,
        table, files, cloud, features, plots, distortion, delta_e, image_metrics, frames, pyramid, sampled, smoothing,
        named_palettes, palette_files, verbs, shared_palette, annotation_formats, areas, cleaning, coco, components,
        geojson, polygons, svg, stains, zarr_labels,
    )  # fmt: skip
    public = {name for module in modules for name, value in vars(module).items() if _is_public(name, value, module)}
    assert public - INNER <= tried


def test_a_public_function_takes_a_value_or_says_what_must_hold_and_what_it_got(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some of the texts are names of files that may be written
    faults, count = {}, 0
    for name, (function, good) in _calls(tmp_path).items():
        for parameter, meant in parameters_of(function).items():
            for label, value in ODD.items():
                count += 1
                fault = fault_of(function, {**good, parameter: value}, value, label in meant)
                if fault:
                    faults[name, parameter, label] = fault[:200]
    assert not faults
    assert count > 5000


@pytest.mark.parametrize("method", [*cq.QUANTIZERS.values(), *cq.DITHERS.values()], ids=lambda method: method.name)
def test_every_option_of_a_method_takes_a_value_or_says_what_must_hold_and_what_it_got(method):
    faults = {}
    for name, option in method.options.items():
        for label, value in ODD.items():
            meant = label in ("0", "-1", "1.5") or (option.kind is bool and label in ("True", "False"))
            fault = fault_of(method.check, {"options": {name: value}}, value, meant)
            if fault:
                faults[name, label] = fault[:200]
    assert not faults
