"""관심: a rhythm that slowly changes, for the planner of the dong. Never an alarm."""
