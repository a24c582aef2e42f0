"""Palette design around the quantizers: colours with counts in, a `Palette` of 8-bit colours out."""
