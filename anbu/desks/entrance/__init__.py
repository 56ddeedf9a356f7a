"""The desk everybody comes in by: sign-in, second factor, one's own account, the start page."""
