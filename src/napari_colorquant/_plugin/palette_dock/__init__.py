"""The palette's dock: the table, its edits and undo, measurement, and one palette for other images.

Takes the active result layer as a session; gives edits of it, which can be undone, tables and files.
"""
