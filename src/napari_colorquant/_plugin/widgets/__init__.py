"""Bricks of the docks: forms, plots, tables, icons, the debouncer.

Takes plain values; gives Qt widgets. It knows no layer and no viewer.
"""
