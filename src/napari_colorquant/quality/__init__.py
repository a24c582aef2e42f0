"""How far an image is from its original: colour differences, sums over pixels, the error curve."""
