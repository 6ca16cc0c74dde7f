"""The contract, compiled once: what spec/openapi.yaml says, as code that checks and answers requests.

A request goes through in one direction: `Middleware` takes bytes from the server, `Contract` finds the
`Operation`, its `Parameter`s and `Body` check and decode what was sent, the handler answers, and the
`Operation` checks that answer too before it leaves.
"""
