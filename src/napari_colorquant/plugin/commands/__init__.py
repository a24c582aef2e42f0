"""Commands of the menus that act on a result."""
