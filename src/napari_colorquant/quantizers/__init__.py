"""The methods of palette design: weighted colours in, the centres of a palette out.

A method is a plain function ``method(colors, weights, n_colors, /, *, options)``:

colors : ndarray of shape (N, 3), float32
    Coordinates of one colour space, more than `n_colors` of them distinct.
weights : ndarray of shape (N,), float32
    Number of pixels of each colour, > 0.
n_colors : int
    Number of palette colours wanted, 1 to 65,536; some methods end at 256.

It returns (K, 3) float32, K <= `n_colors`, finite and distinct; what is done around it stands in
`Quantizer`. A new method is its file and one entry here.
"""

from ..registry import GROUPS, Registry
from ._contract import Quantizer
from ._few import kmeans_of_few
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
#: As many colours as a palette may have; the other methods end at 256.
_MANY = 1 << 16

QUANTIZERS: Registry[Quantizer] = Registry(
    "quantizer",
    Quantizer(kmeans, on_cells=kmeans_of_cells, on_four=kmeans_of_few, most=_MANY, title="k-means"),
    Quantizer(best),
    Quantizer(fast, on_cells=fast, most=_MANY),
    Quantizer(wu, on_cells=wu, most=_MANY),
    Quantizer(pca, most=_MANY, title="Principal axes", group=_CLASSIC),
    Quantizer(maximin, group=_CLASSIC),
    Quantizer(online_kmeans, title="Online k-means", group=_CLASSIC),
    Quantizer(breathing_kmeans, title="Breathing k-means", group=_COMPARISON),
    Quantizer(genetic_kmeans, title="Genetic k-means", group=_COMPARISON),
    Quantizer(median_cut, most=_MANY, group=_CLASSIC),
    Quantizer(octree, most=_MANY, group=_CLASSIC),
    Quantizer(neuquant, title="NeuQuant", group=_CLASSIC),
    Quantizer(artificial_bee_colony, group=_COMPARISON),
    Quantizer(pnn, most=_MANY, title="Pairwise nearest neighbours", group=_CLASSIC),
    Quantizer(popularity, most=_MANY, group=_CLASSIC),
    Quantizer(uniform, most=_MANY, group=_CLASSIC),
    Quantizer(minibatch_kmeans, most=_MANY, title="Mini-batch k-means (scikit-learn)", group=_COMPARISON),
    Quantizer(sklearn_kmeans, most=_MANY, title="k-means (scikit-learn)", group=_COMPARISON),
)
