"""What there is to say of a format of image files: a row of the table in `formats`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from ..palette import MAX_COLORS
from .image import ImageFile
from .pictures.pillow import read_picture
from .pictures.planes import Durations


class Reader(Protocol):
    """From a seekable binary file, and what messages call it, to an image."""

    def __call__(self, file: BinaryIO, name: str) -> ImageFile:
        """Read the image; ValueError if it cannot be."""


#: From levels of an indexed image, or one `IndexedFrames` where the format takes it, to a file:
#: (levels, path, like, overwrite, duration).
Writer = Callable[[Sequence[Any], str, ImageFile | None, bool, Durations | None], None]


@dataclass(frozen=True)
class ImageFormat:
    """One format of image files.

    Attributes
    ----------
    name : str
        Its name in lists.
    suffixes : tuple of str
        The ends of its files' names, lower case, with the dot: for folders, dialogs and what is written.
    summary : str
        One line: what it holds.
    marks : tuple of bytes
        What its files begin with; empty if they are known otherwise.
    read : callable or None
        See `Reader`; None if it is opened by chunks only.
    write : callable or None
        See `Writer`, whole or not at all; None if the format is only read.
    indexed : bool
        Whether what is written is read back as labels with their palette, by `read_indexed`.
    gap_index : bool
        Whether one of its 256 indices tells that pixels have no data, so that 255 colours are left.
    frames : bool
        Whether a file holds stacks or animations.
    depth : str
        Bits of a channel.
    graded_alpha : bool
        Whether colours that are written may be half transparent, so that any program shows them so.
    most_colors : int
        The longest palette that is written.
    alpha, profile, units : bool
        Whether transparency, colour profiles, and the size of a pixel with its unit are read.
    timing : bool
        Whether it keeps how long frames are shown.
    frame_palettes : bool
        Whether every frame may have a palette of its own: an `IndexedFrames` is written, too.
    writes_profile : bool
        Whether colours are written in another RGB than sRGB, with its profile.
    table_bits : int
        Bits of a channel of the palette that is written.
    levels : bool
        Whether it holds pyramids.
    chunks : bool
        Whether it is read and written chunk by chunk, so that an image may be larger than memory.
    folder : bool
        Whether it is a folder, and no file.
    in_window : bool
        Whether napari offers it for saving a Labels layer, and for opening what was saved so. What is
        written by chunks is napari's own under its plain name, and ours as ``.indexed.tif``.
    extra : str
        The extra of this package that writing needs, and reading by chunks; "" if none.
    """

    name: str
    suffixes: tuple[str, ...]
    summary: str
    marks: tuple[bytes, ...] = ()
    read: Reader | None = read_picture
    write: Writer | None = None
    indexed: bool = False
    gap_index: bool = False
    frames: bool = False
    depth: str = "8"
    alpha: bool = False
    graded_alpha: bool = False
    most_colors: int = MAX_COLORS
    profile: bool = False
    units: bool = False
    timing: bool = False
    frame_palettes: bool = False
    writes_profile: bool = False
    table_bits: int = 8
    levels: bool = False
    chunks: bool = False
    folder: bool = False
    in_window: bool = False
    extra: str = ""

    @property
    def written(self) -> tuple[str, ...]:
        """The suffixes under which it is written: a Zarr is zipped by others, hence a zipped one only read."""
        if self.write is None:
            return ()
        return self.suffixes[:1] if self.folder else self.suffixes

    @property
    def kept(self) -> tuple[str, ...]:
        """What it keeps beside the pixels, in words."""
        words = (
            ("frames", self.frames), ("durations", self.timing), ("alpha", self.alpha), ("profile", self.profile),
            ("units", self.units), ("levels", self.levels),
        )  # fmt: skip
        return tuple(word for word, holds in words if holds)

    @property
    def use(self) -> str:
        """Whether it is read, or written too, and what that needs, in words."""
        if self.write is None:
            return "read"
        if not self.extra:
            return "read and written"
        return f'{"read and written" if self.read is None else "read; written"} with the extra "{self.extra}"'
