"""The world of one client: people, packages and records, and the time there. Plain Python, no HTTP."""
