"""Commands of the menus.

Takes the viewer and its active result; gives new layers (class map, error map), docks and files.
"""
