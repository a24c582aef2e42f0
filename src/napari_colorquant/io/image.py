"""What a file holds: pixels as levels of one array, and what the file says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..pixels.rgb_profile import RgbProfile

#: Short names of units, as tables show them and OME-TIFF writes them.
UNIT_SYMBOLS = {
    "angstrom": "Å", "nanometer": "nm", "micrometer": "µm", "millimeter": "mm", "centimeter": "cm", "meter": "m",
    "inch": "in", "second": "s", "millisecond": "ms", "minute": "min", "hour": "h",
}  # fmt: skip
#: Units by the words that files have for them; pixels are none.
_UNITS = {
    **{symbol: unit for unit, symbol in UNIT_SYMBOLS.items()},
    "\u212b": "angstrom",
    **dict.fromkeys(("um", "\u03bcm", "micron", "microns", "\\u00B5m"), "micrometer"),
    **dict.fromkeys(("inches", "\""), "inch"),
    **dict.fromkeys(("sec", "seconds"), "second"),
    "msec": "millisecond",
    **dict.fromkeys(("us", "\u00b5s", "usec"), "microsecond"),
    "minutes": "minute",
    **dict.fromkeys(("hr", "hours"), "hour"),
    **dict.fromkeys(("pixel", "pixels", "reference frame"), ""),
}  # fmt: skip
#: Lengths in metres: sides of a pixel that a file tells in two units are told in one.
_METERS = {
    "angstrom": 1e-10, "nanometer": 1e-9, "micrometer": 1e-6, "millimeter": 1e-3, "centimeter": 1e-2, "inch": 0.0254,
    "meter": 1.0,
}  # fmt: skip
#: Names of the axes before rows and columns, where the file has none.
_LEADING = ("t", "z")


@dataclass(frozen=True)
class Channel:
    """How a file says that one of its channels is shown.

    Attributes
    ----------
    name : str
        "" if it has none.
    color : tuple of int, or None
        8-bit sRGB of its brightest value; None where the file does not say.
    window : tuple of float, or None
        The intensities that are shown as black and as full colour.
    visible : bool
        False if the file switches it off.
    colors : tuple of tuples of int
        8-bit sRGB from the lower to the upper end of the window, evenly spaced, where that is more than a ramp
        from black to `color`; else empty.
    """

    name: str = ""
    color: tuple[int, int, int] | None = None
    window: tuple[float, float] | None = None
    visible: bool = True
    colors: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class ImageFile:
    """An image in a file, or a pyramid of it; `napari_colorquant.io.read.read_image` makes it.

    Attributes
    ----------
    levels : tuple of arrays
        The same image, the largest first: (..., H, W), or (..., H, W, 3 or 4) if `rgb`. dask arrays
        if the file was opened lazily, numpy arrays otherwise. RGB is that of `profile`, alpha is not multiplied in.
    rgb : bool
        True if the last axis holds red, green, blue and perhaps alpha, because the file says so.
    axes : tuple of str
        The names of the other axes, such as ("z", "y", "x"); "c" is an axis of `channels`.
    scales : tuple of tuples of float
        For each level the size of a pixel along `axes`.
    units : tuple of str
        The unit of each of `axes`, "" where there is none.
    origin : tuple of float
        Where the centre of the first pixel lies along `axes`, in the same units.
    channels : tuple of Channel
        One for each entry of the axis "c"; without that axis, what is known of the only channel, if anything.
    durations : tuple of float
        Seconds that each frame of an animation is shown; empty if it is none.
    loops : int
        The count of repeats that the file of an animation names; 0: for ever; None: it names none.
    format : str
        The name of the file's format, see `napari_colorquant.io.formats.IMAGE_FORMATS`.
    composed : bool
        True if the colours are the sum of channels as each is displayed: black and white are found then.
    profile : RgbProfile or None
        The RGB that `levels` are; None: sRGB.
    source_profile : RgbProfile or None
        The RGB that the colours are in the file, in which they can be written back; None: sRGB, or colours of
        another kind.
    notes : tuple of str
        What was decided or lost in reading, in words.
    """

    levels: tuple[Any, ...]
    rgb: bool
    axes: tuple[str, ...]
    scales: tuple[tuple[float, ...], ...]
    units: tuple[str, ...]
    origin: tuple[float, ...] = ()
    channels: tuple[Channel, ...] = ()
    durations: tuple[float, ...] = ()
    loops: int | None = None
    format: str = ""
    composed: bool = False
    profile: RgbProfile | None = None
    source_profile: RgbProfile | None = None
    notes: tuple[str, ...] = field(default=())

    @classmethod
    def from_axes(
        cls,
        levels: Sequence[Any],
        axes: Sequence[str],
        scales: Sequence[Sequence[float]] | None = None,
        units: Sequence[str] | None = None,
        *,
        origin: Sequence[float] | None = None,
        channels: Sequence[Channel] = (),
        **facts: Any,
    ) -> "ImageFile":
        """Return the image with its colours last and without axes of one entry.

        Parameters
        ----------
        levels : sequence of arrays
            numpy or dask, with the same axes.
        axes : sequence of str
            A name for each axis. "s" holds red, green, blue (and alpha), or one gray; "c" holds
            channels that are no colours.
        scales, units, origin : sequences, optional
            As in the class, but with an entry for each of these axes.
        channels : sequence of Channel
            What is known of the entries of "c".
        **facts
            The other attributes.

        Raises
        ------
        ValueError
            If the axis "s" has another number of entries than 1, 3 or 4, or there are no pixels.
        """
        axes, shape = tuple(axes), levels[0].shape
        if not all(level.size for level in levels):
            raise ValueError(f"an image must have pixels, got shapes {', '.join(str(level.shape) for level in levels)}")
        colors = [i for i, name in enumerate(axes) if name == "s" and shape[i] > 1]
        if len(colors) > 1 or any(shape[i] not in (3, 4) for i in colors):
            raise ValueError(f"an image must have 1, 3 or 4 samples a pixel, got {[shape[i] for i in colors]}")
        kept = [i for i, name in enumerate(axes) if name in ("y", "x") or (name != "s" and shape[i] > 1)]
        scales = scales or [[1.0] * len(axes)] * len(levels)
        units = units or [""] * len(axes)
        origin = origin or [0.0] * len(axes)
        names = tuple(axes[i] for i in kept)
        count = shape[axes.index("c")] if "c" in names else 0
        known = (*channels, *([Channel()] * count))[:count]
        return cls(
            levels=tuple(_arrange(level, kept, colors) for level in levels),
            rgb=bool(colors),
            axes=names,
            scales=tuple(tuple(float(scale[i]) for i in kept) for scale in scales),
            units=tuple(units[i] for i in kept),
            origin=tuple(float(origin[i]) for i in kept),
            channels=known,
            **facts,
        )

    def with_facts(self, **facts: Any) -> "ImageFile":
        """Return the same image with other attributes."""
        return replace(self, **facts)

    def find_pixel_size(self) -> tuple[tuple[float, float], str] | None:
        """Return height and width of a pixel and the short name of their unit, or None if the file does not say it.

        Where they have two units, lengths both, the width is told in that of the height.
        """
        sizes = dict(zip(self.axes, self.scales[0], strict=True))
        found = find_sides(sizes, dict(zip(self.axes, self.units, strict=True)))
        return None if found is None else (found[0], UNIT_SYMBOLS.get(found[1], found[1]))

    def with_channels(self, chosen: Sequence[str | int], where: str = "the image") -> "ImageFile":
        """Return the image of some of its channels: of one it is gray, of three red, green and blue.

        A channel that holds colours of its own keeps them, and is chosen alone.

        Parameters
        ----------
        chosen : sequence of str or int
            Names of channels, or their numbers from 0 on.
        where : str
            What messages call the image.

        Raises
        ------
        ValueError
            If the image has no such channels, neither one nor three are chosen, or three that hold colours.
        """
        if "c" not in self.axes:
            raise ValueError(f"{where} must have channels of which some can be chosen, got axes {', '.join(self.axes)}")
        if len(chosen) not in (1, 3):
            raise ValueError(f"the chosen channels must be one, or three for red, green and blue, got {len(chosen)}")
        if self.rgb and len(chosen) > 1:
            raise ValueError(f"a channel of {where}, which holds colours, must be chosen alone, got {len(chosen)}")
        place = self.axes.index("c")
        colors = [len(self.axes)] if self.rgb else [place] if len(chosen) == 3 else []
        numbers = [self.find_channel(each, where) for each in chosen]
        taken = numbers if len(numbers) > 1 else slice(numbers[0], numbers[0] + 1)  # of one, a view
        levels = [level[(*(slice(None),) * place, taken)] for level in self.levels]
        rest = [i for i in range(len(self.axes)) if i != place]
        return replace(
            self,
            levels=tuple(_arrange(level, rest, colors) for level in levels),
            rgb=bool(colors),
            axes=tuple(self.axes[i] for i in rest),
            scales=tuple(tuple(scale[i] for i in rest) for scale in self.scales),
            units=tuple(self.units[i] for i in rest),
            origin=tuple(self.origin[i] for i in rest),
            channels=tuple(self.channels[i] for i in numbers) if len(numbers) == 1 else (),
        )

    def find_channel(self, chosen: str | int, where: str = "the image") -> int:
        """Return the number of a channel by its name or number; ValueError if there is none."""
        names = [channel.name for channel in self.channels]
        if chosen != "" and chosen in names:
            return names.index(str(chosen))
        if str(chosen).isdecimal() and int(chosen) < len(names):
            return int(chosen)
        known = ", ".join(name or str(i) for i, name in enumerate(names))
        raise ValueError(f"a channel of {where} must be one of 0..{len(names) - 1} or {known}, got {chosen}")

    def check_colors(self, where: str) -> None:
        """Raise ValueError if the image has channels that must be chosen or composited before it has colours."""
        if "c" in self.axes:
            names = ", ".join(channel.name or str(i) for i, channel in enumerate(self.channels))
            raise ValueError(
                f"{where} must be given with the channels that are meant (read_image(channels='displayed'), or "
                f"--channels 0,1,2 in the terminal), "
                f"got {len(self.channels)} channels: {names}"
            )


def _arrange(level: Any, kept: list[int], last: list[int]) -> Any:
    """Return an array with the axes `kept`, then `last`, and the first entry of all others."""
    order = [*kept, *last]
    part = level[tuple(slice(None) if i in order else 0 for i in range(level.ndim))]
    left = sorted(order)
    return part.transpose([left.index(i) for i in order])


def find_sides(sizes: Mapping[str, float], units: Mapping[str, str]) -> tuple[tuple[float, float], str] | None:
    """Return height and width of a pixel and the name of their unit, from those of each axis; None if one is missing.

    Where they have two units, lengths both, the width is told in that of the height.
    """
    (height, width), names = (sizes.get(axis, 0.0) for axis in "yx"), [units.get(axis, "") for axis in "yx"]
    if min(height, width) <= 0 or not all(names):
        return None
    if names[0] != names[1]:
        if not set(names) <= _METERS.keys():
            return None
        width *= _METERS[names[1]] / _METERS[names[0]]
    return (height, width), names[0]


def name_unit(word: str) -> str:
    """Return the unit that a file's `word` means, as OME-Zarr calls it; an unknown word as it is, "" for pixels."""
    return _UNITS.get(word, word)


def guess_axes(shape: tuple[int, ...], is_rgb: bool) -> tuple[str, ...]:
    """Return names for the axes of an array that says nothing about them."""
    count = len(shape) - is_rgb
    leading = [*(f"axis{i}" for i in range(max(0, count - 4))), *_LEADING[max(0, 4 - count) :]]
    return (*leading[: max(0, count - 2)], "y", "x", *(("s",) if is_rgb else ()))


def from_array(pixels: npt.NDArray[Any], rgb: bool, **facts: Any) -> ImageFile:
    """Return an image that is one array in memory, with axes that are guessed from its shape."""
    return ImageFile.from_axes([np.asarray(pixels)], guess_axes(pixels.shape, rgb), **facts)
