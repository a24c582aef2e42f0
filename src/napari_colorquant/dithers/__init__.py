"""The dithers, which choose labels so that neighbours make up for each other's error.

A new one is its file and one entry here; a new diffusion matrix is a row of `MATRICES`.
"""

from ..registry import Method, Registry
from ._scene import Plane, Target
from .diffusion import MATRICES, error_diffusion
from .none import none
from .ordered import bayer, blue_noise
from .riemersma import riemersma

__all__ = ["DITHERS", "Plane", "Target"]

DITHERS: Registry[Method] = Registry(
    "dither",
    Method(none),
    *(Method(error_diffusion(matrix), sequential=True) for matrix in MATRICES),
    Method(bayer),
    Method(blue_noise),
    Method(riemersma, sequential=True),
)
