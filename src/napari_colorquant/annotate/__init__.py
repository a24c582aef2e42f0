"""From labels to annotations: measured, compared, cleaned, outlined, and written for other programs.

Takes an `IndexedImage`, gives rows of one table of columns, figures, and files of outlines. Every name below is
loaded when it is first used.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from .patterns.adjacency import adjacency, to_matrix
    from .patterns.compare import compare
    from .patterns.pattern import patches, pattern
    from .patterns.plots import plot_adjacency, plot_comparison, plot_confusion
    from .report.experiment import run_experiment
    from .shapes.cleaning import clean
    from .shapes.coco import write_coco
    from .shapes.components import write_components_csv
    from .shapes.geojson import make_features, write_geojson
    from .shapes.polygons import to_polygons
    from .shapes.svg import write_legend, write_svg
    from .tables.files import apply_palette, measure_files
    from .tables.objects import object_colors
    from .tables.plots import plot_shares
    from .tables.table import measure, to_csv

__all__ = [
    "adjacency",
    "apply_palette",
    "clean",
    "compare",
    "make_features",
    "measure",
    "measure_files",
    "object_colors",
    "patches",
    "pattern",
    "plot_adjacency",
    "plot_comparison",
    "plot_confusion",
    "plot_shares",
    "run_experiment",
    "to_csv",
    "to_matrix",
    "to_polygons",
    "write_coco",
    "write_components_csv",
    "write_geojson",
    "write_legend",
    "write_svg",
]

#: Where the public names live.
_HOMES = {
    "patterns.adjacency": ["adjacency", "to_matrix"],
    "patterns.compare": ["compare"],
    "patterns.pattern": ["patches", "pattern"],
    "patterns.plots": ["plot_adjacency", "plot_comparison", "plot_confusion"],
    "report.experiment": ["run_experiment"],
    "shapes.cleaning": ["clean"],
    "shapes.coco": ["write_coco"],
    "shapes.components": ["write_components_csv"],
    "shapes.geojson": ["make_features", "write_geojson"],
    "shapes.polygons": ["to_polygons"],
    "shapes.svg": ["write_legend", "write_svg"],
    "tables.files": ["apply_palette", "measure_files"],
    "tables.objects": ["object_colors"],
    "tables.plots": ["plot_shares"],
    "tables.table": ["measure", "to_csv"],
}

__getattr__, __dir__, _ = lazy_loader.attach(__name__, submod_attrs=_HOMES)
