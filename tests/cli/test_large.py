import io
import sys
import tracemalloc

import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.cli import _progress, main
from napari_colorquant.io.formats import list_suffixes
from napari_colorquant.io.large import read_lazy


@pytest.fixture
def folder(tmp_path, monkeypatch, photo):
    """A working folder with the photograph as Zarr, TIFF and PNG."""
    monkeypatch.chdir(tmp_path)
    zarr.create_array("slide.zarr", data=photo, chunks=(50, 60, 3))
    tifffile.imwrite("slide.tif", photo, photometric="rgb", tile=(32, 32))
    Image.fromarray(photo).save("slide.png")
    return tmp_path


@pytest.mark.parametrize("source", ["slide.zarr", "slide.tif", "slide.png"])
@pytest.mark.parametrize("target", ["labels.zarr", "labels.tif", "labels.png"])
def test_every_kind_becomes_every_kind(folder, photo, source, target):
    expected = cq.quantize(photo, 8)
    assert main([source, "-n", "8", "-o", target]) == 0
    if target == "labels.zarr":
        np.testing.assert_array_equal(read_lazy(target).levels[0], expected.labels)
    else:
        with Image.open(target) as image:
            np.testing.assert_array_equal(image.convert("RGB"), expected.to_rgb())


def test_an_output_that_exists_stands_without_force(folder, capsys):
    assert main(["slide.zarr", "-o", "labels.zarr", "--quiet"]) == 0
    assert main(["slide.zarr", "-o", "labels.zarr"]) == 2
    assert "must not exist" in capsys.readouterr().err
    assert main(["slide.zarr", "-n", "2", "-o", "labels.zarr", "--force", "--quiet"]) == 0
    assert read_lazy("labels.zarr").levels[0].max().compute() == 1


def test_a_folder_goes_on_where_it_stopped(folder, photo, capsys):
    (folder / "in").mkdir()
    for i in range(4):
        Image.fromarray(photo[: 40 + i]).save(f"in/{i}.png")
    (folder / "in" / "broken.png").write_text("no image")
    assert main(["in", "-o", "out/", "--quiet"]) == 1
    assert "broken.png" in capsys.readouterr().err
    (folder / "out" / "2.png").unlink()
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "out").iterdir()}
    assert main(["in", "-o", "out/", "--skip-existing"]) == 1
    printed = capsys.readouterr().out
    assert "2.png" in printed
    assert "1.png" not in printed
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["0.png", "1.png", "2.png", "3.png"]
    assert all((folder / "out" / name).stat().st_mtime_ns == time for name, time in before.items())
    (folder / "in" / "broken.png").unlink()
    assert main(["in", "-o", "out/", "--skip-existing"]) == 0


def test_a_damaged_chunk_is_one_line_and_leaves_nothing(folder, capsys):
    chunk = next(path for path in (folder / "slide.zarr").rglob("*") if path.is_file() and path.name != "zarr.json")
    chunk.write_bytes(b"nonsense")
    assert main(["slide.zarr", "-o", "labels.zarr"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (folder / "labels.zarr").exists()


def test_a_cluster_does_the_work(folder, photo):
    import distributed

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0", memory_limit=None
    ) as cluster:
        assert main(["slide.zarr", "-n", "8", "-o", "labels.zarr", "--scheduler", cluster.scheduler_address]) == 0
    np.testing.assert_array_equal(read_lazy("labels.zarr").levels[0], cq.quantize(photo, 8).labels)


def test_a_scheduler_that_does_not_answer_is_told(folder, capsys, monkeypatch):
    import distributed

    def refuse(*_, **__):
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", refuse)
    assert main(["slide.zarr", "-o", "labels.zarr", "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "--scheduler must be the address" in capsys.readouterr().err


# --- many files as one image ------------------------------------------------------------------


@pytest.fixture
def frames(folder, photo):
    """A folder of twelve TIFF files without leading zeros in their names; the frames they hold."""
    (folder / "frames").mkdir()
    frames = np.stack([np.roll(photo, 9 * i, axis=i % 3) for i in range(12)])
    for i, frame in enumerate(frames):
        tifffile.imwrite(folder / "frames" / f"frame{i}.tif", frame, photometric="rgb", compression="zlib")
    return frames


@pytest.mark.parametrize("dither", [[], ["--dither", "floyd_steinberg"]])
@pytest.mark.parametrize("target", ["labels.zarr", "labels.tif"])
def test_a_folder_of_frames_becomes_one_stack_of_labels_in_natural_order(folder, frames, capsys, target, dither):
    assert main(["frames", "--stack", "-n", "8", "-o", target, "--palette", "all.gpl", "--report", *dither]) == 0
    expected = cq.quantize(frames, 8, dither=dither[-1] if dither else "none")
    written = read_lazy(target)
    if target == "labels.zarr":
        assert written.axes == ("t", "y", "x")
        np.testing.assert_array_equal(written.levels[0], expected.labels)
    else:
        np.testing.assert_array_equal(written.levels[0], expected.to_rgb())
    assert cq.read_palette("all.gpl").hex == expected.palette.hex
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(expected.palette.hex)
    assert lines[-1].startswith(f"MSE {cq.distortion(frames, expected).mse:.2f} ")


def test_files_are_frames_in_natural_order_however_they_are_named(folder, frames):
    names = sorted(str(path) for path in (folder / "frames").iterdir())  # as a shell would write frames/*.tif
    assert names[2].endswith("frame10.tif")
    assert main([*names, "--stack", "--map", "ega", "-o", "labels.zarr", "--quiet"]) == 0
    np.testing.assert_array_equal(read_lazy("labels.zarr").levels[0], cq.map_pixels(frames, "ega").labels)


def test_a_stack_need_not_be_written_and_shares_that_nobody_measured_are_not_told(folder, frames, capsys):
    assert main(["frames", "--stack", "-n", "5"]) == 0
    expected = cq.quantize(frames, 5).palette
    shares = [float(line.split()[1]) for line in capsys.readouterr().out.splitlines()]
    np.testing.assert_allclose(shares, 100 * expected.shares, atol=0.006)
    assert main(["frames", "--stack", "--map", "#000000,#ffffff"]) == 0
    assert capsys.readouterr().out.splitlines() == ["#000000", "#ffffff"]


@pytest.mark.parametrize("target", ["labels.zarr", "labels.tif"])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path, frame: path.write_bytes(path.read_bytes()[:-3000]), "frame7.tif must be a TIFF file that can"),
        (lambda path, frame: path.write_bytes(b"II*"), "frame7.tif must be an image file, got a file of no known"),
        (
            lambda path, frame: tifffile.imwrite(path, frame[:9], photometric="rgb"),
            "frame7.tif must be as frames/frame0.tif",
        ),
        (
            lambda path, frame: tifffile.imwrite(path, frame / np.float32(255), photometric="rgb"),
            "got 128 x 128 x 3 float32",
        ),
    ],
)
def test_a_frame_that_cannot_be_used_is_named_in_one_line_and_nothing_is_left(
    folder, frames, capsys, target, spoil, message
):
    spoil(folder / "frames" / "frame7.tif", frames[7])
    before = sorted(folder.rglob("*"))
    assert main(["frames", "--stack", "-o", target]) == 2
    (line,) = capsys.readouterr().err.replace("\\", "/").splitlines()
    assert message in line
    assert sorted(folder.rglob("*")) == before


def test_what_a_stack_cannot_be_written_to_is_told(folder, frames, capsys):
    suffixes = ", ".join(list_suffixes(written=True, frames=True))
    for target in ("out/", "out.png", "-"):
        assert main(["frames", "--stack", "-o", target]) == 2
        assert f"--stack must be written to one file of frames ({suffixes}), got {target}" in capsys.readouterr().err
    assert main(["frames", "--stack", "-o", "slide.tif"]) == 2
    assert "must not exist" in capsys.readouterr().err


@pytest.mark.parametrize("target", ["labels.zarr", "labels.tif"])
def test_a_stack_is_never_in_memory_as_a_whole(folder, large_photo, monkeypatch, target):
    for i in range(40):
        tifffile.imwrite(f"frame{i}.tif", np.roll(large_photo, i, axis=0), photometric="rgb")
    files = [f"frame{i}.tif" for i in range(40)]
    monkeypatch.setattr("napari_colorquant.io.bands._TOGETHER", 1 << 20)
    how = ["--stack", "--map", "ega", "--report", "--quiet"]
    assert main([*files[:2], *how, "-o", f"first_{target}"]) == 0  # what is loaded and compiled once is
    tracemalloc.start()
    assert main([*files, *how, "-o", target]) == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * large_photo.nbytes / 2


# --- the bar of one image ---------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_long_image_shows_its_stages_and_leaves_no_bar(folder, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(_progress, "DELAY", 1e-9)
    monkeypatch.setattr(_progress, "INTERVAL", 0)
    assert main(["slide.zarr", "-n", "8", "-o", "labels.zarr", "--report"]) == 0
    shown = sys.stderr.getvalue()
    texts = ("Opening the image", "Counting colours", "Designing the palette", "Writing the labels", "Measuring")
    places = [shown.find(text) for text in texts]
    assert places == sorted(places)
    assert places[0] >= 0
    assert shown.endswith("\r")


def test_quick_images_show_no_bar_of_their_own_nor_does_a_file(folder, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(["slide.zarr", "-o", "labels.zarr"]) == 0
    assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(_progress, "DELAY", 1e-9)
    assert main(["slide.zarr", "-o", "more.zarr", "--quiet"]) == 0
    assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert main(["slide.zarr", "-o", "again.zarr"]) == 0
    assert sys.stderr.getvalue() == ""


def test_the_bar_never_goes_back(monkeypatch):
    from tqdm import tqdm

    from napari_colorquant._runtime.progress import checkpoint

    monkeypatch.setattr(sys, "stderr", Terminal())
    places = []
    monkeypatch.setattr(tqdm, "update", lambda bar, n: (setattr(bar, "n", bar.n + n), places.append(bar.n)))
    with _progress.show_stages(False) as part:
        for bounds in ((0.0, 0.5), (0.5, 1.0)):
            with part(*bounds):
                for done in (0.0, 1.0, 0.2, None, 0.6):
                    checkpoint(done)
    assert places == [0.0, 0.5, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0]


def test_a_palette_of_a_sample(folder, photo, capsys):
    large = np.tile(photo, (-(-2100 // len(photo)), -(-2100 // photo.shape[1]), 1))[:2100, :2100]
    zarr.create_array("large.zarr", data=large, chunks=(300, 300, 3))
    assert main(["large.zarr", "-n", "8", "--sample", "-o", "sampled.png"]) == 0
    printed = capsys.readouterr()
    assert "large.zarr: the palette and its shares are those of about 4.2 of 4.4 million pixels" in printed.err
    with Image.open("sampled.png") as image:
        error = cq.distortion(large, np.asarray(image.convert("RGB"))).mse
    assert error < 1.02 * cq.distortion(large, cq.quantize(large, 8)).mse


@pytest.mark.parametrize("source", ["slide.zarr", "slide.png"])
def test_of_a_small_image_a_sample_is_all_of_it(folder, photo, source, capsys):
    assert main([source, "-n", "8", "--sample", "-o", "labels.png"]) == 0
    assert "of about" not in capsys.readouterr().err
    with Image.open("labels.png") as image:
        np.testing.assert_array_equal(image.convert("RGB"), cq.quantize(photo, 8).to_rgb())


@pytest.mark.parametrize("others", [["--map", "pico8"], ["--shared"], ["--tiles", "8"]])
def test_a_sample_is_refused_where_all_pixels_are_looked_at_or_none(folder, others, capsys):
    assert main(["slide.zarr", "--sample", *others, "-o", "labels.png"]) == 2
    assert f"{others[0]} must be left out" in capsys.readouterr().err
