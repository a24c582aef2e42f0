"""Room 2: the methods of palette design. A new one is its file and one entry here."""

from ..registry import Method, Registry
from .median_cut import median_cut
from .minibatch_kmeans import minibatch_kmeans
from .sklearn_kmeans import sklearn_kmeans

__all__ = ["QUANTIZERS"]

QUANTIZERS: Registry[Method] = Registry(
    "quantizer",
    Method(median_cut),
    Method(minibatch_kmeans),
    Method(sklearn_kmeans),
)
