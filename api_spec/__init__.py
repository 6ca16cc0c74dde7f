"""The spec as mock and kit both read it: the file, its overlays, its references, its schemas as JSON Schema.

It knows no operation and no record, and imports nothing of the two others.
"""
