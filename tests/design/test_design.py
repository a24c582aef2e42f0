"""What a user can ask of a design: fixed and rare colours, a quality instead of a number."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.pixels.counts import count_colors
from napari_colorquant.quality.curve import curve_of_counts
from napari_colorquant.spaces import SPACES, Metric


def _with_red_dots(base: np.ndarray) -> np.ndarray:
    """Return a megapixel of `base`, three of its pixels pure red."""
    times = -(-1_000_000 // (base.shape[0] * base.shape[1]))
    image = np.concatenate([base] * times)
    image[[10, 200, 300], [50, 20, 90]] = (255, 0, 0)
    return image


@pytest.mark.parametrize("name", ["coffee", "astronaut", "chelsea", "moon"])
@pytest.mark.parametrize("space", ["oklab", "srgb", "lab"])
def test_three_red_pixels_in_a_million_survive(name: str, space: str) -> None:
    from skimage import data

    base = getattr(data, name)()
    base = base if base.ndim == 3 else np.repeat(base[..., None], 3, axis=2)
    image = _with_red_dots(base)
    indexed = cq.quantize(image, 16, space=space, rare=1.0)
    assert len(indexed.palette) == 16
    assert (indexed.to_rgb()[[10, 200, 300], [50, 20, 90]] == (255, 0, 0)).all()


def test_rare_0_changes_nothing_and_more_costs_more(photo: np.ndarray) -> None:
    errors = [cq.distortion(photo, cq.quantize(photo, 16, rare=rare)).mse for rare in (0.0, 0.5, 1.0)]
    assert cq.quantize(photo, 16, rare=0.0).palette == cq.quantize(photo, 16).palette
    assert errors[0] <= errors[2]
    worst = [_largest_error(photo, cq.quantize(photo, 16, rare=rare)) for rare in (0.0, 1.0)]
    assert worst[1] < worst[0]


def _largest_error(image: np.ndarray, indexed: cq.IndexedImage) -> float:
    return float(((image.astype(float) - indexed.to_rgb()) ** 2).sum(axis=-1).max())


@pytest.mark.parametrize("space", ["oklab", "hsv", "hed", "gray"])
def test_fixed_colours_are_in_the_palette_verbatim(photo: np.ndarray, space: str) -> None:
    fixed = ("#ff00ff", "#010203", "#fefefe")
    palette = cq.design_palette(photo, 10, space=space, fixed=fixed)
    assert set(fixed) <= set(palette.hex)
    assert len(set(palette.hex)) == 10
    assert {code for code, locked in zip(palette.hex, palette.locked, strict=True) if locked} == set(fixed)


def test_a_fixed_colour_that_is_there_already_is_not_doubled(photo: np.ndarray) -> None:
    plain = cq.design_palette(photo, 12, space="srgb")
    again = cq.design_palette(photo, 12, space="srgb", fixed=plain.hex[:3])
    gaps = np.linalg.norm(again.colors[:, None].astype(float) - again.colors[None], axis=2) + 1e9 * np.eye(12)
    assert (
        gaps.min()
        > 0.5
        * (np.linalg.norm(plain.colors[:, None].astype(float) - plain.colors[None], axis=2) + 1e9 * np.eye(12)).min()
    )


def test_all_colours_can_be_fixed(photo: np.ndarray) -> None:
    assert set(cq.design_palette(photo, 2, fixed=["#000", "#fff"]).hex) == {"#000000", "#ffffff"}
    with pytest.raises(ValueError, match="at most n_colors = 1 colours, got 2"):
        cq.design_palette(photo, 1, fixed=["#000", "#fff"])


@pytest.mark.parametrize("target", [{"mean_de2000": 4.0}, {"p95_de2000": 9.0}, {"psnr": 26.0}])
def test_auto_takes_the_fewest_colours_that_meet_the_target(photo: np.ndarray, target: dict[str, float]) -> None:
    ((measure, aim),) = target.items()
    indexed = cq.quantize(photo, "auto", target=target)
    count = len(indexed.palette)
    reached = getattr(cq.distortion(photo, indexed), measure)
    fewer = getattr(cq.distortion(photo, cq.quantize(photo, count - 1)), measure)
    if measure == "psnr":
        assert reached >= aim > fewer
    else:
        assert reached <= aim < fewer


def test_a_target_out_of_reach_is_said_so(photo: np.ndarray) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    with pytest.warns(RuntimeWarning, match="256 colours do not reach a mean_de2000 of 0.1"):
        assert len(cq.quantize(noise, "auto", target={"mean_de2000": 0.1}).palette) == 256
    with pytest.raises(ValueError, match="target must be one of mean_de2000, p95_de2000, psnr for n_colors='auto'"):
        cq.quantize(photo, "auto")
    with pytest.raises(ValueError, match="target must be one of mean_de2000, p95_de2000, psnr, got 'beauty'"):
        cq.quantize(photo, "auto", target={"beauty": 1})


@pytest.mark.parametrize("space", ["oklab", "srgb"])
def test_the_error_curve_lies_near_the_designs(photo: np.ndarray, space: str) -> None:
    counts = count_colors(np.ascontiguousarray(photo.reshape(-1, 3)))
    curve = curve_of_counts(counts, Metric(SPACES[space]))
    assert np.array_equal(curve.n_colors, np.arange(1, 257))
    for values in (curve.mse, curve.mean_de2000, curve.p95_de2000):
        assert (np.diff(values) <= 0).all()
    for count in (4, 16, 64):
        designed = cq.distortion(photo, cq.quantize(photo, count, space=space))
        assert 0.9 < curve.mean_de2000[count - 1] / designed.mean_de2000 < 1.35


def test_the_error_curve_of_few_colours_ends_without_error() -> None:
    image = np.array([[0, 0, 0], [255, 0, 0], [255, 0, 0], [9, 9, 99]], np.uint8)
    curve = curve_of_counts(count_colors(image), Metric(SPACES["oklab"]))
    assert list(curve.n_colors) == [1, 2, 3]
    assert curve.mse[-1] == curve.mean_de2000[-1] == 0
    assert curve.psnr[-1] == np.inf
    assert curve.fewest("mean_de2000", 0.5) == 3
