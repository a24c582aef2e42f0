"""Small whole files of every format that is read, to be damaged: by us, by Pillow, by tifffile, or byte by byte."""

import io
import shutil
import struct
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

import napari_colorquant as cq
from image_files import ADOBE, GAMMA_1, REC_2020, SRGB, make_png, make_rgb_profile, make_table_profile
from napari_colorquant.io.formats import IMAGE_FORMATS
from napari_colorquant.io.palettes import FORMATS

RGB = (np.arange(9 * 11 * 3, dtype=np.uint16) * 37 % 256).astype(np.uint8).reshape(9, 11, 3)
#: How Pillow is asked to write: the mode of the picture, and options.
MODES = ("RGB", "RGBA", "L", "LA", "P", "1", "I;16", "I", "F", "CMYK")


@cache
def image_seeds():
    """Return whole image files by name; the suffix is that of the format. A dict of files is a folder."""
    seeds = {**_by_hand(), **_pngs(), **_tiffs(), **_by_pillow(), **_animations(), **_ours()}
    return dict(sorted(seeds.items()))


@cache
def palette_seeds():
    """Return whole palette files by name."""
    palette = cq.Palette(
        [[255, 0, 0], [0, 128, 255], [7, 8, 9], [255, 255, 255]], names=["réd", "", "=dark", "x"],
        classes=["A", "A", "", "B"], locked=[True, False, False, True], shares=[0.5, 0.25, 0.25, 0], title="four",
    )  # fmt: skip
    seeds = {f"{entry.name}{entry.suffixes[0]}": entry.write(palette) for entry in FORMATS.values() if entry.write}
    file = io.BytesIO()
    Image.fromarray(RGB).quantize(7).save(file, "gif")
    swatch = struct.pack(">HHHHHH", 7, 5429, 8080, 6990, 0, 0)[:10]
    seeds["gif.gif"] = file.getvalue()
    seeds["aco lab.aco"] = struct.pack(">HH", 1, 2) + swatch + struct.pack(">5H", 2, 0, 65535, 65535, 0)
    seeds["act with count.act"] = bytes(range(256)) * 3 + struct.pack(">HH", 40, 3)
    seeds["gimp rgba.gpl"] = b"GIMP Palette\nName: x\nChannels: RGBA\n#\n 1 2 3 255 a\n 4 5 6 0 b\n"
    seeds["table.csv"] = b"red;green;blue;label\n1;2;3;a\n4;5;6;b\n"
    seeds["list.json"] = b'["#010203", [4, 5, 6]]'
    seeds["objects.json"] = b'[{"name": "a", "hex": "264653"}, {"rgb": [1, 2, 3]}]'
    swatch = b'{"hue": 0.5, "saturation": 1, "brightness": 0.25}'
    seeds["reef.swatches"] = _zip({"Swatches.json": b'[{"name": "Reef", "swatches": [%b, null]}]' % swatch})
    inks = b'<COLOR NAME="a" CMYK="#ff000000"/><COLOR NAME="b" SPACE="Lab" L="54" A="80" B="69"/>'
    seeds["inks.xml"] = b'<SCRIBUSCOLORS Name="Inks">%b</SCRIBUSCOLORS>' % inks
    seeds["vga.pal"] = bytes(range(64)) * 3
    entry = b'<ColorSetEntry name="a"><RGB r="0" g="1" b="0.5" space="P3"/></ColorSetEntry>'
    seeds["wide.kpl"] = _zip({
        "mimetype": b"application/x-krita-palette",
        "colorset.xml": b'<Colorset name="x"><Group name="g">%b</Group></Colorset>' % entry,
        "profiles.xml": b'<Profiles><Profile name="P3" filename="p3.icc"/></Profiles>',
        "p3.icc": make_rgb_profile("p3"),
    })  # fmt: skip
    return seeds


def _ours():
    """Write an indexed image in every format that is written."""
    indexed = cq.quantize(RGB, 5, mask=RGB[..., 0] > 40, quantizer="median_cut")
    levels = [indexed, *(cq.map_pixels(level, indexed.palette) for level in (RGB[::2, ::2],))]
    seeds = {}
    with tempfile.TemporaryDirectory() as folder:
        suffixes = [entry.written[0] for entry in IMAGE_FORMATS.values() if entry.write] + [".ome.tif"]
        for suffix in suffixes:
            path = Path(folder, f"ours{suffix}")
            cq.write_indexed(levels if suffix in (".zarr", ".tif", ".ome.tif") else indexed, path)
            if path.is_dir():
                files = {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}
                seeds[path.name] = files
                seeds["zipped.zarr.zip"] = _zip(files)
            else:
                seeds[path.name] = path.read_bytes()
    return seeds


def _zip(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return file.getvalue()


def _by_pillow():
    Image.init()
    seeds = {}
    for format_, suffix in (
        ("AVIF", ".avif"), ("BLP", ".blp"), ("BMP", ".bmp"), ("DDS", ".dds"), ("ICO", ".ico"),
        ("IM", ".im"), ("JPEG", ".jpg"), ("JPEG2000", ".jp2"), ("MSP", ".msp"), ("PCX", ".pcx"), ("PNG", ".png"),
        ("PPM", ".ppm"), ("QOI", ".qoi"), ("SGI", ".sgi"), ("SPIDER", ".spi"), ("TGA", ".tga"), ("TIFF", ".tif"),
        ("WEBP", ".webp"), ("XBM", ".xbm"), ("GIF", ".gif"), ("MPO", ".mpo"),
    ):  # fmt: skip
        options = {"sizes": [RGB.shape[1::-1]]} if format_ == "ICO" else {}  # else Pillow 12 finds it too small for any
        for mode in MODES[:1] if format_ == "SPIDER" else MODES:
            file = io.BytesIO()
            try:
                with warnings.catch_warnings(action="ignore"):  # formats that Pillow is to drop some day
                    _picture(mode).save(file, format_, **options)
            except (OSError, ValueError, KeyError):  # this format has no such mode
                continue
            if file.getvalue() not in seeds.values():
                seeds[f"{format_} {mode.replace(';', '')}{suffix}"] = file.getvalue()
    return seeds


def _picture(mode):
    picture = Image.fromarray(RGB)
    if mode == "I;16":
        return Image.fromarray(RGB[..., 0].astype(np.uint16) * 257)
    if mode in ("RGBA", "LA"):
        picture.putalpha(picture.convert("L"))
    return picture.quantize(6) if mode == "P" else picture.convert(mode)


def _animations():
    seeds = {}
    frames = [Image.fromarray(np.roll(RGB, shift, axis=1)) for shift in range(3)]
    for suffix, options in ((".gif", {}), (".png", {}), (".webp", {"lossless": True}), (".tif", {}), (".avif", {})):
        file = io.BytesIO()
        kind = {".tif": "TIFF"}.get(suffix, suffix[1:].upper())
        frames[0].save(file, kind, save_all=True, append_images=frames[1:], **options)
        seeds[f"frames{suffix}"] = file.getvalue()
    file = io.BytesIO()
    frames[0].save(file, "JPEG", exif=_turned(), icc_profile=SRGB)
    seeds["turned.jpg"] = file.getvalue()
    for kind, profile in (("p3", make_rgb_profile("p3")), ("table", make_table_profile("adobe"))):
        for suffix in (".png", ".jpg", ".tif"):
            file = io.BytesIO()
            frames[0].save(file, {".jpg": "JPEG", ".tif": "TIFF"}.get(suffix, "PNG"), icc_profile=profile)
            seeds[f"{kind}{suffix}"] = file.getvalue()
    return seeds


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _pngs():
    deep = RGB.astype(np.uint16) * 257
    return {
        "deep.png": make_png(deep, 2, GAMMA_1, ADOBE, filters=range(5)),
        "deep cicp.png": make_png(deep, 2, REC_2020, interlace=1, filters=range(5)),
        "deep gray.png": make_png(deep[..., :1], 0, (b"tRNS", b"\0\7"), filters=(4,)),
    }


def _tiffs():
    seeds = {}
    for name, pixels, options in (
        ("rgb", RGB, {"photometric": "rgb"}),
        ("lab", RGB, {"photometric": "cielab"}),
        ("tiles", RGB, {"photometric": "rgb", "tile": (16, 16), "compression": "zlib", "predictor": True}),
        ("strips", RGB, {"photometric": "rgb", "rowsperstrip": 2, "compression": "lzw"}),
        ("imagej", RGB[None], {"photometric": "rgb", "imagej": True, "metadata": {"unit": "um", "axes": "ZYXS"}}),
        ("ome", RGB, {"photometric": "rgb", "ome": True}),
        ("channels", np.moveaxis(RGB, -1, 0).astype(np.uint16), {"ome": True, "metadata": {"axes": "CYX"}}),
        ("hyperstack", np.moveaxis(RGB, -1, 0), {"imagej": True, "metadata": {"axes": "CYX", "Ranges": (0, 9) * 3}}),
        ("big", RGB[..., 0].astype(np.float32) / 255, {"bigtiff": True, "byteorder": ">"}),
        ("planar", np.moveaxis(RGB, -1, 0), {"photometric": "rgb", "planarconfig": "separate"}),
        ("white", RGB[..., 0], {"photometric": "miniswhite"}),
        ("wide", RGB[..., 0].astype(np.int32), {}),
        ("jpeg", np.tile(RGB, (2, 2, 1)), {"photometric": "ycbcr", "compression": "jpeg", "tile": (16, 16)}),
    ):  # fmt: skip
        file = io.BytesIO()
        tifffile.imwrite(file, pixels, **options)
        seeds[f"tifffile {name}.tif"] = file.getvalue()
    return seeds


def _by_hand():
    """Return files of formats that nothing here writes."""
    row, gray = RGB[:4, :4], RGB[:4, :4, 0].tobytes()
    planes = np.moveaxis(row, -1, 0).tobytes()
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2",
             "NAXIS1  =                    4", "NAXIS2  =                    4", "END"]  # fmt: skip
    header = "".join(card.ljust(80) for card in cards).encode().ljust(2880)
    icon = io.BytesIO()
    Image.fromarray(row).save(icon, "ICO", bitmap_format="bmp", sizes=[(4, 4)])
    png = make_png(np.zeros((16, 16, 3), np.uint8), 2)
    pcx = io.BytesIO()
    Image.fromarray(row).save(pcx, "PCX")
    chunk = struct.pack("<IHH", 6 + 4 * 5, 0xF1FA, 1) + bytes(8) + struct.pack("<IH", 6 + 4, 13) + bytes(4)
    return {
        "hand.psd": b"8BPS" + struct.pack(">H6xHIIHHIIIH", 1, 3, 4, 4, 8, 3, 0, 0, 0, 0) + planes,
        "hand.fits": header + gray.ljust(2880, b"\0"),
        "hand.ras": struct.pack(">8I", 0x59A66A95, 4, 4, 24, 48, 1, 0, 0) + row.tobytes(),
        "hand.xpm": b'/* XPM */\nstatic char *a[] = {\n"2 2 2 1",\n"a c #FF0000",\n"b c #00FF00",\n"ab",\n"ba"\n};\n',
        "hand.gbr": struct.pack(">5I4sI", 32, 2, 4, 4, 1, b"GIMP", 10) + b"abc\0" + gray,
        "hand.cur": icon.getvalue()[:2] + b"\2" + icon.getvalue()[3:],
        "hand.icns": struct.pack(">4sI4sI", b"icns", 16 + len(png), b"icp4", 8 + len(png)) + png,
        "hand.dcx": struct.pack("<III", 987654321, 12, 0) + pcx.getvalue(),
        "hand.fli": struct.pack("<IHHHHHHI", 128 + len(chunk), 0xAF12, 1, 4, 4, 8, 3, 70).ljust(128, b"\0") + chunk,
        "hand.pxr": (b"\x80\xe8\0\0".ljust(416, b"\0") + struct.pack("<HH", 4, 4)).ljust(424, b"\0")
        + struct.pack("<HH", 14, 2).ljust(600, b"\0") + row.tobytes(),
        "hand.pgm": b"P2\n# comment\n3 2\n15\n1 2 3\n4 5 15\n",
        "hand.pfm": b"Pf\n3 2\n-1.0\n" + np.arange(6, dtype="<f4").tobytes(),
        "hand.pbm": b"P4\n9 2\n\xaa\x80\x55\0",
    }  # fmt: skip


def write_seed(path, data):
    """Write a file, or a folder of files anew."""
    if not isinstance(data, dict):
        path.write_bytes(data)
        return
    if path.exists():
        shutil.rmtree(path)
    for name, part in data.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(part)
