"""The peers: what else turns an image into K colours from Python, by its usual recipe.

Each takes an (H, W, 3) uint8 image and a number of colours and returns an (H, W, 3) uint8 image, or
``(palette, labels)``; the whole job is timed. A peer that is not installed is left out and named.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Result = tuple[npt.NDArray[np.uint8], npt.NDArray[Any]]


class Contender(NamedTuple):
    """One row of a table."""

    name: str
    run: Callable[[Image, int], Result]
    is_slow: bool = False
    is_ours: bool = False


def find_peers() -> list[Contender]:
    """Return the peers that are installed."""
    peers = [
        ("sklearn", Contender("scikit-learn KMeans, all pixels", sklearn_all, is_slow=True)),
        ("sklearn", Contender("scikit-learn KMeans, 10,000 pixels", sklearn_sample)),
        ("sklearn", Contender("scikit-learn MiniBatchKMeans", sklearn_minibatch)),
        ("PIL", Contender("Pillow median cut", pillow_median_cut)),
        ("PIL", Contender("Pillow fast octree", pillow_octree)),
        ("imagequant", Contender("libimagequant", libimagequant)),
        ("cv2", Contender("OpenCV kmeans, 10 iterations", opencv_kmeans, is_slow=True)),
        ("faiss", Contender("faiss k-means", faiss_kmeans)),
    ]
    missing = sorted({module for module, _ in peers if find_spec(module) is None})
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")
    return [peer for module, peer in peers if module not in missing]


def round_centers(centers: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.clip(np.rint(centers), 0, 255).astype(np.uint8)


def sklearn_all(image: Image, n_colors: int) -> Result:
    from sklearn.cluster import KMeans

    pixels = image.reshape(-1, 3).astype(np.float32)
    model = KMeans(n_colors, n_init=1, random_state=0).fit(pixels)
    return round_centers(model.cluster_centers_), model.predict(pixels).reshape(image.shape[:2])


def sklearn_sample(image: Image, n_colors: int) -> Result:
    from sklearn.cluster import KMeans
    from sklearn.utils import shuffle

    pixels = image.reshape(-1, 3).astype(np.float32)
    sample = shuffle(pixels, random_state=0, n_samples=min(10_000, len(pixels)))
    model = KMeans(n_colors, n_init=1, random_state=0).fit(sample)
    return round_centers(model.cluster_centers_), model.predict(pixels).reshape(image.shape[:2])


def sklearn_minibatch(image: Image, n_colors: int) -> Result:
    from sklearn.cluster import MiniBatchKMeans

    pixels = image.reshape(-1, 3).astype(np.float32)
    model = MiniBatchKMeans(n_colors, n_init=1, random_state=0).fit(pixels)
    return round_centers(model.cluster_centers_), model.predict(pixels).reshape(image.shape[:2])


def pillow_median_cut(image: Image, n_colors: int) -> Result:
    from PIL import Image as Pillow

    return _read_pillow(Pillow.fromarray(image).quantize(n_colors, Pillow.Quantize.MEDIANCUT))


def pillow_octree(image: Image, n_colors: int) -> Result:
    from PIL import Image as Pillow

    return _read_pillow(Pillow.fromarray(image).quantize(n_colors, Pillow.Quantize.FASTOCTREE))


def libimagequant(image: Image, n_colors: int, dithering_level: float = 0.0) -> Result:
    import imagequant

    rgba = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    labels, palette = imagequant.quantize_raw_rgba_bytes(
        rgba.tobytes(), image.shape[1], image.shape[0], dithering_level=dithering_level, max_colors=n_colors
    )
    colors = np.array(palette, np.uint8).reshape(-1, 4)[:, :3]
    return colors, np.frombuffer(labels, np.uint8).reshape(image.shape[:2])


def opencv_kmeans(image: Image, n_colors: int) -> Result:
    import cv2

    pixels = image.reshape(-1, 3).astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    cv2.setRNGSeed(0)
    _, labels, centers = cv2.kmeans(pixels, n_colors, None, stop, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    return round_centers(centers), labels.reshape(image.shape[:2])


def faiss_kmeans(image: Image, n_colors: int) -> Result:
    import faiss

    pixels = image.reshape(-1, 3).astype(np.float32)
    model = faiss.Kmeans(3, n_colors, niter=25, seed=0)
    model.train(pixels)
    labels = model.index.search(pixels, 1)[1]
    return round_centers(np.asarray(model.centroids)), labels.reshape(image.shape[:2])


def _read_pillow(quantized: Any) -> Result:
    colors = np.array(quantized.getpalette(), np.uint8).reshape(-1, 3)
    return colors, np.asarray(quantized)
