"""The dock widget that quantizes: its sections, and what they are made of.

Takes an image layer and the choices of the panel as a recipe; gives the layers of the result, or a preview.
"""
