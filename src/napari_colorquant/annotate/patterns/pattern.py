"""Colour patterns in a few numbers: boundaries, contrast, diversity, evenness, and the patches of each class."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ...indexed import IndexedImage
from ..tables.groups import Groups, find_groups, iterate_parts
from ..tables.table import Row, check_measurement
from .adjacency import contrasts_of, count_sides, lengths_of

Floats = npt.NDArray[np.float64]


def pattern(
    indexed: IndexedImage,
    *,
    by: str = "color",
    pixel_size: Sequence[float] = (1.0, 1.0),
    unit: str = "pixel",
    regions: Any = None,
    per_frame: bool = False,
) -> list[Row]:
    """Describe the pattern of a result as a whole.

    Parameters
    ----------
    indexed, by, pixel_size, unit, regions, per_frame
        As in `napari_colorquant.annotate.adjacency`.

    Returns
    -------
    rows : list of dict
        One for each frame and region: classes, the number that occur; pixels; area;
        diversity, 1 / sum(p**2) of the shares p [1]_, between 1 and classes; evenness, that over classes;
        entropy, -sum(p ln p);
        transition_diversity and transition_evenness, the same of the shares that each pair has of the boundary
        pixels (0 without a boundary);
        boundary, the length of all boundaries, and boundary_density, that over the area;
        contrast and contrast_deviation, mean and standard deviation of CIEDE2000 along the boundaries, weighted by
        length [2]_ (NaN without a boundary);
        aspect, changes along columns over changes along rows, per length: > 1 where stripes lie across (NaN if
        there are none along rows); unit.

    See Also
    --------
    patches : The connected regions of each colour.
    adjacency : What lies beside what.

    References
    ----------
    .. [1] Endler J.A. A framework for analysing colour pattern geometry: adjacent colours. Biol. J. Linn. Soc. 107(2),
       2012. doi:10.1111/j.1095-8312.2012.01937.x
    .. [2] Endler J.A., Cole G.L., Kranz A.M. Boundary strength analysis: combining colour pattern geometry and coloured
       patch visual properties for use in predicting behaviour and fitness. Methods Ecol. Evol. 9(12), 2018.
       doi:10.1111/2041-210X.13073

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import pattern
    >>> row = pattern(flag)[0]
    >>> row["classes"], row["evenness"], row["boundary"]
    (2, 1.0, 3.0)
    """
    size = check_measurement(by, pixel_size, unit, per_frame, True)
    groups = find_groups(indexed, by)
    contrasts = contrasts_of(groups)
    counted = count_sides(indexed, groups, regions, per_frame)
    pixels = _count_pixels(indexed, groups, regions, per_frame)
    rows = []
    for where, sides in counted:
        its = pixels[tuple(where.items())]
        rows.append({**where, **_describe(its, sides, contrasts, size), "unit": unit})
    return rows


def patches(
    indexed: IndexedImage,
    *,
    by: str = "color",
    pixel_size: Sequence[float] = (1.0, 1.0),
    unit: str = "pixel",
    regions: Any = None,
    per_frame: bool = False,
) -> list[Row]:
    """Measure the patches, connected regions, of each colour or class.

    Parameters
    ----------
    indexed, by, pixel_size, unit, regions, per_frame
        As in `napari_colorquant.annotate.adjacency`. Corners count as connected; a patch ends where its
        region of interest ends, and with its frame.

    Returns
    -------
    rows : list of dict
        One for each frame, region and colour or class, with what `napari_colorquant.annotate.measure` says of
        it; patches, their number; mean_patch, median_patch and largest_patch, areas, 0 where there is none; unit.

    See Also
    --------
    pattern : The pattern as a whole.
    measure : Areas and shares.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import patches
    >>> [(row["hex"], row["patches"], row["largest_patch"]) for row in patches(flag)]
    [('#ff0000', 1, 3.0), ('#0000ff', 1, 3.0)]
    """
    from skimage.measure import label

    height, width = check_measurement(by, pixel_size, unit, per_frame, True)
    groups = find_groups(indexed, by)
    found: dict[tuple[tuple[str, Any], ...], tuple[Row, list[list[Any]]]] = {}
    for part in iterate_parts(indexed, groups, regions, per_frame):
        numbers = label(part.groups, background=0, connectivity=2)
        sizes = np.bincount(numbers.reshape(-1))
        owners = np.zeros(len(sizes), np.int64)
        owners[numbers.reshape(-1)] = part.groups.reshape(-1)
        known = found.setdefault(tuple(part.where.items()), (part.where, [[] for _ in range(len(groups))]))
        for number, its in enumerate(known[1], start=1):
            its.append(sizes[1:][owners[1:] == number] * (height * width))
    return [
        {**where, **entry, **_sum_up(np.concatenate(areas)), "unit": f"{unit}²"}
        for where, each in found.values()
        for entry, areas in zip(groups.entries, each, strict=True)
    ]


def _sum_up(areas: Floats) -> Row:
    known = areas if len(areas) else np.zeros(1)
    return {
        "patches": len(areas),
        "mean_patch": float(known.mean()),
        "median_patch": float(np.median(known)),
        "largest_patch": float(known.max()),
    }


def _count_pixels(
    indexed: IndexedImage, groups: Groups, regions: Any, per_frame: bool
) -> dict[tuple[tuple[str, Any], ...], npt.NDArray[np.int64]]:
    found: dict[tuple[tuple[str, Any], ...], npt.NDArray[np.int64]] = {}
    for part in iterate_parts(indexed, groups, regions, per_frame):
        counts = np.bincount(part.groups.reshape(-1), minlength=len(groups) + 1)[1:]
        key = tuple(part.where.items())
        found[key] = found.get(key, 0) + counts
    return found


def _describe(pixels: npt.NDArray[np.int64], sides: npt.NDArray[np.int64], contrasts: Floats, size: Any) -> Row:
    height, width = size
    shares = pixels[pixels > 0] / max(int(pixels.sum()), 1)
    lengths = lengths_of(sides, size)
    above = np.triu_indices(len(pixels), 1)
    of_pairs, weights = sides.sum(axis=2)[above].astype(np.float64), lengths[above]
    across, down = (float(sides[..., axis][above].sum()) for axis in (0, 1))
    area, boundary, classes = float(pixels.sum() * height * width), float(weights.sum()), len(shares)
    diversity, of_transitions = _diversity(shares), _diversity(of_pairs[of_pairs > 0] / max(of_pairs.sum(), 1.0))
    mean, deviation = _weighted(contrasts[above], weights)
    return {
        "classes": classes,
        "pixels": int(pixels.sum()),
        "area": area,
        "diversity": diversity,
        "evenness": diversity / max(classes, 1),
        "entropy": float(-(shares * np.log(shares)).sum()) + 0.0,
        "transition_diversity": of_transitions,
        "transition_evenness": of_transitions / max(classes * (classes - 1) / 2, 1.0),
        "boundary": boundary,
        "boundary_density": boundary / area if area else 0.0,
        "contrast": mean,
        "contrast_deviation": deviation,
        "aspect": (down / height) / (across / width) if across else float("nan"),
    }


def _diversity(shares: Floats) -> float:
    """Return the inverse of Simpson's index: as many even classes would be as diverse."""
    return float(1 / (shares**2).sum()) if len(shares) else 0.0


def _weighted(values: Floats, weights: Floats) -> tuple[float, float]:
    if not weights.sum():
        return float("nan"), float("nan")
    mean = float(np.average(values, weights=weights))
    return mean, float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))
