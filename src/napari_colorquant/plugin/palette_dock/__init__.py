"""The palette's dock: the table, its edits and undo, measurement, and one palette for other images."""
