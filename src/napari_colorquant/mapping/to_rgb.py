"""Labels in colour."""

import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Labels, Valid


def paint_labels(
    labels: Labels,
    colors: RGB8,
    valid: Valid | None = None,
    alpha: npt.NDArray[np.uint8] | None = None,
    recolored: RGB8 | None = None,
) -> RGB8:
    """Return the colours that `labels` point to, black where not `valid`, with `alpha` as a fourth channel."""
    rgb = np.take(colors, labels, axis=0) if recolored is None else recolored.copy()
    if valid is not None:
        rgb[~valid] = 0
    return rgb if alpha is None else np.concatenate([rgb, alpha[..., None]], axis=-1)
