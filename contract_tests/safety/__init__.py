"""What keeps the service safe: the guard at the one exit, the ledger of what is ours, and no secret shown."""
