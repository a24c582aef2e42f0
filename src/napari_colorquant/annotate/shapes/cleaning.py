"""Clean the classes of a result or of labels, and write down how, so that it can be done again."""

from dataclasses import replace
from typing import Any

from ..._checks import check_choice, refusal
from ...indexed import IndexedImage
from ...mapping.cleaning import CLEANING, clean_planes
from ...pixels.arrays import as_array, load
from .polygons import check_pixel_size


def clean(
    labels: Any,
    *,
    majority: float = 0.0,
    opening: float = 0.0,
    closing: float = 0.0,
    min_hole: float = 0.0,
    min_size: float = 0.0,
    pixel_size: Any = (1.0, 1.0),
    by: str = "color",
) -> Any:
    """Clean classes, plane by plane, in the order of these options; 0 leaves one out.

    Parameters
    ----------
    labels : IndexedImage, or array_like of shape (..., H, W), int
        Pixels of an indexed image that have no data stay so. Of other labels, 0 is one like all others. Lazy ones
        are computed.
    majority : float
        Radius of the disc whose most frequent class a pixel takes: smooth outlines.
    opening : float
        Radius of the disc that must fit into a class; what is thinner goes to the classes around it.
    closing : float
        Radius of the disc that must fit between parts of a class; what is thinner becomes that class. Where two
        claim a pixel, the smaller one gets it.
    min_hole : float
        Least area of a hole; smaller ones are filled.
    min_size : float
        Least area of a connected part of a class (corners count as connected); smaller ones go to the classes
        around them. If all are smaller, all stay.
    pixel_size : two floats
        Height and width of a pixel, in the unit in which radii, and squared areas, are given; pixels by default.
    by : {"color", "class"}
        Whether the colours of an indexed image are cleaned or their classes. Colours of no class are taken as
        classes of their own.

    Returns
    -------
    cleaned : IndexedImage, or ndarray of the shape and dtype of `labels`
        An indexed image has the shares of its new labels, and in its recipe, as the last of ``cleaning``, what was
        done: `napari_colorquant.pipeline.verbs.run` does it again.

    Raises
    ------
    TypeError, ValueError
        If a choice is not possible, the labels are no whole numbers, or the image is dithered or recoloured.

    See Also
    --------
    to_polygons : The outlines of what is left.
    napari_colorquant.quantize : Has the same as its choice ``cleaning``.

    Examples
    --------
    >>> import numpy as np
    >>> clean(np.array([[1, 1, 1], [1, 2, 1], [1, 1, 1]]), min_size=2)
    array([[1, 1, 1],
           [1, 1, 1],
           [1, 1, 1]])
    """
    options: dict[str, Any] = {
        "majority": majority,
        "opening": opening,
        "closing": closing,
        "min_hole": min_hole,
        "min_size": min_size,
    }
    height, width = check_pixel_size(pixel_size).tolist()
    check_choice("by", by, ("color", "class"))
    checked = CLEANING.check({**options, "pixel_height": height, "pixel_width": width, "by": by})
    chosen = {name: value for name, value in checked.items() if value != CLEANING.options[name].default}
    if isinstance(labels, IndexedImage):
        recipe = labels.recipe.replace(cleaning=(*labels.recipe.cleaning, chosen))
        indexed = labels.load()
        new = clean_planes(indexed.labels, indexed.valid, indexed.palette.classes, [chosen])
        return replace(indexed, labels=new, recipe=recipe).with_shares()
    array = as_array(labels, "labels")
    if array.dtype.kind not in "biu":
        raise refusal("labels", "be an indexed image or an array of whole numbers", labels, TypeError)
    if array.ndim < 2 or not array.size:
        raise refusal("labels", f"have shape (..., H, W), of which this has {array.shape}", labels)
    if by == "class":
        raise refusal("by", "be 'color' for labels without a palette", by)
    (numbers,) = load(array)
    return clean_planes(numbers, None, (), [chosen])
