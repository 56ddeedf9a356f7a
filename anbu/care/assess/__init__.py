"""평가: instruments that count, and people who decide. Nothing here changes a tier by itself."""
