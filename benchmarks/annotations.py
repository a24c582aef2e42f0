"""From colours to annotations: the time of each job, how well it is done, and the same by what the field uses.

``python -m benchmarks.annotations`` prints the table. Times are of the processor, all threads together. What is
true is known: sections are made with nuclei in known places and stains of known vectors, classes are made with noise.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import napari_colorquant as cq
from napari_colorquant import annotate, editing
from napari_colorquant.annotate.shapes.outlines import signed_area
from napari_colorquant.indexed import IndexedImage
from napari_colorquant.quality.distinguishability import distinguishability
from napari_colorquant.spaces.stains import estimate_stains

from .images import large_photograph
from .measuring import time_processor

#: What Ruifrok and Johnston measured of haematoxylin and of DAB (Anal. Quant. Cytol. Histol. 23, 2001).
_STAINS = np.array([[0.65, 0.70, 0.29], [0.27, 0.57, 0.78]])
_SEED = 7


class Line(NamedTuple):
    """A line of the table: a job, who did it, the processor's seconds, and what is said of the result."""

    job: str
    who: str
    seconds: float
    outcome: str = ""


def compare_annotations(repeats: int = 3) -> str:
    """Return the table."""
    photo = large_photograph()
    result = cq.quantize(photo, 8)
    parts = [
        _compare_smoothing(repeats),
        _compare_stains(repeats),
        _compare_learning(repeats),
        _compare_components(result, repeats),
        _compare_outlines(result, repeats),
        _compare_neighbours(result, repeats),
        _compare_results(photo, result, repeats),
        _compare_objects(repeats),
        _tell_apart(repeats),
    ]
    lines = ["| job | by | processor, ms | outcome |", "|---|---|---:|---|"]
    for line in (line for part in parts for line in part):
        who = f"**{line.who}**" if line.who.startswith("ours") else line.who
        lines.append(f"| {line.job} | {who} | {line.seconds * 1e3:.0f} | {line.outcome} |")
    return "### From colours to annotations\n\n" + "\n".join(lines) + "\n"


def _compare_smoothing(repeats: int) -> list[Line]:
    """Six flat classes with noise of 45 levels: which pixels are wrong, exact, smoothed, and by a majority around."""
    from skimage.filters.rank import majority
    from skimage.morphology import disk

    rng = np.random.default_rng(_SEED)
    colors = np.uint8([[30, 30, 40], [200, 60, 60], [60, 170, 80], [70, 90, 200], [220, 200, 90], [235, 235, 235]])
    truth = _patchwork(1024, len(colors))
    image = np.clip(np.rint(colors[truth] + rng.normal(0, 45, (*truth.shape, 3))), 0, 255).astype(np.uint8)
    job = "six classes in noise, 1 megapixel: wrong pixels"

    def wrong(labels: Any) -> str:
        return f"{np.mean(labels != truth):.1%}"

    lines = []
    for strength in (0.0, 2.0, 10.0):
        found, seconds = time_processor(
            lambda s=strength: cq.map_pixels(image, colors, space="srgb", smoothness=s), repeats
        )
        lines.append(Line(job, f"ours, smoothness {strength:g}", seconds, wrong(found.labels)))
    exact = cq.map_pixels(image, colors, space="srgb").labels
    found, seconds = time_processor(lambda: annotate.clean(exact, majority=3), repeats)
    lines.append(Line(job, "ours, majority within 3 pixels", seconds, wrong(found)))
    found, seconds = time_processor(lambda: majority(exact, disk(3)), repeats)
    return [*lines, Line(job, "scikit-image, rank.majority of the same", seconds, wrong(found))]


def _compare_stains(repeats: int) -> list[Line]:
    """How far estimated stains are from those that a section was made with, and whether its nuclei are a class."""
    section, nuclei = _make_section(512)
    lines = []
    for method in ("macenko", "vahadane"):
        found, seconds = time_processor(lambda m=method: estimate_stains(section, 2, method=m), repeats)
        worst = max(_angle(mine, known) for mine, known in zip(np.asarray(found.vectors), _STAINS, strict=True))
        lines.append(
            Line("stains of a made section, 512 x 512", f"ours, {method}", seconds, f"{worst:.1f} degrees off")
        )
    for space in ("stains", "hed", "lab"):
        found, seconds = time_processor(lambda s=space: cq.quantize(section, 4, space=s), repeats)
        agreement = max(_dice(found.labels == entry, nuclei) for entry in range(4))
        lines.append(Line("nuclei at 4 colours", f"ours, {space}", seconds, f"Dice {agreement:.2f}"))
    return lines


def _compare_learning(repeats: int) -> list[Line]:
    """Strokes of 200 pixels in each of two classes, and how many of all others go right."""
    from sklearn.naive_bayes import GaussianNB

    section, nuclei = _make_section(512)
    strokes = np.zeros(nuclei.shape, np.uint8)
    rng = np.random.default_rng(_SEED)
    for entry, where in enumerate((~nuclei, nuclei)):
        strokes.flat[rng.choice(np.flatnonzero(where), 200, replace=False)] = entry + 1
    before = cq.quantize(section, 2)
    job = "strokes in two classes, 512 x 512: right pixels"
    lines = []
    for method in editing.LEARNERS:
        found, seconds = time_processor(lambda m=method: editing.learn(before, section, strokes, method=m), repeats)
        lines.append(Line(job, f"ours, {method}", seconds, f"{np.mean(found.labels == nuclei):.1%}"))

    def by_peer() -> Any:
        points = before.recipe.metric.coordinates(section.reshape(-1, 3))
        marks = strokes.reshape(-1)
        model = GaussianNB(priors=[0.5, 0.5]).fit(points[marks > 0], marks[marks > 0])
        return model.predict(points).reshape(nuclei.shape) - 1

    found, seconds = time_processor(by_peer, repeats)
    return [*lines, Line(job, "scikit-learn, GaussianNB", seconds, f"{np.mean(found == nuclei):.1%}")]


def _compare_components(result: IndexedImage, repeats: int) -> list[Line]:
    from skimage.measure import label, regionprops_table

    def by_peer() -> int:
        labels = label(result.labels + np.uint8(1), connectivity=2)
        return len(regionprops_table(labels, properties=("area", "centroid"))["area"])

    job = "areas and components of 8 colours, 10 megapixels"
    rows, seconds = time_processor(lambda: annotate.measure(result), repeats)
    lines = [Line(job, "ours", seconds, f"{sum(row['components'] for row in rows)} components")]
    small = IndexedImage(result.labels[:512, :512], result.palette, result.recipe)
    rows, seconds = time_processor(lambda: annotate.measure(small), repeats)
    job = "the same, 0.26 megapixels"
    lines.append(Line(job, "ours", seconds, f"{sum(row['components'] for row in rows)} components"))
    result = small
    count, seconds = time_processor(by_peer, 1)
    return [*lines, Line(job, "scikit-image, regionprops_table", seconds, f"{count} components")]


def _compare_outlines(result: IndexedImage, repeats: int) -> list[Line]:
    from skimage.measure import find_contours

    smooth = annotate.clean(result.labels[:1024, :1024], min_size=50)
    indexed = IndexedImage(smooth, result.palette, result.recipe)

    def by_peer() -> float:
        area = 0.0
        for entry in range(len(indexed.palette)):
            for ring in find_contours(np.pad(indexed.labels == entry, 1).astype(np.float32), 0.5):
                area += signed_area(ring)
        return abs(area)

    job = "outlines of 8 classes, 1 megapixel: pixels that the areas miss"
    polygons, seconds = time_processor(lambda: annotate.to_polygons(indexed), repeats)
    missed = abs(sum(polygon.area for polygon in polygons) - smooth.size)
    lines = [Line(job, "ours, exact, with holes", seconds, f"{missed:.0f}")]
    polygons, seconds = time_processor(lambda: annotate.to_polygons(indexed, tolerance=1.0), repeats)
    missed = abs(sum(polygon.area for polygon in polygons) - smooth.size)
    lines.append(Line(job, "ours, within 1 pixel, without gaps", seconds, f"{missed:.0f}"))
    area, seconds = time_processor(by_peer, repeats)
    return [*lines, Line(job, "scikit-image, find_contours", seconds, f"{abs(area - smooth.size):.0f}")]


def _compare_neighbours(result: IndexedImage, repeats: int) -> list[Line]:
    def by_peer() -> Any:
        count = len(result.palette)
        labels = result.labels.astype(np.int64)
        table = np.zeros((count, count), np.int64)
        for first, second in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
            table += np.bincount((first * count + second).ravel(), minlength=count * count).reshape(count, count)
        return table + table.T

    job = "which of 8 colours lie beside which, 10 megapixels"
    _, seconds = time_processor(lambda: annotate.adjacency(result), repeats)
    _, theirs = time_processor(by_peer, repeats)
    _, whole = time_processor(lambda: annotate.pattern(result), repeats)
    _, parts = time_processor(lambda: annotate.patches(result), repeats)
    return [
        Line(job, "ours", seconds, "with lengths, contrasts and shares"),
        Line(job, "numpy, bincount of pairs", theirs, "numbers alone"),
        Line("the pattern as a whole", "ours", whole),
        Line("the patches of each colour", "ours", parts),
    ]


def _compare_results(photo: npt.NDArray[np.uint8], result: IndexedImage, repeats: int) -> list[Line]:
    from sklearn.metrics import adjusted_rand_score, confusion_matrix

    other = cq.quantize(photo, 8, space="srgb")
    job = "two results compared, 10 megapixels: adjusted Rand index"

    def by_peer() -> float:
        first, second = result.labels.ravel(), other.labels.ravel()
        confusion_matrix(first, second)
        return float(adjusted_rand_score(first, second))

    found, seconds = time_processor(lambda: annotate.compare(result, other), repeats)
    score, theirs = time_processor(by_peer, 1)
    return [
        Line(job, "ours, with its matrix and matches", seconds, f"{found.adjusted_rand:.4f}"),
        Line(job, "scikit-learn, with its matrix", theirs, f"{score:.4f}"),
    ]


def _compare_objects(repeats: int) -> list[Line]:
    from sklearn.cluster import KMeans

    section, _ = _make_section(512)
    rows, columns = np.indices(section.shape[:2]) // 32
    objects = rows * 16 + columns + 1

    def by_peer() -> list[Any]:
        flat, numbers = section.reshape(-1, 3), objects.ravel()
        return [KMeans(3, n_init=1, random_state=0).fit(flat[numbers == number]) for number in range(1, 257)]

    job = "three colours of each of 256 objects of 1,024 pixels"
    _, seconds = time_processor(lambda: annotate.object_colors(section, objects, 3, space="srgb"), repeats)
    _, theirs = time_processor(by_peer, 1)
    return [Line(job, "ours", seconds), Line(job, "scikit-learn, KMeans", theirs)]


def _tell_apart(repeats: int) -> list[Line]:
    result = cq.quantize(large_photograph(512, 768), 16)
    before, seconds = time_processor(lambda: distinguishability(result.palette), repeats)
    moved, moving = time_processor(lambda: editing.make_distinguishable(result), repeats)
    after = distinguishability(moved.palette)
    job = "16 colours told apart: least dE2000 over four kinds of sight"
    return [
        Line(job, "ours, as they are", seconds, f"{min(pair.difference for pair in before):.1f}"),
        Line(job, "ours, made distinguishable", moving, f"{min(pair.difference for pair in after):.1f}"),
    ]


def _patchwork(size: int, count: int) -> npt.NDArray[np.uint8]:
    """Return patches of `count` labels with round borders."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(_SEED)
    fields = [gaussian_filter(rng.standard_normal((size, size)), size / 40) for _ in range(count)]
    return np.argmax(fields, axis=0).astype(np.uint8)


def _make_section(size: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Return a section of haematoxylin and DAB with noise of three levels, and where its nuclei are."""
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(_SEED)
    nuclei = gaussian_filter(rng.standard_normal((size, size)), 4) > 0.09
    texture = gaussian_filter(rng.standard_normal((size, size)), 8)
    texture = (texture - texture.min()) / np.ptp(texture)
    tissue = np.where(nuclei, 0.1 * texture, 0.15 + 0.8 * texture)
    amounts = np.stack([np.where(nuclei, 0.7, 0.05 * rng.random(nuclei.shape)), tissue], axis=-1)
    vectors = _STAINS / np.linalg.norm(_STAINS, axis=1, keepdims=True)
    light = 240 * 10 ** -(gaussian_filter(amounts, (1, 1, 0)) @ vectors)
    return np.clip(np.rint(light + rng.normal(0, 3, light.shape)), 0, 255).astype(np.uint8), nuclei


def _angle(first: Any, second: Any) -> float:
    cosine = np.dot(first, second) / np.linalg.norm(first) / np.linalg.norm(second)
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _dice(first: Any, second: Any) -> float:
    return float(2 * np.sum(first & second) / (np.sum(first) + np.sum(second)))


if __name__ == "__main__":
    print(compare_annotations())
