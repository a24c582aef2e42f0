"""TIFF, BigTIFF, OME-TIFF and ImageJ hyperstacks: what they mean, in memory and chunk by chunk.

tifffile takes a tenth of a second to load, a good part of what a start takes: its users are imported where a TIFF is.
"""

#: The first bytes: TIFF and BigTIFF in either order of bytes.
MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
