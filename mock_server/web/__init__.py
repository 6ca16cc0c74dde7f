"""HTTP, and nothing of what it is about: requests, answers, problems, the protocol, cross-origin requests."""
