"""The verbs: an image and a `Recipe` in, an `IndexedImage` out; also frame by frame and for pyramids."""
