from typing import get_type_hints

import numpy as np
import pytest
from napari.layers import Image, Layer
from napari.viewer import Viewer
from npe2 import PluginManifest
from npe2.manifest.utils import import_python_name

import napari_colorquant as cq
from napari_colorquant._plugin.layers.provenance import KEY
from napari_colorquant._plugin.quantize_dock.goals import GOALS


@pytest.fixture(scope="module")
def manifest():
    return PluginManifest.from_distribution(KEY)


def samples():
    return PluginManifest.from_distribution(KEY).contributions.sample_data


def test_every_command_leads_to_something(manifest):
    for command in manifest.contributions.commands:
        module, _, name = str(command.python_name).partition(":")
        assert callable(getattr(__import__(module, fromlist=[name]), name))


def test_everything_contributed_is_a_command(manifest):
    commands = {command.id for command in manifest.contributions.commands}
    used = {entry.command for entry in [*manifest.contributions.widgets, *manifest.contributions.sample_data]}
    items = [item for items in manifest.contributions.menus.values() for item in items]
    used |= {item.command for item in items if hasattr(item, "command")}
    assert used <= commands
    submenus = {submenu.id for submenu in manifest.contributions.submenus}
    assert submenus == {item.submenu for item in items if hasattr(item, "submenu")}
    assert submenus <= set(manifest.contributions.menus)


def test_napari_gives_every_command_of_a_menu_all_that_it_takes(manifest):
    """It knows what a parameter is by its type alone, and a command without its viewer is a traceback."""
    names = {command.id: command.python_name for command in manifest.contributions.commands}
    widgets = {entry.command for entry in manifest.contributions.widgets}
    items = [item for items in manifest.contributions.menus.values() for item in items if hasattr(item, "command")]
    assert items
    for command in {item.command for item in items} - widgets:
        function = import_python_name(names[command])
        assert get_type_hints(function) == {"viewer": Viewer, "return": type(None)}, command


def test_every_goal_can_be_run_from_the_menu(manifest):
    commands = [item.command for item in manifest.contributions.menus["napari-colorquant.now"]]
    assert commands == [f"napari-colorquant.now_{goal.title.lower().replace(' ', '_')}" for goal in GOALS]


@pytest.mark.parametrize(("name", "registry"), [("space", cq.SPACES), ("method", cq.QUANTIZERS)])
def test_preferences_offer_what_there_is(manifest, name, registry):
    entry = manifest.contributions.configurations["defaults"].properties[name]
    assert entry.enum == list(registry)
    assert entry.default == cq.Recipe().to_dict()[{"method": "quantizer"}.get(name, name)]


@pytest.mark.parametrize("key", [sample.key for sample in samples()])
def test_every_sample_is_an_image_that_can_be_quantized(key):
    from napari_colorquant._plugin.files import samples

    (layer_data,) = getattr(samples, key)()
    layer = Layer.create(*layer_data)
    assert isinstance(layer, Image)
    assert layer.rgb
    small = np.asarray(layer.data)[..., ::8, ::8, :]
    indexed = cq.quantize(small, 8, quantizer="median_cut", rgb=True, scale="range")
    assert len(indexed.palette) == 8
    assert indexed.shape == small.shape[:-1]


def test_samples_hold_every_kind_of_image_that_is_promised():
    from napari_colorquant._plugin.files import samples

    assert samples.deep_color()[0][0].dtype == np.uint16
    assert samples.time_stack()[0][0].ndim == 4
    assert samples.immunohistochemistry()[0][0].shape[-1] == 3
