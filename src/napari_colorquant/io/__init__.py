"""Files: images of any size, indexed images, palettes.

`read.read_image` and `write.write_indexed` take every format of the one table in `formats`; what a format
needs stands in `pictures/`, `tiff/` or `zarr/`, what is common to all in the files beside them.
"""
