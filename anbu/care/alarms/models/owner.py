"""What every signal of this room must have."""

from django.db.models import CheckConstraint, Q


def exactly_one_owner(*, name: str, over: str) -> CheckConstraint:
    """Return the wall: whoever is not over (`over`: its moment) has a person or a post as owner."""
    return CheckConstraint(
        condition=Q(**{f"{over}__isnull": False})
        | Q(owner_staff=None, owner_post__isnull=False)
        | Q(owner_staff__isnull=False, owner_post=None),
        name=name,
    )
