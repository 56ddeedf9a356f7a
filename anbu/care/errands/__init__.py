"""할 일: what somebody has promised to do for a person, by which day, and what came of it."""
