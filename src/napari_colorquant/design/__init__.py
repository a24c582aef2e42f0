"""Palette design around the quantizers: colours with counts in, a `Palette` out."""
