"""The passwords of tests: the same method as in earnest, without its price."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Cheap(Argon2PasswordHasher):
    """Argon2 as it must not be used: hundreds of worlds are made, each with its staff."""

    time_cost = 1
    memory_cost = 8  # KiB
    parallelism = 1
