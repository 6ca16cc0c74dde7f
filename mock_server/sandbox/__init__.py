"""One organisation together with its faults, journal and coverage; all of these; how they are kept in files."""
