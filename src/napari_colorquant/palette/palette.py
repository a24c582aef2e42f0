"""The palette: an ordered list of colours with what is known of each."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._checks import check_flag, check_list, check_text, refusal
from .._typing import RGB8
from ..pixels.intensities import check_levels, narrow, to_8bit, to_16bit
from ..pixels.rgb_profile import RgbProfile
from ..pixels.written_colors import parse_rgba
from .colors import PaletteColors
from .levels import convert_levels, settle_levels
from .parts import check_code, check_entry, read_alphas, read_entries, read_shares
from .values import read_values, to_values
from .views import PaletteViews


@dataclass(frozen=True, eq=False)
class Palette(PaletteColors, PaletteViews):
    """An ordered set of 1 to 65,536 sRGB colours.

    A palette never changes; the functions of `napari_colorquant.editing` return new ones.

    Parameters
    ----------
    colors : array_like of shape (K, 3) or (K, 4), uint8
        Encoded 8-bit sRGB, 1 <= K <= 65,536; a fourth column is `alphas`. The attribute has three columns.
    shares : array_like of shape (K,), float, optional
        Share of the pixels of each colour, 0..1. Zeros where nothing is known.
    names : sequence of str, optional
        A name per colour; empty strings where there is none.
    locked : sequence of bool, optional
        True for colours that a new design must keep verbatim.
    classes : sequence of str, optional
        The class that each colour belongs to ("nuclei"); empty strings where there is none.
    title : str, optional
        The name of the palette itself.
    levels : array_like of shape (K, 3), uint16, optional
        The same colours in 16 bits a channel, for palettes that know more than 8. Where an entry is
        not within half an 8-bit step of the one in `colors`, that one counts.
    alphas : array_like of shape (K,), uint8, optional
        How much each colour hides of what lies below it, 0 (nothing of the colour is seen) to 255 (opaque, as all
        are by default). It is not multiplied into the colours.
    profile : RgbProfile, optional
        The RGB that `levels` are in, for palettes that know more than sRGB holds; `colors` are what sRGB shows
        of them. Two entries may then differ in `levels` alone.
    display : sequence of str, optional
        Colours ``#rrggbb`` in which entries are shown where readers shall tell them apart, see
        `napari_colorquant.editing.make_distinguishable`; empty strings for those that are shown as they are.
        Nothing is measured or mapped with them.
    written : sequence of str, optional
        Colours ``#rrggbb`` by which a device knows its entries, where these look otherwise: `colors` are what is seen
        of an e-paper's inks, and images are designed, mapped, dithered and measured with these; picture files and
        palette files get the written ones, see `as_written`. Empty strings for those that look as they are written.

    Raises
    ------
    ValueError
        If there are no colours or more than 65,536, the parts differ in length, or a share is negative or not finite.
    TypeError
        If the colours are not 8-bit integers, names or classes no texts, or locks not True or False.

    See Also
    --------
    read_palette : Reads one from a file.
    napari_colorquant.io.named_palettes.find_palette : By name.

    Examples
    --------
    >>> palette = Palette([[255, 0, 0], [0, 0, 255]], names=["red", "blue"])
    >>> palette.hex
    ('#ff0000', '#0000ff')
    """

    colors: RGB8
    shares: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    names: tuple[str, ...] = ()
    locked: tuple[bool, ...] = ()
    classes: tuple[str, ...] = ()
    title: str = ""
    levels: npt.NDArray[np.uint16] = field(default_factory=lambda: np.empty((0, 3), np.uint16))
    alphas: npt.NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    profile: RgbProfile | None = None
    display: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rgba = parse_rgba(self.colors)
        colors = np.ascontiguousarray(rgba[:, :3])
        count = len(colors)
        if self.profile is not None and not isinstance(self.profile, RgbProfile):
            raise refusal("profile", "be an RgbProfile or None", self.profile, TypeError)
        parts: dict[str, Any] = {
            "colors": colors,
            "alphas": read_alphas(self.alphas, rgba[:, 3]),
            "levels": settle_levels(self.levels, colors, self.profile),
            "shares": read_shares(self.shares, count),
            "names": tuple(read_entries("names", self.names, count, "", check_text)),
            "locked": tuple(read_entries("locked", self.locked, count, False, check_flag)),
            "classes": tuple(read_entries("classes", self.classes, count, "", check_text)),
            "title": check_text("title", self.title),
            "display": tuple(read_entries("display", self.display, count, "", check_code)),
            "written": tuple(read_entries("written", self.written, count, "", check_code)),
        }
        for name, part in parts.items():
            object.__setattr__(self, name, part)
        self.colors.flags.writeable = False
        self.shares.flags.writeable = False
        self.levels.flags.writeable = False
        self.alphas.flags.writeable = False

    @classmethod
    def of_levels(cls, levels: Any, profile: RgbProfile | None = None, **parts: Any) -> "Palette":
        """Return the palette of colours in 8 or 16 bits a channel, (K, 3) uint8 or uint16, sRGB or of a `profile`.

        A fourth column, of 8 bits, is their alpha. TypeError for numbers of another type.

        Parameters
        ----------
        levels : ndarray of shape (K, 3) or (K, 4), uint8 or uint16
            Encoded colours.
        profile : RgbProfile, optional
            The RGB that they are in; sRGB by default.
        **parts
            The other fields of a palette.

        Returns
        -------
        palette : Palette
            In full depth.
        """
        check_levels(levels)
        if levels.shape[1] == 4:
            levels, parts = np.ascontiguousarray(levels[:, :3]), {"alphas": levels[:, 3], **parts}
        if profile is not None:
            deep = to_16bit(levels)
            return cls(to_8bit(profile.to_srgb(deep)), levels=deep, profile=profile, **parts)
        if levels.dtype == np.uint8:
            return cls(levels, **parts)
        return cls(to_8bit(levels), levels=levels, **parts)

    @property
    def is_deep(self) -> bool:
        """True if 8 bits of sRGB do not hold all that is known of the colours."""
        return self.profile is not None or not np.array_equal(self.levels, to_16bit(self.colors))

    @property
    def exact(self) -> Any:
        """The colours in full depth, (K, 3) uint8 or uint16 where 8 bits do not do, in the RGB of `profile`."""
        return self.levels_in(self.profile)

    def levels_in(self, profile: RgbProfile | None) -> Any:
        """Return the colours as levels of the RGB of `profile`, or of sRGB: (K, 3), uint16 where 8 bits do not do.

        Parameters
        ----------
        profile : RgbProfile or None
            The RGB; None for sRGB.

        Returns
        -------
        levels : ndarray of shape (K, 3), uint8 or uint16
            Encoded.
        """
        if profile is None and self.profile is None:
            return self.levels if self.is_deep else self.colors
        levels = convert_levels(self.levels, self.profile, profile)
        return narrow(levels) if profile == self.profile else levels

    def in_profile(self, profile: RgbProfile | None) -> "Palette":
        """Return the same colours held in the RGB of `profile`, or in sRGB; what that does not hold is clipped.

        Parameters
        ----------
        profile : RgbProfile or None
            The RGB; None for sRGB.

        Returns
        -------
        palette : Palette
            With the same names, shares, classes and locks.
        """
        if profile == self.profile:
            return self
        return replace(self, levels=to_16bit(self.levels_in(profile)), profile=profile)

    @property
    def srgb(self) -> npt.NDArray[np.float32]:
        """The colours in full depth as encoded sRGB, (K, 3) float32 in 0..1."""
        return (to_16bit(self.levels_in(None)) / 65535).astype(np.float32)

    def __len__(self) -> int:
        return len(self.colors)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Iterate over the colours as (red, green, blue) in 0..255."""
        return ((int(r), int(g), int(b)) for r, g, b in self.colors)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Palette) and self.to_dict() == other.to_dict()

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(self.hex[:4]) + (", ..." if len(self) > 4 else "")
        return f"Palette({len(self)} colours: {shown})"

    def take(self, order: Sequence[int] | npt.NDArray[np.integer[Any]]) -> "Palette":
        """Return the palette of the entries at the indices `order`, in that order.

        Parameters
        ----------
        order : sequence of int
            Palette indices; one may stand there twice.

        Returns
        -------
        palette : Palette
            As many entries as `order` has.
        """
        order = [check_entry("order", index, len(self)) for index in check_list("order", order)]
        return replace(
            self,
            colors=self.colors[order],
            levels=self.levels[order],
            alphas=self.alphas[order],
            shares=self.shares[order],
            names=tuple(self.names[i] for i in order),
            locked=tuple(self.locked[i] for i in order),
            classes=tuple(self.classes[i] for i in order),
            display=tuple(self.display[i] for i in order),
            written=tuple(self.written[i] for i in order),
        )

    def with_shares(self, shares: Any) -> "Palette":
        """Return the same palette with other shares; ValueError if one is negative or not finite.

        Parameters
        ----------
        shares : array_like of shape (K,) or (0,)
            Of the pixels, in 0..1; zeros if there are none.

        Returns
        -------
        palette : Palette
            The rest is taken as it is.
        """
        measured = copy(self)  # thousands of names need not be looked at again
        object.__setattr__(measured, "shares", read_shares(shares, len(self)))
        measured.shares.flags.writeable = False
        return measured

    def as_written(self) -> "Palette":
        """Return the palette that a device is told: every colour as it is written, not as it looks.

        Returns
        -------
        palette : Palette
            This one where no entry is written otherwise; else in 8 bits of sRGB.
        """
        if not any(self.written):
            return self
        return replace(self, colors=self.device_colors, levels=self.levels[:0], profile=None, written=())

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON values; `from_dict` reads it back.

        Returns
        -------
        values : dict
            Lists, texts, numbers and truth values.
        """
        return to_values(self)

    @classmethod
    def from_dict(cls, values: Any) -> "Palette":
        """Read what `to_dict` wrote; only ``colors`` is required. ValueError for anything else, whoever wrote it.

        Parameters
        ----------
        values : dict
            With ``colors``, and any of the other fields.

        Returns
        -------
        palette : Palette
            What was written.
        """
        try:
            return cls(**read_values(values))
        except TypeError as error:
            raise ValueError(str(error)) from None
