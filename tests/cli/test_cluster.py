"""A cluster whose workers are killed in mid-job: the work is done right or not at all, and never taken for done."""

import os
import signal
import sys
import time
import warnings
from contextlib import suppress
from functools import partial
from pathlib import Path

import cloudpickle
import dask
import dask.array as da
import distributed
import numpy as np
import pytest
from distributed import KilledWorker

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.cli._errors import UsageError
from napari_colorquant.cli._files import scheduler
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.zarr import writing

cloudpickle.register_pickle_by_value(sys.modules[__name__])

#: Which call of a task of the job kills its worker: while colours are counted, while labels are written.
KILLS = {"counting": 3, "writing": 20}


@pytest.fixture
def cluster():
    """Two worker processes; a task that has killed two of them is given up.

    One for each test, and no test waits for a worker that comes again: a nanny whose worker dies while it starts
    does not always bring it back.
    """
    with (
        warnings.catch_warnings(),
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=None
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def client(cluster):
    with distributed.Client(cluster) as client:
        yield client


@pytest.fixture
def here():
    """A context in which dask works in this process, whatever has become of the cluster."""
    return partial(dask.config.set, scheduler="sync")


def die():
    """Kill this process, at once."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def is_victim(folder, chunk):
    """Return whether a chunk is the one that kills wherever it is worked on: the first that is asked about."""
    with suppress(FileExistsError), open(Path(folder, "victim"), "x") as file:
        file.write(str(chunk))
    return Path(folder, "victim").read_text() == str(chunk)


def deadly(block, folder, kills, block_info=None):
    """Return a block as it is; some calls kill the process in which they are made."""
    number = len(os.listdir(folder))
    Path(folder, f"{number} {os.getpid()} {os.urandom(4).hex()}").touch()
    if kills(number, None if block_info is None else block_info[0]["chunk-location"]):
        die()
    return block


def fragile(image, folder, kills):
    """Return a lazy image in sixteen chunks whose reading kills."""
    folder.mkdir()
    return da.from_array(image, chunks=(32, 32, 3)).map_blocks(deadly, folder=folder, kills=kills, dtype=image.dtype)


@pytest.mark.parametrize(("kill", "suffix"), [("counting", ".tif"), ("writing", ".tif"), ("writing", ".zarr")])
def test_a_worker_that_is_killed_once_costs_nothing(client, here, tmp_path, photo, suffix, kill):
    image = fragile(photo, tmp_path / "calls", lambda number, _: number == KILLS[kill])
    path = tmp_path / f"a{suffix}"
    cq.write_indexed(cq.quantize(image, 8), path)
    assert len(os.listdir(tmp_path / "calls")) > KILLS[kill] + 1
    with here():
        np.testing.assert_array_equal(read_indexed(path).labels, cq.quantize(photo, 8).labels)
    assert sorted(os.listdir(tmp_path)) == [path.name, "calls"]


@pytest.mark.parametrize("suffix", [".zarr", ".tif"])
def test_work_that_kills_every_worker_is_given_up_and_the_old_file_stands(client, here, tmp_path, photo, suffix):
    path, old = tmp_path / f"a{suffix}", cq.quantize(photo, 3)
    with here():
        cq.write_indexed(old, path)
    image = fragile(
        photo, tmp_path / "calls", lambda number, chunk: number >= KILLS["writing"] and is_victim(tmp_path, chunk)
    )
    with pytest.raises(KilledWorker):
        cq.write_indexed(cq.quantize(image, 8), path, overwrite=True)
    with here():
        np.testing.assert_array_equal(read_indexed(path).labels, old.labels)
    # A task that was still writing on the other worker sees that the work was given up, and removes its part.
    deadline = time.monotonic() + 60
    while (left := sorted(os.listdir(tmp_path))) != [path.name, "calls", "victim"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == [path.name, "calls", "victim"]


def test_the_terminal_tells_in_a_line_of_a_cluster_that_is_lost(cluster, here, tmp_path, photo, capsys, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    with here():
        cq.write_indexed(cq.quantize(da.from_array(photo, chunks=(32, 32, 3)), 5), "slide.zarr")
    write = writing._write_chunk

    def write_and_die(chunk, bounds, **options):
        write(chunk, bounds, **options)
        if is_victim(tmp_path, bounds):
            die()

    monkeypatch.setattr(writing, "_write_chunk", write_and_die)
    assert main(["slide.zarr", "-n", "4", "-o", "out.zarr", "--scheduler", cluster.scheduler_address]) == 2
    told = capsys.readouterr().err.splitlines()
    assert f"the cluster at {cluster.scheduler_address} must live until the work is done, got " in told[-1]
    assert os.listdir() == ["slide.zarr"]


@pytest.mark.parametrize("ask", [distributed.Future.result, lambda lost: distributed.wait([lost])])
def test_work_that_a_scheduler_has_lost_is_told(cluster, ask):
    with distributed.Client(cluster) as other:
        lost = other.submit(sum, [1, 2])
        other.cancel([lost])
        with pytest.raises(UsageError, match="must live until the work is done"), scheduler(cluster.scheduler_address):
            ask(lost)
