"""Bricks of the docks: forms, plots, tables, icons."""
