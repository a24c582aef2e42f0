"""The command line: what it writes, what it prints, and that errors leave everything as it was."""

import io
import os
import subprocess
import sys
import warnings
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.io.formats import list_suffixes
from napari_colorquant.io.read import read_image_file


@pytest.fixture
def folder(tmp_path, photo, monkeypatch):
    """A folder, entered, with a photograph in it."""
    monkeypatch.chdir(tmp_path)
    Image.fromarray(photo).save(tmp_path / "photo.png")
    return tmp_path


def snapshot(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def error_of(capsys):
    captured = capsys.readouterr()
    lines = captured.err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("colorquant: error: ")
    assert "Traceback" not in captured.err
    return lines[0]


# --- one image --------------------------------------------------------------------------------


def test_an_image_becomes_an_indexed_png_and_its_palette_is_printed(folder, photo, capsys):
    assert main(["photo.png", "-n", "7", "--space", "lab", "--method", "kmeans", "-o", "out.png"]) == 0
    expected = cq.quantize(photo, 7, space="lab", quantizer="kmeans")
    with Image.open("out.png") as image:
        assert image.mode == "P"
        np.testing.assert_array_equal(np.asarray(image), expected.labels)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(expected.palette.hex)
    assert sum(float(line.split()[1]) for line in lines) == pytest.approx(100, abs=0.1)


def test_a_picture_is_written_enlarged(folder, photo, capsysbinary):
    wanted = np.kron(cq.quantize(photo, 4).labels, np.ones((3, 3), np.uint8))
    assert main(["photo.png", "-n", "4", "--enlarge", "3", "-o", "out.png"]) == 0
    with Image.open("out.png") as image:
        np.testing.assert_array_equal(np.asarray(image), wanted)
    capsysbinary.readouterr()
    assert main(["photo.png", "-n", "4", "--enlarge", "3", "-o", "-"]) == 0
    with Image.open(io.BytesIO(capsysbinary.readouterr().out)) as image:
        np.testing.assert_array_equal(np.asarray(image), wanted)


@pytest.mark.parametrize("factor", ["0", "65", "1.5"])
def test_a_size_that_cannot_be_is_told_before_any_work(folder, capsys, factor):
    with suppress(SystemExit):
        assert main(["photo.png", "-n", "4", "--enlarge", factor, "-o", "out.png"]) == 2
    assert "--enlarge" in capsys.readouterr().err
    assert not (folder / "out.png").exists()


def test_every_choice_reaches_the_recipe(folder, photo):
    arguments = [
        *("photo.png", "-n", "6", "--space", "lab", "--axis-weights", "L=0.5,b=2", "--rare", "0.3"),
        *("--method", "median_cut:split_at=mean", "--dither", "floyd_steinberg:strength=0.5", "--seed", "3"),
        *("--scale", "10,200", "--fixed", "#ff0000,#00ff00", "-o", "out.png", "--palette", "out.json"),
    ]
    assert main(arguments) == 0
    recipe = cq.Recipe(
        n_colors=6,
        space="lab",
        axis_weights={"L": 0.5, "b": 2},
        rare=0.3,
        quantizer="median_cut",
        quantizer_options={"split_at": "mean"},
        dither="floyd_steinberg:strength=0.5",
        seed=3,
        scale=(10, 200),
        fixed=("#ff0000", "#00ff00"),
    )
    from napari_colorquant.io.palettes import read_palette_recipe

    assert cq.Recipe.from_dict(read_palette_recipe("out.json")) == recipe
    palette = cq.read_palette("out.json")
    assert {"#ff0000", "#00ff00"} <= set(palette.hex)
    expected = cq.quantize(photo, **{key: value for key, value in recipe.to_dict().items() if key not in DROPPED})
    np.testing.assert_array_equal(read_image_file("out.png"), expected.to_rgb())


DROPPED = ("version", "palette")


def test_axis_weights_may_be_a_plain_list(folder, photo):
    assert main(["photo.png", "-n", "4", "--space", "lab", "--axis-weights", "0,1,1", "-o", "out.png"]) == 0
    expected = cq.quantize(photo, 4, space="lab", axis_weights=(0, 1, 1))
    np.testing.assert_array_equal(read_image_file("out.png"), expected.to_rgb())


def test_the_number_of_colours_may_be_found(folder, photo, capsys):
    assert main(["photo.png", "-n", "auto", "--target", "de2000=6", "--report"]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = cq.quantize(photo, "auto", target={"mean_de2000": 6})
    assert len(lines) == len(expected.palette) + 1
    assert "dE2000 mean 5." in lines[-1] or "dE2000 mean 6.0" in lines[-1]


def test_images_are_mapped_onto_a_palette_by_name_file_or_colours(folder, photo):
    cq.write_palette(cq.PALETTES["pico8"].palette, "ours.gpl")
    expected = cq.map_pixels(photo, cq.PALETTES["pico8"].palette).to_rgb()
    for given in ("pico8", "ours.gpl", ",".join(cq.PALETTES["pico8"].palette.hex)):
        assert main(["photo.png", "--map", given, "-o", "out.png", "--force"]) == 0
        np.testing.assert_array_equal(read_image_file("out.png"), expected)
    assert main(["photo.png", "--map", "web_safe", "--remove-unused", "-o", "out.png", "--force"]) == 0
    with Image.open("out.png") as image:
        assert len(image.getpalette()) < 3 * 216


def test_standard_input_and_output_are_files_too(folder, photo, monkeypatch, capsys):
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((folder / "photo.png").read_bytes())))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, write_through=True))
    assert main(["-", "-n", "4", "-o", "-"]) == 0
    np.testing.assert_array_equal(read_image_file(io.BytesIO(output.getvalue())), cq.quantize(photo, 4).to_rgb())
    assert len(capsys.readouterr().err.splitlines()) == 4


def test_labels_by_cell_are_told_in_the_report(folder, photo, capsys):
    assert main(["photo.png", "-n", "40", "--mapping", "by_cell", "-o", "out.png", "--report"]) == 0
    assert "labels: mapped by cell, not exactly\n" in capsys.readouterr().out
    expected = cq.quantize(photo, 40, mapping="by_cell")
    np.testing.assert_array_equal(read_image_file("out.png"), expected.to_rgb())
    for words in (["-n", "40"], ["-n", "40", "--mapping", "exact"]):
        assert main(["photo.png", *words, "-o", "out.png", "--force", "--report"]) == 0
        assert "by cell" not in capsys.readouterr().out
    Image.fromarray(photo[:2, :4]).save("few.png")  # all of its colours are in the palette
    assert main(["few.png", "--mapping", "by_cell", "-o", "out.png", "--force", "--report"]) == 0
    assert "by cell" not in capsys.readouterr().out
    assert main(["photo.png", "--mapping", "box"]) == 2
    assert "--mapping must be one of exact, by_cell, got 'box'" in capsys.readouterr().err


def test_the_report_tells_the_distortion_and_quiet_tells_nothing(folder, photo, capsys):
    assert main(["photo.png", "-n", "8", "--report"]) == 0
    found = cq.distortion(photo, cq.quantize(photo, 8))
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith(f"MSE {found.mse:.2f}  PSNR {found.psnr:.2f} dB  dE2000 mean {found.mean_de2000:.3f}")
    assert main(["photo.png", "-n", "8", "--report", "--quiet", "-o", "out.png"]) == 0
    assert capsys.readouterr().out == ""


def test_an_image_of_few_colours_comes_back_unchanged(folder, capsys):
    flat = np.array([[[1, 2, 3], [200, 100, 50]]], np.uint8)
    Image.fromarray(flat).save("flat.png")
    assert main(["flat.png", "-o", "out.png", "--report"]) == 0
    np.testing.assert_array_equal(read_image_file("out.png"), flat)
    assert "PSNR infinite" in capsys.readouterr().out


def test_transparent_pixels_stay_transparent(folder, rgba_photo):
    Image.fromarray(rgba_photo).save("clear.png")
    assert main(["clear.png", "-n", "5", "-o", "out.png"]) == 0
    np.testing.assert_array_equal(read_image_file("out.png")[..., 3] > 0, rgba_photo[..., 3] > 0)


def test_animations_become_gifs(folder, photo):
    frames = [Image.fromarray(photo), Image.fromarray(photo[::-1].copy())]
    frames[0].save("film.tif", save_all=True, append_images=frames[1:])
    assert main(["film.tif", "-n", "6", "-o", "out.gif"]) == 0
    expected = cq.quantize(np.stack([photo, photo[::-1]]), 6)
    np.testing.assert_array_equal(read_image_file("out.gif")[..., :3], expected.to_rgb())
    assert main(["film.tif", "-o", "folder/"]) == 0
    assert (folder / "folder" / "film.gif").exists()


@pytest.mark.parametrize(("space", "keep"), [("lab", "lightness"), ("hsv", "chroma")])
def test_what_pixels_keep_is_written_in_true_colour_and_told(folder, photo, capsys, space, keep):
    assert main(["photo.png", "-n", "4", "--space", space, "--keep", keep, "-o", "out.png"]) == 0
    expected = cq.quantize(photo, 4, space=space, keep=keep)
    np.testing.assert_array_equal(read_image_file("out.png"), expected.to_rgb())
    assert f"pixels keep their {keep}: in true colour it has more than 4 colours" in capsys.readouterr().out


def test_threads_change_nothing(folder):
    assert main(["photo.png", "-n", "20", "-o", "a.png", "--threads", "1"]) == 0
    assert main(["photo.png", "-n", "20", "-o", "b.png", "--threads", "3"]) == 0
    assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()


# --- many images ------------------------------------------------------------------------------


@pytest.fixture
def album(folder, photo):
    (folder / "album").mkdir()
    for index in range(3):
        Image.fromarray(np.roll(photo, 30 * index, axis=2)).save(folder / "album" / f"{index}.png")
    (folder / "album" / "notes.txt").write_text("no image")
    return folder / "album"


def test_a_folder_of_images_goes_to_a_folder(folder, album, capsys):
    assert main(["album", "photo.png", "-n", "5", "-o", "out/"]) == 0
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["0.png", "1.png", "2.png", "photo.png"]
    for path in album.glob("*.png"):
        expected = cq.quantize(read_image_file(path), 5).to_rgb()
        np.testing.assert_array_equal(read_image_file(folder / "out" / path.name), expected)
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(": ")[2] for line in lines] == ["5 colours"] * 4


def test_a_broken_image_is_reported_and_the_rest_is_done(folder, album, capsys):
    (album / "1.png").write_bytes((album / "1.png").read_bytes()[:100])
    assert main(["album", "-n", "5", "-o", "out/"]) == 1
    assert "1.png must be an image file" in error_of(capsys)
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["0.png", "2.png"]
    for path in album.glob("*.png"):
        path.write_text("broken")
    assert main(["album", "-n", "5", "-o", "none/"]) == 2
    assert not (folder / "none").exists()
    capsys.readouterr()


def test_many_images_may_share_one_palette(folder, album):
    assert main(["album", "-n", "8", "--shared", "-o", "out/", "--palette", "shared.gpl"]) == 0
    pictures = [read_image_file(path) for path in sorted(album.glob("*.png"))]
    palette = cq.design_palette(pictures, 8)
    assert cq.read_palette("shared.gpl").hex == palette.hex
    for path, picture in zip(sorted((folder / "out").iterdir()), pictures, strict=True):
        np.testing.assert_array_equal(read_image_file(path), cq.map_pixels(picture, palette).to_rgb())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["album", "-o", "photo.png"], "must be written to a folder, got the file photo.png"),
        (["album", "-o", "out.png"], "must be written to a folder, got out.png, the name of a file; a folder of that"),
        (["album", "-o", "Out.ZARR"], "must be written to a folder, got Out.ZARR, the name of a file"),
        (["album", "-o", "-"], "standard output takes one image, got 3"),
        (["album", "-o", "missing/deeper/"], "must lie in a folder that exists"),
        (["album", "-o", "album"], "must not exist unless it may be overwritten, got album/0.png"),
        (["album", "-o", "out/", "--palette", "a.gpl"], "--palette with several images needs --shared"),
        (
            ["album/0.png", "other/0.png", "-o", "out/"],
            "images of one name need folders of their own, got several for 0.png",
        ),
        (["empty", "-o", "out/"], "a folder must hold image files, got empty"),
        (["album", "nope.png", "--shared", "-o", "out/"], "No such file or directory: nope.png"),
    ],
)
def test_what_many_images_cannot_be_is_told_before_anything_is_written(folder, album, capsys, arguments, message):
    (folder / "empty").mkdir()
    before = snapshot(folder)
    assert main(arguments) == 2
    assert message in error_of(capsys).replace("\\", "/")
    assert snapshot(folder) == before


def test_a_folder_may_be_called_as_a_file_and_warnings_name_their_images(folder, photo, capsys):
    (folder / "deep").mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(photo[..., 0].astype(np.uint16) * 14).save(folder / "deep" / name)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert main(["deep", "-n", "4", "-o", "out.png/"]) == 0
    assert sorted(path.name for path in (folder / "out.png").iterdir()) == ["a.png", "b.png"]
    told = capsys.readouterr().err.replace("\\", "/")
    for name in ("a.png", "b.png"):  # each of them, though the words are the same
        assert f"warning: deep/{name}: the image holds 0 to" in told


# --- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: IMAGE"),
        (["nope.png"], "No such file or directory: nope.png"),
        (["notes.txt", "-o", "out.png"], "notes.txt must be an image file, got a file of no known format"),
        (["photo.png", "-n", "0"], "-n must lie in 1..65536, got 0"),
        (["photo.png", "-n", "65537"], "-n must lie in 1..65536, got 65537"),
        (["photo.png", "-n", "many"], "-n must lie in 1..65536 or be 'auto', got 'many'"),
        (["photo.png", "-n", "auto"], "--target must be one of"),
        (["photo.png", "-n", "auto", "--target", "de2000"], "a target must be written MEASURE=NUMBER, got 'de2000'"),
        (["photo.png", "-n", "auto", "--target", "de2000=low"], "must be a number, got 'low'"),
        (["photo.png", "-n", "auto", "--target", "beauty=2"], "--target must be one of"),
        (["photo.png", "--space", "labb"], "colour space must be a known name, got 'labb'; did you mean 'lab'?"),
        (["photo.png", "--method", "kmean"], "--method must be a known name, got 'kmean'; did you mean 'kmeans'?"),
        (
            ["photo.png", "--method", "kmeans:iteration=3"],
            "kmeans must be one it has, got 'iteration'; did you mean 'iterations'?",
        ),
        (["photo.png", "--method", "kmeans:iterations=x"], "iterations must be a whole number, got 'x'"),
        (["photo.png", "--dither", "floyd"], "--dither must be a known name, got 'floyd'"),
        (["photo.png", "--axis-weights", "1,2"], "--axis-weights must have one number for each axis"),
        (["photo.png", "--axis-weights", "L=x"], "must be a number, got 'x'"),
        (["photo.png", "--axis-weights", "q=1"], "--axis-weights must name axes of oklab"),
        (["photo.png", "--seed", "x"], "argument --seed: invalid int value: 'x'"),
        (["photo.png", "--rare", "2"], "--rare must lie in 0.0..1.0, got 2"),
        (["photo.png", "--scale", "5,1"], "scale must be"),
        (["photo.png", "--fixed", "#12"], "must be written #rrggbb or #rgb, or #rrggbbaa, got '#12'"),
        (["photo.png", "--map", "pico"], "palette must be a known name, got 'pico'; did you mean 'pico8'?"),
        (["photo.png", "--map", "nope.gpl"], "No such file or directory: nope.gpl"),
        (["photo.png", "--map", "ega", "-n", "4", "--rare", "1"], "so -n, --rare must be left out"),
        (["photo.png", "--threads", "0"], "--threads must be at least 1, got 0"),
        (["photo.png", "--fps", "99"], "--fps must lie in 0.0017..50, got 99"),
        (["photo.png", "--duration", "3"], "--duration must lie in 20..600000 milliseconds, got 3"),
        (["photo.png", "--duration", "40", "--fps", "25"], "argument --fps: not allowed with argument --duration"),
        (["photo.png", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["photo.png", "-o", "photo.png"], "must not exist unless it may be overwritten, got photo.png"),
        (
            ["photo.png", "-o", "out.jpg"],
            f"one of {', '.join(list_suffixes(written=True))}, got 'out.jpg'",
        ),
        (["photo.png", "-o", "missing/out.png"], "must lie in a folder that exists"),
        (["photo.png", "-o", "out.png", "--palette", "photo.png"], "must not exist unless it may be overwritten"),
        (["photo.png", "-o", "out.png", "--palette", "out.xyz"], "a palette file must end in one of"),
        (["photo.png", "-o", "out.png", "--palette", "./out.png"], "must name different files, got ./out.png twice"),
        (["list", "nonsense"], "invalid choice: 'nonsense'"),
        (["convert", "photo.png", "out.gpl"], "must have 1..256 colours"),
        (["convert", "ega", "notes.doc"], "a palette file must end in one of"),
        (["convert", "ega", "kept.gpl"], "must not exist unless it may be overwritten, got kept.gpl"),
        (
            ["convert", "ega", "out.pal", "--format", "rif"],
            "must be a known name, got 'rif'; did you mean 'riff'?",
        ),
    ],
)
def test_errors_are_one_line_with_status_2_and_leave_everything_untouched(folder, capsys, arguments, message):
    (folder / "notes.txt").write_text("hello")
    (folder / "kept.gpl").write_text("keep me")
    before = snapshot(folder)
    assert main(arguments) == 2
    assert message in error_of(capsys)
    assert snapshot(folder) == before


def test_interruption_is_told_in_one_line(folder, capsys, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("napari_colorquant.pipeline.pyramid.run", interrupt)
    assert main(["photo.png", "-o", "out.png"]) == 130
    assert error_of(capsys) == "colorquant: error: interrupted"
    assert not (folder / "out.png").exists()


# --- list, convert, help ----------------------------------------------------------------------


def test_list_shows_everything_there_is_with_its_options(capsys):
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    for registry in (cq.SPACES, cq.QUANTIZERS, cq.DITHERS, cq.PALETTES):
        for name, entry in registry.items():
            assert f"  {name} " in text
            assert entry.summary in text
    for method in (*cq.QUANTIZERS.values(), *cq.DITHERS.values()):
        assert all(f"{name}=" in text for name in method.options if name != "seed")
    assert main(["list", "spaces"]) == 0
    assert capsys.readouterr().out.startswith("spaces:\n")


def test_palettes_are_converted(folder, capsys):
    assert main(["convert", "okabe_ito", "a.ase"]) == 0
    assert main(["convert", "a.ase", "b.gpl"]) == 0
    palette = cq.read_palette("b.gpl")
    assert palette.hex == cq.PALETTES["okabe_ito"].palette.hex
    assert palette.names == cq.PALETTES["okabe_ito"].palette.names
    assert main(["convert", "b.gpl", "c.pal", "--format", "riff"]) == 0
    assert (folder / "c.pal").read_bytes().startswith(b"RIFF")
    assert main(["convert", "ega", "b.gpl", "--force"]) == 0
    assert len(cq.read_palette("b.gpl")) == 16
    assert capsys.readouterr().out.splitlines()[-1] == "b.gpl: 16 colours"


@pytest.mark.parametrize("arguments", [["--help"], ["list", "--help"], ["convert", "--help"], ["--version"]])
def test_help_and_version_end_well(arguments, capsys):
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(("usage: colorquant", "colorquant 0."))


def test_it_runs_as_a_program(folder, photo):
    command = [sys.executable, "-m", "napari_colorquant"]
    done = subprocess.run(
        [*command, "photo.png", "-n", "3", "-o", "out.png"], capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == ""
    np.testing.assert_array_equal(read_image_file("out.png"), cq.quantize(photo, 3).to_rgb())
    Image.fromarray(photo).save("broken.tif", compression="tiff_lzw")
    data = (folder / "broken.tif").read_bytes()
    (folder / "broken.tif").write_bytes(data[:2000] + bytes(5000) + data[7000:])
    broken = subprocess.run([*command, "broken.tif"], capture_output=True, text=True, check=False)
    assert broken.returncode == 2
    assert len(broken.stderr.splitlines()) == 1  # libtiff's own messages stay out of it
    failed = subprocess.run([*command, "photo.png", "-n", "0"], capture_output=True, text=True, check=False)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == "colorquant: error: -n must lie in 1..65536, got 0\n"


_ALONE = """
import gc, os, sys
from napari_colorquant.__main__ import run
assert "numpy" not in sys.modules
status = run()
from threadpoolctl import threadpool_info
threads = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}
print(os.environ["OPENBLAS_NUM_THREADS"], threads <= {1}, gc.get_freeze_count() > 0)
sys.exit(status)
"""


def test_a_process_of_its_own_begins_no_threads_for_nothing_and_ends_without_a_search(folder):
    def tell(**wishes):
        command = [sys.executable, "-c", _ALONE, "photo.png", "-n", "3", "-o", "out.png", "--quiet", "--force"]
        environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | wishes
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()

    assert tell() == ["1", "True", "True"]
    assert tell(OPENBLAS_NUM_THREADS="3")[0] == "3"


def test_a_reader_that_has_seen_enough_is_no_error(folder):
    command = [sys.executable, "-m", "napari_colorquant", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0
