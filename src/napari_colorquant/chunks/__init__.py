"""Images that are larger than memory, as dask arrays: the same results as from numpy, bit for bit.

Colours are counted chunk by chunk and added up in a tree; labels come back as a dask array whose
chunks are mapped when somebody looks at them. Where and when they are computed is dask's own
business: on threads, or on a cluster if there is a `distributed.Client`.
"""

from ._arrays import count_lazy_labels, load, match_chunks, paint, relabel
from ._comparing import map_differences, tally_chunks
from ._lazy_pixels import LazyPixels, read_lazy_image
from ._scheduling import fold, report_progress

__all__ = [
    "LazyPixels",
    "count_lazy_labels",
    "fold",
    "load",
    "map_differences",
    "match_chunks",
    "paint",
    "read_lazy_image",
    "relabel",
    "report_progress",
    "tally_chunks",
]
