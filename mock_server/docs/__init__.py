"""What the mock shows of the spec to people: what the document says beside what was assumed.

It knows a spec and no server, and says nothing that the spec does not say.
"""
