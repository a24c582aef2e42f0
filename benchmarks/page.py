"""A page of pictures: methods and dithers beside libimagequant's, pixel for pixel, with what an eye sees of each.

``python -m benchmarks.page FOLDER`` writes a sheet for each picture and number of colours, and a page that shows them;
``--few`` leaves out all but the dithers that are recommended, which is what ``docs/by_eye`` has.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

import napari_colorquant as cq

from .eye import METHODS, find_missing, paint, score
from .graphics import draw_graphics
from .peers import Image, libimagequant, pillow_octree

#: Side of what is shown of a picture, in pixels, and the height of the two lines of text under it.
_SIDE, _TEXT = 176, 28
_COLUMNS = 4
_NUMBERS = (8, 16, 64)
_FEW = ("floyd_steinberg", "blue_noise", "spatial")
_PEERS = {
    "libimagequant": (libimagequant, 0.0),
    "libimagequant, dithered": (libimagequant, 1.0),
    "Pillow fast octree": (pillow_octree,),
}


def draw_page(folder: Path, *, few: bool = False) -> None:
    """Write the sheets as WebP without loss, and ``index.md``, into a folder."""
    if missing := find_missing():
        raise SystemExit(f"the page needs what is not installed: {missing}")
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# By eye\n"]
    for name, image in find_pictures().items():
        lines.append(f"## {name.capitalize()}\n")
        for n_colors in _NUMBERS:
            file = f"{name}_{n_colors}.webp"
            draw_sheet(image, n_colors, folder / file, few=few)
            lines.append(f"{n_colors} colours:\n\n![{name} in {n_colors} colours, by each]({file})\n")
    (folder / "index.md").write_text("\n".join(lines), encoding="utf-8")


def find_pictures() -> dict[str, Image]:
    """Return a portrait, a sky, a drawing and a plot, (176, 176, 3) uint8 each."""
    from skimage import data
    from sklearn.datasets import load_sample_image

    drawn = draw_graphics()
    china = load_sample_image("china.jpg")
    pictures = {
        "portrait": data.astronaut()[20 : 20 + _SIDE, 140 : 140 + _SIDE],
        "sky": china[20 : 20 + _SIDE, 230 : 230 + _SIDE],
        "drawing": drawn["logo"][40 : 40 + _SIDE, 40 : 40 + _SIDE],
        "plot": drawn["curves"][40 : 40 + _SIDE, 40 : 40 + _SIDE],
    }
    return {name: np.ascontiguousarray(picture) for name, picture in pictures.items()}


def draw_sheet(image: Image, n_colors: int, path: Path, *, few: bool = False) -> None:
    """Draw an image as it is and by each contender, pixel for pixel, with FLIP and SSIMULACRA2 under each."""
    from PIL import Image as Pillow
    from PIL import ImageDraw

    tasks = {"as it is": lambda image: image} | _tasks(n_colors, few=few)
    rows = -(-len(tasks) // _COLUMNS)
    sheet = Pillow.new("RGB", (_COLUMNS * (_SIDE + 4) - 4, rows * (_SIDE + _TEXT)), (255, 255, 255))
    pen = ImageDraw.Draw(sheet)
    for place, (name, task) in enumerate(tasks.items()):
        left, top = place % _COLUMNS * (_SIDE + 4), place // _COLUMNS * (_SIDE + _TEXT)
        result = np.ascontiguousarray(task(image))
        sheet.paste(Pillow.fromarray(result), (left, top))
        flip, similarity = score(image, result) if place else (0.0, 100.0)
        words = f"{name}\nFLIP {flip:.3f}, SSIMULACRA2 {similarity:.0f}" if place else name
        pen.multiline_text((left, top + _SIDE + 1), words, fill=(0, 0, 0), font_size=10, spacing=1)
    sheet.save(path, lossless=True, quality=80, method=4)


def _tasks(n_colors: int, *, few: bool) -> dict[str, Callable[[Image], Image]]:
    def ours(**choices: str) -> Callable[[Image], Image]:
        return lambda image: cq.quantize(image, n_colors, **choices).to_rgb()

    tasks = {"kmeans": ours()}
    if not few:
        tasks |= {name: ours(quantizer=name) for name in METHODS} | {"objective de2000": ours(objective="de2000")}
    tasks |= {name: ours(dither=name) for name in (_FEW if few else cq.DITHERS) if name != "none"}
    peers = dict(list(_PEERS.items())[: 2 if few else None])
    tasks |= {name: paint(peer, n_colors, *options) for name, (peer, *options) in peers.items()}
    return tasks


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="benchmarks.page", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("benchmarks/results/by_eye"))
    parser.add_argument("--few", action="store_true", help="only the dithers that are recommended")
    args = parser.parse_args()
    draw_page(args.folder, few=args.few)


if __name__ == "__main__":
    main()
