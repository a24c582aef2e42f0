"""Errors on the sample photographs do not rise: MSE in 8-bit sRGB, undithered, as measured on 2026-11-22."""

import numpy as np
import pytest

import napari_colorquant as cq

#: MSE at 16, 64 and 256 colours.
LEVELS = {
    ("astronaut", "best"): (335.61, 83.51, 28.06),
    ("astronaut", "kmeans"): (343.64, 83.92, 28.45),
    ("astronaut", "wu"): (369.74, 97.83, 33.05),
    ("coffee", "best"): (206.24, 52.23, 18.21),
    ("coffee", "kmeans"): (207.15, 53.02, 18.53),
    ("coffee", "wu"): (222.84, 58.18, 20.64),
    ("chelsea", "best"): (154.42, 45.93, 16.25),
    ("chelsea", "kmeans"): (155.69, 46.59, 16.59),
    ("chelsea", "wu"): (174.40, 52.61, 18.78),
    ("china.jpg", "best"): (343.64, 111.80, 43.09),
    ("china.jpg", "kmeans"): (344.43, 112.92, 43.51),
    ("flower.jpg", "best"): (215.94, 74.17, 27.10),
    ("flower.jpg", "kmeans"): (217.50, 75.04, 27.79),
}
#: Floating point may differ a little between machines and versions.
SLACK = 1.004


def load(name: str) -> np.ndarray:
    if name.endswith(".jpg"):
        from sklearn.datasets import load_sample_image

        return load_sample_image(name)
    from skimage import data

    return getattr(data, name)()


@pytest.mark.parametrize(("name", "quantizer"), LEVELS)
def test_the_error_stays_as_low_as_it_was(name: str, quantizer: str) -> None:
    image = load(name)
    for n_colors, level in zip((16, 64, 256), LEVELS[name, quantizer], strict=True):
        indexed = cq.quantize(image, n_colors, space="srgb", quantizer=quantizer)
        assert cq.distortion(image, indexed).mse <= SLACK * level


def test_kmeans_is_no_worse_than_scikit_learn_on_all_pixels() -> None:
    from sklearn.cluster import KMeans

    ratios = []
    for name in ("astronaut", "coffee", "chelsea", "rocket", "immunohistochemistry", "hubble_deep_field"):
        image = np.ascontiguousarray(load(name)[::4, ::4])
        pixels = image.reshape(-1, 3).astype(np.float32)
        for n_colors in (16, 64):
            runs = [KMeans(n_colors, n_init=1, random_state=state).fit(pixels) for state in range(5)]
            theirs = np.mean([run.inertia_ for run in runs]) / len(pixels)  # a single one hangs on the draw
            ratios.append(cq.distortion(image, cq.quantize(image, n_colors, space="srgb")).mse / theirs)
    assert np.mean(ratios) <= 1.0
