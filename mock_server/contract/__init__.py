"""A contract, compiled once: what an OpenAPI file says, as code that checks requests and answers.

It knows no record and no organisation: `Contract` finds the `Operation` of a path and a method, its `Parameter`s
and `Body` check and decode what was sent into a `Reading`, and its `Answer` forms and checks what the handler
returned before that leaves.
"""
