"""A file says how many pixels it has; it is believed up to a limit that can be raised, all frames together."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import GifImagePlugin, Image

from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant.cli import main
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.pixel_limit import DEFAULT, LARGEST, find_limit
from napari_colorquant.io.read import read_image

FRAMES = {".gif": {}, ".png": {}, ".webp": {"lossless": True}, ".tif": {}}


def write_png(path, width, height, depth, kind):
    """Write a PNG that says it has any size, and ends after a few rows."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def write_tiff(path):
    Image.new("1", (65500, 3000)).save(path, compression="group4")


def write_gif(path):
    """Write a GIF of a screen of one pixel, whose second frame reaches far beyond it."""
    dot = Image.new("P", (1, 1))
    header, _ = GifImagePlugin.getheader(dot, info={"loop": 0})
    frame = b"".join(GifImagePlugin.getdata(dot, duration=40))
    at = frame.index(b",")
    wide = frame[: at + 5] + struct.pack("<HH", 60_000, 60_000) + frame[at + 9 :]
    path.write_bytes(b"".join(header) + frame + wide + b";")


BOMBS = {
    "1 bit.png": lambda path: write_png(path, 65500, 65500, 1, 0),
    "16 bits.png": lambda path: write_png(path, 65500, 65500, 16, 6),
    "1 bit.tif": write_tiff,
    "wide frame.gif": write_gif,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_that_says_it_is_huge_is_refused_and_the_limit_named(tmp_path, name):
    BOMBS[name](tmp_path / name)
    with pytest.raises(
        ValueError, match=rf"{name} must have at most {DEFAULT} pixels in all its frames, got \d+; give"
    ):
        read_image(tmp_path / name)
    with pytest.raises(ValueError, match=f"the input must have at most {DEFAULT} pixels"):
        read_image(io.BytesIO((tmp_path / name).read_bytes()))


def test_only_large_files_are_believed_beyond_the_default():
    assert find_limit(10_000_000) == find_limit(0) == DEFAULT
    assert find_limit(20_000_000) == 320_000_000
    assert find_limit(1 << 40) == LARGEST


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("suffix", FRAMES)
def test_all_frames_count_and_the_limit_can_be_set(tmp_path, rng, suffix, count):
    frames = [Image.fromarray(rng.integers(0, 256, (10, 20, 3), np.uint8)) for _ in range(count)]
    path = tmp_path / f"a{suffix}"
    frames[0].save(path, save_all=count > 1, append_images=frames[1:], **FRAMES[suffix])
    pixels = count * 200
    with pytest.raises(
        ValueError, match=rf"must have at most {pixels - 1} pixels in all its frames, got {pixels}; give"
    ):
        read_image(path, max_pixels=pixels - 1)
    limit = Image.MAX_IMAGE_PIXELS
    assert np.size(read_image(path, max_pixels=pixels).levels[0]) == 3 * pixels
    assert limit == Image.MAX_IMAGE_PIXELS


def test_pages_that_are_read_as_frames_are_counted(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((7, 10, 20), np.uint16))
    with pytest.raises(ValueError, match="at most 1399 pixels in all its frames, got 1400"):
        read_image(tmp_path / "a.tif", max_pixels=1399)
    assert read_image(tmp_path / "a.tif", max_pixels=1400).levels[0].shape == (7, 10, 20)


def test_chunk_by_chunk_the_limit_is_one_of_each_chunk(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((100, 200), np.uint8), rowsperstrip=100)
    tifffile.imwrite(tmp_path / "b.tif", np.zeros((100, 200), np.uint8), rowsperstrip=10)
    with pytest.raises(ValueError, match=r"each tile or strip of .*a\.tif must have at most 5000 pixels .* got 20000"):
        read_image(tmp_path / "a.tif", lazy=True, max_pixels=5000)
    assert read_image(tmp_path / "b.tif", lazy=True, max_pixels=5000).levels[0].shape == (100, 200)


def test_indexed_images_have_the_limit_too(tmp_path):
    write_png(tmp_path / "a.png", 65500, 65500, 8, 3)
    with pytest.raises(ValueError, match=f"must have at most {DEFAULT} pixels"):
        read_indexed(tmp_path / "a.png")


def test_the_limit_of_the_command_line_holds_for_each_image(tmp_path, photo, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(photo).save("a.png")
    most = photo.shape[0] * photo.shape[1]
    for further in ([], ["--shared"]):
        assert main(["a.png", "-n", "4", "--max-pixels", str(most - 1), *further]) == 2
        assert f"a.png must have at most {most - 1} pixels" in (told := capsys.readouterr().err)
        assert told.endswith("give --max-pixels to read more\n")
        assert main(["a.png", "-n", "4", "--max-pixels", str(most), *further]) == 0
        assert capsys.readouterr().err == ""
    assert main(["a.png", "--max-pixels", "0"]) == 2
    assert "max_pixels must lie in 1..4611686018427387904, got 0" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["frames", "deep"])
def test_reading_tells_how_far_it_is_and_can_be_cancelled(tmp_path, rng, kind):
    path = tmp_path / "a.png"
    if kind == "deep":
        Image.fromarray(rng.integers(0, 65536, (40, 50), np.uint16)).save(path)
    else:
        frames = [Image.fromarray(rng.integers(0, 256, (10, 20, 3), np.uint8)) for _ in range(4)]
        frames[0].save(path, save_all=True, append_images=frames[1:])
    heard = []
    with watch(lambda done, _: heard.append(done)):
        read_image(path)
    assert heard == sorted(heard)
    assert len(heard) == (4 if kind == "frames" else 1)

    def stop(*_):
        raise Cancelled

    with pytest.raises(Cancelled), watch(stop):
        read_image(path)
