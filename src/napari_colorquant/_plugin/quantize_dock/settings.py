"""The user's defaults, from napari's preferences."""

from pathlib import Path
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
    from napari.settings import get_plugin_settings, get_settings

    # Whoever asks first has napari read every manifest anew, a quarter of the time in which the panel opens. What was
    # chosen stands in a file of our name beside napari's own; in a session that keeps nothing, there is no path.
    path = get_settings().config_path
    if path is not None and not (Path(path).parent / f"{KEY}.yaml").exists():
        return None
    try:
        return get_plugin_settings(KEY).defaults
    except KeyError:  # the plugin is not registered: the widget was made by hand
        return None
