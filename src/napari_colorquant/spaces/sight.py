"""What a measure for the eye makes of what lacks in a picture: how far it blurs, and how the rest adds up."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._typing import Colors


@dataclass(frozen=True)
class Sight:
    """How an eye adds up what lacks, in the coordinates of a space with lightness on the axis `light`.

    Attributes
    ----------
    radii : tuple of float
        The standard deviation of its blur along each axis, in pixels.
    own : float
        The share of each pixel for itself, without a blur.
    power : float
        Of the sum of lightness and the length of colour; 2: squares of all axes are added.
    least : float
        What lacks less than this counts as if it lacked so much, or steps would not end.
    calm : float
        The variance at which a place counts for a third of a calm one; 0: all places count alike.
    light : int
    """

    radii: tuple[float, ...]
    own: float = 0.0
    power: float = 2.0
    least: float = 0.0
    calm: float = 0.0
    light: int = 0

    def measure(self, rest: Colors) -> tuple[Colors, npt.NDArray[np.float32]]:
        """Return how much each place lacks, and what the squares count for that touch this and lie above it.

        Parameters
        ----------
        rest : ndarray of shape (A, H, W), float32
            What lacks on each axis.

        Returns
        -------
        errors : ndarray of shape (A, H, W) or (1, H, W), float32
        counts : ndarray of shape (A, H, W), float32
        """
        if self.power == 2:
            return rest * rest, np.ones_like(rest)
        light = np.abs(rest[self.light])
        others = [axis for axis in range(len(rest)) if axis != self.light]
        color = np.sqrt(np.square(rest[others]).sum(axis=0))
        error = np.maximum(light + color, np.float32(self.least))
        slope = np.float32(self.power) * error ** np.float32(self.power - 1)
        counts = np.empty_like(rest)
        counts[self.light] = slope / np.maximum(light, np.float32(self.least))
        counts[others] = slope / np.maximum(color, np.float32(self.least))
        return (error ** np.float32(self.power))[None], counts


#: FLIP at 67 pixels a degree: the Gaussians of its contrast sensitivity functions, cut to one for each axis; what
#: differs in lightness and in colour is added and raised to the power of .7.
#: Andersson P. et al. FLIP: a difference evaluator for alternating images. Proc. ACM Comput. Graph. Interact. Tech.
#: 3(2), 2020. doi:10.1145/3406183
FLIP = Sight(radii=(1.03, 1.1, 2.85), power=0.7, least=0.5)
#: SSIMULACRA2 (Sneyers 2023): windows of a standard deviation of 1.5 pixels, in which a difference of structure counts
#: as a share of what the picture varies there.
SSIMULACRA2 = Sight(radii=(1.5, 1.5, 1.5), own=0.3, calm=0.009, light=1)
