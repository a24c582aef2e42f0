"""The main job in a real window: the real widget, a real photograph, pixels of a real screenshot."""

import numpy as np
import pytest
from napari.layers import Image, Labels, Points

import napari_colorquant as cq
from napari_colorquant._plugin.layers.provenance import read_metadata, read_palette, read_recipe


def colors_on_canvas(viewer):
    """Return the distinct colours of a screenshot of the canvas as hex texts."""
    shot = viewer.screenshot(canvas_only=True, flash=False)
    return {"#{:02x}{:02x}{:02x}".format(*color) for color in np.unique(shot[..., :3].reshape(-1, 3), axis=0)}


def test_the_main_job(viewer, panel, photo_layer, run, large_photo):
    """Open, run, look: the picture on the screen has the colours of the palette."""
    run_result = run(panel)
    labels, palette = viewer.layers["photo quantized"], viewer.layers["photo palette"]
    assert isinstance(labels, Labels)
    assert isinstance(palette, Points)
    assert len(viewer.layers) == 3

    expected = cq.quantize(large_photo, 16)
    np.testing.assert_array_equal(labels.data, expected.labels + 1)
    assert list(palette.features["hex"]) == list(expected.palette.hex)
    assert run_result.indexed.palette == expected.palette

    palette.visible = False
    shown = colors_on_canvas(viewer)
    # All 16 colours, and beside them the background of the canvas alone.
    assert set(expected.palette.hex) <= shown
    assert len(shown) <= 17
    assert panel.bar.report.text().startswith("16 colours · PSNR 2")


def test_swatches_are_on_the_screen_beside_the_image(viewer, panel, run):
    run(panel)
    for layer in viewer.layers[:2]:
        layer.visible = False
    assert set(viewer.layers["photo palette"].features["hex"]) <= colors_on_canvas(viewer)


def test_layer_metadata_make_the_same_again(viewer, panel, run, large_photo):
    panel.set_recipe(cq.Recipe(n_colors=5, space="lab", axis_weights=(0.5, 1, 1), quantizer="wu", seed=3))
    run(panel)
    for layer in viewer.layers[1:]:
        recipe = read_recipe(layer)
        again = cq.quantize(large_photo, **{k: v for k, v in recipe.to_dict().items() if k != "version"})
        assert again.palette == read_palette(layer)


def test_running_again_updates_our_layers_in_place(viewer, panel, run):
    run(panel)
    before = list(viewer.layers)
    viewer.layers["photo quantized"].name = "mine"
    viewer.layers.selection.active = before[0]
    panel.set_recipe(panel.recipe().replace(n_colors=256))
    run(panel)
    assert list(viewer.layers) == before
    assert viewer.layers["mine"].data.max() == 256
    assert viewer.layers["mine"].data.dtype == np.uint16
    assert len(before[2].data) == 256
    panel.set_recipe(panel.recipe().replace(n_colors=3))
    run(panel)
    assert list(viewer.layers) == before
    assert set(np.unique(before[1].data)) == {1, 2, 3}
    assert len(before[2].data) == 3
    assert read_metadata(before[1])["id"] == read_metadata(before[2])["id"]


def test_as_many_colours_again_leave_the_swatches_where_they_are(viewer, panel, run):
    run(panel)
    swatches, moved = viewer.layers["photo palette"], []
    swatches.events.data.connect(moved.append)
    swatches.events.size.connect(moved.append)
    panel.set_recipe(panel.recipe().replace(quantizer="wu", space="lab"))
    palette = run(panel).indexed.palette
    assert not moved
    np.testing.assert_allclose(swatches.face_color[:, :3], palette.colors / 255, atol=1e-6)


def test_a_stranger_of_the_same_name_is_left_alone(viewer, panel, run):
    stranger = viewer.add_labels(np.zeros((4, 4), np.uint8), name="photo quantized")
    panel.layer = viewer.layers["photo"]
    run(panel)
    assert stranger in viewer.layers
    assert not stranger.data.any()
    assert len(viewer.layers) == 4


def test_new_layers_are_a_choice(viewer, panel, run):
    run(panel)
    panel.result.new_layers.value = True
    run(panel)
    assert len(viewer.layers) == 5


def test_a_new_panel_finds_the_layers_of_the_last_one(viewer, panel, run, open_panel):
    run(panel)
    viewer.window.remove_dock_widget(panel)
    panel.deleteLater()
    run(open_panel())
    assert len(viewer.layers) == 3


def test_the_result_can_be_an_rgb_image(viewer, panel, run, large_photo):
    run(panel)
    panel.result.kind.value = "rgb"
    run_result = run(panel)
    rgb = viewer.layers["photo quantized"]
    assert isinstance(rgb, Image)
    assert rgb.rgb
    np.testing.assert_array_equal(rgb.data, run_result.indexed.to_rgb())
    assert len(viewer.layers) == 3  # it took the place of the Labels
    run(panel)
    assert panel.layer is viewer.layers["photo"]  # a result of ours is not followed
    assert len(viewer.layers) == 3


def test_the_panel_follows_the_active_image(viewer, panel, photo_layer, gray_photo):
    other = viewer.add_image(gray_photo, name="other")
    assert panel.layer is other
    viewer.layers.selection.active = photo_layer
    assert panel.layer is photo_layer
    viewer.add_points(np.zeros((1, 2)))
    assert panel.layer is photo_layer
    viewer.layers.remove(photo_layer)
    assert panel.layer is other


def test_a_renamed_layer_is_offered_under_its_new_name(viewer, panel, photo_layer):
    photo_layer.name = "holiday"
    assert panel.image.image.native.itemText(0) == "holiday"


def test_a_recipe_goes_to_the_panel_and_comes_back(panel):
    for name in cq.QUANTIZERS:
        recipe = cq.Recipe(n_colors=33, space="hed", axis_weights=(1, 0, 2.5), quantizer=name, seed=7, scale="range")
        panel.set_recipe(recipe)
        assert panel.recipe() == recipe
    for name in cq.DITHERS:
        panel.set_recipe(cq.Recipe(dither=name))
        assert panel.recipe() == cq.Recipe(dither=name)


@pytest.mark.parametrize("registry", ["QUANTIZERS", "DITHERS"])
def test_every_option_of_every_method_has_its_control(panel, registry):
    picker, table = (panel.quantizer, cq.QUANTIZERS) if registry == "QUANTIZERS" else (panel.dither, cq.DITHERS)
    for name, method in table.items():
        picker.method.value = name
        assert set(picker.options) == set(method.options) - {"seed"}
        assert picker.summary.text() == method.summary
        for option, control in picker.options.items():
            assert control.value == method.options[option].default
            assert control.tooltip or control.native.toolTip()


def test_an_option_that_is_turned_is_in_the_recipe(panel):
    panel.quantizer.method.value = "median_cut"
    panel.quantizer.options["bits"].value = 5
    assert panel.recipe().quantizer_options == {"bits": 5}


def test_every_axis_has_its_lever(panel):
    for name, space in cq.SPACES.items():
        panel.space.space.value = name
        assert len(panel.space.weights) == len(space.axes)
    panel.space.space.value = "lab"
    panel.space.weights[0].value = 0
    assert panel.recipe().axis_weights == (0, 1, 1)


def test_slider_and_spin_box_tell_the_same_number(panel):
    slider, spin_box = panel.colors.n_colors.slider, panel.colors.n_colors.spin_box
    slider.setValue(slider.maximum())
    assert spin_box.value() == 256
    slider.setValue(slider.minimum())
    assert spin_box.value() == 2
    for number in range(2, 257):  # the slider follows, but does not round what was typed
        spin_box.setValue(number)
        assert panel.recipe().n_colors == number


def test_intensities_as_displayed_are_the_contrast_limits(viewer, panel, run, large_photo):
    deep = viewer.add_image(large_photo.astype(np.uint16) * 16, name="deep", rgb=True)
    deep.contrast_limits = (0, 255 * 16)
    panel.image.scale.value = "displayed"
    run_result = run(panel)
    assert run_result.indexed.recipe.scale == (0, 4080)
    assert run_result.indexed.palette == cq.quantize(large_photo, 16).palette
    panel.set_recipe(cq.Recipe(scale=(5, 100)))
    assert panel.recipe().scale == (5, 100)
    panel.set_recipe(cq.Recipe(scale=(0, 4080)))
    assert panel.image.scale.value == "displayed"


def test_pixels_without_data_are_label_0_on_the_screen(viewer, open_panel, run, rgba_photo):
    viewer.add_image(rgba_photo, name="photo", rgb=True)
    run(open_panel())
    labels = viewer.layers["photo quantized"].data
    np.testing.assert_array_equal(labels == 0, rgba_photo[..., 3] == 0)


def test_a_stack_shares_one_palette(viewer, open_panel, run, photo):
    viewer.add_image(np.stack([photo, photo // 2, photo // 4]), name="stack", rgb=True, scale=(1, 2, 2))
    run_result = run(open_panel())
    labels = viewer.layers["stack quantized"]
    assert labels.data.shape == (3, *photo.shape[:2])
    np.testing.assert_array_equal(labels.scale, (1, 2, 2))
    viewer.dims.set_point(0, 2)
    viewer.layers["stack palette"].visible = False
    used = {run_result.indexed.palette.hex[label - 1] for label in np.unique(labels.data[2])}
    assert used <= colors_on_canvas(viewer)


def test_the_finest_level_of_a_pyramid_is_quantized(viewer, open_panel, run, large_photo):
    viewer.add_image([large_photo, large_photo[::2, ::2]], name="pyramid", multiscale=True, rgb=True)
    run_result = run(open_panel())
    assert run_result.indexed.palette == cq.quantize(large_photo, 16).palette
    assert viewer.layers["pyramid quantized"].data.shape == large_photo.shape[:2]


def test_grays_and_bools_are_quantized_as_grays(viewer, open_panel, run, gray_photo):
    viewer.add_image(gray_photo, name="gray", colormap="green")
    panel = open_panel()
    colors = run(panel).indexed.palette.colors
    assert (colors == colors[:, :1]).all()
    viewer.add_image(gray_photo > 100, name="bool")
    assert set(run(panel).indexed.palette.hex) == {"#ffffff", "#000000"}


def test_preferences_are_what_a_new_panel_shows(viewer, open_panel, photo_layer):
    from napari.settings import get_plugin_settings

    settings = get_plugin_settings("napari-colorquant").defaults
    before = settings.space, settings.method, settings.n_colors
    try:
        settings.space, settings.method, settings.n_colors = "lab", "wu", 7
        recipe = open_panel().recipe()
        assert (recipe.space, recipe.quantizer, recipe.n_colors) == ("lab", "wu", 7)
    finally:
        settings.space, settings.method, settings.n_colors = before
