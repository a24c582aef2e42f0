"""The methods of palette design: weighted colours in, the centres of a palette out.

A method is a plain function ``method(colors, weights, n_colors, /, *, options)``:

colors : ndarray of shape (N, 3), float32
    Coordinates of one colour space, more than `n_colors` of them distinct.
weights : ndarray of shape (N,), float32
    Number of pixels of each colour, > 0.
n_colors : int
    Number of palette colours wanted, 1 to 256.

It returns (K, 3) float32, K <= `n_colors`, finite and distinct; what is done around it stands in
`Quantizer`. A new method is its file and one entry here.
"""

from ..registry import GROUPS, Registry
from ._contract import Quantizer
from .artificial_bee_colony import artificial_bee_colony
from .best import best
from .breathing_kmeans import breathing_kmeans
from .fast import fast
from .genetic_kmeans import genetic_kmeans
from .kmeans import kmeans, kmeans_of_cells
from .maximin import maximin
from .median_cut import median_cut
from .minibatch_kmeans import minibatch_kmeans
from .neuquant import neuquant
from .octree import octree
from .online_kmeans import online_kmeans
from .pca import pca
from .pnn import pnn
from .popularity import popularity
from .sklearn_kmeans import sklearn_kmeans
from .uniform import uniform
from .wu import wu

__all__ = ["QUANTIZERS", "Quantizer"]

_CLASSIC, _COMPARISON = GROUPS[1:]

QUANTIZERS: Registry[Quantizer] = Registry(
    "quantizer",
    Quantizer(kmeans, on_cells=kmeans_of_cells, title="k-means"),
    Quantizer(best),
    Quantizer(fast, on_cells=fast),
    Quantizer(wu, on_cells=wu),
    Quantizer(pca, title="Principal axes", group=_CLASSIC),
    Quantizer(maximin, group=_CLASSIC),
    Quantizer(online_kmeans, title="Online k-means", group=_CLASSIC),
    Quantizer(breathing_kmeans, title="Breathing k-means", group=_COMPARISON),
    Quantizer(genetic_kmeans, title="Genetic k-means", group=_COMPARISON),
    Quantizer(median_cut, group=_CLASSIC),
    Quantizer(octree, group=_CLASSIC),
    Quantizer(neuquant, title="NeuQuant", group=_CLASSIC),
    Quantizer(artificial_bee_colony, group=_COMPARISON),
    Quantizer(pnn, title="Pairwise nearest neighbours", group=_CLASSIC),
    Quantizer(popularity, group=_CLASSIC),
    Quantizer(uniform, group=_CLASSIC),
    Quantizer(minibatch_kmeans, title="Mini-batch k-means (scikit-learn)", group=_COMPARISON),
    Quantizer(sklearn_kmeans, title="k-means (scikit-learn)", group=_COMPARISON),
)
