"""What a front-end team does to the mock beside calling it: faults, journal, coverage, preferences of one request."""
