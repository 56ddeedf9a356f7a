"""시민: one's own record. Who looked, what is held, what can be taken back, put right, asked."""
