"""The dithers, which choose labels so that neighbours make up for each other's error.

A new one is its file and one entry here; a new diffusion matrix is a row of `MATRICES`.
"""

from ...registry import GROUPS, Method, Registry
from ._scene import Plane, Target
from .diffusion import MATRICES, error_diffusion
from .none import none
from .ordered import bayer, blue_noise
from .riemersma import riemersma
from .spatial import spatial

__all__ = ["DITHERS", "Plane", "Target"]

_RECOMMENDED, _CLASSIC, _ = GROUPS

DITHERS: Registry[Method] = Registry(
    "dither",
    Method(none),
    *(
        Method(
            error_diffusion(matrix),
            sequential=True,
            title=matrix.title,
            group=_RECOMMENDED if matrix.name in ("floyd_steinberg", "atkinson") else _CLASSIC,
        )
        for matrix in MATRICES
    ),
    Method(bayer, group=_CLASSIC),
    Method(blue_noise),
    Method(riemersma, sequential=True, group=_CLASSIC),
    Method(spatial, sequential=True),
)
