"""Pixel mapping: palette and pixels in, labels out, with or without a dither."""
