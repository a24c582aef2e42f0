"""How Sphinx builds the documentation: `make docs`, with warnings as errors."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from docs import gallery, reference

project = "napari-colorquant"
author = "napari-colorquant contributors"
copyright = author
version = release = version_of(project)

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build"]
default_role = "py:obj"
smartquotes = False  # `--space` in the text of an option is two hyphens

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # what notebooks show is kept in them; the tests run them

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc's texts say what may be handed in
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "napari-colorquant"
html_logo = html_favicon = "_static/icon.svg"
html_static_path = ["_static"]
html_css_files = ["extra.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "colorquant", "alt_text": "napari-colorquant"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "secondary_sidebar_items": {"index": [], "*/**": ["page-toc"], "[!i]*": ["page-toc"]},
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
#: Pages without others beside them, and those of pictures, which need the room.
_WIDE = ("index", "benchmarks", "reliability", "contributing", "changelog", "by_eye/*", "gallery/*")
html_sidebars = {page: [] for page in _WIDE}


def setup(app):
    """Write the pages that are made of the code before any page is read."""
    app.connect("builder-inited", lambda app: reference.write_pages(Path(app.srcdir)))
    app.connect("builder-inited", lambda app: gallery.write_pages(Path(app.srcdir)))
