"""What is made ready beside the window is what the first preview and the first run need."""

import subprocess
import sys
import threading

import napari_colorquant as cq
from napari_colorquant._plugin.tasks import warming

_SCRIPT = """
import gc

from napari.layers import Image
from skimage import data

import napari_colorquant as cq
from napari_colorquant._runtime.jit import Kernel
from napari_colorquant._plugin.layers.visible_region import VisibleRegion
from napari_colorquant._plugin.tasks.large_task import Scope
from napari_colorquant._plugin.tasks.preview_task import preview
from napari_colorquant._plugin.tasks.task import quantize_layer
from napari_colorquant._plugin.tasks.warming import warm_up


def loaded():
    kernels = [each for each in gc.get_objects() if type(each) is Kernel and "compiled" in vars(each)]
    return {(each.__module__, each.__name__, str(form)) for each in kernels for form in each.compiled.signatures}


recipe, layer = cq.Recipe(), Image(data.astronaut(), rgb=True)
warm_up(recipe)()
before = loaded()
assert len(before) > 20
preview(layer, VisibleRegion(layer.data, True, {}), recipe, Scope(), {}, None)()
print(sorted(loaded() - before))
quantize_layer(layer, recipe, "labels", {})()
print(sorted(loaded() - before))
"""


def test_the_first_preview_and_run_of_a_photograph_load_no_kernel():
    told = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True).stdout
    in_preview, in_run = told.splitlines()
    assert in_preview == "[]"
    assert in_run == "[]"


_DASHES = """
from vispy.visuals.line import dash_atlas

import napari_colorquant as cq
from napari_colorquant._plugin.tasks.warming import warm_up

warm_up(cq.Recipe())()
before = dash_atlas._make_pattern.cache_info()
dash_atlas.DashAtlas()
after = dash_atlas._make_pattern.cache_info()
print(before.misses, after.misses - before.misses)
"""


def test_the_dashes_of_the_first_labels_layer_are_worked_out_before():
    # vispy 0.17 keeps them in a cache of the process; one that keeps them elsewhere has to be looked into anew.
    told = subprocess.run([sys.executable, "-c", _DASHES], capture_output=True, text=True, check=True).stdout
    before, anew = map(int, told.split())
    assert before > 10
    assert anew == 0


def test_the_registry_of_units_is_loaded_on_the_thread_of_the_window(monkeypatch):
    # Loaded on two threads at once, it has no unit, and an image that is opened meanwhile is an error.
    made = []
    layer_of = warming.Image

    def make(*given, **chosen):
        made.append(threading.current_thread())
        return layer_of(*given, **chosen)

    monkeypatch.setattr(warming, "Image", make)
    task = warming.warm_up(cq.Recipe())
    assert made == [threading.current_thread()]
    thread = threading.Thread(target=task)
    thread.start()
    thread.join()
    assert len(made) == 1
