"""The legend of a Labels layer on napari's canvas: part of every screenshot and exported figure."""
