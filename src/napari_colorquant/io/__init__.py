"""Files: images, indexed images, images larger than memory, palettes."""
