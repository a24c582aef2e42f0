"""Colour quantization as an estimator of scikit-learn: for pipelines, searches over parameters, and habits."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClusterMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .._checks import refusal
from ..indexed import IndexedImage
from ..palette import Palette
from ..pixels.intensities import LittleRangeWarning
from ..recipe import Recipe
from .verbs import map_pixels, quantize


class ColorQuantizer(TransformerMixin, ClusterMixin, BaseEstimator):  # type: ignore[misc]  # sklearn ships no types
    """Choose a palette from an image or a list of colours, and give colours their nearest entry.

    Parameters
    ----------
    n_colors : int
        Number of colours at most.
    space, quantizer, dither, seed, axis_weights, scale, rare, fixed
        As in `quantize` and `Recipe`. A dither works on images alone.

    Attributes
    ----------
    palette_ : Palette
        The palette that was designed.
    cluster_centers_ : ndarray of shape (K, 3), float64
        Its colours as sRGB, 0..255 for an image of integers of 8 bits, 0..1 for any other.
    labels_ : ndarray of shape (N,) or (..., H, W), int64
        The entry that each colour or pixel of what was fitted has; 0 without data.
    n_features_in_ : int
        3, the channels.

    See Also
    --------
    quantize : Labels and palette of an image in one call.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import ColorQuantizer
    >>> colors = np.array([[250, 0, 0], [255, 5, 0], [0, 0, 255]], np.uint8)
    >>> ColorQuantizer(n_colors=2).fit_predict(colors)
    array([0, 0, 1])
    """

    def __init__(
        self,
        n_colors: int = 16,
        *,
        space: str = "oklab",
        quantizer: str = "kmeans",
        dither: str = "none",
        seed: int = 0,
        axis_weights: Any = None,
        scale: Any = "dtype",
        rare: float = 0.0,
        fixed: Any = (),
    ) -> None:
        self.n_colors = n_colors
        self.space = space
        self.quantizer = quantizer
        self.dither = dither
        self.seed = seed
        self.axis_weights = axis_weights
        self.scale = scale
        self.rare = rare
        self.fixed = fixed

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> "ColorQuantizer":
        """Design the palette.

        Parameters
        ----------
        X : array_like of shape (N, 3) or (..., H, W, 3)
            Colours or images, as `quantize` takes them.
        y : ignored
            There for pipelines.
        sample_weight : array_like of shape (N,) or (..., H, W), optional
            What each colour or pixel counts for, >= 0.

        Returns
        -------
        self : ColorQuantizer

        Raises
        ------
        TypeError, ValueError
            If the colours, their weights or a choice are not possible; the message says what must hold.
        """
        image = self._read(X, reset=True)
        importance = None if sample_weight is None else np.asarray(sample_weight, float).reshape(image.shape[:-1])
        if importance is not None and not importance.any():
            raise refusal("sample_weight", "be more than zero somewhere", importance)
        choices = {name: value for name, value in self.get_params().items() if name != "dither"}
        indexed = quantize(image, rgb=True, importance=importance, flat="mix", **choices)
        self.palette_: Palette = indexed.palette
        self.recipe_: Recipe = indexed.recipe
        self.cluster_centers_: npt.NDArray[np.float64] = indexed.palette.srgb.astype(np.float64) * _white(image)
        self.labels_: npt.NDArray[np.int64] = _like_input(self._map(image).labels.astype(np.int64), X)
        return self

    def predict(self, X: Any) -> npt.NDArray[np.int64]:
        """Return the entry of the palette that each colour or pixel has.

        Parameters
        ----------
        X : array_like of shape (N, 3) or (..., H, W, 3)
            Colours or images.

        Returns
        -------
        labels : ndarray of shape (N,) or (..., H, W), int64

        Raises
        ------
        NotFittedError
            If there is no palette yet, see `fit`.
        """
        return _like_input(self._map(self._read(X)).labels.astype(np.int64), X)

    def transform(self, X: Any) -> npt.NDArray[Any]:
        """Return the colours of the palette in place of those given.

        Parameters
        ----------
        X : array_like of shape (N, 3) or (..., H, W, 3)
            Colours or images.

        Returns
        -------
        colors : ndarray of shape (N, 3) or (..., H, W, 3)
            uint8 where X is, else float64 in 0..1.

        Raises
        ------
        NotFittedError
            If there is no palette yet, see `fit`.
        """
        image = self._read(X)
        colors = self.palette_.srgb.astype(np.float64)[self._map(image).labels] * _white(image)
        return _like_input(np.rint(colors).astype(np.uint8) if image.dtype == np.uint8 else colors, X)

    def _map(self, image: npt.NDArray[Any]) -> IndexedImage:
        recipe = self.recipe_
        names = ("space", "axis_weights", "seed", "scale")
        with warnings.catch_warnings():  # of a few colours, nothing is learned about the range
            warnings.simplefilter("ignore", LittleRangeWarning)
            return map_pixels(
                image, self.palette_, rgb=True, dither=self.dither, **{name: getattr(recipe, name) for name in names}
            )

    def _read(self, X: Any, *, reset: bool = False) -> npt.NDArray[Any]:
        """Return colours or images as (..., H, W, 3), checked as scikit-learn does it."""
        if not reset:
            check_is_fitted(self)
        if _count_axes(X) > 2:
            array = self._as_colors(np.asarray(X))
            self.n_features_in_ = 3
            return array
        return self._as_colors(validate_data(self, X, reset=reset, dtype="numeric"))[np.newaxis]

    def _as_colors(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if array.shape[-1] != 3:
            raise refusal("X", "have shape (N, 3) or (..., H, W, 3)", array)
        return np.ascontiguousarray(array)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _count_axes(X: Any) -> int:
    return int(X.ndim) if hasattr(X, "ndim") else np.asarray(X, object).ndim


def _like_input(values: npt.NDArray[Any], X: Any) -> npt.NDArray[Any]:
    """Return what was found of (1, N) colours as (N,), as they were given."""
    return values[0] if _count_axes(X) == 2 else values


def _white(image: npt.NDArray[Any]) -> float:
    return 255.0 if image.dtype == np.uint8 else 1.0
