"""`anbu study`: run one study that the clock role claimed. People ask for studies at a desk."""

import os
from uuid import UUID

import click

from anbu.care.foundation.queries import now
from anbu.care.readings import actions
from anbu.config import logs
from anbu.lab import past

NICE = 10


@click.command()
@click.argument("study", type=click.UUID)
def study(study: UUID) -> None:
    """Hold a rule against the past, at low priority, and keep the figures."""
    logs.set_up()
    os.nice(NICE)
    try:
        past.run(study, now=now())
    except Exception as error:
        actions.fail_study(study=study, why=f"프로그램 오류: {type(error).__name__}", now=now())
        raise
