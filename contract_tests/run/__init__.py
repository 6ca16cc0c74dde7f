"""What a run is: the survey before it, its checks and their verdicts, the clean-up, and its one life."""
