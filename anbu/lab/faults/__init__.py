"""The fault laboratory: it breaks a throw-away city on purpose and holds the truth against it."""
