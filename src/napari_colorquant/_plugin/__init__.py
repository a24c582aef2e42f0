"""The napari shell: the only room that knows napari, Qt and magicgui."""
