"""The page made for the spec: what the document says beside what was assumed, for people to read.

It knows a spec and no server, and says nothing that the spec does not say.
"""
