"""Stain vectors with the light of the empty slide, and the colour space that they span (Ruifrok, Johnston 2001)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._checks import check_list, check_number, check_text, refusal, shown, to_float
from .._runtime.jit import kernel
from .._typing import RGB8, Colors
from ._space import Space

#: Added to all light, a quarter of an 8-bit level: black then has a density that is finite and can be undone.
_STRAY = 1 / 1020
#: Amounts beyond this share of the largest differ by their ratio rather than by their difference: where little light
#: is left, noise and the eye hide the rest. Chosen on a section with haematoxylin and DAB, whose nuclei then have a
#: class of their own from 3 colours on; in proportion throughout, the depths of DAB take all of them.
_KNEE = 0.2
#: Vectors that are closer than this, in degrees, cannot be told apart.
_LEAST_ANGLE = 5.0
#: Of three vectors in one plane, amounts would be anything: their volume, 1 at right angles.
_LEAST_VOLUME = 0.01
#: Decimals that are kept of vectors and units, and of the background: what is written is what is computed with.
_DECIMALS, _LIGHT_DECIMALS = 5, 2
RESIDUAL = "residual"
#: The name of the space in the registry, whatever its stains.
STAINS_NAME = "stains"

#: Three numbers: one for each channel, or for each axis.
Vector: TypeAlias = tuple[float, ...]


@dataclass(frozen=True)
class Stains:
    """What colours a section: two or three stains, and the light that passes where there is none.

    Parameters
    ----------
    name : str
        What the set is called: "H-DAB".
    names : sequence of str
        The names of its stains.
    vectors : sequence of (red, green, blue)
        The optical density of each stain in the three channels; only its direction matters, and it is kept at
        length 1. Between two stains, the residual is the direction that is perpendicular to both.
    background : (red, green, blue), optional
        The levels of the empty slide, > 0 to 255; None where it is to be found in the image.
    units : sequence of 3 float, optional
        The amount of each stain, and of the residual, that is 1 on its axis; None where it is to be found in the
        image, as the largest amount there (the 99th percentile).

    Raises
    ------
    TypeError, ValueError
        If there are not two or three stains, names are missing or alike, or vectors are too near to each other.

    References
    ----------
    .. [1] Ruifrok A.C., Johnston D.A., 2001. Anal. Quant. Cytol. Histol. 23(4), 291-299.
    """

    name: str
    names: tuple[str, ...]
    vectors: tuple[Vector, ...]
    background: Vector | None = None
    units: Vector | None = None

    def __post_init__(self) -> None:
        check_text("the name of stains", self.name)
        names = tuple(_check_name(name) for name in check_list("names of stains", self.names))
        if len(names) not in (2, 3) or len({*names, RESIDUAL}) <= len(names):
            raise refusal("names of stains", f"be two or three different ones, none of them {RESIDUAL!r}", names)
        vectors = tuple(_check_vector(vector) for vector in check_list("stain vectors", self.vectors))
        if len(vectors) != len(names):
            raise ValueError(f"stain vectors must be one for each of {', '.join(names)}, got {len(vectors)}")
        _check_apart(vectors)
        for name, value in {
            "names": names,
            "vectors": vectors,
            "background": _check_three("background", self.background, 1.0, 255.0, _LIGHT_DECIMALS),
            "units": _check_three("units of stains", self.units, 1e-4, 100.0, _DECIMALS),
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of_colors(cls, colors: RGB8, background: Sequence[float] | None = None) -> "Stains":
        """Return the stains that have two or three `colors`, (K, 3) uint8, over a white `background` or another."""
        if len(colors) not in (2, 3):
            raise ValueError(f"the colours of stains must be two or three, got {len(colors)}")
        white = (255.0,) * 3 if background is None else tuple(background)
        densities = to_density(np.asarray(colors, np.float64) / 255, white)
        names = tuple(f"stain {number + 1}" for number in range(len(colors)))
        return cls("picked", names, tuple(map(tuple, densities)), None if background is None else white)

    @property
    def is_complete(self) -> bool:
        """True if nothing is left to be found in an image."""
        return self.background is not None and self.units is not None

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the three axes: the stains, and the residual beside two."""
        return self.names if len(self.names) == 3 else (*self.names, RESIDUAL)

    @cached_property
    def matrix(self) -> npt.NDArray[np.float64]:
        """The density of one unit length on each axis in red, green and blue, (3, 3), one axis a row."""
        rows = [np.array(vector) for vector in self.vectors]
        if len(rows) == 2:
            across = np.cross(rows[0], rows[1])
            rows.append(across / np.linalg.norm(across))
        return np.array(rows)

    @cached_property
    def space(self) -> Space:
        """The colour space of these stains; what is not known yet is white, and 1."""
        return make_space(self, STAINS_NAME)

    def measure(self, colors: Colors) -> npt.NDArray[np.float64]:
        """Return the amounts on each axis, (N, 3) in optical density, of sRGB in 0..1; not in `units`."""
        amounts: npt.NDArray[np.float64] = to_density(colors, self.background) @ np.linalg.inv(self.matrix)
        return amounts

    def replace(self, **changes: Any) -> "Stains":
        """Return the same with some attributes changed."""
        return replace(self, **changes)


def to_density(colors: Any, background: Vector | Any = None) -> npt.NDArray[np.float64]:
    """Return the optical density, (N, 3) float64, of sRGB in 0..1 over a background in levels, or over white."""
    light = np.full(3, 255.0) if background is None else np.asarray(background, np.float64)
    return np.log10(light / 255 + _STRAY) - np.log10(np.maximum(np.asarray(colors, np.float64), 0) + _STRAY)


def make_space(stains: Stains, name: str, axes: tuple[str, ...] = ()) -> Space:
    """Return the colour space of `stains`; `axes` are its own unless given.

    An amount `a` of a stain of which `u` is a unit lies at ``arcsinh(a / (k u)) / arcsinh(1 / k)`` on its axis, where
    k is 0.2: at 0 where there is none and at 1 for one unit, in proportion below k units and by the logarithm above.
    """
    return Space(
        name,
        axes or stains.axes,
        _FromRGB(stains),
        _ToRGB(stains),
        linear=False,
        summary="Amounts of the stains that are there, found in the image or given, and what they leave over.",
        reference="Macenko et al. 2009; Ruifrok, Johnston 2001",
        title="Stains",
    )


# The two functions of a space, as values: two spaces of equal stains are equal, and share their tables of labels.
@dataclass(frozen=True)
class _FromRGB:
    stains: Stains

    def __call__(self, srgb: Colors) -> Colors:
        coordinates = np.empty_like(srgb)
        factors = np.linalg.inv(self.stains.matrix).T / (np.log(10) * _KNEE * _units(self.stains))[:, None]
        _to_coordinates(srgb, _light(self.stains), np.ascontiguousarray(factors), _STRAY, _reach(), coordinates)
        return coordinates


@dataclass(frozen=True)
class _ToRGB:
    stains: Stains

    def __call__(self, coordinates: Colors) -> Colors:
        srgb = np.empty_like(coordinates)
        factors = (self.stains.matrix * (np.log(10) * _KNEE * _units(self.stains))[:, None]).T
        _to_srgb(coordinates, _light(self.stains), np.ascontiguousarray(factors), _STRAY, _reach(), srgb)
        return srgb


def _light(stains: Stains) -> npt.NDArray[np.float64]:
    return np.log(np.array(stains.background or (255.0,) * 3) / 255 + _STRAY)


def _units(stains: Stains) -> npt.NDArray[np.float64]:
    return np.array(stains.units or (1.0,) * 3)


def _reach() -> float:
    """Return what an amount of 1 becomes before it is scaled back to 1."""
    return float(np.arcsinh(1 / _KNEE))


def _check_name(name: Any) -> str:
    text = check_text("the name of a stain", name).strip()
    if not text:
        raise refusal("the name of a stain", "not be empty", name)
    return text


def _check_vector(vector: Any) -> Vector:
    numbers = [to_float("a stain vector", number) for number in check_list("a stain vector", vector)]
    length = float(np.linalg.norm(numbers)) if len(numbers) == 3 and max(map(abs, numbers)) < 1e100 else np.nan
    if not length >= 1e-3:  # nor NaN
        raise refusal("a stain vector", "be three numbers, red, green and blue, not all 0", vector)
    if abs(length - 1) < 2 * 10.0**-_DECIMALS:
        length = 1.0  # one that was written, which is to come back as it is
    return tuple(round(number / length, _DECIMALS) + 0.0 for number in numbers)


def _check_three(what: str, values: Any, low: float, high: float, decimals: int) -> Vector | None:
    if values is None:
        return None
    numbers = tuple(round(check_number(what, value, low, high), decimals) for value in check_list(what, values))
    if len(numbers) != 3:
        raise refusal(what, "be three numbers", values)
    return numbers


def _check_apart(vectors: tuple[Vector, ...]) -> None:
    rows = np.array(vectors)
    cosines = (rows @ rows.T)[np.triu_indices(len(rows), 1)]
    volume = 1.0 if len(rows) == 2 else abs(np.linalg.det(rows))
    if np.max(np.abs(cosines)) > np.cos(np.radians(_LEAST_ANGLE)) or volume < _LEAST_VOLUME:
        raise ValueError(
            f"stain vectors must differ by at least {_LEAST_ANGLE:g} degrees and not lie in one plane, "
            f"got {shown(vectors)}"
        )


@kernel
def _to_coordinates(srgb, light, matrix, stray, reach, coordinates):  # type: ignore[no-untyped-def]
    for i in range(len(srgb)):
        red = light[0] - np.log(max(np.float64(srgb[i, 0]), 0.0) + stray)
        green = light[1] - np.log(max(np.float64(srgb[i, 1]), 0.0) + stray)
        blue = light[2] - np.log(max(np.float64(srgb[i, 2]), 0.0) + stray)
        for axis in range(3):
            amount = matrix[axis, 0] * red + matrix[axis, 1] * green + matrix[axis, 2] * blue
            coordinates[i, axis] = np.arcsinh(amount) / reach


@kernel
def _to_srgb(coordinates, light, matrix, stray, reach, srgb):  # type: ignore[no-untyped-def]
    for i in range(len(coordinates)):
        # Beyond sinh 30 there is neither light nor an end to it, and infinite amounts would be no numbers together.
        first = np.sinh(min(max(np.float64(coordinates[i, 0]) * reach, -30.0), 30.0))
        second = np.sinh(min(max(np.float64(coordinates[i, 1]) * reach, -30.0), 30.0))
        third = np.sinh(min(max(np.float64(coordinates[i, 2]) * reach, -30.0), 30.0))
        for channel in range(3):
            density = matrix[channel, 0] * first + matrix[channel, 1] * second + matrix[channel, 2] * third
            srgb[i, channel] = np.exp(min(light[channel] - density, 80.0)) - stray
