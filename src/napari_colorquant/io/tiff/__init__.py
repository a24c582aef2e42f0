"""TIFF, BigTIFF, OME-TIFF and ImageJ hyperstacks: what they mean, in memory and chunk by chunk."""
