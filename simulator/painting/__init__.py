"""Invented construction sites, painted with code: a canvas, a camera, and one module per kind of place."""
