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

from ..registry import Registry
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

QUANTIZERS: Registry[Quantizer] = Registry(
    "quantizer",
    Quantizer(kmeans, on_cells=kmeans_of_cells),
    Quantizer(best),
    Quantizer(fast, on_cells=fast),
    Quantizer(wu, on_cells=wu),
    Quantizer(pca),
    Quantizer(maximin),
    Quantizer(online_kmeans),
    Quantizer(breathing_kmeans),
    Quantizer(genetic_kmeans),
    Quantizer(median_cut),
    Quantizer(octree),
    Quantizer(neuquant),
    Quantizer(artificial_bee_colony),
    Quantizer(pnn),
    Quantizer(popularity),
    Quantizer(uniform),
    Quantizer(minibatch_kmeans),
    Quantizer(sklearn_kmeans),
)
