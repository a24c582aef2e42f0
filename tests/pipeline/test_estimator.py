"""The estimator: what `quantize` makes, in the habits of scikit-learn."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import estimator_checks_generator

import napari_colorquant as cq
from napari_colorquant import ColorQuantizer


class TakesAnyColumns(ColorQuantizer):
    """The same for scikit-learn's data: its first three columns, squeezed into 0..1, taken as colours."""

    def _as_colors(self, array):
        filled = np.zeros((len(array), 3), np.float32)
        filled[:, : array.shape[1]] = array[:, :3]
        return 1 / (1 + np.exp(-np.clip(filled, -50, 50)))


def _checks():
    for estimator, check in estimator_checks_generator(TakesAnyColumns(4)):
        if check.func.__name__ != "check_array_api_input":  # needs an array library that is none of numpy's
            yield pytest.param(estimator, check, id=f"{check.func.__name__}-{sorted(check.keywords)}")


@pytest.mark.parametrize(("estimator", "check"), list(_checks()))
def test_scikit_learn_finds_an_estimator_as_its_own(estimator, check):
    check(estimator)


def test_it_finds_what_quantize_finds(photo):
    fitted = ColorQuantizer(7, space="lab", seed=3).fit(photo)
    expected = cq.quantize(photo, 7, space="lab", seed=3)
    assert fitted.palette_ == expected.palette
    np.testing.assert_array_equal(fitted.labels_, expected.labels)
    np.testing.assert_array_equal(fitted.predict(photo), expected.labels)
    np.testing.assert_array_equal(fitted.transform(photo), expected.to_rgb())
    np.testing.assert_allclose(fitted.cluster_centers_, expected.palette.colors)


def test_colours_of_floats_stay_in_0_to_1(photo):
    colors = photo.reshape(-1, 3) / 255
    fitted = ColorQuantizer(5).fit(colors)
    assert fitted.labels_.shape == (len(colors),)
    np.testing.assert_allclose(fitted.transform(colors), fitted.cluster_centers_[fitted.predict(colors)])
    assert fitted.cluster_centers_.max() <= 1


def test_a_palette_of_one_image_is_put_on_another(photo, stains):
    fitted = ColorQuantizer(6).fit(photo)
    np.testing.assert_array_equal(fitted.predict(stains), cq.map_pixels(stains, fitted.palette_).labels)


def test_weights_count(photo):
    weights = np.zeros(photo.shape[:2])
    weights[:20] = 1
    weighted = ColorQuantizer(4).fit(photo, sample_weight=weights)
    assert weighted.palette_.hex == ColorQuantizer(4).fit(photo[:20]).palette_.hex


def test_it_works_in_a_pipeline_and_can_be_cloned(photo):
    brighter = FunctionTransformer(lambda image: image // 2 + 100)
    pipeline = make_pipeline(brighter, ColorQuantizer(4, dither="floyd_steinberg"))
    assert len(np.unique(pipeline.fit_transform(photo).reshape(-1, 3), axis=0)) == 4
    pipeline.set_params(colorquantizer__n_colors=2)
    assert clone(pipeline).fit(photo)[-1].palette_.hex == pipeline.fit(photo)[-1].palette_.hex


def test_what_it_cannot_take_is_told(photo):
    with pytest.raises(NotFittedError):
        ColorQuantizer().predict(photo)
    with pytest.raises(ValueError, match=r"X must have shape \(N, 3\) or \(\.\.\., H, W, 3\)"):
        ColorQuantizer().fit(photo[..., :2])
    with pytest.raises(KeyError, match="did you mean 'oklab'"):
        ColorQuantizer(space="oklba").fit(photo)
