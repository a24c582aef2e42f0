"""Arrays whose axes have names, as xarray's do, and those that bioio hands out: channels told by their name.

Only attributes are looked at; xarray is never loaded.
"""

from typing import Any

import numpy as np

from .._checks import refusal

#: What an axis of channels is called, lower case: by readers of microscopes' files, of satellites' and of others'.
CHANNELS = ("c", "s", "channel", "channels", "band", "bands", "sample", "samples", "rgb", "rgba")


def is_named(array: Any) -> bool:
    """Return True for an `xarray.DataArray`, or what looks like one."""
    return hasattr(array, "dims") and hasattr(array, "variable") and hasattr(array, "transpose")


def with_channels_last(array: Any) -> Any:
    """Return the data of an array with named axes, its channels last; anything else as it is.

    Of the axes that may be channels, those of length 1 are dropped; one of 3 or 4 is red, green, blue and alpha.

    Raises
    ------
    ValueError
        If there are other channels: they are no colours until it is said how each is displayed.
    """
    if not is_named(array):
        return array
    channel = find_channels(array)
    array = array.isel({name: 0 for name in _channel_axes(array) if name != channel})
    if channel is None:
        return array.data
    return array.transpose(*(name for name in array.dims if name != channel), channel).data


def align(values: Any, image: Any) -> Any:
    """Return what lies beside an image with its axes in the image's order, if both name them; else as it is."""
    if not (is_named(values) and is_named(image) and set(values.dims) <= set(image.dims)):
        return values
    return values.transpose(*(name for name in image.dims if name in values.dims))


def find_channels(array: Any) -> Any:
    """Return the name of the axis of colours of an array with named axes, or None if it is gray."""
    wide = [name for name in _channel_axes(array) if array.sizes[name] > 1]
    if not wide:
        return None
    if len(wide) > 1 or array.sizes[wide[0]] not in (3, 4):
        rule = (
            "have 1, 3 or 4 channels: take one (isel), or add them up as they are displayed "
            "(napari_colorquant.pixels.composite)"
        )
        raise refusal("a DataArray", rule, {str(name): int(array.sizes[name]) for name in wide})
    return wide[0]


def name_axes(values: Any, like: Any, about: dict[str, Any], *, has_channels: bool) -> Any:
    """Return an array with the axes and coordinates of a DataArray, and `about` as its attributes.

    Parameters
    ----------
    values : array of shape (..., H, W), or (..., H, W, C) with channels
        Numpy or dask.
    like : xarray.DataArray
        Whose axes they have, apart from its channels.
    about : dict
        Added to the attributes of `like`.
    has_channels : bool
        Whether `values` have channels.
    """
    if not is_named(like):
        raise refusal("like", "be an xarray.DataArray", like, TypeError)
    channels = _channel_axes(like)
    template = like.isel(dict.fromkeys(channels, 0), drop=True)
    shape = np.shape(values)[:-1] if has_channels else np.shape(values)
    if template.shape != shape:
        raise refusal("like", f"have shape {shape} without its channels", template.shape)
    attributes = {**like.attrs, **about}
    if not has_channels:
        return template.copy(data=values).assign_attrs(attributes)
    channel = find_channels(like) or "c"
    named = type(like)(values, dims=(*template.dims, channel), coords=template.coords, attrs=attributes, name=like.name)
    return named.transpose(*like.dims) if channel in like.dims and len(channels) == 1 else named


def _channel_axes(array: Any) -> list[Any]:
    return [name for name in array.dims if str(name).lower() in CHANNELS]
