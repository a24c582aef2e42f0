"""Arrays of xarray: channels are found by their name, and results have the axes and coordinates of the image."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr

import napari_colorquant as cq
from napari_colorquant.pipeline.pyramid import quantize_levels


@pytest.fixture
def named(photo):
    """A photograph, channels first, with coordinates in micrometres."""
    places = np.arange(128) * 0.5
    return xr.DataArray(
        np.moveaxis(photo, -1, 0), dims=("c", "y", "x"), coords={"y": places, "x": places, "c": list("rgb")},
        attrs={"unit": "µm"}, name="section",
    )  # fmt: skip


@pytest.mark.parametrize("what", ["mask", "importance"])
def test_what_lies_beside_an_image_is_aligned_by_the_names_of_its_axes(photo, named, rng, what):
    values = rng.random(photo.shape[:2]).round()
    expected = cq.quantize(photo, 5, **{what: values})
    beside = xr.DataArray(values.T, dims=("x", "y"))
    for found in (
        cq.quantize(named, 5, **{what: beside}),
        quantize_levels([named], cq.Recipe(n_colors=5), **{what: beside})[0],
    ):
        np.testing.assert_array_equal(found.labels, expected.labels)
        assert found.palette.hex == expected.palette.hex


def test_channels_are_told_by_their_name_wherever_they_are(photo, named):
    expected = cq.quantize(photo, 5)
    for order in (("c", "y", "x"), ("y", "c", "x"), ("y", "x", "c")):
        found = cq.quantize(named.transpose(*order), 5)
        np.testing.assert_array_equal(found.labels, expected.labels)
        assert found.palette == expected.palette
    assert cq.distortion(named, expected) == cq.distortion(photo, expected)


def test_labels_have_the_axes_and_coordinates_of_the_image(named):
    indexed = cq.quantize(named, 5)
    labels = indexed.to_xarray(named)
    assert labels.dims == ("y", "x")
    assert labels.name == "section"
    assert labels.attrs == {"unit": "µm", "palette": list(indexed.palette.hex), "names": [""] * 5}
    xr.testing.assert_equal(labels.x, named.x)
    np.testing.assert_array_equal(labels, indexed.labels)
    np.testing.assert_array_equal(labels.sel(y=10.0, x=3.5), indexed.labels[20, 7])


def test_colours_have_their_channels_where_the_image_has_them(named):
    colors = cq.quantize(named, 5).to_xarray(named, rgb=True)
    assert colors.dims == named.dims
    np.testing.assert_array_equal(colors.transpose("y", "x", "c"), cq.quantize(named, 5).to_rgb())
    gray = named.isel(c=0, drop=True)
    assert cq.quantize(gray, 3).to_xarray(gray, rgb=True).dims == ("y", "x", "c")


def test_lazy_arrays_stay_lazy(named):
    lazy = named.chunk({"y": 64})
    labels = cq.quantize(lazy, 5).to_xarray(lazy)
    assert isinstance(labels.data, da.Array)
    np.testing.assert_array_equal(labels, cq.quantize(named, 5).labels)


def test_axes_of_one_channel_are_no_axes(photo):
    stack = xr.DataArray(photo[np.newaxis, np.newaxis], dims=("T", "C", "Y", "X", "S"))  # as bioio hands out RGB
    found = cq.quantize(stack, 4)
    np.testing.assert_array_equal(found.labels[0], cq.quantize(photo, 4).labels)
    assert found.to_xarray(stack).dims == ("T", "Y", "X")


@pytest.mark.parametrize("count", [2, 5])
def test_channels_that_are_no_colours_are_refused(count):
    image = xr.DataArray(np.zeros((count, 8, 8), np.uint8), dims=("channel", "y", "x"))
    with pytest.raises(ValueError, match=r"a DataArray must have 1, 3 or 4 channels: take one .*, got \{'channel': "):
        cq.quantize(image, 2)


def test_what_does_not_fit_is_refused(named):
    indexed = cq.quantize(named, 2)
    with pytest.raises(TypeError, match=r"like must be an xarray\.DataArray, got "):
        indexed.to_xarray(named.data)
    with pytest.raises(ValueError, match=r"like must have shape \(128, 128\) without its channels, got \(9, 128\)"):
        indexed.to_xarray(named[:, :9])
