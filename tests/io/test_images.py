"""Image files: read as they are meant to be seen, written with every index in place."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from napari_colorquant import IndexedImage, Palette, Recipe
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.pictures.gif import write_gif
from napari_colorquant.io.pictures.png_writing import write_indexed_png, write_rgb_png
from napari_colorquant.io.read import read_image_file
from napari_colorquant.io.write import write_indexed


def make_indexed(labels, n_colors, valid=None, seed=0):
    colors = np.random.default_rng(seed).integers(0, 256, (n_colors, 3), np.uint8)
    return IndexedImage(np.asarray(labels, np.uint8), Palette(colors), Recipe(), valid)


def saved(array, suffix, **options):
    file = io.BytesIO()
    image = array if isinstance(array, Image.Image) else Image.fromarray(array)
    image.save(file, suffix, **options)
    file.seek(0)
    return file


# --- reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["png", "tiff", "bmp", "webp", "ppm"])
def test_colours_are_read_bit_for_bit(photo, format_):
    options = {"lossless": True} if format_ == "webp" else {}
    np.testing.assert_array_equal(read_image_file(saved(photo, format_, **options)), photo)


def test_gray_alpha_and_black_and_white_stay_what_they_are(gray_photo, rgba_photo):
    np.testing.assert_array_equal(read_image_file(saved(gray_photo, "png")), gray_photo)
    np.testing.assert_array_equal(read_image_file(saved(rgba_photo, "png")), rgba_photo)
    black_and_white = read_image_file(saved(gray_photo > 99, "png"))
    assert black_and_white.dtype == bool
    np.testing.assert_array_equal(black_and_white, gray_photo > 99)
    with_alpha = Image.fromarray(gray_photo).convert("LA")
    assert read_image_file(saved(with_alpha, "png")).shape == (*gray_photo.shape, 4)


def test_16_bits_of_gray_are_kept(tmp_path, rng):
    deep = rng.integers(0, 65536, (13, 17), np.uint16)
    np.testing.assert_array_equal(read_image_file(saved(deep, "png")), deep)
    np.testing.assert_array_equal(read_image_file(saved(deep, "tiff")), deep)
    for byteorder in "<>":
        tifffile.imwrite(tmp_path / "a.tif", deep, byteorder=byteorder)
        np.testing.assert_array_equal(read_image_file(tmp_path / "a.tif"), deep)


def test_16_bits_of_colour_are_kept(tmp_path, photo):
    deep = photo.astype(np.uint16) * 255 + 17
    rows = deep.astype(">u2").reshape(len(photo), -1).view(np.uint8)
    scanlines = np.concatenate([np.zeros((len(rows), 1), np.uint8), rows], axis=1)
    header = struct.pack(">IIBBBBB", photo.shape[1], photo.shape[0], 16, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(scanlines.tobytes()))
    np.testing.assert_array_equal(read_image_file(io.BytesIO(data + chunk(b"IEND", b""))), deep)
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="rgb")
    np.testing.assert_array_equal(read_image_file(tmp_path / "a.tif"), deep)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_floats_and_integers_of_32_bits_are_kept(gray_photo):
    for dtype in (np.float32, np.int32):
        image = read_image_file(saved(gray_photo.astype(dtype), "tiff"))
        assert image.dtype == dtype
        np.testing.assert_array_equal(image, gray_photo)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_turned_as_exif_says(orientation):
    upright = np.zeros((4, 6, 3), np.uint8)
    upright[0, 0], upright[0, -1] = 200, 100
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = Image.fromarray(upright) if undo is None else Image.fromarray(upright).transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_array_equal(read_image_file(saved(stored, "png", exif=exif)), upright)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "apng"])
def test_an_indexed_picture_is_turned_whether_its_indices_are_read_or_its_colours(tmp_path, rng, orientation, suffix):
    picture = Image.fromarray(rng.integers(0, 5, (4, 6), np.uint8))
    picture.putpalette(rng.integers(0, 256, 15, np.uint8).tobytes())
    exif = Image.Exif()
    exif[0x0112] = orientation
    frames = {"save_all": True, "append_images": [picture]} if suffix == "apng" else {}
    picture.save(tmp_path / f"a.{suffix}", "png", exif=exif, **frames)
    indexed = read_indexed(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(indexed.to_rgb(), read_image_file(tmp_path / f"a.{suffix}"))


def test_palettes_are_applied_with_their_transparency():
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    image.putpalette(bytes([10, 20, 30, 40, 50, 60, 70, 80, 90]))
    np.testing.assert_array_equal(read_image_file(saved(image, "png"))[0], [[10, 20, 30], [40, 50, 60], [70, 80, 90]])
    clear = read_image_file(saved(image, "png", transparency=1))
    np.testing.assert_array_equal(clear[0, :, 3], [255, 0, 255])


def test_cmyk_becomes_rgb():
    white = read_image_file(saved(Image.new("CMYK", (2, 2), (0, 0, 0, 0)), "jpeg"))
    assert white.shape == (2, 2, 3)
    assert white.min() > 250


def test_colours_of_another_space_are_converted_and_srgb_is_not_touched(photo):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    np.testing.assert_array_equal(read_image_file(saved(photo, "png", icc_profile=srgb)), photo)
    np.testing.assert_array_equal(read_image_file(saved(photo, "png", icc_profile=b"no profile")), photo)
    lab = Image.fromarray(photo[:8, :8])
    lab = ImageCms.profileToProfile(
        lab, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    error = read_image_file(saved(lab, "tiff")).astype(int) - photo[:8, :8]
    assert np.abs(error).max() < 12  # Pillow's Lab has 8 bits


def test_frames_of_one_size_are_a_stack(tmp_path, photo, gray_photo):
    frames = [Image.fromarray(photo), Image.fromarray(photo[::-1].copy()), Image.fromarray(photo[:, ::-1].copy())]
    stack = read_image_file(saved(frames[0], "tiff", save_all=True, append_images=frames[1:]))
    np.testing.assert_array_equal(stack, [photo, photo[::-1], photo[:, ::-1]])
    apng = read_image_file(saved(frames[0], "png", save_all=True, append_images=frames[1:]))
    np.testing.assert_array_equal(apng[..., :3], stack)
    mixed = saved(frames[0], "tiff", save_all=True, append_images=[Image.fromarray(gray_photo)])
    np.testing.assert_array_equal(read_image_file(mixed)[1, ..., 2], gray_photo)


def test_pages_of_other_sizes_are_previews(photo):
    small = Image.fromarray(photo[::2, ::2].copy())
    file = saved(Image.fromarray(photo), "tiff", save_all=True, append_images=[small])
    np.testing.assert_array_equal(read_image_file(file), photo)


def test_what_is_no_image_gets_a_clear_error(tmp_path, photo):
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(ValueError, match=r"a\.png must be an image file, got a file of no known format"):
        read_image_file(tmp_path / "a.png")
    with pytest.raises(FileNotFoundError):
        read_image_file(tmp_path / "missing.png")
    data = saved(photo, "png").getvalue()
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"cut\.png must be an image file that can be read"):
        read_image_file(tmp_path / "cut.png")
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    bomb = io.BytesIO(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b""))
    with pytest.raises(ValueError, match=r"the input must have at most 178956970 pixels .* got 3600000000"):
        read_image_file(bomb)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), format_=st.sampled_from(["png", "gif", "tiff", "jpeg", "bmp"]))
def test_damaged_images_are_an_error_or_an_image(data, format_):
    ramp = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    damaged = bytearray(saved(ramp, format_).getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(1, len(damaged)))]
    try:
        image = read_image_file(io.BytesIO(bytes(damaged)))
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert image.ndim >= 2


# --- writing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("n_colors", "bits"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8), (256, 8)])
def test_png_has_the_palette_as_it_is_and_as_few_bits_as_it_needs(tmp_path, rng, n_colors, bits):
    labels = rng.integers(0, n_colors, (11, 13))
    indexed = make_indexed(labels, n_colors)
    write_indexed_png(indexed, tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    assert (data[24], data[25]) == (bits, 3)  # IHDR: depth, indexed colour
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "P"
        assert "transparency" not in image.info
        np.testing.assert_array_equal(np.asarray(image), labels)
        assert image.getpalette()[: 3 * n_colors] == indexed.palette.colors.ravel().tolist()
    np.testing.assert_array_equal(read_image_file(tmp_path / "a.png"), indexed.to_rgb())


def test_pixels_without_data_become_transparent(tmp_path, rng):
    labels = rng.integers(0, 16, (11, 13))
    valid = rng.random((11, 13)) > 0.3
    indexed = make_indexed(np.where(valid, labels, 0), 16, valid)
    for suffix, write in ((".png", write_indexed_png), (".gif", write_gif)):
        write(indexed, tmp_path / f"a{suffix}")
        image = read_image_file(tmp_path / f"a{suffix}")
        np.testing.assert_array_equal(image[..., 3] > 0, valid)
        np.testing.assert_array_equal(image[valid][:, :3], indexed.to_rgb()[valid])


def test_pixels_without_data_need_an_index(tmp_path):
    indexed = make_indexed([[0, 255]], 256, np.array([[False, True]]))
    with pytest.raises(ValueError, match="at most 255 colours, got 256"):
        write_indexed(indexed, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []
    write_indexed(make_indexed([[0, 255]], 256, np.array([[True, True]])), tmp_path / "a.png")


@pytest.mark.parametrize("n_colors", [1, 2, 3, 7, 16, 100, 256])
def test_gif_keeps_every_index_and_every_frame(tmp_path, rng, n_colors):
    labels = rng.integers(0, n_colors, (4, 11, 13))
    labels[2] = labels[1]  # a still moment stays a frame
    indexed = make_indexed(labels, n_colors, seed=1)
    write_gif(indexed, tmp_path / "a.gif", duration=0.25)
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 4
        assert image.info["duration"] == 250
        assert image.info["loop"] == 0
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), indexed.to_rgb()[0])
    np.testing.assert_array_equal(read_image_file(tmp_path / "a.gif")[..., :3], indexed.to_rgb())


def test_gif_frames_with_gaps_do_not_show_the_frame_before(tmp_path, rng):
    valid = rng.random((3, 9, 7)) > 0.5
    indexed = make_indexed(rng.integers(0, 5, (3, 9, 7)), 5, valid)
    write_indexed(indexed, tmp_path / "a.gif")
    stack = read_image_file(tmp_path / "a.gif")
    np.testing.assert_array_equal(stack[..., 3] > 0, valid)
    np.testing.assert_array_equal(stack[valid][:, :3], indexed.to_rgb()[valid])


def test_a_plane_is_a_gif_of_one_frame(tmp_path):
    write_gif(make_indexed([[0, 1], [1, 0]], 2), tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 1
        assert "loop" not in image.info


def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path):
    stack = make_indexed(np.zeros((2, 3, 4)), 2)
    with pytest.raises(ValueError, match=r"one plane, got labels of shape \(2, 3, 4\)"):
        write_indexed(stack, tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"must be written as one of \.png, .*, got .*a\.jpg"):
        write_indexed(stack, tmp_path / "a.jpg")
    with pytest.raises(ValueError, match=r"duration must lie in 0\.02\.\.600"):
        write_gif(stack, tmp_path / "a.gif", duration=0)
    with pytest.raises(ValueError, match="at most 65535 pixels"):
        write_gif(make_indexed(np.zeros((1, 70_000)), 2), tmp_path / "a.gif")
    with pytest.raises(ValueError, match=r"as \.png"):
        write_rgb_png(np.zeros((2, 2, 3), np.uint8), tmp_path / "a.jpg")
    with pytest.raises(ValueError, match="one plane"):
        write_rgb_png(np.zeros((2, 2, 2, 3), np.uint8), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_files_that_exist_are_kept(tmp_path):
    indexed = make_indexed([[0, 1]], 2)
    for name in ("a.png", "a.gif"):
        (tmp_path / name).write_text("keep me")
        with pytest.raises(FileExistsError):
            write_indexed(indexed, tmp_path / name)
        assert (tmp_path / name).read_text() == "keep me"
        write_indexed(indexed, tmp_path / name, overwrite=True)
        np.testing.assert_array_equal(read_image_file(tmp_path / name)[..., :3], indexed.to_rgb())


def test_open_files_can_be_written_to():
    indexed = make_indexed([[0, 1]], 2)
    for write in (write_indexed_png, write_gif):
        file = io.BytesIO()
        write(indexed, file)
        file.seek(0)
        np.testing.assert_array_equal(read_image_file(file), indexed.to_rgb())


def test_images_of_many_colours_are_written_bit_for_bit(tmp_path, photo, rgba_photo):
    for image in (photo, rgba_photo):
        write_rgb_png(image, tmp_path / "a.png", overwrite=True)
        np.testing.assert_array_equal(read_image_file(tmp_path / "a.png"), image)
