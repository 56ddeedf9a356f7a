"""Putting a city's own words in force."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from anbu.care.foundation.actions import record

from .. import rules
from ..models import Template


@transaction.atomic
def load_templates(*, text: str, by: str, now: datetime) -> list[rules.Template]:
    """Put the templates of a TOML file in force; what is the same already stays as it is."""
    loaded = []
    templates = rules.parse(text)
    if fixed := set(templates) & rules.TO_STAFF:
        raise rules.BadTemplate(
            f"안부에 딸린 문안이라 바꿀 수 없습니다: {', '.join(sorted(fixed))}"
        )
    for kind, told in templates.items():
        rows = Template.objects.select_for_update().filter(kind=kind)
        newest = rows.order_by("-version").first()
        if newest is not None and _same(newest, told):
            continue
        version = (rows.aggregate(most=Max("version"))["most"] or 0) + 1
        Template.objects.create(
            kind=kind,
            version=version,
            text=told.text,
            subject=told.subject,
            kakao=told.kakao,
            ways=list(told.ways),
            valid_from=now,
            loaded_by=by,
        )
        loaded.append(_as(told, version))
        record(by=by, verb="load_template", at=now, template=f"{kind}/{version}")
    return loaded


def _same(row: Template, told: rules.Template) -> bool:
    return (row.text, row.subject, row.kakao, tuple(row.ways)) == (
        told.text,
        told.subject,
        told.kakao,
        told.ways,
    )


def _as(told: rules.Template, version: int) -> rules.Template:
    return rules.Template(
        kind=told.kind,
        text=told.text,
        subject=told.subject,
        kakao=told.kakao,
        ways=told.ways,
        version=version,
    )
