"""Single stages next to their peers: mapping onto a given palette, and dithers; by time and by what eyes see."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import napari_colorquant as cq

from .peers import Image, libimagequant


def compare_mapping(image: Image, n_colors: int, repeats: int) -> str:
    """Return a table of the times to map `image` onto one given palette, ours next to scikit-learn's."""
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from sklearn.metrics import pairwise_distances_argmin

    palette = cq.design_palette(image, n_colors, space="srgb")
    centers = palette.colors.astype(np.float32)
    pixels = image.reshape(-1, 3).astype(np.float32)
    models = [_fitted(kind, centers) for kind in (KMeans, MiniBatchKMeans)]
    tasks: dict[str, Callable[[], Any]] = {
        "map_pixels, srgb": lambda: cq.map_pixels(image, palette, space="srgb").labels.reshape(-1),
        "map_pixels, oklab": lambda: cq.map_pixels(image, palette).labels.reshape(-1),
        "pairwise_distances_argmin": lambda: pairwise_distances_argmin(pixels, centers),
        "KMeans.predict": lambda: models[0].predict(pixels),
        "MiniBatchKMeans.predict": lambda: models[1].predict(pixels),
    }
    results, times = _run_in_turn(tasks, repeats)
    ours = results["map_pixels, srgb"]
    lines = ["| mapping | ms | times ours | labels as ours, ties aside |", "|---|---:|---:|---:|"]
    for name, labels in results.items():
        ratio = times[name] / times["map_pixels, srgb"]
        same = "" if "oklab" in name else f"{100 * _agreement(pixels, centers, ours, labels):.4f} %"
        lines.append(f"| {name} | {times[name]:.0f} | {ratio:.1f} | {same} |")
    return f"### Mapping {image.shape[1]} x {image.shape[0]} onto {n_colors} colours\n\n" + "\n".join(lines) + "\n"


def compare_dithers(image: Image, n_colors: int, repeats: int) -> str:
    """Return a table of the times and perceptual errors of dithers, whole job, next to the peers'."""
    tasks: dict[str, Callable[[], Any]] = {
        name: lambda name=name: cq.quantize(image, n_colors, dither=name).to_rgb()  # type: ignore[misc]
        for name in ("none", "floyd_steinberg", "bayer", "blue_noise", "riemersma")
    }
    tasks["floyd_steinberg, settled"] = lambda: cq.quantize(
        image, n_colors, dither="floyd_steinberg:settled=true"
    ).to_rgb()
    tasks["libimagequant, dithered"] = lambda: _paint(*libimagequant(image, n_colors, 1.0))
    tasks["Pillow, median cut and Floyd-Steinberg"] = lambda: _pillow_dithered(image, n_colors)
    results, times = _run_in_turn(tasks, repeats)
    lines = ["| dither | ms | of libimagequant's | blurred dE | SSIM |", "|---|---:|---:|---:|---:|"]
    for name, rgb in results.items():
        error = cq.distortion(image, rgb, perceptual=image.size < 6_000_000)
        seen = "| |" if error.ssim is None else f"| {error.blurred_de:.3f} | {error.ssim:.3f} |"
        lines.append(f"| {name} | {times[name]:.0f} | {times[name] / times['libimagequant, dithered']:.3f} {seen}")
    return f"### Dithers, {image.shape[1]} x {image.shape[0]}, {n_colors} colours\n\n" + "\n".join(lines) + "\n"


def _run_in_turn(tasks: dict[str, Callable[[], Any]], repeats: int) -> tuple[dict[str, Any], dict[str, float]]:
    times: dict[str, list[float]] = {name: [] for name in tasks}
    results = {name: task() for name, task in tasks.items()}  # and a warm-up
    for _ in range(repeats):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(1000 * (time.perf_counter() - start))
    return results, {name: min(each) for name, each in times.items()}


def _fitted(kind: Any, centers: Any) -> Any:
    model = kind(len(centers), n_init=1, init=centers, max_iter=1).fit(np.repeat(centers, 4, axis=0))
    model.cluster_centers_ = centers
    return model


def _agreement(pixels: Any, centers: Any, ours: Any, theirs: Any) -> float:
    """Return the share of the pixels whose labels are equal or equally near."""
    differ = np.flatnonzero(ours != theirs)
    near = [((pixels[differ] - centers[labels[differ]]) ** 2).sum(axis=1) for labels in (ours, theirs)]
    return 1 - np.count_nonzero(near[0] != near[1]) / len(ours)


def _paint(palette: Any, labels: Any) -> Image:
    painted: Image = palette[labels]
    return painted


def _pillow_dithered(image: Image, n_colors: int) -> Image:
    from PIL import Image as Pillow

    picture = Pillow.fromarray(image)
    palette = picture.quantize(n_colors, Pillow.Quantize.MEDIANCUT)  # dithers only where a palette is given
    return np.asarray(picture.quantize(palette=palette, dither=Pillow.Dither.FLOYDSTEINBERG).convert("RGB"))
