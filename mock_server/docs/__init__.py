"""What the mock shows of the spec to people."""
