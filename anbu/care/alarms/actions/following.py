"""What an alarm does when another dong office begins to answer for its home."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.places.models import Post

from ..models import Alarm, Blindness
from .ledger import Change, give, write


@transaction.atomic
def follow_home(*, household: UUID, out_of: int, now: datetime) -> None:
    """Give what the former dong office holds of this home to the one that answers for it now.

    What the centre or one of its people holds stays there: the clock runs on, in the same hands.
    """
    before = Post.objects.filter(dong=out_of).first()
    open_ones = Alarm.objects.filter(household=household, closed_at=None)
    alarm = open_ones.select_for_update(of=("self",)).select_related("household").first()
    home_dong = alarm.household.dong_id if alarm else None
    if before and alarm and _held_by(alarm, before):
        change = Change(alarm, "follow_home")
        give(change, to=Post.objects.get(dong=home_dong), now=now, how="back")
        write(change, now=now)
    blind = Blindness.objects.filter(household=household, ended_at=None, owner_post=before)
    for each in blind.select_for_update(of=("self",)).select_related("household"):
        each.owner_post = Post.objects.get(dong=each.household.dong_id)
        each.save(update_fields=["owner_post"])


def _held_by(alarm: Alarm, post: Post) -> bool:
    if alarm.owner_staff is not None:
        return alarm.owner_staff.post_id == post.pk
    return alarm.owner_post_id == post.pk
