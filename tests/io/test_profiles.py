"""Images with ICC profiles: what is read of them, what becomes of colours outside sRGB, and what is written."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

import napari_colorquant as cq
from image_files import (
    SIGNATURE,
    SRGB,
    chunk,
    make_gray_profile,
    make_png,
    make_rgb_profile,
    make_table_profile,
    read_both,
)
from napari_colorquant.cli import main
from napari_colorquant.indexed import IndexedImage
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.large import read_lazy
from napari_colorquant.io.palettes import read_palette, write_palette
from napari_colorquant.io.pictures.png import iterate_chunks
from napari_colorquant.io.read import read_image
from napari_colorquant.io.write import write_indexed
from napari_colorquant.palette import Palette
from napari_colorquant.pixels.rgb_profile import RgbProfile
from napari_colorquant.quality.distortion import delta_e_map, distortion
from napari_colorquant.recipe import Recipe

ADOBE, P3 = make_rgb_profile("adobe", "Adobe"), make_rgb_profile("p3", "Display P3")
#: Two greens of Adobe RGB that sRGB shows as one.
GREENS = [[0, 255, 0], [60, 255, 0]]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder, entered."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def greens():
    """A picture of two greens, in squares, so that JPEG keeps them apart."""
    return np.repeat(np.repeat(np.array([GREENS, GREENS[::-1]], np.uint8), 16, axis=0), 16, axis=1)


def save(path, pixels, profile, depth=8):
    """Write a picture with a profile in the format of a suffix."""
    deep = pixels if depth == 8 else pixels.astype(np.uint16) * 257
    if path.suffix == ".tif":
        tifffile.imwrite(path, deep, photometric="rgb", iccprofile=profile)
    elif path.suffix == ".png" and depth == 16:
        path.write_bytes(make_png(deep, 2, (b"iCCP", b"x\0\0" + zlib.compress(profile))))
    else:
        options = {".webp": {"lossless": True, "exact": True}, ".jpg": {"quality": 100, "subsampling": 0}}
        Image.fromarray(pixels).save(path, icc_profile=profile, **options.get(path.suffix, {}))


def show(colors, profile=ADOBE):
    return RgbProfile(profile).to_srgb(np.asarray(colors))


SOURCES = [(".png", 8), (".png", 16), (".tif", 8), (".tif", 16), (".webp", 8), (".jpg", 8)]


@pytest.mark.parametrize(("suffix", "depth"), SOURCES)
def test_colours_are_converted_in_the_depth_that_they_have(folder, photo, suffix, depth):
    save(path := folder / f"a{suffix}", photo, ADOBE, depth)
    image, kept = read_both(path), read_image(path, profile="keep")
    np.testing.assert_array_equal(image.levels[0], show(kept.levels[0]))
    assert image.levels[0].dtype == (np.uint8 if depth == 8 else np.uint16)
    assert kept.profile == kept.source_profile == image.source_profile == RgbProfile(ADOBE)
    assert image.profile is None
    assert image.notes == ()
    if suffix != ".jpg":
        np.testing.assert_array_equal(kept.levels[0], photo * kept.levels[0].dtype.type(1 if depth == 8 else 257))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_one_conversion_is_littlecms_up_to_rounding(folder, photo, suffix):
    save(path := folder / f"a{suffix}", photo, ADOBE)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(ADOBE))
    theirs = ImageCms.profileToProfile(Image.fromarray(photo), profile, ImageCms.createProfile("sRGB"))
    ours = read_image(path).levels[0]
    assert np.abs(ours.astype(int) - np.asarray(theirs)).max() <= 2


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg"])
def test_a_profile_called_srgb_that_is_none_is_used_and_one_that_is_srgb_changes_nothing(folder, photo, suffix):
    save(path := folder / f"a{suffix}", photo, make_rgb_profile("adobe", "sRGB IEC61966-2.1"))
    adobe = read_both(path).levels[0]
    save(path, photo, make_rgb_profile("srgb", "My screen"))
    plain = read_both(path)
    assert plain.source_profile is None
    assert np.abs(adobe.astype(int) - plain.levels[0]).max() > 20
    if suffix != ".jpg":
        np.testing.assert_array_equal(plain.levels[0], photo)


@pytest.mark.parametrize(("suffix", "depth"), [(".png", 8), (".png", 16), (".tif", 8), (".tif", 16), (".jpg", 8)])
def test_a_profile_with_a_table_of_colours_is_converted_as_it_is_read_and_that_is_said(folder, photo, suffix, depth):
    save(path := folder / f"a{suffix}", photo, make_table_profile("adobe"), depth)
    image, kept = read_both(path), read_image(path, profile="keep")
    np.testing.assert_array_equal(kept.levels[0], image.levels[0])
    assert image.source_profile is kept.profile is None
    save(path, photo, ADOBE, depth)
    meant = read_image(path).levels[0]
    assert np.abs(image.levels[0].astype(int) - meant).max() <= (3 if depth == 8 else 3 * 257)
    (note,) = image.notes
    assert note.startswith("its colours were made sRGB")
    assert note.endswith("that is not written back")
    assert ("8 bits" in note) == (depth == 16)
    save(path, photo, make_table_profile("srgb"), depth)
    assert read_image(path).notes == ()
    if suffix != ".jpg":
        np.testing.assert_array_equal(
            read_image(path).levels[0], photo.astype(meant.dtype) * (257 if depth == 16 else 1)
        )


@pytest.mark.parametrize("depth", [8, 16])
def test_gray_goes_by_its_curve_on_every_path(folder, depth):
    dtype = np.uint8 if depth == 8 else np.uint16
    gray = np.repeat(np.linspace(0, np.iinfo(dtype).max, 64).astype(dtype)[None], 16, axis=0)
    profile = make_gray_profile(1.8)
    tifffile.imwrite("a.tif", gray, photometric="minisblack", iccprofile=profile)
    folder.joinpath("a.png").write_bytes(make_png(gray[..., None], 0, (b"iCCP", b"x\0\0" + zlib.compress(profile))))
    tiff, png = read_both("a.tif").levels[0], read_both("a.png").levels[0]
    np.testing.assert_array_equal(tiff, png)
    light = (gray / np.iinfo(dtype).max) ** 1.8
    meant = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(png / np.iinfo(dtype).max, meant, atol=0.003)


def test_frames_of_several_profiles_become_srgb(folder, photo):
    save(folder / "a.tif", photo, ADOBE)
    save(folder / "b.tif", photo, P3)
    image = read_image(["a.tif", "b.tif"], profile="keep")
    assert image.profile is image.source_profile is None
    np.testing.assert_array_equal(np.asarray(image.levels[0]), np.stack([show(photo), show(photo, P3)]))
    same = read_lazy(["a.tif", "a.tif"])
    assert same.profile == RgbProfile(ADOBE)


@pytest.mark.parametrize(("suffix", "depth"), SOURCES)
@pytest.mark.parametrize("target", [".png", ".tif", ".apng"])
def test_greens_that_differ_outside_srgb_stay_different(folder, greens, suffix, depth, target, capsys):
    save(folder / f"a{suffix}", greens, ADOBE, depth)
    assert main([f"a{suffix}", "-n", "2", "-o", f"b{target}"]) == 0
    written = read_image(f"b{target}", profile="keep")
    assert written.profile.icc == ADOBE
    found = {tuple(color) for color in np.asarray(written.levels[0]).reshape(-1, 3)[:, :3].tolist()}
    assert len(found) == 2
    if suffix != ".jpg":
        assert found == {tuple(color) for color in GREENS}
    assert capsys.readouterr().out.startswith("#00ff00   50.00 %\n#00ff00   50.00 %")
    back = read_indexed(f"b{target}")
    assert back.palette.profile == RgbProfile(ADOBE)
    assert len(back.palette) == 2
    assert back.palette.hex == ("#00ff00",) * 2
    assert len(np.unique(back.palette.levels, axis=0)) == 2


def test_srgb_and_other_profiles_by_choice(folder, greens, capsys):
    save(folder / "a.png", greens, ADOBE)
    assert main(["a.png", "-n", "2", "-o", "b.png", "--profile", "srgb"]) == 0
    with Image.open("b.png") as written:
        assert "icc_profile" not in written.info
    assert np.unique(read_image("b.png").levels[0].reshape(-1, 3), axis=0).tolist() == [[0, 255, 0]]
    (folder / "p3.icc").write_bytes(P3)
    assert main(["a.png", "-n", "2", "-o", "c.tif", "--profile", "p3.icc"]) == 0
    assert read_image("c.tif").source_profile.icc == P3
    assert main(["a.png", "-n", "2", "-o", "d.png", "--profile", "keep"]) == 0
    assert read_image("d.png").source_profile.icc == ADOBE
    capsys.readouterr()
    for words, message in [
        (["-o", "e.gif", "--profile", "p3.icc"], "--profile p3.icc must be written as one of .png, .apng, .tif, .tiff"),
        (["-o", "e.gif", "--profile", "keep"], "--profile must be srgb for e.gif, which holds no profile, got keep"),
        (["-o", "e.png", "--profile", "none.icc"], "No such file or directory: none.icc"),
        (["-o", "e.png", "--profile", "a.png"], "a.png must be a profile of RGB to write in"),
    ]:
        assert main(["a.png", *words]) == 2
        assert message in capsys.readouterr().err
    assert not list(folder.glob("e.*"))


@pytest.mark.parametrize("target", [".gif", ".webp", ".zarr"])
def test_formats_without_profiles_show_srgb(folder, photo, target):
    save(folder / "a.png", photo, P3)
    assert main(["a.png", "-n", "8", "-o", f"b{target}"]) == 0
    if target != ".zarr":
        assert read_image(f"b{target}").source_profile is None
    else:
        assert read_indexed("b.zarr").palette.profile is None


def test_what_pixels_keep_and_standard_output_and_enlarged_pictures(folder, photo, capfdbinary):
    save(folder / "a.png", photo, ADOBE)
    assert main(["a.png", "-n", "8", "--keep", "lightness", "-o", "b.png", "--quiet"]) == 0
    assert read_image("b.png").source_profile is None
    capfdbinary.readouterr()
    assert main(["a.png", "-n", "8", "-o", "-", "--quiet", "--enlarge", "2"]) == 0
    (folder / "c.png").write_bytes(capfdbinary.readouterr().out)
    assert read_image("c.png").source_profile.icc == ADOBE
    with pytest.raises(
        ValueError, match="profile must be None with keep='lightness', which paints in sRGB, got 'Adobe'"
    ):
        Recipe(keep="lightness", profile=ADOBE)


def test_a_picture_of_few_colours_is_written_as_it_is(folder, rng):
    colors = rng.integers(0, 256, (40, 3), np.uint8)
    pixels = colors[rng.integers(0, 40, (30, 50))]
    for profile in (ADOBE, P3):
        for suffix in (".png", ".tif"):
            save(folder / f"a{suffix}", pixels, profile)
            assert main([f"a{suffix}", "-n", "64", "-o", f"b{suffix}", "--force", "--quiet"]) == 0
            written = read_image(f"b{suffix}", profile="keep")
            np.testing.assert_array_equal(np.asarray(written.levels[0]), pixels)


def test_the_verbs_take_a_profile_and_lazy_images_have_the_same_labels(folder, photo):
    save(folder / "a.tif", photo, P3)
    image, lazily = read_image("a.tif", profile="keep"), read_image("a.tif", lazy=True, profile="keep")
    indexed = cq.quantize(image.levels[0], 12, profile=image.profile)
    large = cq.quantize(lazily.levels[0], 12, profile=lazily.profile).load()
    np.testing.assert_array_equal(indexed.labels, large.labels)
    assert indexed.palette == large.palette
    assert indexed.recipe.profile == indexed.palette.profile == image.profile
    again = IndexedImage(indexed.labels, indexed.palette, Recipe.from_json(indexed.recipe.to_json()))
    assert again.recipe == indexed.recipe
    write_indexed(indexed, "b.png", image)
    np.testing.assert_array_equal(read_image("b.png").levels[0], indexed.to_rgb())
    mapped = cq.map_pixels(image.levels[0], indexed.palette, profile=P3)
    np.testing.assert_array_equal(mapped.labels, indexed.labels)


def test_nothing_but_the_numbers_differs_for_an_image_inside_srgb(photo):
    """One picture, as sRGB and as Display P3: near enough the same labels and colours."""
    profile = RgbProfile(P3)
    deep = profile.from_srgb(photo * np.uint16(257))
    plain, wide = cq.quantize(photo, 8), cq.quantize(deep, 8, profile=profile)
    assert (plain.labels == wide.labels).mean() > 0.95
    assert np.abs(plain.palette.colors.astype(int) - wide.palette.colors).max() <= 3
    errors = distortion(photo, plain).mean_de2000, distortion(deep, wide).mean_de2000
    np.testing.assert_allclose(*errors, rtol=0.02)


@pytest.mark.parametrize("choices", [
    {"dither": "floyd_steinberg"}, {"dither": "bayer"}, {"smoothness": 1.0}, {"rare": 0.5},
    {"fixed": ("#ff0000", "#00ff00")}, {"n_colors": "auto", "target": {"mean_de2000": 3.0}}, {"space": "srgb"},
    {"quantizer": "wu"}, {"cleaning": {"min_size": 5}},
])  # fmt: skip
def test_every_choice_works_in_another_rgb(photo, choices):
    indexed = cq.quantize(photo, **{"n_colors": 8, **choices}, profile=ADOBE)
    assert indexed.palette.profile == RgbProfile(ADOBE)
    found = distortion(photo, indexed)
    assert found.mean_de2000 < 10
    assert found.mean_de2000 == pytest.approx(distortion(show(photo), indexed.to_rgb()).mean_de2000, rel=0.05)
    if "fixed" in choices:
        assert {"#ff0000", "#00ff00"} <= set(indexed.palette.hex)


def test_entries_that_srgb_shows_alike_are_no_exact_result(greens):
    both = cq.quantize(greens, 2, profile=ADOBE)
    one = cq.quantize(greens, 1, profile=ADOBE)
    assert distortion(greens, both).is_exact
    found = distortion(greens, one)
    assert not found.is_exact
    assert found.mse == 0  # sRGB shows no difference
    assert found.mean_de2000 > 0.2
    assert delta_e_map(greens, one).mean() == pytest.approx(found.mean_de2000, rel=1e-4)
    auto = cq.quantize(greens, "auto", target={"mean_de2000": 0.1}, profile=ADOBE)
    assert len(auto.palette) == 2


def test_a_source_that_was_made_srgb_is_written_back_in_its_profile(folder, photo):
    save(folder / "a.png", photo, P3)
    image = read_image("a.png")
    indexed = cq.quantize(image.levels[0], 8)
    write_indexed(indexed, "b.png", image)
    assert read_image("b.png").source_profile.icc == P3
    shown = read_image("b.png").levels[0]
    assert np.abs(shown.astype(int) - indexed.to_rgb()).max() <= 2
    write_indexed(indexed, "c.png", image, profile="srgb")
    np.testing.assert_array_equal(read_image("c.png").levels[0], indexed.to_rgb())
    write_indexed(indexed, "d.png", profile=ADOBE)
    assert read_image("d.png").source_profile.icc == ADOBE
    write_indexed(indexed, "e.png", image, profile=SRGB)
    assert read_image("e.png").source_profile is None


@pytest.mark.parametrize("step", [1, 257])
@pytest.mark.parametrize("kind", ["cICP", "cHRM"])
def test_what_png_says_by_numbers_is_kept_as_a_profile_does_it(folder, photo, kind, step):
    corners = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
    by_numbers = [(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", corners)]
    chunks = [(b"cICP", bytes([12, 13, 0, 1]))] if kind == "cICP" else by_numbers
    pixels = photo * np.array(step, np.uint8 if step == 1 else np.uint16)
    (folder / "a.png").write_bytes(make_png(pixels, 2, *chunks))
    kept, image = read_image("a.png", profile="keep"), read_image("a.png")
    np.testing.assert_array_equal(kept.levels[0], pixels)
    assert kept.profile == image.source_profile
    assert np.abs(image.levels[0] - show(pixels, P3).astype(int)).max() <= 2 * step  # a gamma of 2.2 that means sRGB's
    assert main(["a.png", "-n", "4", "-o", "b.png", "--quiet"]) == 0
    with Image.open("b.png") as written:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(written.info["icc_profile"]))
        assert ImageCms.getProfileDescription(profile).strip() == "RGB of a PNG"
        theirs = ImageCms.profileToProfile(written.convert("RGB"), profile, ImageCms.createProfile("sRGB"))
    assert np.abs(np.asarray(theirs).astype(int) - read_image("b.png").levels[0]).max() <= 2
    (folder / "c.png").write_bytes(_with_chunks("b.png", chunks))
    np.testing.assert_array_equal(read_indexed("c.png").palette.colors, read_indexed("b.png").palette.colors)


def _with_chunks(path, chunks):
    """Return an indexed PNG that says by numbers what it said by a profile."""
    found = iterate_chunks(Path(path).read_bytes())
    whole = [(kind, bytes(body)) for kind, body in found if kind != b"iCCP"]
    return SIGNATURE + b"".join(chunk(*each) for each in (whole[0], *chunks, *whole[1:]))


def test_8_bits_of_linear_light_are_not_written_unless_that_is_asked_for(folder, photo):
    linear = RgbProfile(make_rgb_profile("linear"))
    assert not linear.is_fine
    assert all(RgbProfile(make_rgb_profile(kind)).is_fine for kind in ("adobe", "p3", "prophoto", "srgb"))
    deep = linear.from_srgb(photo * np.uint16(257))
    folder.joinpath("a.png").write_bytes(make_png(deep, 2, (b"iCCP", b"x\0\0" + zlib.compress(linear.icc))))
    for words, profile in (["b.png"], None), (["b.tif"], linear), (["c.png", "--profile", "keep"], linear):
        assert main(["a.png", "-n", "8", "--quiet", "-o", *words]) == 0
        assert read_image(words[0]).source_profile == profile


def test_missing_data_and_profiles_together(folder, greens):
    alpha = np.full((*greens.shape[:2], 1), 255, np.uint8)
    alpha[:4] = 0
    save(folder / "a.png", np.concatenate([greens, alpha], axis=-1), ADOBE)
    for target in ("b.png", "b.tif", "b.ome.tif"):
        assert main(["a.png", "-n", "2", "-o", target, "--quiet"]) == 0
        back, image = read_indexed(target), read_image(target, profile="keep")
        assert not back.valid[:4].any()
        assert back.valid[4:].all()
        assert len(np.unique(back.palette.levels, axis=0)) == 2
        pixels = np.asarray(image.levels[0])
        assert np.unique(pixels[4:, :, :3].reshape(-1, 3), axis=0).tolist() == GREENS


def test_an_edited_entry_is_what_was_edited(greens):
    from napari_colorquant.editing.entries import recolor
    from napari_colorquant.editing.pixels import split

    indexed = cq.quantize(greens, 2, profile=ADOBE)
    edited = recolor(indexed, {0: "#204060"})
    assert edited.palette.hex[0] == "#204060"
    np.testing.assert_array_equal(show(edited.palette.levels)[0] // 257, [0x20, 0x40, 0x60])
    assert edited.palette.profile == indexed.palette.profile
    parts = split(cq.quantize(greens, 1, profile=ADOBE), greens, 0, 2)
    assert {tuple(color) for color in (parts.palette.levels // 257).tolist()} == {tuple(color) for color in GREENS}


def test_a_palette_in_another_rgb_is_a_palette(tmp_path):
    palette = Palette.of_levels(np.array(GREENS, np.uint8), RgbProfile(ADOBE), names=["a", "b"])
    assert palette.hex == ("#00ff00",) * 2
    assert Palette.from_dict(palette.to_dict()) == palette
    assert palette.take([1, 0]).levels.tolist() == palette.levels[::-1].tolist()
    assert palette.is_deep
    np.testing.assert_array_equal(palette.exact, np.array(GREENS, np.uint8))
    write_palette(palette, tmp_path / "a.json")
    assert read_palette(tmp_path / "a.json") == palette
    write_palette(palette, tmp_path / "a.ase")  # which knows 16 bits, but no profile
    assert read_palette(tmp_path / "a.ase").levels.tolist() == [[0, 65535, 0]] * 2
    Image.fromarray(np.array([GREENS], np.uint8)).save(tmp_path / "a.png", icc_profile=ADOBE)
    assert read_palette(tmp_path / "a.png").levels.tolist() == palette.levels.tolist()
    shown = palette.in_profile(None)
    assert shown.profile is None
    assert shown.hex == palette.hex
    with pytest.raises(TypeError, match="profile must be an RgbProfile or None"):
        Palette(GREENS, profile=ADOBE)
