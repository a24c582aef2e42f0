"""Run every method, space, dither and verb on a small image with kernels uncompiled; an overrun raises.

    NUMBA_DISABLE_JIT=1 python tools/uncompiled.py [--side 20] [--rooms io quality]

The whole suite takes days so; this takes under an hour. Without the variable the same runs compiled. Warnings
are errors. Prints a line for each room; status 1 if anything raised, with the traceback.
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from skimage import data

import napari_colorquant as cq
from napari_colorquant import annotate, editing
from napari_colorquant.pipeline.frames import quantize_frames
from napari_colorquant.pipeline.tiles import quantize_tiles
from napari_colorquant.quality.cloud import color_cloud
from napari_colorquant.quality.distinguishability import distinguishability
from napari_colorquant.spaces import OBJECTIVES

#: Not asked for 64 colours: minutes each.
SLOW = {"genetic_kmeans", "artificial_bee_colony", "sklearn_kmeans", "minibatch_kmeans"}


def list_jobs(side: int) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Yield room, name and what is to be called."""
    image = np.ascontiguousarray(data.immunohistochemistry()[: 24 * side : 24, : 24 * side : 24])
    deep = image.astype(np.uint16) * 257
    fading = np.dstack([image, np.linspace(0, 255, image[..., 0].size).reshape(image.shape[:2]).astype(np.uint8)])
    film = np.stack([image, image[::-1], image])
    indexed = cq.quantize(image, 5, smoothness=0.5)
    yield from (("quantizers", n, lambda n=n: cq.quantize(image, 6, quantizer=n)) for n in cq.QUANTIZERS)
    yield from (
        ("quantizers", f"{n}, 64", lambda n=n: cq.quantize(image, 64, quantizer=n)) for n in {*cq.QUANTIZERS} - SLOW
    )
    yield from (("spaces", n, lambda n=n: cq.quantize(image, 5, space=n)) for n in cq.SPACES)
    yield from (("dithers", n, lambda n=n: cq.map_pixels(image, "pico8", dither=n)) for n in cq.DITHERS)
    yield from (("dithers", f"{n}, film", lambda n=n: cq.quantize(film, 4, dither=n)) for n in cq.DITHERS)
    yield from (("dithers", f"{n}, alpha", lambda n=n: cq.quantize(fading, 4, dither=n)) for n in cq.DITHERS)
    for name, choices in (
        ("rare", {"rare": 1.0}), ("fixed", {"fixed": ["#ff0000"]}), ("bits", {"bits": "rgb565"}),
        ("smooth", {"smoothness": 1.0}), ("mix", {"flat": "mix"}), ("weights", {"axis_weights": (0.5, 1, 1)}),
        *((name, {"objective": name}) for name in OBJECTIVES if name != "mse"),
    ):  # fmt: skip
        yield "design", name, lambda choices=choices: cq.quantize(image, 6, **choices)
    yield "design", "auto", lambda: cq.quantize(image, "auto", target={"de2000": 4})
    yield "pipeline", "16 bits", lambda: cq.quantize(deep, 6)
    yield "pipeline", "gray", lambda: cq.quantize(image[..., 0], 4)
    yield "pipeline", "frames", lambda: quantize_frames(film, 4)
    yield "pipeline", "tiles", lambda: quantize_tiles(image[:16, :16], 4, tile=8, palettes=2)
    yield "quality", "distortion", lambda: cq.distortion(image, indexed)
    yield "quality", "curve", lambda: cq.error_curve(image)
    yield "quality", "cloud", lambda: color_cloud(indexed, image)
    yield "quality", "distinguishability", lambda: distinguishability(indexed.palette)
    yield "editing", "merge", lambda: editing.merge(indexed, [0, 1])
    yield "editing", "distinguishable", lambda: editing.make_distinguishable(indexed, 8)
    yield "annotate", "measure", lambda: annotate.measure(indexed, image)
    yield "annotate", "adjacency", lambda: annotate.adjacency(indexed)
    yield "annotate", "pattern", lambda: annotate.pattern(indexed)
    yield "annotate", "patches", lambda: annotate.patches(indexed)
    for suffix in (".png", ".gif", ".tif", ".webp"):
        yield "io", suffix, lambda suffix=suffix: _write_and_read(indexed, suffix)


def _write_and_read(indexed: cq.IndexedImage, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        cq.write_indexed(indexed, path)
        seen = np.asarray(cq.read_image(path).levels[0])[..., :3]
        np.testing.assert_array_equal(seen, indexed.to_rgb()[..., :3])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--side", type=int, default=20, help="rows and columns of the image")
    parser.add_argument("--rooms", nargs="*", default=[], help="these alone")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("error")
    print("uncompiled" if os.environ.get("NUMBA_DISABLE_JIT") == "1" else "compiled")
    done: dict[str, list[int]] = {}
    for room, name, job in list_jobs(options.side):
        if options.rooms and room not in options.rooms:
            continue
        counts, start = done.setdefault(room, [0, 0]), time.process_time()
        counts[0] += 1
        try:
            job()
        except Exception:
            counts[1] += 1
            print(f"FAILED {room}: {name}\n{traceback.format_exc()}", file=sys.stderr, flush=True)
        if options.verbose:
            print(f"{room}: {name}: {time.process_time() - start:.1f} s", flush=True)
    print("| room | calls | failed |\n|---|---:|---:|")
    for room, (tried, failed) in done.items():
        print(f"| `{room}` | {tried} | {failed} |")
    return any(failed for _, failed in done.values())


if __name__ == "__main__":
    sys.exit(main())
