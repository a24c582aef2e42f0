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
