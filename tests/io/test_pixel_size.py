"""How large a pixel is, as the tags of a TIFF say it: held against what tifffile was told when it wrote the file."""

import numpy as np
import pytest
import tifffile

from napari_colorquant.io.read import read_image
from napari_colorquant.io.tiff.pixel_size import read_pixel_size

IMAGE = np.zeros((6, 9, 3), np.uint8)
MICROMETRES = ((0.5, 0.25), "micrometer")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"imagej": True, "resolution": (4, 2), "metadata": {"unit": "um"}}, MICROMETRES),
        ({"resolution": (40_000, 20_000), "resolutionunit": "CENTIMETER"}, MICROMETRES),
        ({"ome": True, "metadata": {"PhysicalSizeX": 0.25, "PhysicalSizeY": 0.5}}, MICROMETRES),
        (
            {"ome": True, "metadata": {"PhysicalSizeX": 250, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.5}},
            MICROMETRES,
        ),
        ({"resolution": (72, 72), "resolutionunit": "INCH"}, None),  # of a sheet of paper
        ({"imagej": True}, None),
        ({}, None),
    ],
)
def test_it_is_what_the_file_says_and_what_the_whole_image_says(tmp_path, how, expected):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE, photometric="rgb", **how)
    found = read_pixel_size(path)
    assert (found is None) == (expected is None)
    of_image = read_image(path).find_pixel_size()
    if expected is None or found is None:
        assert of_image is None
        return
    assert found[1] == expected[1]
    np.testing.assert_allclose(found[0], expected[0])
    np.testing.assert_allclose(of_image[0], expected[0])


def test_no_size_is_found_in_what_is_no_whole_tiff(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE, photometric="rgb", imagej=True, resolution=(4, 2), metadata={"unit": "um"})
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert read_pixel_size(path) in (None, MICROMETRES)
    with pytest.raises(FileNotFoundError):
        read_pixel_size(tmp_path / "b.tif")
