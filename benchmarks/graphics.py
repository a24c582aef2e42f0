"""Flat graphics: ten pictures of areas and antialiased edges, beside libimagequant and Pillow.

What counts for these is whether the colours of their areas come out as they are, how large the error is, and what an
eye sees (SSIMULACRA2, higher is better). ``python -m benchmarks.graphics``.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

import napari_colorquant as cq

from .eye import find_missing, paint, score
from .peers import Image, libimagequant, pillow_median_cut, pillow_octree

#: Side of the pictures in pixels; each is drawn so many times as large, which smooths its edges.
_SIDE, _LARGER = 256, 4
#: A colour is one of an area if so much of the picture has it.
_AREA = 5e-3


def draw_graphics() -> dict[str, Image]:
    """Return the ten pictures, (256, 256, 3) uint8 each."""
    drawn = {
        "logo": _smooth(_draw_logo), "bar plot": _plot_bars(), "curves": _plot_curves(), "map": _smooth(_draw_map),
        "line drawing": _smooth(_draw_lines), "user interface": _draw_interface(), "text on a gradient": _draw_text(),
        "flags": _smooth(_draw_flags), "gray diagram": _smooth(_draw_diagram), "night with a red light": _draw_light(),
    }  # fmt: skip
    return {name: np.ascontiguousarray(image, np.uint8) for name, image in drawn.items()}


def compare_graphics(numbers: tuple[int, ...] = (8, 16, 32)) -> str:
    """Return a table for each number of colours: the means over the pictures."""
    if missing := find_missing() or ("" if find_spec("matplotlib") else "matplotlib"):
        return f"Flat graphics: not installed, left out: {missing}\n"
    images = draw_graphics()
    return "\n".join(_table(images, n_colors) for n_colors in numbers)


def _table(images: dict[str, Image], n_colors: int) -> str:
    def ours(**choices: Any) -> Callable[[Image], Image]:
        return lambda image: cq.quantize(image, n_colors, **choices).to_rgb()

    tasks = {
        "ours": ours(), "ours, srgb": ours(space="srgb"), "ours, flat=\"mix\"": ours(flat="mix"),
        "libimagequant": paint(libimagequant, n_colors), "Pillow median cut": paint(pillow_median_cut, n_colors),
        "Pillow fast octree": paint(pillow_octree, n_colors),
    }  # fmt: skip
    lines = [
        "| method | colours of areas that are exact | of spots | MSE, mean | MSE, geometric mean | SSIMULACRA2 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, task in tasks.items():
        kept, error, similarity = [], [], []
        for image in images.values():
            result = task(image)
            kept.append(_count_kept(image, result))
            error.append(float(np.square(image.astype(float) - result).sum(axis=-1).mean()))
            similarity.append(score(image, result)[1])
        areas, all_areas, spots, all_spots = np.sum(kept, axis=0)
        lines.append(
            f"| {name} | {areas} of {all_areas} | {spots} of {all_spots} | {np.mean(error):.1f} "
            f"| {np.exp(np.mean(np.log(np.array(error) + 0.1))):.1f} | {np.mean(similarity):.1f} |"
        )
    return f"### Flat graphics, {len(images)} pictures, {n_colors} colours\n\n" + "\n".join(lines) + "\n"


def _count_kept(image: Image, result: Image) -> tuple[int, int, int, int]:
    """Return how many colours of areas there are and come out exactly, and of small spots of saturated red."""
    colors, counts = np.unique(image.reshape(-1, 3), axis=0, return_counts=True)
    after = set(map(tuple, np.unique(result.reshape(-1, 3), axis=0).tolist()))
    areas = [tuple(color) for color in colors[counts >= _AREA * counts.sum()].tolist()]
    spots = [tuple(color) for color in colors[counts == _SPOT**2].tolist() if tuple(color) == _RED]
    return sum(each in after for each in areas), len(areas), sum(each in after for each in spots), len(spots)


def _smooth(draw: Callable[[Any, int], None]) -> Image:
    from PIL import Image as Pillow
    from PIL import ImageDraw

    large = Pillow.new("RGB", (_SIDE * _LARGER, _SIDE * _LARGER), (255, 255, 255))
    draw(ImageDraw.Draw(large), _LARGER)
    return np.asarray(large.resize((_SIDE, _SIDE), Pillow.Resampling.BOX))


def _draw_logo(pen: Any, s: int) -> None:
    pen.ellipse([20 * s, 20 * s, 236 * s, 236 * s], fill=(0, 87, 163))
    pen.polygon([(128 * s, 40 * s), (210 * s, 190 * s), (46 * s, 190 * s)], fill=(255, 205, 0))
    pen.ellipse([104 * s, 112 * s, 152 * s, 160 * s], fill=(220, 30, 50))


def _draw_map(pen: Any, s: int) -> None:
    pen.rectangle([0, 0, 256 * s, 256 * s], fill=(170, 211, 223))
    pen.polygon([(0, 60 * s), (90 * s, 20 * s), (200 * s, 50 * s), (256 * s, 256 * s), (0, 256 * s)], (242, 239, 233))
    pen.polygon([(20 * s, 120 * s), (100 * s, 90 * s), (120 * s, 180 * s), (40 * s, 200 * s)], fill=(173, 209, 158))
    pen.polygon([(150 * s, 120 * s), (210 * s, 110 * s), (220 * s, 190 * s), (160 * s, 200 * s)], fill=(224, 223, 223))
    for x, color, width in ((60, (249, 178, 156), 5), (130, (252, 214, 164), 4), (190, (255, 255, 255), 3)):
        pen.line([(x * s, 40 * s), ((x + 30) * s, 256 * s)], fill=color, width=width * s)
    pen.line([(0, 150 * s), (256 * s, 210 * s)], fill=(232, 146, 162), width=6 * s)
    pen.line([(0, 230 * s), (140 * s, 60 * s), (256 * s, 100 * s)], fill=(113, 113, 113), width=s)


def _draw_lines(pen: Any, s: int) -> None:
    for i in range(12):
        pen.arc([(20 + 6 * i) * s, (20 + 4 * i) * s, (230 - 5 * i) * s, (230 - 6 * i) * s], 10 * i, 200 + 12 * i,
                fill=(20, 20, 24) if i % 3 else (160, 20, 40), width=2 * s)  # fmt: skip


def _draw_flags(pen: Any, s: int) -> None:
    pen.rectangle([0, 0, 256 * s, 256 * s], fill=(236, 240, 241))
    stripes = [(0, 38, 84), (206, 17, 38), (252, 209, 22), (0, 122, 61), (255, 130, 0), (0, 157, 224)]
    for i, color in enumerate(stripes):
        pen.pieslice([16 * s, 16 * s, 240 * s, 240 * s], 60 * i + 7, 60 * i + 67, fill=color)
    pen.ellipse([98 * s, 98 * s, 158 * s, 158 * s], fill=(255, 255, 255))


def _draw_diagram(pen: Any, s: int) -> None:
    for i in range(4):
        level = 60 + 55 * i
        pen.rounded_rectangle([30 * s, (12 + 60 * i) * s, 226 * s, (54 + 60 * i) * s], 9 * s, fill=(level,) * 3,
                              outline=(30, 30, 30), width=2 * s)  # fmt: skip


def _draw_interface() -> Image:
    image = np.full((_SIDE, _SIDE, 3), (245, 246, 248), np.uint8)
    image[:28] = (36, 41, 46)
    image[28:, :64] = (255, 255, 255)
    image[28:, 64] = (225, 228, 232)
    for i, color in enumerate([(3, 102, 214), (40, 167, 69), (215, 58, 73), (111, 66, 193)]):
        image[48 + 46 * i : 76 + 46 * i, 84:164] = color
        image[52 + 46 * i : 56 + 46 * i, 180:236] = (88, 96, 105)
        image[62 + 46 * i : 65 + 46 * i, 180:220] = (149, 157, 165)
    image[6 : 6 + _SPOT, 240 : 240 + _SPOT] = _RED
    return _write(image, ["File  Edit  View"], (8, 6), 14, (255, 255, 255))


def _draw_text() -> Image:
    ramp = np.linspace(0, 1, _SIDE)[:, None, None]
    image = np.rint((1 - ramp) * (24, 40, 96) + ramp * (240, 150, 80)) * np.ones((1, _SIDE, 1))
    return _write(image.astype(np.uint8), ["Colours", "of areas", "and edges"], (24, 40), 44, (255, 255, 255))


def _draw_light() -> Image:
    """Return a smooth dark ground, as of a photograph, with one bright light of sixteen pixels."""
    y, x = np.mgrid[:_SIDE, :_SIDE] / _SIDE
    waves = np.stack([30 + 20 * np.sin(5 * x + 2 * y), 40 + 25 * np.cos(4 * y), 70 + 35 * np.sin(3 * x * y)], axis=-1)
    noise = np.random.default_rng(0).normal(0, 3, waves.shape)
    image = np.clip(np.rint(waves + noise), 0, 255).astype(np.uint8)
    image[120 : 120 + _SPOT, 90 : 90 + _SPOT] = _RED
    return image


def _write(image: Image, lines: list[str], place: tuple[int, int], size: int, color: tuple[int, int, int]) -> Image:
    from PIL import Image as Pillow
    from PIL import ImageDraw, ImageFont

    picture = Pillow.fromarray(image)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    for i, line in enumerate(lines):
        pen.text((place[0], place[1] + int(1.3 * size * i)), line, fill=color, font=font)
    return np.asarray(picture)


def _plot_bars() -> Image:
    def draw(axes: Any) -> None:
        axes.bar(range(6), [3, 5, 2, 6, 4, 1], color=["C0", "C1", "C2", "C3", "C4", "C5"])

    return _plot(draw)


def _plot_curves() -> Image:
    def draw(axes: Any) -> None:
        x = np.linspace(0, 6, 200)
        for i in range(4):
            axes.plot(x, np.sin(x + i) * (1 + i / 3), linewidth=1.5)
        axes.grid(True)

    return _plot(draw)


def _plot(draw: Callable[[Any], None]) -> Image:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2.56, 2.56), dpi=100)
    canvas = FigureCanvasAgg(figure)
    draw(figure.add_subplot())
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


_RED, _SPOT = (255, 0, 0), 4

if __name__ == "__main__":
    print(compare_graphics())
