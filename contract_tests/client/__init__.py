"""Asking the service: steps as they are meant, exchanges as they went, and the client that sends them."""
