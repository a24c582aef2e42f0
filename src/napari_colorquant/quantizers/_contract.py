"""What every quantizer takes and gives, and what is done around each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.complete import complete, few_colors
from ..clustering.nearest import three_axes
from ..registry import Method


@dataclass(frozen=True)
class Quantizer(Method):
    """A method of palette design: a plain function of colours, weights and a number, and its options.

    The function gets more than `n_colors` distinct colours, on three axes (zeros fill up those that a
    space does not have), and returns at most `n_colors` centres: finite and distinct, float32 of
    shape (K, 3). Calling the entry keeps the rest of what is promised: few colours are their own
    palette, centres lie inside the colours' box, and while there are fewer than were asked for, the
    colours that fit worst are added.

    Attributes
    ----------
    on_cells : callable, or None
        The function for the means of small cells, which do as well as the distinct colours where there
        are many: the same one, or another with the same options. None: it needs the colours.
    on_four : callable, or None
        The function for colours with an alpha of their own, on four axes, with the same options. None: it gets the
        three along which they spread most.
    most : int
        The most colours that it designs.
    """

    on_cells: Callable[..., Colors] | None = None
    on_four: Callable[..., Colors] | None = None
    most: int = 256

    def __call__(
        self, colors: Colors, weights: Weights, n_colors: int, /, *, are_cells: bool = False, **options: Any
    ) -> Colors:
        """Check the options and design a palette.

        Parameters
        ----------
        colors : ndarray of shape (N, A), float32
            Colours, as coordinates of one colour space on 1 to 3 axes; some may coincide.
        weights : ndarray of shape (N,), float32
            Number of pixels of each colour, > 0.
        n_colors : int
            Number of palette colours wanted, 1 to `most`.
        are_cells : bool
            Whether the colours are means of small cells.
        **options
            Those of the method, see `options`.

        Raises
        ------
        ValueError
            If it does not design so many.

        Returns
        -------
        palette : ndarray of shape (K, A), float32
            Distinct; K is the smaller of `n_colors` and the number of distinct colours.
        """
        options = self.check(options)
        self.check_count(n_colors)
        if (few := few_colors(colors, n_colors)) is not None:
            return few
        checkpoint()  # a short method has no loop in which to ask whether to go on
        func = self.on_cells if are_cells and self.on_cells else self.func
        centers = func(three_axes(colors), weights, n_colors, **options)
        return complete(np.ascontiguousarray(centers[:, : colors.shape[1]]), colors, weights, n_colors)

    def check_count(self, n_colors: int) -> None:
        """Raise ValueError if it does not design so many colours."""
        if n_colors > self.most:
            raise ValueError(f"n_colors must be at most {self.most} with {self.name}, got {n_colors}")
