"""Channels that are no colours of their own, such as those of fluorescence, as one picture: as they are displayed."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from typing import Any

from .._checks import check_choice, check_list, is_whole, refusal
from ..pixels.composite import composite
from ..pixels.displayed import DisplayedImage
from ..pixels.source import find_limits
from .image import Channel, ImageFile

#: What is said for the sum of all channels.
DISPLAYED = "displayed"
_BLACK = (0.0, 0.0, 0.0)
#: The colours in which napari shows channels of which nothing is said: of one, of two, of more.
_GRAY = ((255, 255, 255),)
_TWO = ((255, 0, 255), (0, 255, 0))
_MANY = ((0, 255, 255), (255, 255, 0), (255, 0, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255))


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
        file says nothing of a channel, its colour is that which napari gives it, and its window the
        range of its data.

    Raises
    ------
    ValueError
        If the image has no such channels.
    """
    numbers = [image.find_channel(each, where) for each in chosen]
    numbers = numbers or [i for i, channel in enumerate(image.channels) if channel.visible] or [0]
    parts = [image.with_channels([number], where) for number in numbers]
    defaults = _GRAY if len(numbers) == 1 else _TWO if len(numbers) == 2 else _MANY
    shown = [
        _complete(part, part.channels[0], color)
        for part, color in zip(parts, islice(cycle(defaults), len(parts)), strict=True)
    ]
    levels = [
        composite([_display(part.levels[number], channel) for part, channel in zip(parts, shown, strict=True)])
        for number in range(len(image.levels))
    ]
    text = ", ".join(_describe(number, channel) for number, channel in zip(numbers, shown, strict=True))
    noun = "channel" if len(numbers) == 1 else "channels"
    notes = (*image.notes, f"{len(numbers)} {noun} of {len(image.channels)} as displayed, added up: {text}")
    return replace(parts[0], levels=tuple(levels), rgb=True, channels=(), notes=notes)


def choose_channels(image: ImageFile, channels: Any, where: str = "the image") -> ImageFile:
    """Return an image of those of its channels that are meant.

    Parameters
    ----------
    image : ImageFile
    channels : "displayed", or list of str and int, or None
        "displayed": all that are switched on, added up as each is displayed, where there is an axis "c".
        Names, or numbers from 0 on: one as gray; three as red, green and blue; others as displayed.
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
    if isinstance(channels, str):
        check_choice("channels", channels, (DISPLAYED,))
        return composite_channels(image, (), where) if "c" in image.axes else image
    chosen = check_list("channels", channels)
    if not chosen or not all(isinstance(each, str) or is_whole(each) for each in chosen):
        raise refusal("channels", f"be {DISPLAYED!r}, or a list of names and numbers", channels)
    return (image.with_channels if len(chosen) in (1, 3) else partial(composite_channels, image))(chosen, where)


def _complete(part: ImageFile, channel: Channel, color: tuple[int, int, int]) -> Channel:
    """Return a channel with what the file does not say of it."""
    window = channel.window or find_limits([part.levels[0]], "range", rgb=False)
    assert window is not None  # "range" always finds one
    return replace(channel, color=channel.color or color, window=(window[0], window[1]))


def _display(level: object, channel: Channel) -> DisplayedImage:
    assert channel.color is not None
    brightest = tuple(part / 255 for part in channel.color)
    return DisplayedImage(level, (_BLACK, brightest), channel.window, blending="additive")


def _describe(number: int, channel: Channel) -> str:
    assert channel.color is not None
    assert channel.window is not None
    low, high = channel.window
    return f"{channel.name or number} #{bytes(channel.color).hex()} {low:g}..{high:g}"
