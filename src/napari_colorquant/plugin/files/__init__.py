"""What napari opens and saves through us: readers, writers, menu commands, samples."""
