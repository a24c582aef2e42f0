"""Other programs open our pictures, and see the pixels that we wrote. docs/interoperability.md has a row for each."""

import io

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq


def _write(tmp_path, indexed, ending):
    path = tmp_path / f"ours.{ending}"
    cq.write_indexed(indexed, path, overwrite=True)
    return path


@pytest.mark.parametrize("ending", ["png", "gif", "tif", "webp"])
def test_imagemagick_sees_our_pixels(tmp_path, run, indexed, ending):
    path = _write(tmp_path, indexed, ending)
    pixels = np.frombuffer(run("convert", path, "-depth", "8", "rgb:-", text=False), np.uint8)
    np.testing.assert_array_equal(pixels.reshape(indexed.to_rgb().shape), indexed.to_rgb())


@pytest.mark.parametrize("ending", ["png", "gif"])
def test_imagemagick_counts_our_colours_and_sees_the_gaps(tmp_path, run, indexed, with_gaps, ending):
    assert run("identify", "-format", "%k", _write(tmp_path, indexed, ending)) == "8"
    raw = run("convert", _write(tmp_path, with_gaps, ending), "-depth", "8", "rgba:-", text=False)
    alpha = np.frombuffer(raw, np.uint8).reshape(*with_gaps.shape, 4)[..., 3]
    np.testing.assert_array_equal(alpha, with_gaps.valid * np.uint8(255))


@pytest.mark.parametrize("ending", ["png", "apng"])
def test_pngcheck_finds_nothing(tmp_path, run, indexed, with_gaps, film, ending):
    for image in (film,) if ending == "apng" else (indexed, with_gaps):
        told = run("pngcheck", "-q", _write(tmp_path, image, ending))
        assert not told or told.startswith("OK")


def test_gifsicle_warns_of_nothing_and_unpacks_our_frames(tmp_path, run, film):
    path = _write(tmp_path, film, "gif")
    told = run("gifsicle", "--info", "--no-ignore-errors", path)
    assert "3 images" in told
    assert "warning" not in told
    frames = film.to_rgb()
    run("gifsicle", "--unoptimize", "--explode", path, "--output", "frame")
    for number, frame in enumerate(frames):
        with Image.open(tmp_path / f"frame.{number:03}") as picture:
            np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), frame)


def test_libtiff_reads_our_colour_table(tmp_path, run, indexed):
    told = run("tiffinfo", "-D", _write(tmp_path, indexed, "tif"))
    assert "Photometric Interpretation: palette color" in told
    assert "Warning" not in told
    run("tiff2rgba", "ours.tif", "true.tif")
    with Image.open(tmp_path / "true.tif") as picture:
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), indexed.to_rgb())


_GIMP = """
(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "{source}" "{source}")))
       (layer (car (gimp-image-get-active-layer image))))
  (gimp-message (string-append "type " (number->string (car (gimp-image-base-type image)))
                               " bytes " (number->string (car (gimp-image-get-colormap image)))))
  (if (= INDEXED (car (gimp-image-base-type image))) (gimp-image-convert-rgb image))
  (file-png-save-defaults RUN-NONINTERACTIVE image layer "{target}" "{target}"))
"""


@pytest.mark.parametrize("ending", ["png", "gif", "tif"])
def test_gimp_opens_our_file_as_an_indexed_image_with_our_pixels(tmp_path, run, indexed, ending):
    path = _write(tmp_path, indexed, ending)
    script = _GIMP.format(source=path, target=tmp_path / "gimp.png")
    run("gimp", "-n", "-i", "-d", "-f", "-b", script, "-b", "(gimp-quit 0)")
    with Image.open(tmp_path / "gimp.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), indexed.to_rgb())


def test_what_gimp_and_imagemagick_write_is_read_as_theirs(tmp_path, run, indexed):
    path = _write(tmp_path, indexed, "png")
    run("convert", path, "-colors", "4", "PNG8:theirs.png")
    with Image.open(tmp_path / "theirs.png") as picture:
        expected = np.asarray(picture.convert("RGB"))
    np.testing.assert_array_equal(cq.read_image(tmp_path / "theirs.png").levels[0], expected)
    buffer = io.BytesIO(run("convert", path, "GIF:-", text=False))
    assert np.asarray(Image.open(buffer).convert("RGB")).shape == expected.shape
