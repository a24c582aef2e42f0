"""What napari opens and saves through the plugin.

Takes paths and layer data; gives layers to be, written files and sample images.
"""
