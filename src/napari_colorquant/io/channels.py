"""Channels that are no colours of their own, such as those of fluorescence, as one picture: as they are displayed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._checks import check_list, is_whole, refusal
from ..pixels.arrays import fold_arrays
from ..pixels.composite import composite
from ..pixels.displayed import DisplayedImage
from ..pixels.intensities import finite_range, spread, widest
from .image import Channel, ImageFile

#: What is said for the sum of all channels.
DISPLAYED = "displayed"
_BLACK = (0, 0, 0)
#: The colours in which napari shows channels of which nothing is said: of one, of two, of more.
_GRAY = ((255, 255, 255),)
_TWO = ((255, 0, 255), (0, 255, 0))
_MANY = ((0, 255, 255), (255, 255, 0), (255, 0, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255))

Range: TypeAlias = tuple[float, float]


def composite_channels(image: ImageFile, chosen: Sequence[str | int] = (), where: str = "the image") -> ImageFile:
    """Return an image with channels as the sum of how each of them is displayed, over black.

    Parameters
    ----------
    image : ImageFile
        With an axis "c".
    chosen : sequence of str or int
        Names of channels, or their numbers from 0 on; by default all that are switched on.
    where : str
        What messages call the image.

    Returns
    -------
    composed : ImageFile
        RGB of 8 bits, lazy if the image is; its notes say which channels it shows, and how. Where the
        file says nothing of a channel, its colour is that which napari gives it among all of the file,
        and its window the range of its data in all frames (0..1 if none is finite).

    Raises
    ------
    ValueError
        If the image has no such channels.
    """
    numbers = [image.find_channel(each, where) for each in chosen]
    numbers = numbers or [i for i, channel in enumerate(image.channels) if channel.visible] or [0]
    parts = [image.with_channels([number], where) for number in numbers]
    shown = _complete(numbers, [image.channels[number] for number in numbers], parts, len(image.channels))
    levels = [
        composite([_display(part.levels[i], channel, part.rgb) for part, channel in zip(parts, shown, strict=True)])
        for i in range(len(image.levels))
    ]
    text = ", ".join(_describe(*each, rgb=image.rgb) for each in zip(numbers, shown, strict=True))
    noun = "channel" if len(numbers) == 1 else "channels"
    notes = (*image.notes, f"{len(numbers)} {noun} of {len(image.channels)} as displayed, added up: {text}")
    return replace(parts[0], levels=tuple(levels), rgb=True, channels=(), composed=True, notes=notes)


def check_channels(channels: Any) -> str | list[str | int]:
    """Return what is said of channels if it is a text that is not empty, or a list of names and numbers."""
    if isinstance(channels, str) and channels:
        return channels
    chosen = [] if isinstance(channels, str) else check_list("channels", channels)
    if not chosen or not all(isinstance(each, str) or is_whole(each) for each in chosen):
        raise refusal("channels", f"be {DISPLAYED!r}, or a list of names and numbers", channels)
    return list(chosen)


def choose_channels(image: ImageFile, channels: Any, where: str = "the image") -> ImageFile:
    """Return an image of those of its channels that are meant.

    Parameters
    ----------
    image : ImageFile
    channels : str, or list of str and int, or None
        "displayed": all that are switched on, added up as each is displayed, see `composite_channels`; an
        image without an axis "c" stays as it is.
        A list of names, or of numbers from 0 on: one as gray; three as red, green and blue; others added
        up as displayed. The same as a text, as the terminal takes it: "0,2,1". With "+" between them,
        "0+2+1", any number of them is added up as displayed.
        None: the image as it is.
    where : str
        What messages call the image.

    Raises
    ------
    TypeError, ValueError
        If they are none of that, or the image has no such channels.
    """
    if channels is None:
        return image
    said = check_channels(channels)
    if "c" not in image.axes:
        if said == DISPLAYED:
            return image
        raise refusal(f"the channels of {where}, which has the axes {', '.join(image.axes)},", "be left out", channels)
    if said == DISPLAYED:
        return composite_channels(image, (), where)
    chosen, is_sum = _split(said, image) if isinstance(said, str) else (said, False)
    if is_sum or len(chosen) not in (1, 3):
        return composite_channels(image, chosen, where)
    return image.with_channels(chosen, where)


def check_scale_of(image: ImageFile, scale: Any, where: str = "the image") -> None:
    """Raise ValueError if a `scale` is to apply to the sum of channels, of which each has its own black and white."""
    if image.composed and scale not in ("dtype", (0.0, 255.0)):
        rule = "be left out where channels are added up, each in the window in which it is displayed"
        raise refusal(f"the scale of {where}", f"{rule}, or one channel chosen", scale)


def _split(text: str, image: ImageFile) -> tuple[list[Any], bool]:
    """Return the channels in a text, and whether they are to be added up; a name may hold a comma or a plus."""
    if text in [channel.name for channel in image.channels]:
        return [text], False
    mark = "," if "," in text else "+"
    return [word.strip() for word in text.split(mark)], mark == "+" and mark in text


def _complete(
    numbers: Sequence[int], channels: Sequence[Channel], parts: Sequence[ImageFile], count: int
) -> list[Channel]:
    """Return channels with what the file does not say of them."""
    defaults = _GRAY if count == 1 else _TWO if count == 2 else _MANY
    colored = [
        replace(channel, color=channel.color or defaults[number % len(defaults)])
        for number, channel in zip(numbers, channels, strict=True)
    ]
    open_ = [i for i, channel in enumerate(colored) if not _is_finite(channel.window) and not parts[i].rgb]
    for i, window in zip(open_, _find_windows([parts[i].levels[0] for i in open_]), strict=True):
        colored[i] = replace(colored[i], window=window)
    return colored


def _is_finite(window: Range | None) -> bool:
    return window is not None and bool(np.isfinite(window).all())


def _find_windows(arrays: Sequence[Any]) -> list[Range]:
    """Return the range of each array, for which all are looked at together: a chunk may hold several channels."""
    if not arrays:
        return []
    ranges = fold_arrays(_find_ranges, arrays, _join_ranges)
    return [spread(low, high) if low <= high else (0.0, 1.0) for low, high in ranges]


def _find_ranges(*chunks: npt.NDArray[Any]) -> list[Range]:
    return [finite_range(chunk) for chunk in chunks]


def _join_ranges(found: list[list[Range]]) -> list[Range]:
    return [widest(list(each)) for each in zip(*found, strict=True)]


def _display(level: Any, channel: Channel, rgb: bool) -> DisplayedImage:
    if rgb:
        return DisplayedImage(level, limits=channel.window, blending="additive", rgb=True)
    colors = np.array(channel.colors or (_BLACK, channel.color)) / 255
    return DisplayedImage(level, colors, channel.window, blending="additive")


def _describe(number: int, channel: Channel, *, rgb: bool) -> str:
    name, colors = channel.name or str(number), channel.colors or (channel.color,)
    if rgb:
        return f"{name} in its own colours"
    assert channel.window is not None
    low, high = channel.window
    through = " to ".join(f"#{bytes(color or _BLACK).hex()}" for color in dict.fromkeys((colors[0], colors[-1])))
    table = f"a table of {len(colors)} colours from " if channel.colors else ""
    return f"{name} {table}{through} {low:g}..{high:g}"
