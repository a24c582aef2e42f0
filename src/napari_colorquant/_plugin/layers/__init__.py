"""What the plugin knows of napari's layers.

Takes layers, indexed images and palettes; gives layers to be (tuples), what a result layer holds, regions and
the visible region as arrays, and keeps the layers of a result in step. It knows no dock and starts no thread.
"""
