"""The gallery: every method, space, dither and lever on four pictures, made while the documentation is built."""

import io
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from skimage import data
from sklearn.datasets import load_sample_image

import napari_colorquant as cq
from napari_colorquant.io.pictures.png_writing import write_indexed_png

#: Pixels of a side of the pictures.
SIDE = 176
COLORS = 8

LEVERS = (
    ("Axis weights", "Lightness counts half, so that more colours go to hues.", {"axis_weights": (0.5, 1, 1)}),
    ("Rare colours", "Small, strong colours are kept.", {"rare": 0.8}),
    ("Fixed colours", "Two colours are given, the others are found.", {"fixed": ("#000000", "#ffffff")}),
    ("Keep lightness", "Colour alone is quantized; each pixel keeps its lightness.", {"keep": "lightness"}),
    ("Keep chroma", "Hues alone are chosen.", {"keep": "chroma"}),
    ("Smoothness", "Neighbours hang together where the image has no edge.", {"smoothness": 2.0}),
    ("Cleaning", "Areas below 30 pixels go to their neighbours.", {"cleaning": {"min_size": 30}}),
    ("As few as do", "The fewest colours for a mean dE2000 of 5.", {"n_colors": "auto", "target": "de2000=5"}),
)


#: What the card of each page shows: one of the pictures, and four entries by their anchors.
CARDS = {
    "methods": ("photograph", ("kmeans", "median_cut", "maximin", "uniform")),
    "spaces": ("tissue", ("oklab", "srgb", "stains", "gray")),
    "dithers": ("sky", ("none", "bayer", "floyd_steinberg", "blue_noise")),
    "levers": ("drawing", ("axis-weights", "keep-lightness", "smoothness", "as-few-as-do")),
}


#: What the pages are called.
TITLES = {"methods": "Methods", "spaces": "Colour spaces", "dithers": "Dithers", "levers": "Levers"}


def make_pictures() -> dict[str, np.ndarray]:
    """Return a photograph, a drawing, tissue and a sky, (SIDE, SIDE, 3) uint8."""
    return {
        "photograph": _crop(data.astronaut(), 0, 60, 300),
        "drawing": _draw(),
        "tissue": _crop(data.immunohistochemistry(), 100, 100, 384),
        "sky": _crop(load_sample_image("china.jpg"), 0, 120, 400),
    }


def _crop(image: np.ndarray, row: int, column: int, side: int) -> np.ndarray:
    part = Image.fromarray(image[row : row + side, column : column + side])
    return np.asarray(part.resize((SIDE, SIDE), Image.Resampling.BOX))


def _draw() -> np.ndarray:
    """Return flat areas, fine lines and a shade, as drawings have them."""
    large = 768  # drawn larger, so that edges are smooth
    shade = np.linspace((250, 214, 165), (120, 160, 220), large).astype(np.uint8)
    picture = Image.fromarray(np.repeat(shade[:, None], large, axis=1))
    draw = ImageDraw.Draw(picture)
    draw.ellipse([500, 80, 660, 240], fill="#ffd447", outline="#5b3a1e", width=8)
    for left, top, color in ((40, 420, "#7a9e4e"), (300, 360, "#4f7942"), (560, 440, "#99b56b")):
        draw.polygon([(left - 120, 768), (left + 80, top), (left + 300, 768)], fill=color, outline="#2d4a2a", width=8)
    draw.rectangle([180, 520, 380, 700], fill="#c8553d", outline="#3b1f1b", width=8)
    draw.polygon([(150, 530), (280, 410), (410, 530)], fill="#8c2f2b", outline="#3b1f1b", width=8)
    draw.rectangle([250, 590, 310, 700], fill="#f2e8cf", outline="#3b1f1b", width=6)
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


class Page:
    """A page of the gallery that is being written, and the pictures on it."""

    def __init__(self, root: Path, name: str, text: str, pictures: dict[str, np.ndarray]) -> None:
        self._root, self._name, self._pictures = root, name, pictures
        self._parts = [f"# {TITLES[name]}\n\n{_links(name)}\n\n{text}\n"]
        self._card: dict[str, np.ndarray] = {}
        figures = [self._figure("original", kind, _png(image), kind) for kind, image in pictures.items()]
        self._parts.append(_shots(figures))

    def add(self, title: str, text: str, anchor: str, **choices: Any) -> None:
        """Add an entry: what it does, the line of Python, and the four pictures with times and errors."""
        given = {"n_colors": COLORS, **choices}
        line = ", ".join(["image", *(f"{name}={value!r}" for name, value in given.items() if name != "n_colors")])
        line = line.replace("image", f"image, {given['n_colors']!r}", 1).replace("'", '"')
        figures = []
        for kind, image in self._pictures.items():
            _run(image, given)  # compiles, if it is the first
            start = time.perf_counter()
            indexed = _run(image, given)
            spent = time.perf_counter() - start
            error = cq.distortion(image, indexed).mean_de2000
            if kind == CARDS[self._name][0]:
                self._card[anchor] = indexed.to_rgb()
            caption = f"{len(indexed.palette)} colours, {spent * 1000:.0f} ms, dE {error:.1f}"
            alt = f"The {kind}: {title}"
            figures.append(self._figure(anchor, kind, _png_of(indexed), caption, alt))
        self._parts.append(f"## {title}\n\n{text}\n\n```python\ncq.quantize({line})\n```\n\n{_shots(figures)}")

    def write(self) -> None:
        """Write the page, and the picture of its card: four of its entries in a square."""
        write(self._root / "gallery" / f"{self._name}.md", "\n".join(self._parts).encode())
        first, second, third, fourth = (self._card[anchor] for anchor in CARDS[self._name][1])
        square = np.vstack([np.hstack([first, second]), np.hstack([third, fourth])])
        write(self._root / "_static" / "gallery" / f"{self._name}-card.png", _png(square))

    def _figure(self, anchor: str, kind: str, png: bytes, caption: str, alt: str = "") -> str:
        path = f"_static/gallery/{self._name}-{anchor}-{kind}.png"
        write(self._root / path, png)
        place = f'src="../{path}" width="{SIDE}" height="{SIDE}" loading="lazy"'
        return f'<figure><img alt="{alt or f"The {kind} itself"}" {place}><figcaption>{caption}</figcaption></figure>'


def _links(name: str) -> str:
    """Return the names of all pages in a line, each but this one a link."""
    titles = {page: TITLES[page] if page == name else f"[{TITLES[page]}]({page}.md)" for page in CARDS}
    return " · ".join(titles.values())


def _run(image: np.ndarray, choices: dict[str, Any]) -> cq.IndexedImage:
    return cq.quantize(image, **choices)


def _shots(figures: Sequence[str]) -> str:
    """Return figures as HTML, two and two, so that they stand four or two beside each other."""
    pairs = (f'<div class="pair">{"".join(figures[first : first + 2])}</div>' for first in range(0, len(figures), 2))
    return f'<div class="shots">\n{"".join(pairs)}\n</div>\n'


def _png(image: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def _png_of(indexed: cq.IndexedImage) -> bytes:
    if indexed.is_recolored:
        return _png(indexed.to_rgb())
    file = io.BytesIO()
    write_indexed_png(indexed, file)
    return file.getvalue()


def make_pages(root: Path, pictures: dict[str, np.ndarray]) -> Iterator[Page]:
    """Yield the pages of the gallery, which are written below a folder."""
    words = (
        f"in {COLORS} colours; {SIDE} x {SIDE} pixels, shown pixel for pixel. Times are those of the machine that "
        "built this page, dE is the mean dE2000."
    )
    methods = Page(root, "methods", f"Every method of designing a palette, {words}", pictures)
    for method in cq.QUANTIZERS.values():
        methods.add(method.name, method.summary, method.name, quantizer=method.name)
    yield methods
    spaces = Page(root, "spaces", f'Every space in which "near" can be meant, {words}', pictures)
    for space in cq.SPACES.values():
        spaces.add(space.name, f"{space.summary} Axes: {', '.join(space.axes)}.", space.name, space=space.name)
    yield spaces
    apart = (
        "It is higher with a dither, since it compares pixel with pixel; how near the picture is to an eye that blurs "
        "the dots stands in the [benchmarks](../benchmarks.md)."
    )
    dithers = Page(root, "dithers", f"Every dither, {words} {apart}", pictures)
    for dither in cq.DITHERS.values():
        dithers.add(dither.name, dither.summary, dither.name, dither=dither.name)
    yield dithers
    levers = Page(root, "levers", f"What can be said beside method, space and dither, {words}", pictures)
    for title, text, choices in LEVERS:
        levers.add(title, text, title.lower().replace(" ", "-"), **choices)
    yield levers


def write_pages(root: Path) -> None:
    """Write all pages and their pictures below the folder of the documentation."""
    for page in make_pages(root, make_pictures()):
        page.write()


def write(path: Path, content: bytes) -> None:
    """Write a file if it is another than before, so that pages are not made again for nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)
