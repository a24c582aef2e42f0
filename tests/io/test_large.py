import json
import os
import time
from pathlib import Path

import dask
import dask.array as da
import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

import napari_colorquant as cq
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant.io.image import ImageFile
from napari_colorquant.io.large import read_lazy
from napari_colorquant.io.large_writing import write_labels
from napari_colorquant.io.read import read_image
from napari_colorquant.pipeline.pyramid import make_levels, map_levels, quantize_levels


def write_ome_zarr(path, levels, axes, version="0.5", scale=1.0):
    """Write a pyramid as the specification has it."""
    group = zarr.create_group(path, zarr_format=3 if version == "0.5" else 2)
    datasets = []
    for i, level in enumerate(levels):
        group.create_array(f"level{i}", data=np.asarray(level), chunks=tuple(min(50, size) for size in level.shape))
        factors = [scale * 2.0**i if axis in "yx" else 1.0 for axis in axes]
        datasets.append({"path": f"level{i}", "coordinateTransformations": [{"type": "scale", "scale": factors}]})
    entries = [{"name": axis, "type": "channel" if axis == "c" else "space", "unit": "micrometer"} for axis in axes]
    image = {"axes": entries, "datasets": datasets, "version": version}
    group.attrs.update(
        {"ome": {"version": version, "multiscales": [image]}} if version == "0.5" else {"multiscales": [image]}
    )


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_zarr_arrays_are_opened_as_they_are(tmp_path, photo, zarr_format):
    path = tmp_path / "photo.zarr"
    zarr.create_array(path, data=photo, chunks=(50, 60, 3), zarr_format=zarr_format)
    image = read_lazy(path)
    assert image.rgb
    assert image.axes == ("y", "x")
    assert image.levels[0].chunks[0] == (50, 50, 28)
    np.testing.assert_array_equal(image.levels[0], photo)


def test_shards_are_read_as_a_whole(tmp_path, photo):
    path = tmp_path / "photo.zarr"
    zarr.create_array(path, data=photo, chunks=(16, 16, 3), shards=(64, 64, 3))
    assert read_lazy(path).levels[0].chunksize == (64, 64, 3)
    np.testing.assert_array_equal(read_lazy(path).levels[0], photo)


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_ome_zarr_brings_its_channels_last_and_its_scales(tmp_path, photo, version):
    path = tmp_path / "slide.ome.zarr"
    levels = [np.moveaxis(photo[::step, ::step], 2, 0)[:, None] for step in (1, 2, 4)]
    write_ome_zarr(path, levels, "czyx", version, scale=0.25)
    image = read_lazy(path)
    assert (image.rgb, image.axes, image.units) == (True, ("y", "x"), ("micrometer",) * 2)
    assert image.scales == ((0.25, 0.25), (0.5, 0.5), (1.0, 1.0))
    for level, step in zip(image.levels, (1, 2, 4), strict=True):
        np.testing.assert_array_equal(level, photo[::step, ::step])


def test_stacks_keep_their_frames(tmp_path, photo):
    stack = np.stack([photo, photo[::-1]])
    write_ome_zarr(tmp_path / "a.zarr", [np.moveaxis(stack, -1, 1)], "tcyx")
    tifffile.imwrite(tmp_path / "a.ome.tif", stack, metadata={"axes": "TYXS"}, photometric="rgb")
    for name in ("a.zarr", "a.ome.tif"):
        image = read_lazy(tmp_path / name)
        assert image.axes == ("t", "y", "x")
        np.testing.assert_array_equal(image.levels[0], stack)


@pytest.mark.parametrize(
    "options", [{}, {"tile": (32, 48)}, {"rowsperstrip": 7}, {"compression": "zlib"}, {"bigtiff": True}]
)
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_tiff_is_read_by_tiles_and_strips(tmp_path, rng, options, channels):
    image = rng.integers(0, 65536, (150, 130, *channels), np.uint16)
    kind = {"photometric": "rgb" if channels else "minisblack"}
    if channels == (4,):
        kind["extrasamples"] = ["unassalpha"]
    tifffile.imwrite(tmp_path / "image.tif", image, **kind, **options)
    read = read_lazy(tmp_path / "image.tif")
    assert read.rgb == bool(channels)
    np.testing.assert_array_equal(read.levels[0], image)


def test_tiff_pyramids_have_levels(tmp_path, photo):
    with tifffile.TiffWriter(tmp_path / "slide.tif", bigtiff=True) as writer:
        size = {"resolution": (40000, 20000), "resolutionunit": "CENTIMETER"}
        writer.write(photo, tile=(32, 32), photometric="rgb", subifds=1, **size)
        writer.write(photo[::2, ::2], tile=(32, 32), photometric="rgb", subfiletype=1)
    image = read_lazy(tmp_path / "slide.tif")
    assert [level.shape for level in image.levels] == [(128, 128, 3), (64, 64, 3)]
    assert image.scales == ((0.5, 0.25), (1.0, 0.5))
    np.testing.assert_array_equal(image.levels[1], photo[::2, ::2])


def test_inverted_tiff_is_turned_round(tmp_path, gray_photo):
    tifffile.imwrite(tmp_path / "image.tif", 255 - gray_photo, photometric="miniswhite")
    np.testing.assert_array_equal(read_lazy(tmp_path / "image.tif").levels[0], gray_photo)


def test_no_file_handle_is_kept(tmp_path, photo, monkeypatch):
    files = []
    monkeypatch.setattr(tifffile.TiffFile, "__exit__", lambda file, *_: (file.close(), files.append(file))[0])
    tifffile.imwrite(tmp_path / "image.tif", photo, photometric="rgb")
    np.testing.assert_array_equal(read_lazy(tmp_path / "image.tif").levels[0], photo)
    assert len(files) == 2
    assert all(file.filehandle.closed for file in files)


@pytest.mark.parametrize("name", ["labels.zarr", "labels.tif"])
@pytest.mark.parametrize("lazy", [False, True])
def test_labels_come_back_as_they_were_written(tmp_path, photo, name, lazy):
    image = da.from_array(photo, chunks=(50, 60, 3)) if lazy else photo
    indexed = cq.quantize(image, 16, mask=photo[..., 0] > 20)
    write_labels(tmp_path / name, indexed)
    valid = np.asarray(indexed.valid)
    expected = np.where(valid, np.asarray(indexed.labels) + 1, 0)
    if name == "labels.zarr":
        np.testing.assert_array_equal(read_lazy(tmp_path / name).levels[0], expected)
    else:
        with Image.open(tmp_path / name) as file:
            np.testing.assert_array_equal(file, expected)
        shown = np.asarray(read_lazy(tmp_path / name).levels[0])
        np.testing.assert_array_equal(shown[..., 3], 255 * valid)
        np.testing.assert_array_equal(shown[valid][:, :3], indexed.palette.colors[np.asarray(indexed.labels)[valid]])


def test_zarr_labels_are_ome_zarr_with_the_palette_as_their_colors(tmp_path, photo):
    write_ome_zarr(tmp_path / "slide.zarr", [photo, photo[::2, ::2]], "yxc", scale=0.5)
    slide = read_lazy(tmp_path / "slide.zarr")
    write_labels(tmp_path / "labels.zarr", quantize_levels(slide.levels, cq.Recipe(n_colors=4)), slide)
    attributes = json.loads((tmp_path / "labels.zarr" / "zarr.json").read_text())["attributes"]
    ome = attributes["ome"]
    palette = cq.Palette.from_dict(attributes["colorquant"]["palette"])
    assert ome["version"] == "0.5"
    assert [entry["rgba"] for entry in ome["image-label"]["colors"]] == [
        [*color, 255] for color in palette.colors.tolist()
    ]
    assert [entry["label-value"] for entry in ome["image-label"]["colors"]] == [0, 1, 2, 3]
    assert cq.Recipe.from_dict(attributes["colorquant"]["recipe"]).palette.hex == palette.hex
    labels = read_lazy(tmp_path / "labels.zarr")
    assert (labels.axes, labels.scales, labels.units) == (slide.axes, slide.scales, slide.units)
    for level, source in zip(labels.levels, slide.levels, strict=True):
        np.testing.assert_array_equal(level, cq.map_pixels(np.asarray(source), palette).labels)


def test_tiff_labels_keep_levels_and_pixel_size(tmp_path, photo):
    slide = ImageFile.from_axes(
        [photo, photo[::2, ::2]], "yxs", [(0.5, 0.25, 1), (1, 0.5, 1)], ["micrometer"] * 2 + [""]
    )
    write_labels(tmp_path / "labels.tif", quantize_levels(slide.levels), slide)
    labels = read_lazy(tmp_path / "labels.tif")
    assert [level.shape for level in labels.levels] == [(128, 128, 3), (64, 64, 3)]
    np.testing.assert_allclose(labels.scales[0], (0.5, 0.25))


@pytest.mark.parametrize("name", ["labels.zarr", "labels.tif"])
def test_what_exists_stands_unless_it_may_be_replaced(tmp_path, photo, name):
    first, second = cq.quantize(photo, 2), cq.quantize(photo, 5)
    write_labels(tmp_path / name, first)
    with pytest.raises(FileExistsError, match="must not exist"):
        write_labels(tmp_path / name, second)
    write_labels(tmp_path / name, second, overwrite=True)
    write_labels(tmp_path / f"new-{name}", second)
    np.testing.assert_array_equal(read_lazy(tmp_path / name).levels[0], read_lazy(tmp_path / f"new-{name}").levels[0])
    assert sorted(os.listdir(tmp_path)) == [name, f"new-{name}"]


def test_a_folder_of_other_things_is_never_replaced(tmp_path, photo):
    (tmp_path / "mine.zarr").mkdir()
    (tmp_path / "mine.zarr" / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="must be a Zarr folder"):
        write_labels(tmp_path / "mine.zarr", cq.quantize(photo, 2), overwrite=True)
    assert (tmp_path / "mine.zarr" / "thesis.txt").exists()


@pytest.mark.parametrize("name", ["labels.zarr", "labels.tif"])
def test_a_cancelled_or_failed_job_leaves_nothing(tmp_path, photo, name):
    lazy = cq.map_pixels(da.from_array(photo, chunks=16), ["#000000", "#ffffff"])

    def cancel(done, text):
        raise Cancelled

    with watch(cancel), pytest.raises(Cancelled):
        write_labels(tmp_path / name, lazy)
    broken = cq.map_pixels(da.from_array(photo, chunks=16).map_blocks(_fail, dtype=np.uint8), ["#000000"])
    with pytest.raises(RuntimeError, match="disk on fire"):
        write_labels(tmp_path / name, broken)
    _wait_until_empty(tmp_path)


def test_a_chunk_that_is_still_written_when_the_job_fails_leaves_nothing(tmp_path):
    def raise_or_sleep(block, block_info):
        if block_info[0]["chunk-location"] == (0, 0, 0):
            raise RuntimeError("disk on fire")
        time.sleep(0.2)
        return block

    image = da.zeros((32, 64, 3), np.uint8, chunks=(32, 16, 3)).map_blocks(raise_or_sleep, dtype=np.uint8)
    with pytest.raises(RuntimeError, match="disk on fire"):
        write_labels(tmp_path / "labels.zarr", cq.map_pixels(image, ["#000000"]))
    time.sleep(0.5)  # what was under way is written by now
    _wait_until_empty(tmp_path)


def _wait_until_empty(folder):
    # A task that was at work when the job ended comes to its end first.
    end = time.monotonic() + 20
    while os.listdir(folder) and time.monotonic() < end:
        time.sleep(0.01)
    assert not os.listdir(folder)


def write_frames(folder, frames, **options):
    """Write each frame as a TIFF file of its own; return their paths in order."""
    paths = [folder / f"frame{i}.tif" for i in range(len(frames))]
    for path, frame in zip(paths, frames, strict=True):
        tifffile.imwrite(path, frame, photometric="rgb" if frame.shape[-1] == 3 else "minisblack", **options)
    return paths


@pytest.mark.parametrize("options", [{}, {"tile": (32, 48)}, {"rowsperstrip": 7}, {"compression": "zlib"}])
def test_files_are_the_frames_of_one_image(tmp_path, photo, options):
    frames = [np.roll(photo, 20 * i, axis=i % 3) for i in range(12)]
    image = read_lazy(write_frames(tmp_path, frames, **options))
    assert (image.rgb, image.axes, image.units) == (True, ("t", "y", "x"), ("", "", ""))
    assert image.levels[0].chunks[0] == (1,) * 12
    expected = cq.quantize(np.stack(frames), 8)
    indexed = cq.quantize(image.levels[0], 8)
    np.testing.assert_array_equal(indexed.labels, expected.labels)
    np.testing.assert_array_equal(indexed.palette.colors, expected.palette.colors)
    np.testing.assert_array_equal(indexed.palette.shares, expected.palette.shares)


def test_frames_stand_in_the_order_in_which_they_are_given(tmp_path, photo):
    paths = write_frames(tmp_path, [photo, photo[::-1], photo[:, ::-1]])
    np.testing.assert_array_equal(
        read_lazy(tuple(paths[::-1])).levels[0], np.stack([photo[:, ::-1], photo[::-1], photo])
    )
    assert read_lazy(paths[:1]).levels[0].shape == (1, *photo.shape)


def test_frames_may_be_zarr_pyramids_and_stacks(tmp_path, photo):
    stack = np.stack([photo, photo[::-1]])
    paths = [tmp_path / "a.zarr", tmp_path / "b.zarr"]
    for path, each in zip(paths, (stack, stack[::-1]), strict=True):
        write_ome_zarr(path, [each, each[:, ::2, ::2]], "tyxc", scale=0.5)
    image = read_lazy(paths)
    assert image.axes == ("axis3", "t", "y", "x")
    assert image.scales == ((1.0, 1.0, 0.5, 0.5), (1.0, 1.0, 1.0, 1.0))
    np.testing.assert_array_equal(image.levels[1], np.stack([stack, stack[::-1]])[:, :, ::2, ::2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame[:-1], r"frame2.tif must be as .*frame0.tif, 128 x 128 x 3 uint8 .*, got 127 x 128 x 3"),
        (lambda frame: frame.astype(np.uint16), "got 128 x 128 x 3 uint16 with channels"),
        (lambda frame: frame[..., 0], "got 128 x 128 uint8$"),
    ],
)
def test_a_frame_that_is_unlike_the_first_is_named(tmp_path, photo, change, message):
    paths = write_frames(tmp_path, [photo, photo, change(photo), photo])
    with pytest.raises(ValueError, match=message):
        read_lazy(paths)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_damaged_frame_is_named_when_it_is_computed(tmp_path, photo, compression):
    paths = write_frames(tmp_path, [photo] * 3, compression=compression, rowsperstrip=16)
    paths[1].write_bytes(paths[1].read_bytes()[:-700])
    image = read_lazy(paths)
    with pytest.raises(ValueError, match=r"frame1.tif must be a TIFF file that can be read"):
        cq.quantize(image.levels[0], 8)
    paths[1].write_bytes(b"II*")
    with pytest.raises(ValueError, match=r"frame1.tif must be an image file, got a file of no known format"):
        read_lazy(paths)
    paths[1].unlink()
    with pytest.raises(FileNotFoundError, match=r"an image must exist, got .*frame1.tif"):
        read_lazy(paths)
    with pytest.raises(ValueError, match="at least one file"):
        read_lazy([])


def write_ome_files(folder, frames):
    """Write one gray OME-TIFF that is spread over a file for each frame; return the paths in order of time."""
    names = [f"part{i}.ome.tif" for i in range(len(frames))]
    planes = "".join(
        f'<TiffData FirstT="{i}" IFD="0" PlaneCount="1"><UUID FileName="{name}">urn:uuid:{i}</UUID></TiffData>'
        for i, name in enumerate(names)
    )
    height, width = frames[0].shape
    for i, frame in enumerate(frames):
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:{i}"><Image ID="Image:0">'
            f'<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="{width}" SizeY="{height}" SizeC="1" '
            f'SizeZ="1" SizeT="{len(frames)}"><Channel ID="Channel:0:0" SamplesPerPixel="1"/>{planes}</Pixels>'
            "</Image></OME>"
        )
        tifffile.imwrite(folder / names[i], frame, description=xml, metadata=None, photometric="minisblack")
    return [folder / name for name in names]


def test_an_ome_tiff_over_many_files_is_one_image_whichever_is_opened(tmp_path, gray_photo):
    frames = np.stack([gray_photo, gray_photo[::-1], gray_photo.T])
    paths = write_ome_files(tmp_path, frames)
    for image in (*map(read_lazy, (paths[0], paths[2], paths, paths[::-1])), cq.read_image(paths[1])):
        assert image.axes == ("t", "y", "x")
        np.testing.assert_array_equal(image.levels[0], frames)
    with pytest.raises(ValueError, match="part of an image in 3 files, which must all be given and no others, got 2"):
        read_lazy(paths[:2])
    paths[1].unlink()
    for read in (read_lazy, cq.read_image):
        with pytest.raises(FileNotFoundError, match=r"must have all files of its image .*, got no part1.ome.tif"):
            read(paths[0])


@pytest.mark.parametrize(
    ("name", "metadata"),
    [("stack.tif", {"axes": "TZYX"}), ("stack.tif", None), ("stack.ome.tif", {"axes": "TZYX"})],
)
def test_a_plane_of_a_stack_is_read_without_the_others(tmp_path, large_photo, monkeypatch, name, metadata):
    planes = np.ascontiguousarray(large_photo.reshape(4, 128, 512, 3)[..., 0]).reshape(2, 4, 64, 512)
    tifffile.imwrite(tmp_path / name, planes, metadata=metadata, compression="zlib", photometric="minisblack")
    image = read_lazy(tmp_path / name)
    monkeypatch.setattr(tifffile.TiffFile, "series", property(lambda file: pytest.fail("it looked at the whole file")))
    np.testing.assert_array_equal(np.asarray(image.levels[0]).reshape(planes.shape), planes)


def test_an_ome_tiff_under_another_name_lacks_nothing(tmp_path, gray_photo):
    (path,) = write_ome_files(tmp_path, [gray_photo])
    renamed = path.rename(tmp_path / "renamed.ome.tif")
    np.testing.assert_array_equal(read_lazy(renamed).levels[0], gray_photo)


def test_each_chunk_is_computed_once_and_few_at_a_time_when_labels_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr("napari_colorquant.io.bands._TOGETHER", 4 * 100 * 96)
    seen, written = [], []

    def see(block, block_info):
        seen.append(block_info[None]["array-location"])
        return block

    labels = np.arange(6 * 300 * 96).reshape(6, 300, 96).astype(np.uint8) % 8
    lazy = da.from_array(labels, chunks=(1, 100, 96)).map_blocks(see, dtype=np.uint8, meta=np.empty((0, 0, 0), "u1"))
    indexed = cq.IndexedImage(lazy, cq.Palette(np.repeat(np.arange(8)[:, None], 3, axis=1) * 30), cq.Recipe())
    with watch(lambda done, text: written.append((done, len(seen), text))):
        write_labels(tmp_path / "labels.tif", indexed)
    assert len(seen) == 18
    assert {text for _, _, text in written} == {"Writing the labels"}
    assert [done for done, *_ in written] == sorted(done for done, *_ in written)
    assert all(count <= done * 18 + 4 for done, count, _ in written)
    np.testing.assert_array_equal(read_lazy(tmp_path / "labels.tif").levels[0][..., 0], labels * 30)


def test_errors_say_what_must_hold(tmp_path, photo):
    with pytest.raises(FileNotFoundError, match="must exist"):
        read_lazy(tmp_path / "nothing.tif")
    (tmp_path / "text.tif").write_text("no image")
    with pytest.raises(ValueError, match="must be an image file"):
        read_lazy(tmp_path / "text.tif")
    with pytest.raises(ValueError, match=r"must have 1, 3 or 4 samples a pixel, got"):
        ImageFile.from_axes([np.zeros((5, 8, 8))], "syx")
    zarr.create_group(tmp_path / "empty.zarr")
    with pytest.raises(ValueError, match="got a group of 0 arrays"):
        read_lazy(tmp_path / "empty.zarr")
    write_ome_zarr(tmp_path / "lying.zarr", [photo], "yxc")
    zarr.open(tmp_path / "lying.zarr").attrs["ome"] = {"multiscales": [{"datasets": [{"path": "missing"}]}]}
    with pytest.raises(ValueError, match="OME-Zarr metadata"):
        read_lazy(tmp_path / "lying.zarr")
    with pytest.raises(ValueError, match="suffix must be one of"):
        write_labels(tmp_path / "labels.jpg", cq.quantize(photo, 2))


def test_levels_of_a_pyramid_share_a_palette(photo):
    levels = make_levels(da.from_array(photo, chunks=32), smallest=40)
    assert [level.shape for level in levels] == [(128, 128, 3), (64, 64, 3), (32, 32, 3)]
    mapped = quantize_levels(levels, cq.Recipe(n_colors=8))
    expected = cq.quantize(photo, 8)
    np.testing.assert_array_equal(mapped[0].labels, expected.labels)
    for level, step in zip(mapped, (1, 2, 4), strict=True):
        assert level.palette is mapped[0].palette
        np.testing.assert_array_equal(level.palette.shares, expected.palette.shares)
        np.testing.assert_array_equal(level.labels, cq.map_pixels(photo[::step, ::step], expected.palette).labels)
    small = quantize_levels(levels, cq.Recipe(n_colors=8), design_from="level", level=-1)
    np.testing.assert_array_equal(small[0].palette.colors, cq.design_palette(photo[::4, ::4], 8).colors)


def test_mapping_levels_looks_at_nothing(photo):
    def never(*args, **options):
        raise AssertionError("something was computed")

    with dask.config.set(scheduler=never):
        map_levels(make_levels(da.from_array(photo, chunks=32), smallest=40), cq.Palette([[0, 0, 0], [255, 255, 255]]))
    with pytest.raises(ValueError, match="levels must be at least one, got none"):
        map_levels([], cq.Palette([[0, 0, 0]]))
    with pytest.raises(ValueError, match=r"level must lie in -1\.\.0, got 1"):
        quantize_levels([photo], design_from="level", level=1)


def _fail(block):
    if block.size:
        raise RuntimeError("disk on fire")
    return block


@pytest.mark.parametrize("lazy", [False, True])
def test_what_pixels_keep_is_written_in_true_color(tmp_path, photo, lazy):
    image = da.from_array(photo, chunks=(50, 70, 3)) if lazy else photo
    indexed = cq.quantize(image, 5, keep="lightness")
    write_labels(tmp_path / "kept.tif", indexed)
    write_labels(tmp_path / "kept.zarr", indexed)
    np.testing.assert_array_equal(read_lazy(tmp_path / "kept.tif").levels[0], indexed.to_rgb())
    group = zarr.open(tmp_path / "kept.zarr", mode="r")
    np.testing.assert_array_equal(group["recolored"], indexed.to_rgb())
    np.testing.assert_array_equal(group["0"], indexed.labels)


def test_frames_and_levels_in_true_color(tmp_path, photo):
    stack = np.stack([photo, photo[::-1]])
    levels = [cq.quantize(stack[:, ::step, ::step], 4, keep="chroma") for step in (1, 2)]
    write_labels(tmp_path / "kept.tif", levels)
    image = read_lazy(tmp_path / "kept.tif")
    for level, expected in zip(image.levels, levels, strict=True):
        np.testing.assert_array_equal(level, expected.to_rgb())


@pytest.mark.parametrize("compression", ["lzw", "jpeg", "jpeg2000", "zstd"])
def test_tiles_as_slide_scanners_compress_them_are_read(tmp_path, photo, compression):
    tifffile.imwrite(tmp_path / "slide.tif", photo, tile=(64, 64), photometric="rgb", compression=compression)
    found = np.asarray(read_lazy(tmp_path / "slide.tif").levels[0])
    np.testing.assert_array_equal(found, tifffile.imread(tmp_path / "slide.tif"))
    assert np.abs(found.astype(int) - photo).mean() < 10


# --- what is read is not written


def _quantize_lazily(path, part=""):
    return cq.quantize(read_image(f"{path}{part}", lazy=True).levels[0], 4)


@pytest.mark.parametrize("name", ["a.tif", "a.zarr"])
def test_a_file_is_not_overwritten_while_lazy_labels_are_read_from_it(tmp_path, photo, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    if name == "a.tif":
        tifffile.imwrite(name, photo, photometric="rgb")
    else:
        zarr.create_array(name, data=photo, chunks=(64, 64, 3))
    indexed = _quantize_lazily(name)
    os.symlink(name, f"link{Path(name).suffix}")
    for path in (name, tmp_path / name, f"link{Path(name).suffix}", f"{name}/inside.tif"):
        with pytest.raises(ValueError, match="path must be none of the files that the lazy labels are read from, got"):
            cq.write_indexed([indexed, indexed], path, overwrite=True)
    cq.write_indexed(indexed, f"b{Path(name).suffix}")
    cq.write_indexed(indexed.load(), name, overwrite=True)


def test_neither_is_a_folder_around_it_nor_what_others_have_opened(tmp_path, photo):
    group = zarr.create_group(tmp_path / "a.zarr")
    group.create_array("0", data=photo, chunks=(64, 64, 3))
    theirs = cq.quantize(da.from_zarr(tmp_path / "a.zarr" / "0"), 4)
    for indexed in (_quantize_lazily(tmp_path / "a.zarr", "/0"), theirs):
        with pytest.raises(ValueError, match="must be none of the files"):
            cq.write_indexed(indexed, tmp_path / "a.zarr", overwrite=True)
    np.testing.assert_array_equal(np.asarray(group["0"]), photo)


def test_labels_in_zarr_are_read_as_they_are_needed_and_not_written_over(tmp_path, photo):
    known = cq.quantize(photo, 4)
    stored = zarr.create_array(tmp_path / "a.zarr", data=known.labels, chunks=(64, 64))
    indexed = cq.IndexedImage(stored, known.palette, known.recipe)
    assert indexed.is_lazy
    np.testing.assert_array_equal(np.asarray(indexed.to_rgb()), known.to_rgb())
    with pytest.raises(ValueError, match="must be none of the files"):
        cq.write_indexed(indexed, tmp_path / "a.zarr", overwrite=True)
    np.testing.assert_array_equal(stored[:], known.labels)
