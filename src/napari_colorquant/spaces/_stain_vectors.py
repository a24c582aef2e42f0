"""Stain vectors from the colours of an image, with the light of the empty slide and how much of each stain there is.

All of it looks at colours with weights, never at pixels, so that an image has the same stains in one piece and
in chunks.
"""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from ._stain_text import KNOWN_STAINS, STAIN_SETS
from ._stains import Stains, to_density

#: Less density than this is the empty slide (Macenko et al. 2009).
_EMPTY = 0.15
#: So much of the pixels lies beyond each stain, by its noise (Macenko et al. 2009).
_OUTLIERS = 0.01
#: The amount of a stain that counts as its largest.
_LARGEST = 0.99
#: An empty slide is at least so light and has channels that differ by no more than this; of fewer pixels than the
#: share it is taken for white, as there is none.
_LIGHT, _TINT, _LEAST_SHARE = 0.75, 0.12, 0.005
#: Of the peaks of lightness there, the lightest that is so high beside the highest; counts are smoothed by the bell.
_FREQUENT, _BELL = 0.5, np.array([1, 2, 3, 4, 5, 4, 3, 2, 1]) / 25
#: A stain of which there is less than this, or than this share of the other, is none: its axis is not drawn out.
_LEAST_AMOUNT, _LEAST_PART = 0.05, 0.1
#: Directions closer than this, in degrees, are one stain and its noise.
_ONE_STAIN = 8.0
#: A vector is called what the known stain is called that is so near, in degrees.
_NAMED = 15.0
#: What absent stains are worth (lambda of Vahadane et al. 2016, here of densities to the base 10), and the steps.
_SPARSITY, _ROUNDS, _STEPS = 0.0005, 20, 5
#: More colours than this are gathered into cells of so many bits a channel.
_MANY, _BITS = 1 << 15, (6, 5)

Floats = npt.NDArray[np.float64]


def complete_stains(stains: Stains | str | tuple[str, ...] | None, colors: Any, weights: Any) -> Stains:
    """Return stains of which nothing is missing, as a recipe has them: given ones, or those that a method finds.

    Parameters
    ----------
    stains : Stains, {"macenko", "vahadane", "vahadane:3"}, tuple of str or None
        None is "macenko"; texts are colours, ``#rrggbb``, of one stain each. What is given is kept: vectors,
        background and units.
    colors : ndarray of shape (N, 3)
        Encoded sRGB: levels of 8 or 16 bits, or float32 in 0..1.
    weights : ndarray of shape (N,)
        The pixels of each.

    Returns
    -------
    stains : Stains
        Haematoxylin and eosin, and DAB of three, if vectors are to be found and the colours have not so many.
    """
    if stains is None or isinstance(stains, str):
        method, _, count = (stains or "macenko").partition(":")
        found = estimate(colors, weights, int(count or 2), method)
        if found is not None:
            return found
        stains = STAIN_SETS["h&e-dab" if count else "h&e"]
    points, shares = _as_floats(colors, weights)
    if isinstance(stains, tuple):
        picked = np.array([list(bytes.fromhex(text.removeprefix("#"))) for text in stains], np.uint8)
        stains = Stains.of_colors(picked, _find_background(points, shares))
    return _measure(stains, points, shares)


def estimate(colors: Any, weights: Any, n_stains: int, method: str) -> Stains | None:
    """Return the stains that a method finds, complete, or None if there are not so many; see `complete_stains`."""
    points, shares = _as_floats(colors, weights)
    background = _find_background(points, shares)
    points, shares = _gather(points, shares)
    vectors = _find_vectors(points, shares, background, n_stains, method)
    if vectors is None:
        return None
    return _measure(_name(vectors).replace(background=background), points, shares)


def _find_vectors(colors: Floats, weights: Floats, background: Any, n_stains: int, method: str) -> Floats | None:
    """Return the vectors that span what is stained, (S, 3) float64, or None where there are not so many.

    Parameters
    ----------
    colors, weights
        sRGB in 0..1, (N, 3), and what each colour counts for, (N,).
    background : (red, green, blue)
        In levels of 0..255.
    n_stains : int
        2 or 3.
    method : {"macenko", "vahadane"}
    """
    density = to_density(colors, background)
    is_stained = np.linalg.norm(density, axis=1) > _EMPTY
    density, weights = density[is_stained], weights[is_stained]
    if len(density) < n_stains:
        return None
    vectors = _macenko(density, weights) if n_stains == 2 else np.array(list(KNOWN_STAINS.values()))
    if vectors is not None and method == "vahadane":
        vectors = _vahadane(density, weights, vectors)
    return vectors if vectors is not None and _are_apart(vectors) else None


def _name(vectors: Floats) -> Stains:
    """Return stains of these vectors: haematoxylin first, then the most red-absorbing; by name where one is near."""
    known = np.array(list(KNOWN_STAINS.values()))
    angles = np.degrees(np.arccos(np.clip(vectors @ known.T, -1, 1)))
    order = np.lexsort([-vectors[:, 0], angles[:, 0] > _NAMED])
    vectors, angles = vectors[order], angles[order]
    names = []
    for number, (row, column) in enumerate(zip(angles, angles.argmin(axis=1), strict=True)):
        is_near = row[column] < _NAMED and row[column] == angles[:, column].min()
        names.append(list(KNOWN_STAINS)[column] if is_near else f"stain {number + 1}")
    return Stains("estimated", tuple(names), tuple(map(tuple, vectors)))


def _measure(stains: Stains, colors: Floats, weights: Floats) -> Stains:
    """Return stains with a background and units, found where they are not given."""
    if stains.background is None:
        stains = stains.replace(background=_find_background(colors, weights))
    if stains.units is not None:
        return stains
    colors, weights = _gather(colors, weights)
    is_stained = np.linalg.norm(to_density(colors, stains.background), axis=1) > _EMPTY
    if not weights[is_stained].sum():
        return stains.replace(units=(1.0,) * 3)
    amounts, shares = stains.measure(colors[is_stained]), weights[is_stained]
    found = [_quantile(amounts[:, axis], shares, _LARGEST) for axis in range(len(stains.names))]
    largest = max(*found, _LEAST_AMOUNT)
    units = [max(amount, _LEAST_PART * largest, _LEAST_AMOUNT) for amount in found]
    # The residual is in the units of the stains: by itself it would be noise drawn out.
    return stains.replace(units=(*units, largest)[:3])


def _find_background(colors: Floats, weights: Floats) -> tuple[float, ...]:
    """Return the colour of the empty slide in levels: the lightest of those that are light, gray and frequent."""
    is_light = (colors.min(axis=1) >= _LIGHT) & (np.ptp(colors, axis=1) <= _TINT)
    if weights[is_light].sum() <= _LEAST_SHARE * weights.sum():
        return (255.0,) * 3
    colors, weights = colors[is_light] * 255, weights[is_light]
    lightness = np.rint(colors.mean(axis=1)).astype(np.intp)
    counts = np.convolve(np.bincount(lightness, weights, 256), _BELL, "same")
    is_peak = (counts >= np.append(counts[1:], 0)) & (counts >= np.append(0, counts[:-1]))
    peak = np.flatnonzero(is_peak & (counts >= _FREQUENT * counts.max())).max()
    near = np.abs(lightness - peak) <= len(_BELL) // 2
    return tuple(_quantile(colors[near, channel], weights[near], 0.5) for channel in range(3))


def _macenko(density: Floats, weights: Floats) -> Floats | None:
    """Return the two outermost directions in the plane of the densities (Macenko et al. 2009)."""
    _, axes = np.linalg.eigh((density * weights[:, None]).T @ density)
    plane = axes[:, [2, 1]] * np.where(axes[:, [2, 1]].sum(axis=0) < 0, -1, 1)
    along, across = (density @ plane).T
    angles = np.arctan2(across, along)
    ends = [_quantile(angles, weights, share) for share in (_OUTLIERS, 1 - _OUTLIERS)]
    return _of_length_1(np.array([plane @ (np.cos(end), np.sin(end)) for end in ends]))


def _vahadane(density: Floats, weights: Floats, start: Floats) -> Floats | None:
    """Return the vectors of which few at a time make up a colour (Vahadane et al. 2016), from `start` on.

    Scikit-learn's factorization does the steps; in between, the vectors are brought back to length 1, without
    which small amounts of long vectors would cost nothing.
    """
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    roots = np.sqrt(weights / weights.mean())[:, None]
    target, vectors = np.maximum(density, 0) * roots, start
    amounts = np.maximum(density @ np.linalg.pinv(start), 1e-6) * roots
    model = NMF(len(start), init="custom", max_iter=_STEPS, tol=1e-6, alpha_W=_SPARSITY / 3, alpha_H=0, l1_ratio=1)
    for _ in range(_ROUNDS):
        checkpoint()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # these are steps, not the whole way
            amounts = model.fit_transform(target, W=amounts, H=vectors.copy())
        found = _of_length_1(model.components_)
        if found is None:
            return None
        amounts = amounts * np.linalg.norm(model.components_, axis=1)
        if np.abs(found - vectors).max() < 1e-5:
            break
        vectors = found
    return vectors


def _of_length_1(vectors: Floats) -> Floats | None:
    """Return vectors without what stains cannot do, to add light, at length 1; None if nothing is left of one."""
    positive = np.maximum(vectors, 0)
    lengths = np.linalg.norm(positive, axis=1, keepdims=True)
    return positive / lengths if lengths.min() > 1e-6 else None


def _are_apart(vectors: Floats) -> bool:
    cosines = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    return bool(cosines.max() < np.cos(np.radians(_ONE_STAIN))) and bool(
        len(vectors) == 2 or abs(np.linalg.det(vectors)) > np.sin(np.radians(_ONE_STAIN)) ** 2
    )


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """Return the value below which `share` of the weights lies."""
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(sums, share * sums[-1])])


def _as_floats(colors: Any, weights: Any) -> tuple[Floats, Floats]:
    top = np.iinfo(colors.dtype).max if colors.dtype.kind == "u" else 1
    return colors / np.float64(top), np.asarray(weights, np.float64)


def _gather(colors: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the means of small cells in place of many colours, with their weights."""
    for bits in _BITS:
        if len(colors) <= _MANY:
            break
        steps = np.minimum(colors * (1 << bits), (1 << bits) - 1).astype(np.int64)
        _, cells = np.unique(steps @ np.array([1 << 2 * bits, 1 << bits, 1]), return_inverse=True)
        sums: Floats = np.bincount(cells, weights).astype(np.float64)
        means = [np.bincount(cells, weights * colors[:, channel]) / sums for channel in range(3)]
        colors, weights = np.stack(means, axis=1), sums
    return colors, weights
