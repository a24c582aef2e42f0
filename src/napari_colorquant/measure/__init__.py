"""Measurements of indexed images: areas and shares, regions, the cloud of colours, many files."""
