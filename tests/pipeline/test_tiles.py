"""Palettes per tile: each tile has one, without loss where there is room, and the more of them the better."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.pipeline.packing import count_palettes, find_packing
from napari_colorquant.pipeline.tiles import quantize_tiles

PHOTO = data.astronaut()[::4, ::4].copy()


def make_image(seed, tile=8, palettes=4, n_colors=4, shared=None, shape=(6, 7)):
    """Return an image whose tiles take one of some palettes each, of 4-bit colours, and these palettes."""
    rng = np.random.default_rng(seed)
    numbers = rng.permutation(4096)[: palettes * n_colors].reshape(palettes, n_colors)
    colors = (np.stack([numbers >> 8, numbers >> 4 & 15, numbers & 15], axis=-1) * 17).astype(np.uint8)
    if shared is not None:
        colors[:, 0] = shared
    tiles = rng.integers(0, palettes, shape).repeat(tile, axis=0).repeat(tile, axis=1)
    return colors[tiles, rng.integers(0, n_colors, tiles.shape)], colors


def error(image, result, space="oklab"):
    metric = cq.Recipe(space=space).metric
    both = [metric.coordinates(np.ascontiguousarray(each.reshape(-1, 3))) for each in (image, result)]
    return float(np.square(both[0] - both[1]).sum(axis=1).mean())


@pytest.mark.parametrize("tile", [4, 8, 16, 13])
def test_each_tile_has_colours_of_one_palette_only(tile):
    tiled = quantize_tiles(PHOTO, 4, tile=tile, palettes=5)
    labels, side = tiled.indexed.labels, -(-128 // tile)
    assert tiled.tile_palettes.shape == (side, side)
    for row in range(side):
        for column in range(side):
            part = labels[row * tile : (row + 1) * tile, column * tile : (column + 1) * tile]
            assert (part // 4 == tiled.tile_palettes[row, column]).all()
    assert np.array_equal(tiled.entries, labels % 4)
    assert len(tiled.indexed.palette) == 20


def test_each_pixel_has_the_nearest_colour_of_its_tiles_palette():
    tiled = quantize_tiles(PHOTO, 4, palettes=3)
    colors = tiled.indexed.palette.colors.reshape(-1, 4, 3)
    for row, column in ((0, 0), (7, 3), (15, 15)):
        place = slice(8 * row, 8 * row + 8), slice(8 * column, 8 * column + 8)
        expected = cq.map_pixels(PHOTO[place], colors[tiled.tile_palettes[row, column]]).to_rgb()
        assert np.array_equal(tiled.indexed.to_rgb()[place], expected)


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 6))
@settings(max_examples=25)
def test_what_was_made_of_palettes_comes_back_without_loss(seed, palettes, n_colors):
    image, _ = make_image(seed, palettes=palettes, n_colors=n_colors)
    tiled = quantize_tiles(image, n_colors, palettes=palettes, lossless=True)
    assert np.array_equal(tiled.indexed.to_rgb(), image)
    assert int(tiled.tile_palettes.max()) < palettes


def test_a_shared_colour_is_the_first_of_every_palette():
    image, _ = make_image(3, shared=(0, 0, 0))
    tiled = quantize_tiles(image, 4, palettes=4, shared="#000000", lossless=True)
    assert np.array_equal(tiled.indexed.to_rgb(), image)
    assert (tiled.indexed.palette.colors[::4] == 0).all()
    assert (tiled.entries[(image == 0).all(axis=-1)] == 0).all()
    photo = quantize_tiles(PHOTO, 4, palettes=4, shared=(255, 0, 255)).indexed.palette.colors
    assert (photo[::4] == (255, 0, 255)).all()


def test_the_first_tile_with_too_many_colours_is_named():
    image, _ = make_image(1)
    image[17, 40:45] = [[i, 1, 2] for i in range(5)]
    with pytest.raises(ValueError, match=r"at most 4 colours in each tile, got \d+ in the one of row 2 and column 5"):
        quantize_tiles(image, 4, palettes=4, lossless=True)
    assert quantize_tiles(image, 4, palettes=4).indexed.shape == image.shape[:2]


def test_so_many_palettes_as_are_needed_are_told():
    image, _ = make_image(2, palettes=4)
    with pytest.raises(ValueError, match="room in 3 palettes of 4 colours, got a need of 4"):
        quantize_tiles(image, 4, palettes=3, lossless=True)


def test_colours_that_a_device_has_not_are_no_image_without_loss():
    image, _ = make_image(2)
    assert np.array_equal(quantize_tiles(image, 4, palettes=4, bits=4, lossless=True).indexed.to_rgb(), image)
    with pytest.raises(ValueError, match="must have colours of a device of 3-3-3 bits only"):
        quantize_tiles(image, 4, palettes=4, bits=3, lossless=True)
    coarse = quantize_tiles(image, 4, palettes=4, bits=3).indexed.palette.colors
    assert cq.Recipe(bits=3).grid.holds(coarse).all()


@pytest.mark.parametrize("n_colors", [2, 4, 16])
@pytest.mark.parametrize("space", ["oklab", "srgb"])
def test_one_palette_is_that_of_the_whole_image(n_colors, space):
    tiled = quantize_tiles(PHOTO, n_colors, palettes=1, space=space)
    plain = cq.quantize(PHOTO, n_colors, space=space)
    assert error(PHOTO, tiled.indexed.to_rgb(), space) == pytest.approx(error(PHOTO, plain.to_rgb(), space), rel=0.01)
    assert (tiled.tile_palettes == 0).all()


def test_the_error_falls_with_the_number_of_palettes():
    errors = [error(PHOTO, quantize_tiles(PHOTO, 4, palettes=count).indexed.to_rgb()) for count in (1, 2, 3, 4, 6, 8)]
    assert all(later < before for before, later in pairwise(errors))
    assert errors[3] < 0.75 * errors[0]


def test_it_is_far_better_than_palettes_of_neighbouring_tiles():
    ours = error(PHOTO, quantize_tiles(PHOTO, 4, palettes=4).indexed.to_rgb())
    quarters = np.concatenate(
        [np.concatenate([cq.quantize(half, 4).to_rgb() for half in np.split(part, 2, axis=1)], axis=1)
         for part in np.split(PHOTO, 2)]
    )  # fmt: skip
    assert ours < 0.9 * error(PHOTO, quarters)


def test_tiles_at_the_edges_may_be_cut_and_pixels_without_data_count_for_nothing():
    image = np.dstack([PHOTO[:45, :51], np.full((45, 51), 255, np.uint8)])
    image[:20, :20, 3] = 0
    tiled = quantize_tiles(image, 4, palettes=3)
    assert tiled.tile_palettes.shape == (6, 7)
    assert not tiled.indexed.valid[:20, :20].any()
    assert (tiled.indexed.labels[:20, :20] == 0).all()
    image[:20, :20, :3] = 99
    assert np.array_equal(quantize_tiles(image, 4, palettes=3).indexed.labels, tiled.indexed.labels)


def test_the_terminal_writes_the_palettes_one_behind_the_other(tmp_path, capsys):
    image, _ = make_image(5, shared=(0, 0, 0))
    Image.fromarray(image).save(tmp_path / "screen.png")
    words = [str(tmp_path / "screen.png"), "--tiles", "8", "-n", "4", "-o", str(tmp_path / "out.png"), "--force"]
    assert main([*words, "--palettes", "4", "--backdrop", "#000000", "--lossless"]) == 0
    with Image.open(tmp_path / "out.png") as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB")), image)
        assert (np.asarray(picture)[:8, :8] // 4 == np.asarray(picture)[0, 0] // 4).all()
    assert main([*words, "--palettes", "2", "--lossless"]) == 2
    assert "room in 2 palettes of 4 colours" in capsys.readouterr().err
    for idle in (["--per-frame"], ["--map", "pico8"], ["--shared"]):
        assert main([*words, *idle]) == 2
        assert "--tiles" in capsys.readouterr().err
    assert main([*words[:1], *words[3:], "--palettes", "2"]) == 2
    assert "--palettes needs --tiles" in capsys.readouterr().err


def test_it_is_the_same_in_every_run():
    first, second = (quantize_tiles(PHOTO, 4, palettes=6) for _ in range(2))
    assert np.array_equal(first.indexed.labels, second.indexed.labels)
    assert first.indexed.palette == second.indexed.palette


@pytest.mark.parametrize(
    ("choices", "match"),
    [
        ({"n_colors": 0}, "n_colors must lie in 1..256"),
        ({"tile": 0}, "tile must lie in 1..1024"),
        ({"palettes": 257}, "palettes must lie in 1..256"),
        ({"dither": "bayer"}, "dither must be 'none' with palettes per tile"),
        ({"shared": "#000000", "fixed": ["#ffffff"]}, "fixed must be left out beside a shared colour"),
        ({"keep": "lightness"}, "keep must be 'none' with palettes per tile"),
    ],
)
def test_what_has_no_tiles_is_refused(choices, match):
    with pytest.raises(ValueError, match=match):
        quantize_tiles(PHOTO, **{"n_colors": 4, **choices})


def test_a_stack_is_refused():
    with pytest.raises(ValueError, match="image must be one plane in memory"):
        quantize_tiles(np.stack([PHOTO, PHOTO]), 4)


SETS = st.lists(st.frozensets(st.integers(0, 8), max_size=4), min_size=1, max_size=6)


def _fits(sets, room, most):
    """Return whether any packing exists, by trying all of them."""

    def place(number, bins):
        if number == len(sets):
            return True
        grown = [[*bins[:i], bins[i] | sets[number], *bins[i + 1 :]] for i in range(len(bins))]
        grown += [[*bins, sets[number]]] if len(bins) < most else []
        return any(place(number + 1, each) for each in grown if all(len(theirs) <= room for theirs in each))

    return place(0, [])


@given(SETS, st.integers(1, 5), st.integers(1, 4))
def test_a_packing_is_found_if_there_is_one(sets, room, most):
    found = find_packing(sets, room, most)
    assert (found is not None) == _fits(sets, room, most)
    if found is not None:
        for number in set(found):
            assert (
                len(frozenset().union(*(each for each, its in zip(sets, found, strict=True) if its == number))) <= room
            )
        assert max(found) < most
        assert count_palettes(sets, room) >= 1
