"""What puts a server under pressure and watches what it does: for soak.py and waits.py."""
