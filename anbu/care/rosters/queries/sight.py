"""Which rosters a person may read, and which they keep. Everything else does not exist for them."""

from django.db.models import Q, QuerySet

from anbu.care.places.models import Organisation, Post
from anbu.care.staff.models import Staff

ROLE = Staff.Role
WORKS_AT_A_POST = (ROLE.OPERATOR, ROLE.SUPERVISOR, ROLE.PLANNER, ROLE.NURSE, ROLE.RESPONDER)
# Who may cover a duty: who may answer signals (staff.rules.access: TAKES_PART).
COVERS = (ROLE.OPERATOR, ROLE.SUPERVISOR, ROLE.PLANNER, ROLE.RESPONDER)
LEADS = {
    Post.CENTRE: ROLE.SUPERVISOR,
    Post.DONG: ROLE.PLANNER,
    Post.VENDOR: ROLE.RESPONDER,  # a vendor's people keep their own; the city all
}


def posts_seen(*, seen_by: Staff) -> QuerySet[Post]:
    """Return the posts whose rosters this person may read.

    One's own; for somebody responsible at the centre, and for the city, all; for a district its
    dongs'.
    """
    posts = Post.objects.order_by("kind", "name", "id")
    if not seen_by.is_active:
        return posts.none()
    if seen_by.role == ROLE.SUPERVISOR or is_of_the_city(seen_by):
        return posts
    if seen_by.role in WORKS_AT_A_POST:
        return posts.filter(id=seen_by.post_id or 0)
    if seen_by.role == ROLE.OFFICER:
        return posts.filter(dong__district=_district(seen_by))
    return posts.none()


def posts_kept(*, seen_by: Staff) -> QuerySet[Post]:
    """Return the posts whose rosters this person writes: the lead's own, or those below them."""
    posts = posts_seen(seen_by=seen_by)
    if seen_by.role == ROLE.OFFICER:
        return posts
    return posts.filter(id=seen_by.post_id or 0, kind__in=_led_by(seen_by))


def may_keep(*, post: int, seen_by: Staff) -> bool:
    """Say whether this person writes the roster of this post."""
    return posts_kept(seen_by=seen_by).filter(id=post).exists()


def colleagues_of(post: int) -> QuerySet[Staff]:
    """Return who may stand on the roster of this post."""
    there = Staff.objects.filter(post_id=post, is_active=True, role__in=COVERS)
    return there.order_by("name", "id")


def leads_of(post: Post) -> Q:
    """Return the condition of who leads a post."""
    return Q(post=post, role=LEADS[post.kind])


def _led_by(seen_by: Staff) -> list[str]:
    return [kind for kind, role in LEADS.items() if role == seen_by.role]


def is_of_the_city(seen_by: Staff) -> bool:
    """Say whether this person works for the city itself."""
    return (
        seen_by.role == ROLE.OFFICER
        and seen_by.organisation is not None
        and seen_by.organisation.kind == Organisation.Kind.CITY
    )


def _district(seen_by: Staff) -> int | None:
    return seen_by.organisation.district_id if seen_by.organisation else None
