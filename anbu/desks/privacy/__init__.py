"""The desk of who reviews looking: what is odd, what was broken, a month to be signed."""
