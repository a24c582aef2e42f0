"""The three verbs, end to end: what comes out, and what is refused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import pairwise_distances_argmin

import napari_colorquant as cq
from napari_colorquant import Recipe
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.pipeline.verbs import run


def test_labels_point_to_colours_and_shares_count_them(photo: np.ndarray) -> None:
    indexed = cq.quantize(photo, 12)
    assert indexed.labels.shape == photo.shape[:2]
    assert indexed.labels.dtype == np.uint8
    assert indexed.valid is None
    assert np.array_equal(indexed.to_rgb(), indexed.palette.colors[indexed.labels])
    assert np.allclose(indexed.palette.shares, np.bincount(indexed.labels.ravel()) / indexed.labels.size)
    assert (np.diff(indexed.palette.shares) <= 0).all()


def test_quantize_is_design_then_mapping(photo: np.ndarray) -> None:
    indexed = cq.quantize(photo, 9, space="lab")
    palette = cq.design_palette(photo, 9, space="lab")
    assert palette == indexed.palette
    assert np.array_equal(cq.map_pixels(photo, palette, space="lab").labels, indexed.labels)


@pytest.mark.parametrize("space", list(cq.SPACES))
def test_mapping_agrees_with_scikit_learn_up_to_ties(space: str, photo: np.ndarray) -> None:
    indexed = cq.quantize(photo, 24, space=space)
    metric = indexed.recipe.metric  # that of the space, with the stains that were found
    pixels = metric.coordinates(np.ascontiguousarray(photo.reshape(-1, 3))).astype(np.float64)
    palette = metric.coordinates(indexed.palette.colors).astype(np.float64)
    theirs = pairwise_distances_argmin(pixels, palette)
    ours = indexed.labels.ravel()
    differ = np.flatnonzero(ours != theirs)
    gaps = ((pixels[differ] - palette[ours[differ]]) ** 2).sum(1) - (
        (pixels[differ] - palette[theirs[differ]]) ** 2
    ).sum(1)
    assert np.abs(gaps).max(initial=0) <= 1e-6 * np.abs(pixels).max() ** 2
    assert len(differ) <= 0.001 * len(ours)


@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3)), elements=st.integers(0, 255)),
    st.sampled_from(list(cq.SPACES)),
)
@settings(deadline=None, max_examples=60)
def test_an_image_of_few_colours_comes_back_bit_for_bit(image: np.ndarray, space: str) -> None:
    indexed = cq.quantize(image, 36, space=space)
    assert np.array_equal(indexed.to_rgb(), image)
    assert len(indexed.palette) == len(np.unique(image.reshape(-1, 3), axis=0))


@pytest.mark.parametrize("n_colors", [1, 2, 5, 64, 256])
@pytest.mark.parametrize("space", list(cq.SPACES))
def test_there_are_exactly_as_many_colours_as_asked_for(photo: np.ndarray, n_colors: int, space: str) -> None:
    palette = cq.design_palette(photo, n_colors, space=space)
    # A gray axis shows 256 levels at most, and not all of them occur.
    assert len(set(palette.hex)) == len(palette) == n_colors


def test_the_same_bits_on_any_number_of_threads(large_photo: np.ndarray) -> None:
    results = []
    for count in (1, 2, 5):
        with limit_threads(count):
            results.append(cq.quantize(large_photo, 64))
    for other in results[1:]:
        assert other.palette == results[0].palette
        assert np.array_equal(other.labels, results[0].labels)


def _as_type(image: np.ndarray, dtype: str) -> np.ndarray:
    kind = np.dtype(dtype)
    top = (np.iinfo(kind).max if kind.itemsize <= 2 else 255) if kind.kind in "iu" else 1
    return (image.astype(np.float64) / 255 * top).round(0 if kind.kind in "iu" else 9).astype(kind)


@pytest.mark.parametrize("dtype", ["uint16", "uint32", "int32", "int64", "float32", "float64"])
def test_every_type_gives_what_8_bits_give(photo: np.ndarray, dtype: str) -> None:
    ours = cq.quantize(_as_type(photo, dtype), 8)
    assert np.array_equal(ours.labels, cq.quantize(photo, 8).labels)


def test_float16_int16_and_bool_go_in(photo: np.ndarray) -> None:
    # 15 bits are no multiple of 8: the same colours but for what rounding moves.
    near = cq.quantize(_as_type(photo, "int16"), 8).palette.colors.astype(int)
    assert np.abs(near - cq.quantize(photo, 8).palette.colors).max() <= 1
    assert len(cq.quantize(_as_type(photo, "float16"), 8).palette) == 8
    assert set(cq.quantize(photo > 100, 8).palette.hex) <= {
        f"#{r}{g}{b}" for r in ("00", "ff") for g in ("00", "ff") for b in ("00", "ff")
    }


def test_gray_images_get_gray_palettes(photo: np.ndarray) -> None:
    indexed = cq.quantize(photo[..., 0], 7)
    assert indexed.labels.shape == photo.shape[:2]
    assert (indexed.palette.colors == indexed.palette.colors[:, :1]).all()
    assert len(indexed.palette) == 7


def test_transparent_nan_and_masked_pixels_have_no_data(photo: np.ndarray) -> None:
    gap = np.zeros(photo.shape[:2], bool)
    gap[:20, :30] = True
    rgba = np.dstack([photo, np.where(gap, 0, 255).astype(np.uint8)])
    rgba[gap, :3] = (0, 255, 0)
    floats = photo / 255.0
    floats[gap] = np.nan
    painted = photo.copy()
    painted[gap] = (0, 255, 0)
    results = [cq.quantize(rgba, 6), cq.quantize(floats, 6), cq.quantize(painted, 6, mask=~gap)]
    for indexed in results:
        assert np.array_equal(indexed.valid, ~gap)
        assert (indexed.labels[gap] == 0).all()
        assert indexed.palette == results[0].palette
        assert (indexed.to_rgb()[gap][:, :3] == 0).all()
    assert np.array_equal(results[0].to_rgb()[..., 3], rgba[..., 3])


def test_a_stack_has_one_palette(photo: np.ndarray) -> None:
    stack = np.stack([photo, photo[::-1], 255 - photo])
    indexed = cq.quantize(stack, 10)
    assert indexed.labels.shape == stack.shape[:3]
    assert np.array_equal(indexed.labels[0], indexed.labels[1][::-1])


def test_memory_layout_does_not_matter(photo: np.ndarray) -> None:
    plain = cq.quantize(photo[::2, ::3].copy(), 8)
    for view in (photo[::2, ::3], np.asfortranarray(photo[::2, ::3])):
        assert np.array_equal(cq.quantize(view, 8).labels, plain.labels)


def test_several_images_share_one_palette(photo: np.ndarray) -> None:
    parts = [photo[:50], photo[50:, :70], photo[50:, 70:]]
    assert cq.design_palette(parts, 11) == cq.design_palette(photo, 11)


def test_importance_designs_from_a_region_only(photo: np.ndarray) -> None:
    region = np.zeros(photo.shape[:2], bool)
    region[30:60, 40:80] = True
    palette = cq.design_palette(photo, 5, importance=region)
    assert palette.hex == cq.design_palette(photo[30:60, 40:80], 5).hex
    indexed = cq.quantize(photo, 5, importance=region)
    assert indexed.valid is None
    assert set(indexed.palette.hex) == set(palette.hex)


def test_importance_is_relative(photo: np.ndarray) -> None:
    weights = np.linspace(0.2, 1, photo.shape[0])[:, None] * np.ones(photo.shape[1])
    assert cq.design_palette(photo, 5, importance=weights) == cq.design_palette(photo, 5, importance=7 * weights)


def test_axis_weights_leave_a_lever_alone(photo: np.ndarray) -> None:
    by_number = cq.quantize(photo, 6, space="lab", axis_weights=(0, 1, 1))
    by_name = cq.quantize(photo, 6, space="lab", axis_weights={"L": 0})
    assert np.array_equal(by_number.labels, by_name.labels)
    darker = (photo // 2 + 20).astype(np.uint8)
    lab = cq.SPACES["lab"].from_srgb(by_number.palette.colors)[:, 1:]
    pixels = cq.SPACES["lab"].from_srgb(np.ascontiguousarray(darker.reshape(-1, 3)))[:, 1:]
    oracle = pairwise_distances_argmin(pixels, lab)
    mapped = cq.map_pixels(darker, by_number.palette, space="lab", axis_weights=(0, 1, 1)).labels.ravel()
    assert (mapped == oracle).mean() > 0.999


def test_unused_colours_can_be_removed(photo: np.ndarray) -> None:
    palette = [*cq.design_palette(photo, 4).hex, "#00ff00", "#ff00ff"]
    kept = cq.map_pixels(photo, palette, remove_unused=True)
    all_of_them = cq.map_pixels(photo, palette)
    assert len(all_of_them.palette) == 6
    assert set(kept.palette.hex) == {
        code for code, share in zip(all_of_them.palette.hex, all_of_them.palette.shares, strict=True) if share > 0
    }
    assert np.array_equal(kept.to_rgb(), all_of_them.to_rgb())


def test_the_recipe_does_it_again(photo: np.ndarray) -> None:
    first = cq.quantize(
        photo, 7, space="lab", quantizer="kmeans:iterations=5", axis_weights=(0.5, 1, 1), rare=0.4, seed=3
    )
    again = run(photo, Recipe.from_json(json.dumps(json.loads(first.recipe.to_json()))))
    assert again.recipe == first.recipe
    assert again.palette == first.palette
    assert np.array_equal(again.labels, first.labels)


def test_the_input_is_not_touched(photo: np.ndarray) -> None:
    before = photo.copy()
    cq.quantize(photo, 8)
    assert np.array_equal(photo, before)


@pytest.mark.parametrize("n_colors", [0, 65537, -3])
def test_numbers_of_colours_out_of_range_are_refused(photo: np.ndarray, n_colors: int) -> None:
    with pytest.raises(ValueError, match=rf"n_colors must lie in 1\.\.65536, got {n_colors}"):
        cq.quantize(photo, n_colors)


def test_unknown_names_suggest_the_nearest(photo: np.ndarray) -> None:
    with pytest.raises(ValueError, match="colour space must be a known name, got 'ok lab'; did you mean 'oklab'"):
        cq.quantize(photo, space="ok lab")
    with pytest.raises(KeyError, match="did you mean 'kmeans'"):
        cq.quantize(photo, quantizer="kmean")
    with pytest.raises(TypeError, match="did you mean 'iterations'"):
        cq.quantize(photo, quantizer="kmeans:iteration=3")


def test_impossible_images_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one pixel, got shape"):
        cq.quantize(np.zeros((0, 5, 3), np.uint8))
    with pytest.raises(ValueError, match="at least two axes"):
        cq.quantize(np.zeros(7, np.uint8))
    with pytest.raises(TypeError, match="booleans, integers or floats"):
        cq.quantize(np.full((3, 3, 3), "a"))
    with pytest.raises(ValueError, match=r"floats must lie in 0\.\.1, got 0\.\.300"):
        cq.quantize(np.linspace(0, 300, 27).reshape(3, 3, 3))
    with pytest.raises(ValueError, match="at least one pixel with data"):
        cq.quantize(np.full((4, 4, 3), np.nan))
    with pytest.raises(ValueError, match="mask must leave at least one pixel"):
        cq.quantize(np.zeros((4, 4, 3), np.uint8), mask=np.zeros((4, 4), bool))
    with pytest.raises(ValueError, match="mask must have the shape of the image"):
        cq.quantize(np.zeros((4, 4, 3), np.uint8), mask=np.ones((5, 4), bool))


def test_scales_turn_intensities_into_colours(photo: np.ndarray) -> None:
    deep = photo.astype(np.uint16) * 16  # 12 bits in 16
    assert np.array_equal(cq.quantize(deep, 8, scale=(0, 255 * 16)).labels, cq.quantize(photo, 8).labels)
    ranged = cq.quantize(photo.astype(np.float32) * 7 - 20, 8, scale="range")
    assert len(ranged.palette) == 8
    with pytest.raises(ValueError, match="scale must be 'dtype', 'range' or two rising numbers"):
        cq.quantize(photo, scale=(5, 5))
