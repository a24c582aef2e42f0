"""What is measured of an indexed image: rows of one table of columns, for images, regions, objects and folders."""
