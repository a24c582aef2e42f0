"""Files that are damaged are errors or images, never crashes."""

import io
import struct

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from image_files import ADOBE, GAMMA_1, make_png, read_both
from napari_colorquant.io.read import read_image


def make_seeds():
    ramp = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    seeds = [make_png(ramp.astype(np.uint16) * 257, 2, GAMMA_1, ADOBE, filters=range(5))]
    for options in (
        {"photometric": "rgb"}, {"photometric": "cielab"}, {"photometric": "rgb", "compression": "zlib"},
        {"photometric": "rgb", "imagej": True, "metadata": {"unit": "um"}}, {"photometric": "rgb", "ome": True},
    ):  # fmt: skip
        file = io.BytesIO()
        tifffile.imwrite(file, ramp, **options)
        seeds.append(file.getvalue())
    return seeds


@settings(max_examples=150, deadline=None)
@given(data=st.data(), seed=st.sampled_from(make_seeds()))
def test_a_damaged_file_is_an_error_or_an_image(data, seed):
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(1, len(damaged)))]
    try:
        image = read_image(io.BytesIO(bytes(damaged)))
    except ValueError as error:
        assert str(error)  # noqa: PT017
    else:
        assert image.levels[0].ndim >= 2


def test_a_chain_of_pages_that_leads_back_into_itself_ends(tmp_path, photo):
    tifffile.imwrite(tmp_path / "a.tif", photo, photometric="rgb", metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    (count,) = struct.unpack_from("<H", data, 8)
    struct.pack_into("<I", data, 10 + 12 * count, 8)  # where the next page is said to be: this one
    (tmp_path / "a.tif").write_bytes(data)
    np.testing.assert_array_equal(read_both(tmp_path / "a.tif").levels[0], photo)


def test_a_lazy_tiff_holds_no_more_tiles_than_its_bytes_can_name(tmp_path, photo):
    tifffile.imwrite(tmp_path / "a.tif", photo, photometric="rgb", tile=(16, 16), compression="zlib", metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    (count,) = struct.unpack_from("<H", data, 8)
    for at in range(10, 10 + 12 * count, 12):
        if struct.unpack_from("<H", data, at)[0] in (256, 257):
            struct.pack_into("<HII", data, at + 2, 4, 1, 60_000)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.tif must be a TIFF file that can be read: .* tiles or strips"):
        read_image(tmp_path / "a.tif", lazy=True)
    with pytest.raises(ValueError, match=r"a\.tif must have at most 178956970 pixels .* got 3600000000"):
        read_image(tmp_path / "a.tif")
