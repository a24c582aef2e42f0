"""The composite of displayed images: what a canvas shows of them, whatever their types and wherever they are kept."""

from dataclasses import replace

import dask.array as da
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_colorquant.pixels.composite import Composite, composite
from napari_colorquant.pixels.displayed import BLENDINGS, DisplayedImage

BLACK, GRAY = (0, 0, 0), ((0, 0, 0), (1, 1, 1))
COLORS = ((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0.9, 0.6, 0.1))
SIDE = (13, 17)


def noise(seed, shape=SIDE, dtype=np.uint8, top=256):
    return np.random.default_rng(seed).integers(0, top, shape).astype(dtype)


def channel(seed, color=COLORS[0], dtype=np.uint8, top=256, **how):
    return DisplayedImage(noise(seed, dtype=dtype, top=top), (BLACK, color), (0, top - 1), **how)


def mixed():
    """Four images of all kinds: a stack, a plane with gaps, and pictures."""
    gaps = noise(2, dtype=np.float32) / 255
    gaps[3:6] = np.nan
    return [
        DisplayedImage(noise(1, (3, *SIDE), np.uint16, 65536), (BLACK, COLORS[1]), (100, 50000), 0.6, 0.8, "additive"),
        DisplayedImage(gaps, (BLACK, COLORS[3], COLORS[4]), (0.1, 0.9), blending="translucent", opacity=0.7),
        DisplayedImage(noise(3, (*SIDE, 4)), rgb=True, opacity=0.5),
        DisplayedImage(noise(4, (3, *SIDE, 3)), rgb=True, gamma=1.5, limits=(20, 230), blending="minimum"),
    ]


images = st.builds(
    channel,
    st.integers(0, 9),
    st.sampled_from(COLORS),
    st.sampled_from([np.uint8, np.int16, np.int32, np.float32, np.float64]),
    gamma=st.sampled_from([0.6, 1.0, 1.7]),
    opacity=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    blending=st.sampled_from(BLENDINGS),
)


def shade_one(image, place):
    """Return colour and alpha of one pixel, from the definition."""
    low, high = image.limits
    share = min(max((float(image.array[place]) - low) / (high - low), 0.0), 1.0) ** image.gamma
    color = np.array([a + (b - a) * share for a, b in zip(*image.colormap, strict=True)])
    return color, image.opacity


def blend_one(images, place):
    """Return one pixel of a composite as OpenGL computes it, (3,) in 0..255."""
    canvas, covered = np.zeros(3), 1.0
    for number, image in enumerate(images):
        color, alpha = shade_one(image, place)
        over, added = color * alpha + canvas * (1 - alpha), min(alpha + covered, 1.0)
        if number == 0:
            canvas, covered = {"additive": (color * alpha, 1.0), "minimum": (color, 1.0)}.get(
                image.blending, (over, 1.0)
            )
            continue
        canvas, covered = {
            "translucent": (over, added),
            "translucent_no_depth": (over, added),
            "additive": (color * alpha + canvas * covered, added),
            "minimum": (np.minimum(color, canvas), min(alpha, covered)),
            "opaque": (color, alpha),
            "multiplicative": (color * canvas, added),
        }[image.blending]
        canvas = np.clip(canvas, 0, 1)
    return canvas * 255


@given(st.lists(images, min_size=1, max_size=4))
def test_a_composite_is_what_the_formulas_of_the_canvas_give_pixel_by_pixel(stack):
    made = composite(stack)
    for place in [(0, 0), (5, 6), (12, 16)]:
        # The canvas holds 8 bits after each layer, the formulas do not.
        np.testing.assert_allclose(made[place], blend_one(stack, place), atol=0.6 * len(stack) + 0.5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.int32, np.uint64, np.float16, np.float32, float])
def test_gray_between_its_own_limits_is_itself(dtype):
    gray = noise(0)
    made = composite([DisplayedImage(gray.astype(dtype), GRAY, (0, 255))])
    np.testing.assert_array_equal(made, np.repeat(gray[..., None], 3, axis=-1))


def test_an_rgb_image_is_itself_and_limits_stretch_it():
    colors = noise(0, (*SIDE, 3))
    np.testing.assert_array_equal(composite([DisplayedImage(colors, rgb=True)]), colors)
    half = composite([DisplayedImage(colors, rgb=True, limits=(0, 510))])
    assert np.abs(half - colors / 2).max() <= 0.5


def test_booleans_are_the_ends_of_the_colormap():
    made = composite([DisplayedImage(np.eye(4, dtype=bool), ((0, 0, 1), (1, 0, 0)))])
    np.testing.assert_array_equal(made[0, :2], [[255, 0, 0], [0, 0, 255]])


def test_gamma_bends_what_the_limits_leave():
    made = composite([DisplayedImage(np.array([[0, 64, 255]], np.uint8), GRAY, (0, 255), gamma=0.5)])
    np.testing.assert_array_equal(made[0, :, 0], [0, 128, 255])


def test_intensities_beyond_the_limits_are_the_ends_or_the_colours_for_them():
    values = DisplayedImage(np.array([[-5.0, 0.5, 7.0, np.inf, -np.inf]]), GRAY, (0, 1))
    np.testing.assert_array_equal(composite([values])[0, :, 0], [0, 128, 255, 255, 0])
    marked = composite([replace(values, under=(0, 0, 1), over=(1, 0, 0))])
    np.testing.assert_array_equal(marked[0, [0, 2]], [[0, 0, 255], [255, 0, 0]])


def test_equal_limits_show_the_start_of_the_colormap():
    assert not composite([DisplayedImage(noise(0), GRAY, (7, 7))]).any()


def test_where_there_is_no_number_the_layer_below_is_seen_or_the_colour_for_it():
    below, above = DisplayedImage(np.full((1, 1), 200, np.uint8)), DisplayedImage(np.full((1, 1), np.nan))
    assert composite([below, above])[0, 0, 0] == 200
    np.testing.assert_array_equal(composite([below, replace(above, bad=(1, 0, 0))])[0, 0], [255, 0, 0])


def test_a_table_of_steps_is_taken_as_it_is():
    table = np.repeat([[0.2, 0.4, 0.6], [1, 0, 0], [0, 1, 0], [0, 0, 1]], 1024, axis=0)
    made = composite([DisplayedImage(np.arange(4.0)[None], table, (-0.5, 3.5))])
    np.testing.assert_array_equal(made[0], [[51, 102, 153], [255, 0, 0], [0, 255, 0], [0, 0, 255]])


@given(st.permutations(range(4)), st.sampled_from([0.3, 0.5, 1.0]), st.sampled_from([0.6, 1.0]))
def test_the_order_of_additive_images_does_not_matter(order, opacity, gamma):
    stack = [channel(n, COLORS[n], np.uint16, 4096, opacity=opacity, gamma=gamma, blending="additive") for n in order]
    by_number = [stack[order.index(n)] for n in range(4)]
    np.testing.assert_array_equal(composite(stack), composite(by_number))


@given(images, images)
def test_two_additive_images_are_their_sum_up_to_white(one, other):
    one, other = (replace(image, blending="additive") for image in (one, other))
    total = composite([one]).astype(int) + composite([other])
    np.testing.assert_array_equal(composite([one, other]), np.minimum(total, 255))


@given(images, images, st.sampled_from(["additive", "translucent", "translucent_no_depth"]))
def test_an_image_without_opacity_is_not_there(one, other, blending):
    one = replace(one, blending="translucent")
    np.testing.assert_array_equal(composite([one, replace(other, opacity=0, blending=blending)]), composite([one]))


@given(images, images)
def test_an_opaque_image_hides_what_lies_below(one, other):
    np.testing.assert_array_equal(
        composite([one, replace(other, blending="opaque")]),
        composite([replace(other, blending="translucent", opacity=1)]),
    )


@given(images, images)
def test_the_minimum_is_nowhere_lighter_than_what_lies_below(one, other):
    assert (composite([one, replace(other, blending="minimum")]) <= composite([one])).all()


def test_what_is_transparent_shows_the_background():
    clear = DisplayedImage(noise(0, (*SIDE, 4)) * np.array([1, 1, 1, 0], np.uint8), rgb=True)
    np.testing.assert_array_equal(composite([clear], background=(9, 8, 7))[0, 0], [9, 8, 7])


def test_an_image_of_fewer_axes_lies_in_every_frame():
    stack, plane = mixed()[:2]
    whole = composite([stack, plane])
    assert whole.shape == (3, *SIDE, 3)
    for frame in range(3):
        expected = composite([replace(stack, array=stack.array[frame]), plane])
        np.testing.assert_array_equal(whole[frame], expected)


@pytest.mark.parametrize("lazy", [(0,), (1,), (2,), (3,), (0, 1, 2, 3)])
def test_a_lazy_image_makes_the_same_composite_chunk_by_chunk(lazy):
    stack = mixed()
    stack = [
        replace(image, array=da.from_array(image.array, chunks=5)) if number in lazy else image
        for number, image in enumerate(stack)
    ]
    made = composite(stack)
    assert made.dtype == np.uint8
    assert max(made.chunksize[1:3]) == 5
    np.testing.assert_array_equal(made.compute(), composite(mixed()))


def test_nothing_of_a_lazy_image_is_read_before_it_is_looked_at():
    def read(block):
        seen.append(block.shape)
        return block

    seen = []
    lazy = da.from_array(noise(0, (40, 40)), chunks=10).map_blocks(read, dtype=np.uint8, meta=np.empty((0, 0)))
    made = composite([DisplayedImage(lazy, GRAY, (0, 255))])
    assert not seen
    made[:10, :10].compute()
    assert seen == [(10, 10)]


@pytest.mark.parametrize(
    "index",
    [
        0,
        -1,
        (1, slice(3, 9), slice(None, None, 2)),
        (..., 1),
        (slice(1, 3),),
        (2, 4, 5),
        (slice(None), -1, ..., slice(2)),
    ],
)
def test_a_part_of_a_composite_is_the_composite_of_the_parts(index):
    whole, part = composite(mixed()), Composite(mixed())
    np.testing.assert_array_equal(part[index], whole[index])
    np.testing.assert_array_equal(np.asarray(part), whole)
    np.testing.assert_array_equal(part[index], whole[index])


def test_a_composite_is_thinned_out_by_rows_and_columns():
    thin = Composite(mixed()).thin_out(3 * 40)
    np.testing.assert_array_equal(np.asarray(thin), composite(mixed())[:, ::3, ::3])


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"array": np.zeros(3)}, "must have shape"),
        ({"array": noise(0), "rgb": True}, "must have shape"),
        ({"colormap": [(0, 0, 0)]}, "colormap must have shape"),
        ({"limits": (2, 1)}, "limits must be"),
        ({"limits": (0, np.inf)}, "limits must be"),
        ({"gamma": 0}, "gamma must be"),
        ({"opacity": 1.5}, "opacity must lie"),
        ({"blending": "screen"}, "blending must be one of"),
    ],
)
def test_what_cannot_be_displayed_is_told(choices, said):
    with pytest.raises(ValueError, match=said):
        DisplayedImage(**{"array": noise(0), **choices})


def test_only_numbers_can_be_displayed():
    with pytest.raises(TypeError, match="must hold booleans, integers or floats"):
        DisplayedImage(np.zeros((2, 2), complex))


def test_images_of_a_composite_must_fit():
    with pytest.raises(ValueError, match=r"must have the shape \(13, 17\) or its last axes, got \(5, 17\)"):
        composite([channel(0), DisplayedImage(noise(1, (5, 17)))])
    with pytest.raises(ValueError, match="at least one image, got none"):
        composite([])
