"""Templates in force: a city's own, and where it has none those that come with Anbu."""

from collections.abc import Mapping
from datetime import datetime

from .. import models
from ..rules import Kind, Template, read_shipped


def templates_in_force(*, now: datetime) -> Mapping[Kind, Template]:
    """Return the words of each kind of message. One query."""
    rows = (
        models.Template.objects.filter(valid_from__lte=now)
        .order_by("kind", "-version")
        .distinct("kind")
    )
    return dict(read_shipped()) | {Kind(row.kind): _value(row) for row in rows}


def template_named(name: str) -> Template:
    """Return the words that a message was written in: `kind/version`."""
    kind, _, version = name.partition("/")
    if version in ("", "0"):
        return read_shipped()[Kind(kind)]
    return _value(models.Template.objects.get(kind=kind, version=int(version)))


def _value(row: models.Template) -> Template:
    return Template(
        kind=Kind(row.kind),
        text=row.text,
        subject=row.subject,
        kakao=row.kakao,
        ways=tuple(row.ways),
        version=row.version,
    )
