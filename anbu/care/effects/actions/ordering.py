"""Saying in which order one is told, or everybody at one's post."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Refused
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..models import Order
from ..rules import BadOrder, By, Turn, check_order, clean_number, freeze_order


class NoPost(Refused):
    """Whoever has no duty post is told of nothing."""


@transaction.atomic
def set_order(*, phone: str, turns: Sequence[Turn], by: Staff, now: datetime) -> None:
    """Keep a new order of one's own; without turns that of the post counts. Old versions stay."""
    if by.post_id is None:
        raise NoPost("당직 자리가 없는 역할입니다.")
    number = clean_number(phone)
    kept = check_order(turns) if turns else ()
    if any(turn.by is not By.PUSH for turn in kept) and not number:
        raise BadOrder("문자나 전화로 받으려면 전화번호를 적어 주세요.")
    Staff.objects.select_for_update().get(pk=by.pk)  # of two windows one is second
    newest = Order.objects.filter(staff=by).aggregate(most=Max("version"))["most"] or 0
    Order.objects.create(
        staff=by,
        version=newest + 1,
        phone=number,
        turns=freeze_order(kept),
        set_at=now,
        set_by=by,
    )
    record(by=by.actor, verb="set_order", at=now, version=newest + 1)


@transaction.atomic
def set_post_order(*, turns: Sequence[Turn], by: Staff, now: datetime) -> None:
    """Keep a new order of one's post, for everybody there who has none of their own."""
    if by.post_id is None or by.role != Staff.Role.SUPERVISOR:
        raise NoPost("자리의 차례는 관제 책임자가 정합니다.")
    kept = check_order(turns) if turns else ()
    Post.objects.select_for_update().get(pk=by.post_id)
    newest = Order.objects.filter(post=by.post_id).aggregate(most=Max("version"))["most"] or 0
    Order.objects.create(
        post_id=by.post_id,
        version=newest + 1,
        turns=freeze_order(kept),
        set_at=now,
        set_by=by,
    )
    record(by=by.actor, verb="set_post_order", at=now, post=by.post_id, version=newest + 1)
