"""What everything runs on: compiled kernels, threads over blocks, progress, work buffers, files written whole."""
