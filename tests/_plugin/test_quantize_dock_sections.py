"""The controls of the design in the real panel: quality, curve, palette source, protection, region."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from qtpy.QtCore import QPoint, Qt

import napari_colorquant as cq
from napari_colorquant._plugin.files.writer import write_indexed_image
from napari_colorquant._plugin.layers.provenance import read_palette, read_recipe
from napari_colorquant._plugin.quantize_dock.dither_pictures import FOLDER
from napari_colorquant._plugin.quantize_dock.widget import QuantizeWidget
from napari_colorquant.io.named_palettes import find_palette
from napari_colorquant.quantizers import QUANTIZERS
from napari_colorquant.registry import GROUPS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def viewer(make_napari_viewer):
    return make_napari_viewer(strict_qt="raise")


@pytest.fixture
def panel(viewer, qtbot, photo):
    viewer.add_image(photo, name="photo")
    panel = QuantizeWidget(viewer)
    viewer.window.add_dock_widget(panel)
    yield panel
    qtbot.waitUntil(lambda: not (panel.is_running or panel.is_warming_up), timeout=60_000)


def run(panel, qtbot, name="photo"):
    with qtbot.waitSignal(panel.finished, timeout=60_000):
        panel.run()
    return panel.viewer.layers[f"{name} quantized"]


def test_a_quality_decides_the_number_of_colours(panel, qtbot, photo):
    panel.colors.way.value = "mean_de2000"
    panel.colors.target.value = 5.0
    layer = run(panel, qtbot)
    expected = cq.quantize(photo, "auto", target={"mean_de2000": 5.0})
    assert read_palette(layer).hex == expected.palette.hex
    panel.set_recipe(read_recipe(layer))
    assert panel.recipe() == read_recipe(layer)


def test_the_curve_is_drawn_when_its_fold_opens_and_a_click_chooses(panel, qtbot, photo):
    assert panel.curve.curve is None
    panel.curve.fold.expand(False)
    qtbot.waitUntil(lambda: panel.curve.curve is not None, timeout=60_000)
    np.testing.assert_array_equal(panel.curve.curve.mean_de2000, cq.error_curve(photo).mean_de2000)
    plot = panel.curve.plot
    plot.resize(280, 140)
    for wanted in (2, 7, 40, 256):
        place = QPoint(round(plot.x_of(wanted)), 60)
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
        assert panel.colors.n_colors.value == pytest.approx(wanted, rel=0.03)
    panel.space.space.value = "srgb"
    expected = cq.error_curve(photo, space="srgb").mse
    qtbot.waitUntil(lambda: np.array_equal(panel.curve.curve.mse, expected), timeout=60_000)


def test_the_curve_shows_its_line_on_the_screen(panel, qtbot):
    panel.curve.fold.expand(False)
    qtbot.waitUntil(lambda: panel.curve.curve is not None, timeout=60_000)
    image = panel.curve.plot.grab().toImage()
    accent = panel.curve.plot._accent
    on_line = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if abs(image.pixelColor(x, y).blue() - accent.blue()) < 12
        and abs(image.pixelColor(x, y).red() - accent.red()) < 12
    ]
    assert len(on_line) > image.width() // 2
    heights = [np.mean([y for x, y in on_line if low <= x < low + 40]) for low in (40, image.width() // 2)]
    assert heights[0] < heights[1]  # the error falls


def test_pixels_take_a_fixed_palette(panel, qtbot, photo):
    panel.palette_source.source.value = "pico8"
    assert not panel.quantizer.form.isVisible()
    layer = run(panel, qtbot)
    assert read_palette(layer).hex == cq.map_pixels(photo, "pico8").palette.hex
    panel.palette_source.remove_unused.value = True
    layer = run(panel, qtbot)
    assert len(read_palette(layer)) == len(cq.map_pixels(photo, "pico8", remove_unused=True).palette)


def test_a_palette_layer_and_a_file_are_palettes_to_map_onto(panel, qtbot, photo, tmp_path):
    run(panel, qtbot)
    palette_layer = panel.viewer.layers["photo palette"]
    panel.palette_source.source.value = palette_layer
    assert panel.recipe().palette.hex == read_palette(palette_layer).hex
    path = tmp_path / "two.gpl"
    cq.write_palette(cq.Palette([[0, 0, 0], [250, 250, 250]], title="two"), path)
    panel.palette_source.load(path)
    assert panel.recipe().palette.hex == ("#000000", "#fafafa")
    layer = run(panel, qtbot)
    assert set(np.unique(layer.data)) == {1, 2}


def test_a_file_that_is_no_palette_changes_nothing(panel, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr("napari_colorquant._plugin.quantize_dock.palette_source.show_error", told.append)
    path = tmp_path / "broken.ase"
    path.write_bytes(b"nonsense")
    panel.palette_source.load(path)
    assert panel.recipe().palette is None
    assert len(told) == 1


def test_protection_goes_into_the_recipe_and_back(panel, qtbot):
    panel.focus.rare.value = 0.5
    panel.focus.fixed.value = "#ff00ff, #010203"
    layer = run(panel, qtbot)
    assert {"#ff00ff", "#010203"} <= set(read_palette(layer).hex)
    recipe = read_recipe(layer)
    assert recipe.rare == 0.5
    panel.focus.rare.value, panel.focus.fixed.value = 0.0, ""
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe


def test_the_bits_of_a_device_go_into_the_recipe_and_back(panel, qtbot):
    panel.focus.bits.value = "rgb444"
    layer = run(panel, qtbot)
    assert (read_palette(layer).colors % 17 == 0).all()
    recipe = read_recipe(layer)
    assert recipe.bits == "4-4-4"
    panel.focus.bits.value = ""
    assert panel.recipe().bits is None
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe
    panel.focus.bits.value = "many"
    with qtbot.waitSignal(panel.failed) as caught:
        panel.run()
    assert "Device bits must be" in caught.args[0]


def test_flat_colours_are_kept_or_mixed_as_chosen(panel, viewer, qtbot):
    rows, columns = np.ogrid[:96, :96]
    edge = np.clip(np.hypot(rows - 40, columns - 50) - 25, 0, 4)[..., None] / 4
    drawing = np.rint((255, 205, 0) * edge + np.array([0, 87, 163]) * (1 - edge)).astype(np.uint8)
    viewer.add_image(drawing, name="drawing")
    panel.image.image.value = viewer.layers["drawing"]
    panel.colors.n_colors.value = 4
    kept = read_palette(run(panel, qtbot, "drawing"))
    assert {(255, 205, 0), (0, 87, 163)} <= set(kept)
    panel.focus.flat.value = "mix"
    mixed = run(panel, qtbot, "drawing")
    assert read_recipe(mixed).flat == "mix"
    assert not {(255, 205, 0), (0, 87, 163)} <= set(read_palette(mixed))
    panel.set_recipe(read_recipe(mixed).replace(flat="keep"))
    assert panel.focus.flat.value == "keep"


def test_the_lowest_error_is_that_which_was_chosen(panel, qtbot, photo):
    before = cq.quantize(photo, panel.recipe().n_colors)
    panel.space.objective.value = "de2000"
    layer = run(panel, qtbot)
    recipe = read_recipe(layer)
    assert recipe.objective == "de2000"
    after = cq.map_pixels(photo, read_palette(layer), objective="de2000")
    assert cq.distortion(photo, after).mean_de2000 < cq.distortion(photo, before).mean_de2000
    panel.space.objective.value = "mse"
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe


def test_pixels_are_mapped_by_cell_where_that_is_chosen_and_the_report_says_so(panel, qtbot, photo):
    panel.colors.n_colors.value = 64
    run(panel, qtbot)
    assert "by cell" not in panel.bar.report.text()
    panel.space.mapping.value = "by_cell"
    layer = run(panel, qtbot)
    recipe = read_recipe(layer)
    assert recipe.mapping == "by_cell"
    assert "mapped by cell, not exactly" in panel.bar.report.text()
    np.testing.assert_array_equal(read_palette(layer).colors, cq.quantize(photo, 64, mapping="by_cell").palette.colors)
    panel.space.mapping.value = "exact"
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe


def test_e_paper_is_shown_as_it_looks_and_saved_as_it_is_written(panel, qtbot, tmp_path):
    spectra = cq.PALETTES["epaper_spectra6"].palette
    panel.set_recipe(cq.Recipe(palette=spectra, dither="floyd_steinberg"))
    layer = run(panel, qtbot)
    assert read_palette(layer).hex == spectra.hex
    assert read_palette(layer).written == spectra.written
    write_indexed_image(str(tmp_path / "panel.png"), *layer.as_layer_data_tuple()[:2])
    with PillowImage.open(tmp_path / "panel.png") as picture:
        codes = {
            "#" + bytes(color).hex() for color in np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)
        }
    assert codes <= set(spectra.written)
    assert len(codes) > 2


def test_a_word_that_is_no_colour_is_told(panel, qtbot):
    panel.focus.fixed.value = "reddish"
    with qtbot.waitSignal(panel.failed) as caught:
        panel.run()
    assert "reddish" in caught.args[0]


def test_a_region_designs_the_palette(panel, qtbot, photo):
    region = np.zeros(photo.shape[:2], int)
    region[30:60, 40:80] = 3
    panel.viewer.add_labels(region, name="region")
    panel.focus.region.value = panel.viewer.layers["region"]
    layer = run(panel, qtbot)
    expected = cq.quantize(photo, 16, importance=region)
    assert read_palette(layer).hex == expected.palette.hex
    assert (np.asarray(layer.data) > 0).all()


def test_lightness_can_be_kept(panel, qtbot, photo):
    panel.focus.keep.value = "lightness"
    panel.result.kind.value = "rgb"
    layer = run(panel, qtbot)
    shown = np.asarray(layer.data)
    np.testing.assert_array_equal(shown, cq.quantize(photo, 16, keep="lightness").to_rgb())
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > 16


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_curve_takes_the_colours_of_the_theme(panel, viewer, qtbot, theme):
    from napari.utils.theme import get_theme

    viewer.theme = theme
    panel.curve.fold.expand(False)
    qtbot.waitUntil(lambda: panel.curve.curve is not None, timeout=60_000)
    text = get_theme(theme).text.as_rgb_tuple(alpha=False)
    image = panel.curve.plot.grab().toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    near = [p for p in pixels if max(abs(p.red() - text[0]), abs(p.green() - text[1]), abs(p.blue() - text[2])) < 30]
    assert len(near) > 60  # the dot, the dashes and the numbers


def test_methods_are_listed_by_group_with_their_names_for_people(panel):
    box = panel.quantizer.method.native
    titles = [box.itemText(place) for place in range(box.count())]
    assert titles[0] == "k-means"
    listed = [box.itemData(place) for place in range(box.count())]
    assert sorted(listed) == sorted(QUANTIZERS)
    groups = [QUANTIZERS[name].group for name in listed]
    assert groups == sorted(groups, key=GROUPS.index)
    place = titles.index("Mini-batch k-means (scikit-learn)")
    words = box.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert words.startswith("For comparison. minibatch_kmeans: ")
    starts = box.itemDelegate().starts  # where a line is drawn
    assert [groups[place] for place in sorted(starts)] == list(GROUPS[1:])
    panel.quantizer.method.value = "octree"
    assert panel.recipe().quantizer == "octree"


def test_clean_up_is_part_of_the_recipe_and_of_the_result(panel, qtbot):
    panel.clean.smoothness.value = 2.0
    panel.clean.steps["min_size"].value = 20
    recipe = panel.recipe()
    assert recipe.smoothness == 2.0
    assert recipe.cleaning == ({"min_size": 20.0},)
    with qtbot.waitSignal(panel.finished, timeout=60_000) as caught:
        panel.run()
    image = panel.layer.data
    expected = cq.quantize(image, recipe.n_colors, smoothness=2.0, cleaning={"min_size": 20})
    np.testing.assert_array_equal(caught.args[0].indexed.labels, expected.labels)


@pytest.mark.parametrize(
    "cleaning", [(), {"min_size": 5}, {"majority": 2, "by": "class"}, [{"min_hole": 3}, {"opening": 1.5}],
                 {"min_size": 2.5}, {"opening": 2}],
)  # fmt: skip
def test_what_a_recipe_cleans_stays_whether_it_has_a_control_or_not(panel, cleaning):
    recipe = cq.Recipe(smoothness=1.5, cleaning=cleaning)
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe
    panel.set_recipe(cq.Recipe())
    assert panel.recipe() == cq.Recipe()


def test_every_dither_has_the_picture_that_it_makes(panel):
    spec = importlib.util.spec_from_file_location("dither_pictures", ROOT / "tools" / "dither_pictures.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    box = panel.dither.method.native
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(cq.DITHERS)
    for place, name in enumerate(box.itemData(place) for place in range(box.count())):
        with PillowImage.open(FOLDER / f"{name}.png") as picture:
            np.testing.assert_array_equal(np.asarray(picture.convert("L")), tool.draw(name))
        assert not box.itemIcon(place).isNull()


def test_a_palette_that_comes_in_is_chosen_and_seen_and_a_result_is_not(viewer, panel, run, tmp_path):
    cq.write_palette(find_palette("pico8"), tmp_path / "mine.gpl")
    run(panel)
    assert panel.palette_source.palette is None
    viewer.open(tmp_path / "mine.gpl", plugin="napari-colorquant")
    assert panel.palette_source.source.current_choice == "Layer: pico8"
    assert panel.palette_source.strip.palette_shown.hex == find_palette("pico8").hex
    viewer.layers.remove("pico8")
    assert panel.palette_source.palette is None
