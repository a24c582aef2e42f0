"""The dock of the colour space: the colours of a result as a cloud.

Takes the active result layer; gives a view of it, and the selection of entries that is shared with its layers.
"""
