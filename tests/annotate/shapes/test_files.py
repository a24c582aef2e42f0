"""What is written opens again as what it was: GeoJSON, COCO, SVG, CSV; a file that cannot be written loses nothing."""

import csv
import json
import re
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pytest
from skimage.measure import regionprops

import napari_colorquant as cq
from naive_polygons import fill, make_labels
from napari_colorquant.annotate.shapes.coco import run_lengths, write_coco
from napari_colorquant.annotate.shapes.components import find_components, measure_components, write_components_csv
from napari_colorquant.annotate.shapes.geojson import write_geojson
from napari_colorquant.annotate.shapes.polygons import Polygon
from napari_colorquant.annotate.shapes.svg import write_legend, write_svg
from napari_colorquant.annotate.tables.table import measure

RING = {
    "type": "array", "minItems": 4,
    "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
}  # fmt: skip
POLYGON = {"type": "array", "minItems": 1, "items": RING}
#: RFC 7946, with the properties of QuPath's annotations.
SCHEMA = {
    "type": "object", "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": {
        "type": "object", "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "geometry": {"required": ["type", "coordinates"], "oneOf": [
                {"properties": {"type": {"const": "Polygon"}, "coordinates": POLYGON}},
                {"properties": {"type": {"const": "MultiPolygon"},
                                "coordinates": {"type": "array", "minItems": 2, "items": POLYGON}}},
            ]},
            "properties": {"type": "object", "required": ["objectType", "classification"], "properties": {
                "objectType": {"const": "annotation"}, "name": {"type": "string", "minLength": 1},
                "classification": {"type": "object", "required": ["name", "color"], "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "color": {"type": "array", "minItems": 3, "maxItems": 3,
                              "items": {"type": "integer", "minimum": 0, "maximum": 255}},
                }},
            }},
        },
    }}},
}  # fmt: skip
WRITERS = [write_geojson, write_coco, write_svg, write_components_csv]


def read_features(path):
    """Return the values and polygons of a GeoJSON file that meets the schema, and the properties."""
    content = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(content, SCHEMA)
    polygons = []
    for number, feature in enumerate(content["features"]):
        parts = feature["geometry"]["coordinates"]
        for part in [parts] if feature["geometry"]["type"] == "Polygon" else parts:
            assert all(ring[0] == ring[-1] for ring in part)
            exterior, *holes = (np.array(ring[:-1], float)[:, ::-1] for ring in part)
            polygons.append(Polygon(number, 0, exterior, tuple(holes)))
    return polygons, [feature["properties"] for feature in content["features"]]


def test_geojson_has_classes_with_names_and_colors(indexed, tmp_path):
    write_geojson(indexed, tmp_path / "a.geojson")
    polygons, properties = read_features(tmp_path / "a.geojson")
    filled, _ = fill([Polygon(p.value + 1, 0, p.exterior, p.holes) for p in polygons], indexed.shape)
    assert np.array_equal(filled, np.where(indexed.valid, indexed.labels + 1, 0))
    assert [each["name"] for each in properties] == ["#ffffff", '=<"ré&d>', "#0000ff"]
    assert [each["classification"]["name"] for each in properties] == ["#ffffff", "tissue", "tissue"]
    assert properties[1]["classification"]["color"] == [255, 0, 0]


def test_geojson_has_a_feature_for_each_component(indexed, tmp_path):
    write_geojson(indexed, tmp_path / "a.geojson", each="component")
    _, properties = read_features(tmp_path / "a.geojson")
    counts = [row["components"] for row in measure(indexed)]
    assert [sum(each["name"] == name for each in properties) for name in ("#ffffff", '=<"ré&d>', "#0000ff")] == counts
    write_geojson(indexed, tmp_path / "b.geojson", by="class", each="component")
    _, properties = read_features(tmp_path / "b.geojson")
    assert [each["name"] for each in properties] == ["tissue", "tissue"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tolerance", [0.0, 1.0])
def test_geojson_meets_the_schema_whatever_the_labels(seed, tolerance, tmp_path):
    labels = make_labels(seed, seed % 2)
    write_geojson(labels, tmp_path / "a.geojson", tolerance=tolerance)
    polygons, _ = read_features(tmp_path / "a.geojson")
    assert len({polygon.value for polygon in polygons}) == len(np.unique(labels[labels > 0]))


def decode(segmentation, shape):
    """Return the mask of a COCO annotation."""
    if isinstance(segmentation, dict):
        assert segmentation["size"] == list(shape)
        values = np.arange(len(segmentation["counts"])) % 2
        return np.repeat(values, segmentation["counts"]).reshape(shape[::-1]).T > 0
    parts = [Polygon(1, 0, np.array(flat, float).reshape(-1, 2)[:, ::-1]) for flat in segmentation]
    return fill(parts, shape)[1] > 0


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("segmentation", ["auto", "rle"])
def test_coco_gives_the_components_back(seed, segmentation, tmp_path):
    labels = make_labels(seed, seed % 2)
    write_coco(labels, tmp_path / "a.json", segmentation=segmentation, image_name="a.png")
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    found = find_components(labels.astype(np.int64))
    assert content["images"] == [{"id": 1, "file_name": "a.png", "width": labels.shape[1], "height": labels.shape[0]}]
    assert {each["id"] for each in content["categories"]} == set(np.unique(labels)) - {0}
    assert [each["id"] for each in content["annotations"]] == list(range(1, len(found.values) + 1))
    for each in content["annotations"]:
        mask = found.numbers == each["id"]
        assert np.array_equal(decode(each["segmentation"], labels.shape), mask)
        assert each["area"] == mask.sum()
        assert each["category_id"] == labels[mask][0]
        rows, columns = np.nonzero(mask)
        box = [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
        assert each["bbox"] == box
        assert each["iscrowd"] == isinstance(each["segmentation"], dict)


def test_coco_fills_holes_if_polygons_are_asked_for(indexed, tmp_path):
    write_coco(indexed, tmp_path / "a.json", by="class", segmentation="polygons")
    first = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["annotations"][0]
    assert decode(first["segmentation"], indexed.shape)[5:7, 4:6].all()


@pytest.mark.parametrize("mask", [[[True]], [[False]], [[True, False], [False, True]], [[False, True]]])
def test_run_lengths_begin_outside(mask):
    counts = run_lengths(np.array(mask))
    assert np.array_equal(decode({"counts": counts, "size": list(np.shape(mask))}, np.shape(mask)), mask)


def test_svg_is_the_labels(indexed, tmp_path):
    write_svg(indexed, tmp_path / "a.svg")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert root.get("viewBox") == "0 0 16 12"
    polygons = []
    for number, path in enumerate(root, start=1):
        rings = [
            np.array([[float(y), float(x)] for x, y in re.findall(r"([\d.]+),([\d.]+)", ring)])
            for ring in path.get("d").split("Z")[:-1]
        ]
        polygons.append(Polygon(number, 0, rings[0], tuple(rings[1:])))
        assert path.get("fill-rule") == "evenodd"
    assert np.array_equal(fill(polygons, indexed.shape)[0], np.where(indexed.valid, indexed.labels + 1, 0))
    assert [path[0].text for path in root] == ["#ffffff", '=<"ré&d>', "#0000ff"]
    assert [path.get("fill") for path in root] == ["#ffffff", "#ff0000", "#0000ff"]
    write_svg(indexed, tmp_path / "b.svg", fill=False, by="class")
    (outline,) = ElementTree.parse(tmp_path / "b.svg").getroot()
    assert (outline.get("fill"), outline.get("data-class")) == ("none", "tissue")


def test_the_legend_names_every_color(indexed, tmp_path):
    write_legend(indexed, tmp_path / "a.svg")
    parts = list(ElementTree.parse(tmp_path / "a.svg").getroot())
    assert [part.get("fill") for part in parts[::2]] == list(indexed.palette.hex)
    assert parts[3].text == f'=<"ré&d>  (tissue)  {100 * indexed.palette.shares[1]:.1f} %'
    write_legend(cq.Palette([[1, 2, 3]], names=["a\0\x1b\ud800b"]), tmp_path / "b.svg")
    assert ElementTree.parse(tmp_path / "b.svg").getroot()[1].text == "ab"


@pytest.mark.parametrize("seed", range(4))
def test_components_are_those_of_scikit_image(seed):
    labels = make_labels(seed, seed % 2)
    image = np.random.default_rng(seed).integers(0, 256, (*labels.shape, 3), np.uint8)
    rows = measure_components(labels, image, pixel_size=(0.5, 2.0), unit="µm")
    expected = regionprops(find_components(labels.astype(np.int64)).numbers, image)
    assert len(rows) == len(expected)
    for row, region in zip(rows, expected, strict=True):
        assert (row["component"], row["pixels"], row["area"], row["unit"]) == (
            region.label,
            region.area,
            region.area,
            "µm",
        )
        assert (row["centroid_y"], row["centroid_x"]) == pytest.approx(
            np.multiply(np.add(region.centroid, 0.5), (0.5, 2))
        )
        box = [row[name] for name in ("top", "left", "bottom", "right")]
        assert box == pytest.approx(np.multiply(region.bbox, (0.5, 2) * 2))
        assert [row[f"mean_{name}"] for name in ("red", "green", "blue")] == pytest.approx(region.intensity_mean)


def test_the_csv_escapes_formulas_and_has_a_row_for_each_component(indexed, tmp_path):
    write_components_csv(indexed, tmp_path / "a.csv")
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(row["components"] for row in measure(indexed))
    assert "'=<\"ré&d>" in {row["name"] for row in rows}
    assert {row["hex"] for row in rows} == set(indexed.palette.hex)


@pytest.mark.parametrize("write", WRITERS)
def test_bad_input_loses_nothing(write, indexed, tmp_path):
    path = tmp_path / "old"
    path.write_text("old")
    with pytest.raises(FileExistsError, match="must not exist unless it may be overwritten"):
        write(indexed, path)
    stack = np.zeros((2, 3, 4), int)
    for labels, error in ((stack, ValueError), (np.ones((2, 2)), TypeError), (-np.ones((2, 2), int), ValueError)):
        with pytest.raises(error, match="labels must be"):
            write(labels, path, overwrite=True)
    assert path.read_text() == "old"
    write(indexed, path, overwrite=True)
    assert path.read_text(encoding="utf-8") != "old"
    assert [each.name for each in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("write", WRITERS)
def test_labels_without_an_area_are_written(write, tmp_path):
    write(np.zeros((3, 4), np.uint8), tmp_path / "a")
    assert (tmp_path / "a").is_file()
