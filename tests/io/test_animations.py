"""Frames and how long they are shown, from file to file."""

import struct

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
from image_files import read_both
from napari_colorquant.cli import main
from napari_colorquant.io.formats import list_suffixes
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.read import read_image
from napari_colorquant.io.write import write_indexed
from napari_colorquant.pipeline.frames import quantize_frames


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_animations_keep_their_timing_from_end_to_end(tmp_path, photo, suffix):
    frames = [Image.fromarray(np.roll(photo, 30 * i, axis=0)[:40, :50]).quantize(8) for i in range(3)]
    frames = frames if suffix == "gif" else [frame.convert("RGB") for frame in frames]
    options = {"lossless": True} if suffix == "webp" else {}
    times = [40, 500, 1200]
    frames[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:], duration=times, loop=3, **options)
    image = read_both(tmp_path / f"a.{suffix}")
    assert image.axes == ("t", "y", "x")
    np.testing.assert_allclose(image.durations, [0.04, 0.5, 1.2])
    assert image.loops == 3
    for target in ("b.gif", "b.apng", "b.tif", "b.zarr", "b.webp"):
        assert main([str(tmp_path / f"a.{suffix}"), "-n", "8", "-o", str(tmp_path / target), "--quiet"]) == 0
        written = read_image(tmp_path / target)
        np.testing.assert_allclose(written.durations, [0.04, 0.5, 1.2])
        assert written.loops == 3


@pytest.mark.parametrize("shape", [(1, 6, 7), (3, 6, 7), (6, 7)])
def test_indices_and_half_transparent_colours_of_apng_are_read_back(tmp_path, rng, shape):
    colors = [[9, 9, 9, 255], [9, 9, 9, 128], [200, 0, 0, 1], [0, 0, 250, 255]]
    palette = cq.Palette.of_levels(np.array(colors, np.uint8))
    labels = np.append(rng.integers(0, 4, np.prod(shape) - 4), range(4)).astype(np.uint8).reshape(shape)
    valid = rng.random(shape) > 0.1
    write_indexed(cq.IndexedImage(labels, palette, cq.Recipe(palette=palette), valid), tmp_path / "a.apng")
    read = read_indexed(tmp_path / "a.apng")
    np.testing.assert_array_equal(read.palette.rgba, colors)
    np.testing.assert_array_equal(read.labels, np.where(valid, labels, 0).reshape(read.shape))
    np.testing.assert_array_equal(read.valid, valid.reshape(read.shape))


def test_the_picture_for_programs_without_animations_is_no_frame(tmp_path, photo):
    frames = [Image.fromarray(np.roll(photo, 9 * i, axis=0)) for i in range(3)]
    options = {"save_all": True, "append_images": frames[1:], "duration": [40, 500], "default_image": True}
    frames[0].save(tmp_path / "a.png", **options)
    image = read_both(tmp_path / "a.png")
    np.testing.assert_array_equal(image.levels[0][..., :3], [np.asarray(frame) for frame in frames[1:]])
    assert image.durations == (0.04, 0.5)


@pytest.mark.parametrize("target", ["out.gif", "out.apng", "out.tif", "out.zarr", "out.webp"])
@pytest.mark.parametrize("speed", [("--fps", "4"), ("--duration", "250")])
def test_pictures_become_an_animation_of_so_many_frames_a_second(tmp_path, photo, target, speed):
    for i in range(3):
        Image.fromarray(np.roll(photo, 9 * i, axis=0)).save(tmp_path / f"f{i}.png")
    files = [str(tmp_path / f"f{i}.png") for i in range(3)]
    assert main([*files, "--stack", "-n", "4", "-o", str(tmp_path / target), *speed, "--quiet"]) == 0
    image = read_image(tmp_path / target)
    assert image.axes == ("t", "y", "x")
    np.testing.assert_allclose(image.durations, [0.25] * 3)


def test_a_frame_beyond_the_screen_of_a_gif_makes_it_larger(tmp_path, photo):
    frames = [Image.fromarray(photo[:20, :30]).quantize(8), Image.fromarray(photo[20:40, :30]).quantize(8)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100, disposal=2)
    data = (tmp_path / "a.gif").read_bytes()
    place = data.rindex(b"\x2c\0\0\0\0\x1e\0\x14\0")  # where the second frame lies
    (tmp_path / "a.gif").write_bytes(data[: place + 1] + struct.pack("<HH", 10, 5) + data[place + 5 :])
    image = read_both(tmp_path / "a.gif")
    assert image.levels[0].shape == (2, 25, 40, 4)
    assert (image.levels[0][0, :20, :30, 3] == 255).all()
    assert not image.levels[0][0, 20:, :, 3].any()
    assert image.durations == (0.1, 0.1)


@pytest.mark.parametrize("gaps", ["none", "growing", "shrinking"])
def test_a_gif_holds_the_differences_between_its_frames_alone(tmp_path, rng, gaps):
    still = rng.integers(0, 256, (6, 200, 200, 3), np.uint8)[:1].repeat(6, axis=0)
    moving = still.copy()
    for number in range(6):
        moving[number, 20 : 30 + number, 50:60] = 255
    moving[4] = moving[3]
    mask = np.ones(moving.shape[:3], bool)
    if gaps != "none":
        for number in range(6):
            mask[number, : 10 + (number if gaps == "shrinking" else -number)] = False
    indexed = cq.quantize(moving, 16, mask=mask)
    cq.write_indexed(indexed, tmp_path / "a.gif")
    shown = np.asarray(cq.read_image(tmp_path / "a.gif").levels[0])
    np.testing.assert_array_equal(shown[..., :3][mask], indexed.to_rgb()[mask])
    assert len(shown) == 6
    if gaps != "none":
        np.testing.assert_array_equal(shown[..., 3] > 0, mask)
    back = read_indexed(tmp_path / "a.gif")
    np.testing.assert_array_equal(back.to_rgb()[mask], indexed.to_rgb()[mask])
    if gaps == "none":
        cq.write_indexed(cq.IndexedImage(indexed.labels[0], indexed.palette, indexed.recipe), tmp_path / "one.gif")
        assert (tmp_path / "a.gif").stat().st_size < 1.2 * (tmp_path / "one.gif").stat().st_size


def _make_frames(photo, gaps):
    film = np.stack([photo[:40, :50], photo[40:80, :50], photo[40:80, :50] // 2])
    mask = np.ones(film.shape[:3], bool)
    if gaps:
        mask[0, :9] = mask[2, 5:, 40:] = False
    return quantize_frames(film, 12, mask=mask)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("suffix", list_suffixes(written=True, frame_palettes=True))
def test_frames_with_palettes_of_their_own_are_read_back(tmp_path, photo, suffix, gaps):
    frames = _make_frames(photo, gaps)
    write_indexed(frames, tmp_path / f"a{suffix}", duration=[0.1, 0.2, 0.3])
    image = read_both(tmp_path / f"a{suffix}")
    found = np.asarray(image.levels[0])
    shown = np.ones(frames.shape, bool) if frames.valid is None else frames.valid
    assert (found[..., :3][shown] == frames.to_rgb()[shown]).all()
    assert found.shape[-1] == 3 or (found[..., 3] == 255 * shown).all()
    np.testing.assert_allclose(image.durations, [0.1, 0.2, 0.3])


@pytest.mark.parametrize("suffix", [".apng", ".tif", ".zarr", ".png"])
def test_other_formats_take_no_palette_for_each_frame(tmp_path, photo, suffix):
    with pytest.raises(ValueError, match=r"a palette for each frame must be written as \.gif, \.webp, got"):
        write_indexed(_make_frames(photo, False), tmp_path / f"a{suffix}")
    assert not list(tmp_path.iterdir())


def test_the_terminal_writes_a_palette_for_each_frame(tmp_path, photo, capsys):
    film = [Image.fromarray(photo[i : i + 40, :50]) for i in (0, 30, 60)]
    film[0].save(tmp_path / "a.webp", save_all=True, append_images=film[1:], lossless=True)
    source, target = str(tmp_path / "a.webp"), str(tmp_path / "b.gif")
    assert main([source, "-n", "5", "--per-frame", "--report", "-o", target]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:3]] == ["frame 0", "frame 1", "frame 2"]
    assert lines[3].startswith("MSE ")
    written = np.asarray(read_image(target).levels[0])
    frames = quantize_frames(np.asarray(read_image(source).levels[0]), 5)
    assert (written[..., :3] == frames.to_rgb()).all()
    assert main([source, "-n", "5", "--per-frame", "-o", str(tmp_path / "b.tif")]) == 2
    assert "a palette for each frame must be written as .gif, .webp, got" in capsys.readouterr().err
    for others in (["--palette", str(tmp_path / "p.gpl")], ["--map", "pico8"]):
        assert main([source, "--per-frame", *others]) == 2
        assert "so --per-frame must be left out" in capsys.readouterr().err


def test_a_film_with_an_empty_frame_gets_a_palette_for_each_frame(tmp_path, rgba_photo):
    frames = [Image.fromarray(each) for each in (rgba_photo, np.zeros_like(rgba_photo), rgba_photo[::-1].copy())]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=50, lossless=True)
    assert main([str(tmp_path / "a.webp"), "-n", "8", "--per-frame", "-o", str(tmp_path / "b.gif"), "--quiet"]) == 0
    alpha = np.asarray(read_image(tmp_path / "b.gif").levels[0])[..., 3]
    assert [bool(plane.any()) for plane in alpha] == [True, False, True]
