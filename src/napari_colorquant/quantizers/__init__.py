"""Room 2: the methods of palette design. A new one is its file and one entry here."""

from ..registry import Method, Registry
from .artificial_bee_colony import artificial_bee_colony
from .best import best
from .breathing_kmeans import breathing_kmeans
from .fast import fast
from .genetic_kmeans import genetic_kmeans
from .kmeans import kmeans
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

__all__ = ["QUANTIZERS"]

QUANTIZERS: Registry[Method] = Registry(
    "quantizer",
    Method(kmeans),
    Method(best),
    Method(fast),
    Method(wu),
    Method(pca),
    Method(maximin),
    Method(online_kmeans),
    Method(breathing_kmeans),
    Method(genetic_kmeans),
    Method(median_cut),
    Method(octree),
    Method(neuquant),
    Method(artificial_bee_colony),
    Method(pnn),
    Method(popularity),
    Method(uniform),
    Method(minibatch_kmeans),
    Method(sklearn_kmeans),
)
