"""Read every image below a folder with our reader, and compare each with Pillow's own picture of the same file.

``python tools/read_corpus.py FOLDER [-v]``: for example the folder Tests/images of Pillow's source
distribution. Ends with status 1 if a file raised anything but ValueError, OSError or MemoryError, or if
it opens in memory and lazily as two pictures. Differences are listed by kind.
"""

import sys
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from napari_colorquant.io.color_profiles import convert_picture
from napari_colorquant.io.read import read_image

#: Files that are no images, whatever their folder.
_OTHERS = {".txt", ".md", ".py", ".pdf", ".json", ".xml", ".html", ".ttf", ".icc", ".mpo.txt"}


def read_ours(path: Path, lazy: bool) -> tuple[str, Any]:
    """Return ("read", image), or ("refused" or "crashed", the error)."""
    try:
        image = read_image(path, lazy=lazy)
        return "read", image.with_facts(levels=tuple(np.asarray(level) for level in image.levels[:1]))
    except (ValueError, OSError, MemoryError) as error:
        return "refused", error
    except Exception as error:
        return "crashed", error


def read_pillow(path: Path) -> np.ndarray | None:
    """Return the first frame as Pillow shows it, (H, W, 4) in 0..255, upright, by its profile; None if it cannot."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                profile = image.info.get("icc_profile")
                upright = convert_picture(ImageOps.exif_transpose(image), profile)
                if upright.mode.startswith(("I", "F")):
                    return None if upright.mode == "F" else np.asarray(upright)
                return np.asarray(upright.convert("RGBA"))
    except Exception:
        return None


def compare(ours: Any, theirs: np.ndarray) -> str:
    """Return in a few words how two pictures of a file differ."""
    pixels = ours.levels[0]
    if "c" in ours.axes:
        return "channels, which Pillow shows as something else"
    count = pixels.ndim - (3 if ours.rgb else 2)
    first = pixels[(0,) * count]
    if first.shape[:2] != theirs.shape[:2]:
        return f"other size: {first.shape[:2]} for {theirs.shape[:2]}"
    if theirs.ndim == 2:
        same = first.ndim == 2 and np.array_equal(first, theirs)
        return "same" if same else "numbers of more than 8 bits differ"
    shown = to_rgba(first, ours.rgb)
    if shown is None:
        return "floats or wide integers, which Pillow clips"
    seen = (shown[..., 3] > 0) & (theirs[..., 3] > 0)
    color = int(np.abs(shown[seen][:, :3].astype(int) - theirs[seen][:, :3]).max(initial=0))
    alpha = int(np.abs(shown[..., 3].astype(int) - theirs[..., 3]).max(initial=0))
    if not color and not alpha:
        return "same"
    if color <= 2 and alpha <= 1:
        return "rounding (up to 2 of 255)"
    return f"{'alpha' if alpha > 1 else 'colours'} differ{' by up to 8' if max(color, alpha) <= 8 else ''}"


def to_rgba(pixels: np.ndarray, rgb: bool) -> np.ndarray | None:
    """Return (H, W, 4) uint8, or None for floats and wide integers."""
    if pixels.dtype == bool:
        pixels = pixels.astype(np.uint8) * 255
    elif pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        return None
    if not rgb:
        pixels = np.repeat(pixels[..., None], 3, axis=-1)
    if pixels.shape[-1] == 3:
        pixels = np.concatenate([pixels, np.full_like(pixels[..., :1], 255)], axis=-1)
    return pixels


def judge(path: Path) -> tuple[str, str]:
    """Return the class of a file, and a line about it."""
    kind, found = read_ours(path, False)
    other, lazily = read_ours(path, True)
    theirs = read_pillow(path)
    if "crashed" in (kind, other):
        error = found if kind == "crashed" else lazily
        return "CRASHED", f"{type(error).__name__}: {error}"
    if kind != other:
        return "TWO PICTURES: in memory and lazily", f"{found if kind == 'refused' else lazily}"
    if kind == "refused":
        return "refused by both" if theirs is None else "refused, but Pillow reads it", str(found)
    if not np.array_equal(found.levels[0], lazily.levels[0], equal_nan=found.levels[0].dtype.kind == "f"):
        return "TWO PICTURES: in memory and lazily", f"{found.levels[0].shape}, {lazily.levels[0].shape}"
    if theirs is None:
        return "read, but not by Pillow in 8 bits", f"{found.format} {found.levels[0].dtype}"
    return f"read: {compare(found, theirs)}", f"{found.format} {found.levels[0].shape} {found.levels[0].dtype}"


def main() -> int:
    """Print how many files are of which class, and each that is not simply the same."""
    folder, verbose = Path(sys.argv[1]), "-v" in sys.argv[2:]
    classes: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() not in _OTHERS:
            kind, line = judge(path)
            classes[kind].append(f"{path.relative_to(folder)}: {line[:160]}")
    for kind, lines in sorted(classes.items(), key=lambda item: -len(item[1])):
        print(f"{len(lines):5}  {kind}")
        if verbose or kind.isupper() or kind.startswith("TWO"):
            print("\n".join(f"         {line}" for line in lines))
    return 1 if any(kind.startswith(("CRASHED", "TWO")) for kind in classes) else 0


if __name__ == "__main__":
    sys.exit(main())
