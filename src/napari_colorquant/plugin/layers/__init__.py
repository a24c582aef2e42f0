"""What the plugin knows of napari's layers: results as layers, and layers as results."""
