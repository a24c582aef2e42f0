import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.large_files import read_lazy


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
