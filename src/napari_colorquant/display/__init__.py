"""How palettes and indexed images show themselves: in notebooks, terminals, figures, and as other programs' colormaps.

Takes colours as texts and arrays of bytes, gives HTML, text for a terminal, axes of matplotlib, or colormaps.
"""
