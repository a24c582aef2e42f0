"""Clean classes: islands and holes too small to mean anything, ragged outlines, threads and slits."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint, stage
from .._typing import Labels, Valid
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..registry import Method

#: Which group each pixel of a plane belongs to, (H, W), 0 to G - 1.
Groups: TypeAlias = npt.NDArray[np.uint16]

_LARGEST = {"min": 0.0, "max": 1e12}
#: Groups that `skimage.filters.rank` counts at most.
MAX_GROUPS = 1 << 16


def clean_groups(
    groups: Groups,
    valid: Valid,
    /,
    *,
    majority: Annotated[float, _LARGEST] = 0.0,
    opening: Annotated[float, _LARGEST] = 0.0,
    closing: Annotated[float, _LARGEST] = 0.0,
    min_hole: Annotated[float, _LARGEST] = 0.0,
    min_size: Annotated[float, _LARGEST] = 0.0,
    pixel_height: Annotated[float, {"min": 1e-12, "max": 1e12}] = 1.0,
    pixel_width: Annotated[float, {"min": 1e-12, "max": 1e12}] = 1.0,
    by: Annotated[str, {"choices": ("color", "class")}] = "color",
) -> Groups:
    """Clean a plane of groups of pixels, colours or classes, in the order of these options; 0 leaves one out.

    Parameters
    ----------
    majority : float
        Radius of the disc whose most frequent group a pixel takes: smooth outlines.
    opening : float
        Radius of the disc that must fit into a group; what is thinner goes to the groups around it.
    closing : float
        Radius of the disc that must fit between parts of a group; what is thinner becomes that group. Where two
        groups claim a pixel, the smaller one gets it.
    min_hole : float
        Least area of a hole, which other groups and gaps may make up together; smaller ones are filled.
    min_size : float
        Least area of a component (corners count as connected); smaller ones go to the groups around them.
    pixel_height, pixel_width : float
        The size of a pixel, in the unit in which radii and, squared, areas are given.
    by : {"color", "class"}
        Whether the groups are the colours of the palette or their classes. Colours of no class are groups of their
        own; a pixel that joins a class takes the colour of that class that is nearest.
    """
    size = (pixel_height, pixel_width)
    unit = pixel_height * pixel_width
    steps: tuple[tuple[Callable[..., Groups], float, tuple[Any, ...]], ...] = (
        (_take_majority, majority, (size,)),
        (_open, opening, (size,)),
        (_close, closing, (size,)),
        (_fill_holes, min_hole / unit, ()),
        (_drop_islands, min_size / unit, ()),
    )
    for number, (step, amount, more) in enumerate(steps):
        if amount > 0:
            groups = step(groups, valid, amount, *more)
        checkpoint((number + 1) / len(steps))
    return groups


CLEANING = Method(clean_groups, sequential=True)


def clean_source(source: Source, labels: Any, classes: Sequence[str], cleaning: Sequence[dict[str, Any]]) -> Any:
    """Return the labels of an image cleaned, plane by plane; lazy if they are, in chunks of whole planes.

    Parameters
    ----------
    source : Source
        Where it has no data, labels stay as they are and say nothing.
    labels : array of shape (..., H, W), uint8 or uint16
    classes : sequence of str
        The class of each label, "" for none.
    cleaning : sequence of dict
        Options of `clean_groups`, one after the other.
    """
    function = partial(_clean_chunk, classes=tuple(classes), cleaning=tuple(cleaning))
    return source.map(function, labels.dtype, beside=[labels], whole_planes=True)


def clean_planes(labels: Any, valid: Any, classes: Sequence[str], cleaning: Sequence[dict[str, Any]]) -> Any:
    """Return labels of any whole numbers, (..., H, W), cleaned plane by plane; see `clean_source`."""
    cleaned = labels.copy()
    with stage("Cleaning the labels", 0.9, 1.0):
        for plane in np.ndindex(*labels.shape[:-2]):
            shown = np.ones(labels.shape[-2:], np.bool_) if valid is None else valid[plane]
            for options in cleaning:
                cleaned[plane] = _clean_plane(cleaned[plane], shown, classes, options)
    return cleaned


def _clean_chunk(pixels: Pixels, labels: Labels, classes: Sequence[str], cleaning: Sequence[dict[str, Any]]) -> Any:
    return clean_planes(labels, pixels.read_valid(), classes, cleaning)


def _clean_plane(labels: Any, valid: Valid, classes: Sequence[str], options: dict[str, Any]) -> Any:
    """Return a plane of labels cleaned by colours or by classes."""
    values, places = np.unique(labels, return_inverse=True)
    names: list[Any] = [int(value) for value in values]
    if options.get("by") == "class":
        names = [classes[name] or name for name in names]
    known = list(dict.fromkeys(names))
    if len(known) > MAX_GROUPS:
        raise ValueError(f"labels to clean must have at most {MAX_GROUPS} values, got {len(known)}")
    group_of = np.array([known.index(name) for name in names], np.uint16)
    groups = group_of[places.reshape(labels.shape)]
    new = CLEANING(groups, valid, **options)
    cleaned = labels.copy()
    for group in np.unique(new[(new != groups) & valid]):
        gained = (new == group) & (groups != group) & valid
        cleaned[gained] = _nearest_labels(labels, (groups == group) & valid, gained)
    return cleaned


def _nearest_labels(labels: Any, known: Valid, wanted: Valid) -> Any:
    """Return for each wanted pixel the label of the nearest known one."""
    from scipy.ndimage import distance_transform_edt

    first = labels[known][0]
    if (labels[known] == first).all():
        return first
    rows, columns = distance_transform_edt(~known, return_distances=False, return_indices=True)
    return labels[rows[wanted], columns[wanted]]


def _take_majority(groups: Groups, valid: Valid, radius: float, size: tuple[float, float]) -> Groups:
    from skimage.filters.rank import majority

    rows, columns = (int(radius / side) for side in size)
    y, x = np.ogrid[-rows : rows + 1, -columns : columns + 1]
    disc = ((y * size[0]) ** 2 + (x * size[1]) ** 2 <= radius**2).astype(np.uint8)
    narrow: Any = groups.astype(np.uint8) if groups.max() < 256 else groups
    found: Groups = majority(narrow, disc, mask=valid.astype(np.uint8)).astype(np.uint16)
    return np.where(valid, found, groups)


def _open(groups: Groups, valid: Valid, radius: float, size: tuple[float, float]) -> Groups:
    from skimage.morphology import isotropic_opening

    kept = np.zeros(groups.shape, np.bool_)
    for group in np.unique(groups[valid]):
        own = (groups == group) & valid
        kept |= isotropic_opening(own | ~valid, radius, spacing=size) & own  # at a gap nothing is known to end
    return _flood(groups, valid, kept)


def _close(groups: Groups, valid: Valid, radius: float, size: tuple[float, float]) -> Groups:
    from skimage.morphology import isotropic_closing

    closed = groups.copy()
    for group in _by_size(groups, valid):  # the smallest comes last, and takes what others have taken
        own = (groups == group) & valid
        closed[isotropic_closing(own, radius, spacing=size) & ~own & valid] = group
    return closed


def _fill_holes(groups: Groups, valid: Valid, area: float) -> Groups:
    from skimage.measure import label

    filled = groups.copy()
    for group in _by_size(groups, valid):
        holes = label(~((filled == group) & valid), connectivity=1)
        sizes = np.bincount(holes.reshape(-1))
        is_small = sizes < area
        is_small[0] = False
        for border in (holes[0], holes[-1], holes[:, 0], holes[:, -1]):
            is_small[border] = False
        filled[is_small[holes] & valid] = group
    return filled


def _drop_islands(groups: Groups, valid: Valid, area: float) -> Groups:
    from skimage.measure import label

    parts = label(np.where(valid, groups.astype(np.int64) + 1, 0), background=0, connectivity=2)
    is_large = np.bincount(parts.reshape(-1)) >= math.ceil(area)
    return _flood(groups, valid, is_large[parts] & valid)


def _flood(groups: Groups, valid: Valid, kept: Valid) -> Groups:
    """Let the pixels that are kept flood the others, all at one pace; what they do not reach stays."""
    from skimage.segmentation import watershed

    if not kept.any() or kept[valid].all():
        return groups
    markers = np.where(kept, groups.astype(np.int32) + 1, 0)
    flooded = watershed(np.zeros(groups.shape, np.uint8), markers, connectivity=2, mask=valid)
    return np.where(flooded > 0, flooded - 1, groups).astype(np.uint16)


def _by_size(groups: Groups, valid: Valid) -> npt.NDArray[np.intp]:
    """Return the groups that have pixels, the largest first."""
    counts = np.bincount(groups[valid])
    order = np.argsort(-counts, kind="stable")
    return order[counts[order] > 0]
