"""Colour quantization: few colours, chosen well, for images in napari, in Python and in a terminal.

The verbs are `quantize`, and its two halves `design_palette` and `map_pixels`. Every name below is
loaded when it is first used, so that importing the package costs next to nothing.
"""

from typing import TYPE_CHECKING, Any

import lazy_loader

if TYPE_CHECKING:
    from ._runtime.progress import Cancelled
    from .indexed import IndexedImage
    from .io.named_palettes import PALETTES
    from .io.palettes import read_palette, write_palette
    from .io.read import read_image
    from .io.write import write_indexed
    from .mapping.dithers import DITHERS
    from .palette import Palette
    from .pipeline.estimator import ColorQuantizer
    from .pipeline.shared_palette import design_palette
    from .pipeline.verbs import error_curve, map_pixels, quantize
    from .quality.distortion import distortion
    from .quantizers import QUANTIZERS
    from .recipe import Recipe
    from .spaces import SPACES

    __version__: str

__all__ = [
    "DITHERS",
    "PALETTES",
    "QUANTIZERS",
    "SPACES",
    "Cancelled",
    "ColorQuantizer",
    "IndexedImage",
    "Palette",
    "Recipe",
    "__version__",
    "design_palette",
    "distortion",
    "error_curve",
    "map_pixels",
    "quantize",
    "read_image",
    "read_palette",
    "write_indexed",
    "write_palette",
]

#: Where the public names live. None may equal a module's: importing that module would hide it.
_HOMES = {
    "_runtime.progress": ["Cancelled"],
    "indexed": ["IndexedImage"],
    "io.named_palettes": ["PALETTES"],
    "io.palettes": ["read_palette", "write_palette"],
    "io.read": ["read_image"],
    "io.write": ["write_indexed"],
    "mapping.dithers": ["DITHERS"],
    "palette": ["Palette"],
    "pipeline.estimator": ["ColorQuantizer"],
    "pipeline.shared_palette": ["design_palette"],
    "pipeline.verbs": ["error_curve", "map_pixels", "quantize"],
    "quality.distortion": ["distortion"],
    "quantizers": ["QUANTIZERS"],
    "recipe": ["Recipe"],
    "spaces": ["SPACES"],
}

_load, _, _ = lazy_loader.attach(__name__, submod_attrs=_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("napari-colorquant")
    return _load(name)


def __dir__() -> list[str]:
    return sorted(__all__)
