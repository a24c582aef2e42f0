"""The one table of image formats: what each is told by, who reads and who writes it, and what it keeps.

Everything that has to do with files follows from it: the verbs that read and write, the command line's
outputs and lists, napari's readers, writers and menus, the folders that are gone through, and the README.
A new format is one file with its functions, and one row here.
"""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from .._checks import refusal
from ..indexed import IndexedImage
from ..palette import BYTE_COLORS
from ..registry import Registry
from . import own_metadata
from .image import ImageFile
from .image_format import ImageFormat
from .pictures.fits import read_fits
from .pictures.gif import write_gif
from .pictures.netpbm import read_netpbm
from .pictures.planes import Durations, as_animation
from .pictures.png_writing import write_apng, write_png
from .pictures.webp import write_webp
from .tiff import MARKS
from .zarr.places import is_zarr

#: Bytes at the beginning of a file by which its format is told.
_HEAD = 64


def _write_tiff(
    levels: Sequence[IndexedImage], path: str, like: ImageFile | None, overwrite: bool, duration: Durations | None
) -> None:
    from .tiff.writing import write_tiff  # only now: most files are of other formats

    write_tiff(path, levels, own_metadata.with_durations(levels, like, duration), overwrite=overwrite)


def _read_tiff(file: BinaryIO | str, name: str) -> ImageFile:
    from .tiff.reading import read_tiff  # loads tifffile

    return read_tiff(file, name)


def _write_large(
    levels: Sequence[IndexedImage], path: str, like: ImageFile | None, overwrite: bool, duration: Durations | None
) -> None:
    from .large_writing import write_labels  # needs the extra

    write_labels(path, levels, own_metadata.with_durations(levels, like, duration), overwrite=overwrite)


IMAGE_FORMATS: Registry[ImageFormat] = Registry(
    "image format",
    ImageFormat(
        "png", (".png",), "One plane; many colours with keep", (b"\x89PNG\r\n\x1a\n",), write=write_png,
        indexed=True, gap_index=True, depth="1-16", alpha=True, graded_alpha=True, profile=True, writes_profile=True,
        in_window=True, most_colors=BYTE_COLORS,
    ),
    ImageFormat(
        "apng", (".apng",), "Animated PNG", write=as_animation(write_apng), indexed=True, gap_index=True,
        frames=True, alpha=True, graded_alpha=True, profile=True, timing=True, writes_profile=True, in_window=True,
        most_colors=BYTE_COLORS,
    ),
    ImageFormat(
        "gif", (".gif",), "A plane or an animation", (b"GIF87a", b"GIF89a"), write=as_animation(write_gif),
        indexed=True, gap_index=True, frames=True, alpha=True, timing=True, frame_palettes=True, in_window=True,
        most_colors=BYTE_COLORS,
    ),
    ImageFormat(
        "webp", (".webp",), "Pictures and animations, written without loss, in colour", (b"RIFF",),
        write=as_animation(write_webp, any_colors=True), frames=True, alpha=True, graded_alpha=True, profile=True,
        timing=True,
        frame_palettes=True,
    ),
    ImageFormat(
        "tiff", (".tif", ".tiff"), "TIFF, BigTIFF, OME-TIFF (.ome.tif), ImageJ hyperstacks: stacks, pyramids",
        MARKS, _read_tiff, _write_tiff, indexed=True, gap_index=True, frames=True, depth="1-64, float", alpha=True,
        profile=True, units=True, timing=True, writes_profile=True, table_bits=16, levels=True, chunks=True,
        in_window=True,
    ),
    ImageFormat(
        "zarr", (".zarr", ".zarr.zip", ".ozx"), "Zarr 2 and 3, OME-Zarr 0.1 to 0.5: stacks, pyramids",
        read=None, write=_write_large, indexed=True, frames=True, depth="1-64, float", alpha=True, units=True,
        timing=True, levels=True, chunks=True, folder=True, extra="large",
    ),
    ImageFormat("jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), "Photographs, also CMYK", (b"\xff\xd8\xff",), profile=True),
    ImageFormat("avif", (".avif", ".avifs"), "Pictures and animations", frames=True, alpha=True, timing=True),
    ImageFormat(
        "jpeg2000", (".jp2", ".j2k", ".jpc", ".jpf", ".jpx", ".j2c"), "Photographs", depth="8, 16", alpha=True,
        marks=(b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n"), profile=True,
    ),
    ImageFormat("bmp", (".bmp", ".dib"), "Windows bitmap", (b"BM",), depth="1-8", alpha=True),
    ImageFormat(
        "netpbm", (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"), "Portable maps", depth="1-16, float",
        marks=(b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"Pf", b"PF"), read=read_netpbm,
    ),
    ImageFormat("psd", (".psd",), "Adobe Photoshop, flattened", (b"8BPS",), profile=True),
    ImageFormat("tga", (".tga", ".icb", ".vda", ".vst"), "Targa", alpha=True),
    ImageFormat("pcx", (".pcx",), "PC Paintbrush"),
    ImageFormat("icon", (".ico", ".cur", ".icns"), "Icons, the largest of each file", alpha=True),
    ImageFormat("dds", (".dds",), "Textures", (b"DDS ",), alpha=True),
    ImageFormat("sgi", (".sgi", ".rgb", ".rgba", ".bw"), "Silicon Graphics", (b"\x01\xda",), alpha=True),
    ImageFormat(
        "fits", (".fits", ".fit"), "Astronomy, the first image, its planes as frames", (b"SIMPLE",), read_fits,
        frames=True, depth="8-64, float",
    ),
    ImageFormat(
        "other",
        (".ras", ".im", ".msp", ".xbm", ".xpm", ".qoi", ".blp", ".ftc", ".ftu", ".dcx", ".fli", ".flc", ".gbr", ".mpo",
         ".spi", ".pcd", ".pxr", ".iim", ".wal"),
        "Whatever else Pillow reads, by its content",
    ),
)  # fmt: skip


def find_format(path: str | os.PathLike[str], file: BinaryIO | None = None) -> ImageFormat:
    """Return the format of a file by what it begins with, "other" if that says nothing.

    Parameters
    ----------
    path : path-like
        A file or a Zarr folder.
    file : binary file, optional
        The same, open; left at its beginning.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    if file is None:
        if is_zarr(path):
            return IMAGE_FORMATS["zarr"]
        with open(path, "rb") as opened:
            head = opened.read(_HEAD)
    else:
        head = file.read(_HEAD)
        file.seek(0)
    known = (entry for entry in IMAGE_FORMATS.values() if entry.marks and head.startswith(entry.marks))
    return next(known, IMAGE_FORMATS["other"])


def read_file(file: BinaryIO, name: str) -> ImageFile:
    """Read an image that fits into memory, as its format has it; see `napari_colorquant.io.read.read_image`.

    Parameters
    ----------
    file : binary file
        Seekable.
    name : str
        What messages call it.
    """
    read = find_format(name, file).read
    assert read is not None  # a Zarr is told by where it lies
    image = read(file, name)
    return image.with_facts(format=_name_format(image.format))


def _name_format(pillows: str) -> str:
    """Return the name in the table of a format that Pillow calls otherwise, by the suffix of its files."""
    if pillows in IMAGE_FORMATS:
        return pillows
    own = [suffix for suffix, name in Image.registered_extensions().items() if name.lower() == pillows]
    known = (entry.name for entry in IMAGE_FORMATS.values() if any(suffix in entry.suffixes for suffix in own))
    return next(known, "other")


def find_writer(path: str | os.PathLike[str]) -> ImageFormat:
    """Return the format in which an indexed image is written under a name; ValueError if there is none."""
    suffix = Path(path).suffix.lower()
    for entry in IMAGE_FORMATS.values():
        if suffix in entry.written:
            return entry
    raise refusal("an indexed image", f"be written as one of {', '.join(list_suffixes(written=True))}", os.fspath(path))


@cache
def list_suffixes(*, written: bool = False, **facts: bool | int) -> tuple[str, ...]:
    """Return the suffixes of all formats, or of those that are written, or of which some `facts` hold: frames=True."""
    chosen = (
        entry for entry in IMAGE_FORMATS.values() if all(getattr(entry, name) == value for name, value in facts.items())
    )
    return tuple(suffix for entry in chosen for suffix in (entry.written if written else entry.suffixes))


def list_indexed_suffixes() -> tuple[str, ...]:
    """Return the suffixes of the files that the window writes and opens as indexed images."""
    return tuple(suffix for entry in IMAGE_FORMATS.values() if entry.in_window for suffix in entry.written)


def is_image_name(path: str | os.PathLike[str]) -> bool:
    """Return True if a file is named as an image; a hidden file is none, whatever it is called."""
    name = Path(path).name.lower()
    return not name.startswith(".") and name.endswith(list_suffixes())


def list_images(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the images in a folder (not in those below it) by name, hidden ones left out; ValueError if none."""
    found = sorted(_images_in(Path(folder)))
    if not found:
        raise ValueError(f"a folder must hold image files, got {os.fspath(folder)}")
    return found


def _images_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if not path.name.startswith(".") and ((is_image_name(path) and path.is_file()) or is_zarr(path)):
            yield path


def needs_extra(error: ImportError) -> str:
    """Return what to tell when a large format is wanted and the packages for it are missing."""
    return f"Zarr, TIFF chunk by chunk and clusters need an extra: pip install 'napari-colorquant[large]' ({error})"
