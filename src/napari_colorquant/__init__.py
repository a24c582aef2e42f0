"""Colour quantization: few colours, chosen well, for images in napari, in Python and in a terminal.

The verbs are `quantize`, and its two halves `design_palette` and `map_pixels`. Every name below is
loaded when it is first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._runtime.progress import Cancelled
    from .dithers import DITHERS
    from .indexed import IndexedImage
    from .io.named_palettes import PALETTES
    from .io.palettes import read_palette, write_palette
    from .io.read import read_image
    from .io.write import write_indexed
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

#: Where each public name lives. No name may equal a module's: importing that module would hide it.
_HOMES = {
    "DITHERS": "dithers",
    "PALETTES": "io.named_palettes",
    "QUANTIZERS": "quantizers",
    "SPACES": "spaces",
    "Cancelled": "_runtime.progress",
    "ColorQuantizer": "pipeline.estimator",
    "IndexedImage": "indexed",
    "Palette": "palette",
    "Recipe": "recipe",
    "design_palette": "pipeline.shared_palette",
    "distortion": "quality.distortion",
    "error_curve": "pipeline.verbs",
    "map_pixels": "pipeline.verbs",
    "quantize": "pipeline.verbs",
    "read_image": "io.read",
    "read_palette": "io.palettes",
    "write_indexed": "io.write",
    "write_palette": "io.palettes",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("napari-colorquant")
    elif name in _HOMES:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
