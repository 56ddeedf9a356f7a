"""Who may sit where, and what a first password looks like."""

import secrets

# No 0/O, 1/l/I: a first password is read aloud or copied from paper.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 4, 5  # 20 letters of 32: 100 bits

POST_KIND_OF_ROLE = {"operator": "centre", "supervisor": "centre", "planner": "dong"}


class NotAllowed(ValueError):
    """Something that the rules of staff forbid, said in one Korean sentence."""


def make_password() -> str:
    """Return a password nobody can guess and a tired person can type."""
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS)
    )


def check_seat(role: str, post_kind: str) -> None:
    """Refuse a person whose role does not belong to that kind of post."""
    if POST_KIND_OF_ROLE.get(role) != post_kind:
        raise NotAllowed("이 역할은 그 자리에서 일할 수 없습니다.")
