"""Files of every format, damaged as a fuzzer does it: an image, a palette, or a refusal, and nothing else.

The same examples in every run; ``tools/fuzz.py`` goes on from here.
"""

import io
import logging
import struct
import threading
import tracemalloc
import zlib

import numpy as np
import pytest
import tifffile
import zarr

import napari_colorquant as cq
from mutation import DAMAGES, mutate, open_image, open_palette
from mutation_corpus import read_corpus
from mutation_seeds import image_seeds, palette_seeds, write_seed
from napari_colorquant.io.damage import without_log
from napari_colorquant.io.formats import IMAGE_FORMATS
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.palettes import FORMATS, pictures
from napari_colorquant.io.read import read_image

#: Damaged copies of each file.
IMAGES, PALETTES = 10, 120


def damaged(seeds, count):
    """Iterate over damaged copies of some files, with their names."""
    whole = [data for data in seeds.values() if isinstance(data, bytes)]
    for name, data in seeds.items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        for _ in range(count):
            donor = whole[rng.integers(len(whole))]
            if isinstance(data, bytes):
                yield name, mutate(data, rng, donor)
            else:
                part = sorted(data)[rng.integers(len(data))]
                yield name, {**data, part: mutate(data[part], rng)}


@pytest.mark.parametrize("entry", IMAGE_FORMATS.values(), ids=lambda entry: entry.name)
def test_damaged_images_are_images_or_refused(tmp_path, entry):
    seeds = {name: data for name, data in image_seeds().items() if name.endswith(entry.suffixes)}
    assert seeds
    for name, data in damaged(seeds, IMAGES):
        path = tmp_path / name
        write_seed(path, data)
        open_image(path)


@pytest.mark.parametrize("entry", FORMATS.values(), ids=lambda entry: entry.name)
def test_damaged_palettes_are_palettes_or_refused(tmp_path, entry):
    seeds = {name: data for name, data in palette_seeds().items() if name.endswith(entry.suffixes)}
    assert seeds
    for name, data in damaged(seeds, PALETTES):
        path = tmp_path / name
        write_seed(path, data)
        open_palette(path)


def test_whole_seeds_are_read(tmp_path):
    for seeds, open_ in ((image_seeds(), open_image), (palette_seeds(), open_palette)):
        for name, data in seeds.items():
            write_seed(tmp_path / name, data)
            assert open_(tmp_path / name), name


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_file_of_any_length_can_be_damaged(rng, damage):
    for length in [0, 1, 2, 7, 300] * 20:
        data = bytearray(b"12 ab" * length)[:length]
        before = bytes(data)
        damage(data, rng, b"another file")
        assert isinstance(data, bytearray)
        assert damage.__name__ != "flip_a_bit" or not length or data != before


# --- what was found


@pytest.mark.parametrize("name", read_corpus())
def test_what_once_did_harm_is_an_image_or_refused_and_takes_little(tmp_path, name):
    (tmp_path / name).write_bytes(read_corpus()[name])
    tracemalloc.start()
    open_image(tmp_path / name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20


def test_samples_count_as_pixels_do(tmp_path):
    pixels = np.zeros((9, 11, 12_000), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", pixels, planarconfig="contig", rowsperstrip=9, compression="zlib")
    for path in (tmp_path / "a.tif", io.BytesIO((tmp_path / "a.tif").read_bytes())):
        with pytest.raises(ValueError, match=r"must have at most 296999 pixels in all its frames, got 297000"):
            read_image(path, max_pixels=296_999)
    with pytest.raises(ValueError, match=r"each tile or strip of .* at most 296999 pixels .* got 297000"):
        read_image(tmp_path / "a.tif", lazy=True, max_pixels=296_999)
    assert read_image(tmp_path / "a.tif", max_pixels=297_000).levels[0].size == pixels.size


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_strip_that_is_said_to_be_longer_than_memory_is_damage(tmp_path, compression):
    pixels = np.arange(99, dtype=np.uint8).reshape(9, 11)
    for count in (1, 2):
        frames = np.stack([pixels] * count)
        tifffile.imwrite(tmp_path / "a.tif", frames, bigtiff=True, compression=compression, photometric="minisblack")
        data = bytearray((tmp_path / "a.tif").read_bytes())
        for at in range(16, len(data) - 20):
            if struct.unpack_from("<HHQ", data, at) in ((279, 16, 1), (279, 4, 1), (279, 3, 1)):
                struct.pack_into("<HQQ", data, at + 2, 16, 1, 2_000_000_000_000_000_000)
        (tmp_path / "a.tif").write_bytes(data)
        open_image(tmp_path / "a.tif")
        with pytest.raises(ValueError, match=r"must hold the 2000000000000000000 bytes .*, got \d+ in all"):
            np.asarray(read_image(tmp_path / "a.tif", lazy=True).levels[0])


def test_a_tile_has_no_more_pixels_than_an_image_may_have(tmp_path):
    pixels = np.zeros((9, 11), np.uint8)
    indexed = cq.IndexedImage(pixels, cq.Palette([[1, 2, 3]]), cq.Recipe())
    tifffile.imwrite(tmp_path / "a.tif", pixels, tile=(16, 16), compression="zlib", metadata=None)
    cq.write_indexed(indexed, tmp_path / "ours.tif")
    for name in ("a.tif", "ours.tif"):
        data = bytearray((tmp_path / name).read_bytes())
        (count,) = struct.unpack_from("<H", data, 8)
        for at in range(10, 10 + 12 * count, 12):
            if struct.unpack_from("<H", data, at)[0] == 323:  # the rows of a tile
                struct.pack_into("<HII", data, at + 2, 4, 1, 1 << 30)
        (tmp_path / name).write_bytes(data)
        for read in (read_image, lambda path: read_image(path, lazy=True)):
            with pytest.raises(ValueError, match=r"each tile or strip of .* must have at most 178956970 pixels"):
                read(tmp_path / name)
    with pytest.raises(ValueError, match=r"each tile or strip of .* must have at most 178956970 pixels"):
        read_indexed(tmp_path / "ours.tif")


def test_an_image_without_pixels_is_refused(tmp_path):
    zarr.create_array(tmp_path / "a.zarr", shape=(0, 11), dtype="u1")
    with pytest.raises(ValueError, match=r"an image must have pixels, got shapes \(0, 11\)"):
        read_image(tmp_path / "a.zarr")


def test_indexed_images_of_ours_have_the_limit_of_all_images(tmp_path, photo):
    indexed = cq.quantize(photo, 5)
    for suffix in (".tif", ".zarr", ".png", ".gif", ".apng"):
        path = tmp_path / f"a{suffix}"
        cq.write_indexed(indexed, path)
        with pytest.raises(ValueError, match=f"a{suffix} must have at most 16383 pixels in all its frames, got 16384"):
            read_indexed(path, max_pixels=128 * 128 - 1)
        np.testing.assert_array_equal(read_indexed(path, max_pixels=128 * 128).labels, indexed.labels)


@pytest.mark.parametrize("suffix", [".gif", ".png"])
def test_a_gray_ramp_is_a_palette_of_any_picture(tmp_path, rng, monkeypatch, suffix):
    monkeypatch.setattr(pictures, "MAX_STRIP_PIXELS", 100)
    palette = cq.Palette(np.repeat(np.arange(16, dtype=np.uint8)[:, None], 3, axis=1))
    labels = rng.permuted(np.tile(np.arange(16, dtype=np.uint8), 20)).reshape(16, 20)
    cq.write_indexed(cq.IndexedImage(labels, palette, cq.Recipe(palette=palette)), tmp_path / f"a{suffix}")
    assert cq.read_palette(tmp_path / f"a{suffix}").hex == palette.hex
    found = read_indexed(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(found.labels, labels)
    assert found.palette.hex == palette.hex


def test_what_a_library_finds_odd_in_a_file_is_not_logged(tmp_path, caplog):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((3, 9, 11), np.uint8), photometric="minisblack", metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    for at in range(8, len(data) - 12):
        if data[at : at + 2] == b"\x28\x01":  # the unit of the resolution, of no known type
            data[at + 2] = 99
    (tmp_path / "a.tif").write_bytes(data)
    np.asarray(read_image(tmp_path / "a.tif", lazy=True).levels[0])
    read_image(tmp_path / "a.tif")
    assert not caplog.records


def test_a_log_that_several_threads_want_silent_is_as_it_was_when_the_last_has_ended(caplog):
    logger, entered, left = logging.getLogger("tifffile"), threading.Event(), threading.Event()

    def read():
        with without_log("tifffile"):
            entered.set()
            left.wait()

    other = threading.Thread(target=read)
    with without_log("tifffile"):
        other.start()
        entered.wait()
    logger.error("while the other reads")
    left.set()
    other.join()
    logger.error("afterwards")
    assert [record.message for record in caplog.records] == ["afterwards"]
