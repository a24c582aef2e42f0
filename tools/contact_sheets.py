"""Draw docs/dithers.png and docs/levers.png: every dither and lever on a gradient, a photograph and flat art.

    python tools/contact_sheets.py

Look at them after a change to a dither: figures do not show worms, grids and bleeding.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from napari_colorquant import DITHERS, design_palette, map_pixels, quantize

DOCS = Path(__file__).parents[1] / "docs"
#: Size of a tile, and of the gap between tiles.
WIDTH, HEIGHT, GAP = 200, 140, 8
COLUMNS = 2
MORE = ("bayer:size=2x2", "bayer:size=16x16", "floyd_steinberg:settled=false")


def draw_gradient() -> np.ndarray:
    """Return a gradient from black to white, above one of all hues, (HEIGHT, WIDTH, 3) uint8."""
    gray = np.linspace(0, 255, WIDTH)[None, :, None].repeat(HEIGHT // 3, axis=0).repeat(3, axis=2)
    across, down = np.meshgrid(np.linspace(0, 6, WIDTH), np.linspace(0, 1, HEIGHT - len(gray)))
    hues = np.stack([np.clip(abs(across - 3) - 1, 0, 1), np.clip(2 - abs(across - 2), 0, 1),
                     np.clip(2 - abs(across - 4), 0, 1)], axis=-1)  # fmt: skip
    soft = 255 * (down[..., None] * hues + (1 - down[..., None]) * 0.8)
    return np.rint(np.concatenate([gray, soft])).astype(np.uint8)


def draw_flat_art() -> np.ndarray:
    """Return discs, letters and stripes in flat colours with smooth edges, (HEIGHT, WIDTH, 3) uint8."""
    large = Image.new("RGB", (4 * WIDTH, 4 * HEIGHT), "#f2e6cf")
    pen = ImageDraw.Draw(large)
    pen.rectangle((0, 400, 800, 560), fill="#2b6f77")
    for left, color in ((40, "#d1495b"), (240, "#edae49"), (440, "#66a182")):
        pen.ellipse((left, 120, left + 260, 380), fill=color)
    pen.line((0, 560, 800, 0), fill="#1f2933", width=10)
    pen.text((60, 420), "flat art", fill="#ffffff", font=ImageFont.load_default(size=110))
    return np.asarray(large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))


def draw_sheet(tiles: list[tuple[str, list[np.ndarray]]], columns: int) -> Image.Image:
    """Return the tiles as an image, each row of pictures below its name."""
    count = len(tiles[0][1])
    width, height = count * (WIDTH + GAP) + 2 * GAP, HEIGHT + 3 * GAP + 12
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (columns * width, rows * height + GAP), "white")
    pen = ImageDraw.Draw(sheet)
    for index, (name, pictures) in enumerate(tiles):
        left, top = index // rows * width + GAP, index % rows * height + GAP
        pen.text((left, top), name, fill="black", font=ImageFont.load_default(size=13))
        for place, picture in enumerate(pictures):
            sheet.paste(Image.fromarray(picture), (left + place * (WIDTH + GAP), top + 12 + GAP))
    return sheet


def draw_dithers() -> Image.Image:
    photo = np.asarray(Image.fromarray(data.astronaut()).crop((90, 0, 390, 210)).resize((WIDTH, HEIGHT)))
    pictures = [draw_gradient(), photo, draw_flat_art()]
    palettes = [design_palette(picture, n) for picture, n in zip(pictures, (8, 16, 6), strict=True)]
    names = [*DITHERS, *MORE]
    mapped = [(name, [map_pixels(image, palette, dither=name).to_rgb() for image, palette in
                      zip(pictures, palettes, strict=True)]) for name in names]  # fmt: skip
    return draw_sheet([("as it was", pictures), *mapped], COLUMNS)


def draw_levers() -> Image.Image:
    photo = np.asarray(Image.fromarray(data.astronaut()).crop((0, 0, 512, 358)).resize((WIDTH, HEIGHT)))
    pictures = [photo, np.asarray(Image.fromarray(data.coffee()).resize((WIDTH, HEIGHT))), draw_gradient()]
    tiles = [("as it was", pictures)]
    for space, keep in (("oklab", "none"), ("oklab", "lightness"), ("lab", "lightness"), ("hsv", "chroma"),
                        ("oklab", "chroma")):  # fmt: skip
        made = [quantize(picture, 5, space=space, keep=keep).to_rgb() for picture in pictures]
        tiles.append((f"5 colours in {space}, keep={keep}", made))
    return draw_sheet(tiles, COLUMNS)


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, draw in (("dithers", draw_dithers), ("levers", draw_levers)):
        draw().save(DOCS / f"{name}.png", optimize=True)
        print(DOCS / f"{name}.png")
