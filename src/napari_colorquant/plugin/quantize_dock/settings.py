"""The user's defaults, from napari's preferences."""

from typing import Any

from ...recipe import Recipe
from ..layers.provenance import KEY


def default_recipe() -> Recipe:
    """Return the recipe that a new panel shows: space, method and number of colours as in the preferences."""
    settings = _read_settings()
    if settings is None:
        return Recipe()
    return Recipe(n_colors=settings.n_colors, space=settings.space, quantizer=settings.method)


def _read_settings() -> Any:
    from napari.settings import get_plugin_settings

    try:
        return get_plugin_settings(KEY).defaults
    except KeyError:  # the plugin is not registered: the widget was made by hand
        return None
