"""Regions of interest lie where they are seen: the design and the measuring take the same pixels."""

import numpy as np
import pytest
from napari.layers import Image, Labels, Layer, Shapes
from scipy.ndimage import binary_dilation, binary_erosion

import napari_colorquant as cq
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer
from napari_colorquant._plugin.layers.regions import read_region_mask, read_regions

PLANE = (40, 48)
PLACEMENTS = {
    "plain": {},
    "scaled": {"scale": (0.5, 0.25)},
    "moved": {"translate": (10, -3)},
    "scaled and moved": {"scale": (0.5, 0.5), "translate": (10, 0)},
    "rotated": {"rotate": 30, "translate": (4, 9)},
    "sheared": {"shear": [0.4], "scale": (2, 1)},
    "affine": {"affine": [[0.9, 0.3, 2], [-0.2, 1.1, 5], [0, 0, 1]], "scale": (0.8, 1.3)},
}
#: Of a shape, in pixels of the image.
CORNERS = np.array([[6.0, 8], [6, 30], [27, 30], [27, 8]])
VERTICES = {
    "rectangle": CORNERS,
    "ellipse": CORNERS,
    "polygon": np.array([[5.0, 5], [8, 40], [30, 36], [20, 12]]),
    "path": np.array([[5.0, 5], [8, 40], [30, 36], [20, 12]]),
    "line": np.array([[5.0, 8], [33, 38]]),
}


def _image(shape, placement, rgb=True):
    data = np.random.default_rng(0).integers(0, 256, (*shape, 3) if rgb else shape, np.uint8)
    return Image(data, rgb=rgb, **placement)


def _result(image):
    """Return the Labels layer of a result of an image layer, in the image's place."""
    indexed = cq.quantize(image.data, 4, rgb=image.rgb, quantizer="median_cut")
    return Layer.create(*to_labels_layer(indexed, image, "a"))


def _draw(image, kinds, placement):
    """Return a Shapes layer, itself placed, whose shapes lie on the pixels `VERTICES` of the image."""
    grid = Shapes(ndim=2, **placement)
    data = [np.array([grid.world_to_data(image.data_to_world(v)) for v in VERTICES[kind]]) for kind in kinds]
    return Shapes(data, shape_type=kinds, ndim=2, **placement)


def _wanted(kind):
    """Return the pixels that a shape encloses by its formula."""
    row, column = np.indices(PLANE)
    if kind == "ellipse":
        (top, left), (bottom, right) = CORNERS.min(axis=0), CORNERS.max(axis=0)
        down, across = (bottom - top) / 2, (right - left) / 2
        return ((row - (top + down)) / down) ** 2 + ((column - (left + across)) / across) ** 2 <= 1
    inside = np.ones(PLANE, bool)
    vertices = VERTICES[kind]
    for (y, x), (end_y, end_x) in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        inside &= (end_x - x) * (row - y) - (end_y - y) * (column - x) >= 0
    return inside


@pytest.mark.parametrize("of_shapes", PLACEMENTS)
@pytest.mark.parametrize("of_image", PLACEMENTS)
def test_shapes_mark_the_same_pixels_for_design_and_measurement(of_image, of_shapes):
    image = _image(PLANE, PLACEMENTS[of_image])
    shapes = _draw(image, list(VERTICES), PLACEMENTS[of_shapes])
    measured = read_regions(shapes, _result(image))
    assert np.array_equal(read_region_mask(shapes, image), measured > 0)
    assert measured.max() == len(VERTICES)


@pytest.mark.parametrize("kind", ["rectangle", "polygon", "ellipse"])
@pytest.mark.parametrize("of_shapes", [name for name in PLACEMENTS if name not in ("sheared", "affine")])
@pytest.mark.parametrize("of_image", PLACEMENTS)
def test_a_region_is_where_its_shape_is_seen(of_image, of_shapes, kind):
    image = _image(PLANE, PLACEMENTS[of_image])
    marked = read_region_mask(_draw(image, [kind], PLACEMENTS[of_shapes]), image)
    wanted = _wanted(kind)
    assert not (binary_erosion(wanted) & ~marked).any()
    assert not (marked & ~binary_dilation(wanted, np.ones((3, 3)))).any()


@pytest.mark.parametrize("kind", ["line", "path"])
@pytest.mark.parametrize("of_shapes", PLACEMENTS)
def test_a_line_marks_the_pixels_along_it(of_shapes, kind):
    image = _image(PLANE, {"scale": (0.1, 0.1)})
    marked = binary_dilation(read_region_mask(_draw(image, [kind], PLACEMENTS[of_shapes]), image), np.ones((3, 3)))
    along = np.linspace(VERTICES[kind][:-1], VERTICES[kind][1:], 50).reshape(-1, 2).round().astype(int)
    assert marked[tuple(along.T)].all()


@pytest.mark.parametrize("placement", [PLACEMENTS["plain"], PLACEMENTS["scaled and moved"]])
def test_shapes_in_the_plane_hold_in_every_frame(placement):
    stack = _image((3, *PLANE), {"scale": (7, 2, 0.5), "translate": (1, 2, 3)})
    plane = _image(PLANE, {"scale": (2, 0.5), "translate": (2, 3)})
    shapes = _draw(plane, ["rectangle", "ellipse"], placement)
    marked = read_region_mask(shapes, stack)
    assert marked.shape == (3, *PLANE)
    assert all(np.array_equal(frame, read_region_mask(shapes, plane)) for frame in marked)
    assert np.array_equal(read_regions(shapes, _result(stack)) > 0, marked)


@pytest.mark.parametrize("frame", [0, 2])
def test_shapes_of_a_frame_hold_in_it_alone(frame):
    stack = _image((3, *PLANE), {"scale": (7, 2, 0.5), "translate": (1, 2, 3)})
    vertices = np.array([stack.data_to_world((frame, *vertex)) for vertex in CORNERS])
    shapes = Shapes([vertices], shape_type="rectangle")
    marked = read_region_mask(shapes, stack)
    assert list(marked.any(axis=(1, 2))) == [number == frame for number in range(3)]
    assert np.array_equal(read_regions(shapes, _result(stack)) > 0, marked)


@pytest.mark.parametrize("of_image", PLACEMENTS)
def test_labels_lie_pixel_on_pixel(of_image):
    values = np.zeros(PLANE, np.int32)
    values[3:9, 4:20], values[20:, 30:] = 2, 7
    image, labels = _image(PLANE, PLACEMENTS[of_image]), Labels(values, scale=(3, 3))
    assert np.array_equal(read_regions(labels, _result(image)), values)
    assert np.array_equal(read_region_mask(labels, image), values > 0)


def test_labels_of_a_plane_or_of_the_whole_stack_fit_a_stack():
    stack = _image((3, *PLANE), {}, rgb=False)
    plane = np.eye(*PLANE, dtype=np.int32)
    assert np.array_equal(read_regions(Labels(plane), stack), [plane] * 3)
    whole = np.stack([plane, 0 * plane, 2 * plane])
    assert np.array_equal(read_regions(Labels(whole), stack), whole)


def test_the_finest_level_of_a_pyramid_counts():
    data = np.zeros((*PLANE, 3), np.uint8)
    pyramid = Image([data, data[::2, ::2]], rgb=True, multiscale=True)
    assert read_region_mask(Shapes([CORNERS], shape_type="rectangle"), pyramid).shape == PLANE


def test_regions_that_cannot_be_are_refused():
    image = _image(PLANE, {})
    with pytest.raises(ValueError, match=r"the image, \(40, 48\), or of its planes, got \(4, 4\)"):
        read_region_mask(Labels(np.ones((4, 4), int), name="odd"), image)
    with pytest.raises(ValueError, match="must mark at least one pixel"):
        read_region_mask(Labels(np.zeros(PLANE, int)), image)
    with pytest.raises(ValueError, match="must mark at least one pixel"):
        read_region_mask(Shapes([CORNERS + 1000], shape_type="rectangle"), image)
    with pytest.raises(ValueError, match="at least one shape"):
        read_region_mask(Shapes(ndim=2), image)
    with pytest.raises(TypeError, match="must be a Labels or Shapes layer, got Image"):
        read_regions(image, image)
