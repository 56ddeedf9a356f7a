"""Who somebody is who holds no account here: an identity service says so, and only that."""
