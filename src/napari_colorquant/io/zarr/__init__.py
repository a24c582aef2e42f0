"""Zarr and OME-Zarr, in folders and zipped; `places` alone does without the library."""
