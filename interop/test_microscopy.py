"""Libraries that check OME files accept ours."""

import json

import tifffile
import zarr
from ome_types import from_xml
from ome_zarr_models.v05 import Image, ImageLabel

import napari_colorquant as cq


def test_ome_types_reads_our_ome_tiff(tmp_path, indexed):
    cq.write_indexed(indexed, tmp_path / "a.ome.tif")
    with tifffile.TiffFile(tmp_path / "a.ome.tif") as file:
        ome = from_xml(file.ome_metadata)
    assert (ome.images[0].pixels.size_x, ome.images[0].pixels.size_y) == indexed.shape[::-1]


def test_ome_zarr_models_accepts_our_labels(tmp_path, indexed):
    cq.write_indexed(indexed, tmp_path / "a.zarr")
    group = zarr.open_group(tmp_path / "a.zarr", mode="r")
    model = ImageLabel if "image-label" in json.dumps(dict(group.attrs)) else Image
    model.from_zarr(group)
