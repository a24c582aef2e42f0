"""Images larger than memory: ``python -m benchmarks.large FOLDER`` measures whole jobs on slides made there.

Makes a 20,000 x 20,000 RGB Zarr (1.2 GB) from the sample photographs, and one of twice the side, in a
folder of its own inside FOLDER, which is deleted at the end. Every figure comes from a process of
its own, so that peak memory is that job's alone.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK = 2048
COLORS = 16


def main() -> None:
    args = _parse()
    if args.job is not None:
        print(json.dumps(JOBS[args.job](args.folder, args.side)))
        return
    folder = Path(tempfile.mkdtemp(prefix="colorquant-", dir=args.folder))
    try:
        for side in (args.side, 2 * args.side)[: 1 if args.small else 2]:
            free = shutil.disk_usage(folder).free
            if free < 8 * side**2:
                raise SystemExit(f"{folder} must have {8 * side**2 >> 30} GB of free space, has {free >> 30}")
            _run("make", folder, side)
        _report(folder, args.side, args.repeats, args.small)
    finally:
        shutil.rmtree(folder)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.large", description=__doc__)
    parser.add_argument("folder", type=Path, help="where there is space for 8 bytes for each pixel")
    parser.add_argument("--side", type=int, default=20_000, help="rows and columns of the smaller slide")
    parser.add_argument("--small", action="store_true", help="leave the slide of twice the side out")
    parser.add_argument("-r", "--repeats", type=int, default=3, help="runs of which the fastest counts")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _report(folder: Path, side: int, repeats: int, small: bool) -> None:
    def best(job: str, size: int) -> dict[str, float]:
        runs = [_run(job, folder, size) for _ in range(repeats)]
        return {key: min(run[key] for run in runs) for key in runs[0]}

    rows = []
    for size in (side, 2 * side)[: 1 if small else 2]:
        copy, job = best("copy", size), best("quantize", size)
        rows.append((f"read it, write labels, {size} x {size}", copy, ""))
        cost = f"{job['seconds'] / copy['seconds']:.2f} of reading and writing"
        rows.append((f"whole job, {size} x {size}", job, cost))
        sampled = best("quantize_sample", size)
        cost = f"{sampled['seconds'] / copy['seconds']:.2f} of reading and writing"
        rows.append((f"with a palette of a sample, {size} x {size}", sampled, cost))
    if not small:
        ratio = rows[4][1]["seconds"] / rows[1][1]["seconds"]
        rows[4] = (*rows[4][:2], f"{rows[4][2]}, {ratio:.2f} of a quarter of the pixels")
    # In pairs, one right after the other: what else the machine does at the time slows both.
    pairs = [(_run("cluster_of_one", folder, side), _run("cluster_of_two", folder, side)) for _ in range(repeats)]
    one, two = (min(column, key=lambda run: run["seconds"]) for column in zip(*pairs, strict=True))
    gains = sorted(first["seconds"] / second["seconds"] for first, second in pairs)
    rows.append((f"cluster of one worker with one thread, {side} x {side}", one, ""))
    gain = f"{gains[0]:.2f} to {gains[-1]:.2f}, {gains[len(gains) // 2]:.2f} in the middle, of one's throughput"
    rows.append((f"cluster of two such workers, {side} x {side}", two, gain))
    rows.append((f"first picture of the result as a pyramid, {side} x {side}", best("first_picture", side), ""))
    print(f"\n### Images larger than memory: RGB in Zarr, {COLORS} colours, two threads\n")
    print("| job | seconds | peak MB | |\n|---|---:|---:|---|")
    for name, figures, remark in rows:
        print(f"| {name} | {figures['seconds']:.2f} | {figures['megabytes']:.0f} | {remark} |")


def _run(job: str, folder: Path, side: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.large", str(folder), "--side", str(side), "--job", job]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{job} {side}: {figures}", file=sys.stderr, flush=True)
    return figures


def make(folder: Path, side: int) -> dict[str, float]:
    """Write a slide: each chunk is a crop of a sample, mirrored to fill it; and a pyramid below it."""
    import zarr

    from .images import sample_images

    samples = [image for _, image in sample_images()]
    rng = np.random.default_rng(side)
    group = zarr.create_group(_slide(folder, side))
    levels = [
        group.create_array(str(i), shape=(side >> i, side >> i, 3), chunks=(CHUNK, CHUNK, 3), dtype=np.uint8)
        for i in range(6)
    ]
    datasets = [
        {"path": str(i), "coordinateTransformations": [{"type": "scale", "scale": [2**i, 2**i, 1]}]} for i in range(6)
    ]
    axes = [{"name": "y", "type": "space"}, {"name": "x", "type": "space"}, {"name": "c", "type": "channel"}]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}

    def fill(top: int) -> None:
        pieces = [_piece(samples[rng.integers(len(samples))], rng) for _ in range(0, side, CHUNK)]
        strip = np.concatenate(pieces, axis=1)[: side - top, :side]
        for i, level in enumerate(levels):
            part = strip[:: 1 << i, :: 1 << i]
            level[top >> i : (top >> i) + len(part)] = part[: level.shape[0] - (top >> i), : level.shape[1]]

    return _measure(lambda: [fill(top) for top in range(0, side, CHUNK)])


def _piece(sample: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    rows, columns = (np.abs((np.arange(CHUNK) + rng.integers(size)) % (2 * size) - size) for size in sample.shape[:2])
    return sample[np.minimum(rows, sample.shape[0] - 1)][:, np.minimum(columns, sample.shape[1] - 1)]


def copy(folder: Path, side: int) -> dict[str, float]:
    """Read the slide and write as many labels, which cost nothing to find."""
    import dask
    import dask.array as da
    import zarr

    from napari_colorquant.io.large import read_lazy

    def run() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as target, dask.config.set(num_workers=2):
            image = read_lazy(_slide(folder, side)).levels[0]
            labels = image.map_blocks(_sixteen, dtype=np.uint8, drop_axis=2)
            array = zarr.create_array(target, shape=labels.shape, chunks=(CHUNK, CHUNK), dtype=np.uint8, overwrite=True)
            da.store(labels, array, lock=False)

    return _measure(run)


def _sixteen(block: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return block[..., 1] >> 4


def quantize(folder: Path, side: int, design_from: Any = "full") -> dict[str, float]:
    """Design a palette from all pixels, or a sample of them, map them, write the labels."""
    import dask

    _warm_up()
    with dask.config.set(num_workers=2):
        return _measure(lambda: _do_job(folder, side, design_from))


def _do_job(folder: Path, side: int, design_from: Any = "full") -> None:
    import napari_colorquant as cq
    from napari_colorquant.io.large import read_lazy
    from napari_colorquant.io.large_writing import write_labels
    from napari_colorquant.pipeline.pyramid import quantize_levels

    image = read_lazy(_slide(folder, side))
    target = Path(tempfile.mkdtemp(dir=folder))
    (indexed,) = quantize_levels(image.levels[:1], cq.Recipe(n_colors=COLORS), design_from=design_from)
    write_labels(target / "labels.zarr", indexed, image)
    shutil.rmtree(target)


def _on_cluster(workers: int) -> Callable[[Path, int], dict[str, float]]:
    def run(folder: Path, side: int) -> dict[str, float]:
        from distributed import Client, LocalCluster

        options: dict[str, Any] = {"dashboard_address": ":0", "memory_limit": None}
        with LocalCluster(n_workers=workers, threads_per_worker=1, **options) as cluster, Client(cluster) as client:
            client.run(_warm_up)
            return _measure(lambda: _do_job(folder, side))

    return run


def first_picture(folder: Path, side: int) -> dict[str, float]:
    """Open the slide and show its smallest level in sixteen colours."""
    import napari_colorquant as cq
    from napari_colorquant.io.large import read_lazy
    from napari_colorquant.pipeline.pyramid import map_levels

    _warm_up()
    palette = cq.Palette(np.random.default_rng(0).integers(0, 256, (COLORS, 3), np.uint8))
    return _measure(lambda: map_levels(read_lazy(_slide(folder, side)).levels, palette)[-1].to_rgb().compute())


def _warm_up() -> None:
    """Load what has been compiled: a session does that once."""
    import dask.array as da

    import napari_colorquant as cq

    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    cq.quantize(da.from_array(image), 4).labels.compute()


def _measure(run: Callable[[], Any]) -> dict[str, float]:
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _slide(folder: Path, side: int) -> Path:
    return folder / f"slide-{side}.zarr"


JOBS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "make": make,
    "copy": copy,
    "quantize": quantize,
    "quantize_sample": partial(quantize, design_from="sample"),
    "cluster_of_one": _on_cluster(1),
    "cluster_of_two": _on_cluster(2),
    "first_picture": first_picture,
}

if __name__ == "__main__":
    main()
