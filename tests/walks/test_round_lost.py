"""A telephone that is lost: the office cuts it off, and it deletes what it keeps by itself."""

from playwright.sync_api import Page, expect

from anbu.care.foundation.queries import now
from anbu.care.rounds.actions import workers
from anbu.care.rounds.models import Contact, Device
from tests.care.rounds.a_round import Round
from tests.walks.city import PASSWORD_OF
from tests.walks.conftest import Desk, next_code
from tests.walks.looks import picture
from tests.walks.test_round_phone import PIN, Take, come_in, day, kept_names, reached, telephone

__all__ = ["day", "telephone"]  # fixtures of the telephone
OF_TODAY = {"wrap", "pack", "day"}


def cut_off(desk: Desk, day: Round) -> None:
    """Do at the office what the form of the worker's page does."""
    planner = desk.evening.world.planner
    workers.cut_off(worker=day.worker.pk, sure=True, by=planner, now=now())


def test_found_by_somebody_it_is_empty_before_a_number_is_typed(
    desk: Desk, day: Round, telephone: Take
) -> None:
    context = telephone()
    page = come_in(context, desk)
    assert kept_names(page) >= OF_TODAY
    context.set_offline(True)
    reached(page, "채길수")
    page.close()  # it lies somewhere, with one log that was never sent
    cut_off(desk, day)
    context.set_offline(False)
    found = context.new_page()
    found.goto(f"{desk.url}/round/")
    expect(found.locator("#sign-in")).to_be_visible()
    expect(found.locator("#kept")).to_contain_text("1건")
    expect(found.locator("body")).not_to_contain_text("채길수")
    assert not OF_TODAY & kept_names(found)
    picture(found, "round-cut-off")
    assert not Contact.objects.filter(device__isnull=False).exists()

    found.locator("#sign-in").tap()  # the worker has it back
    found.fill("[name=login]", "dol")
    _come_back(found)
    expect(found.locator("h1")).to_contain_text("오늘 안부")
    expect(found.locator("#sync")).not_to_contain_text("보낼 것")
    assert Contact.objects.filter(device=Device.objects.get()).count() == 1


def _come_back(page: Page) -> None:
    page.fill("[name=password]", PASSWORD_OF["dol"])
    page.click("main form button")
    page.wait_for_url("**/login/second**")
    page.fill("[name=code]", next_code("dol"))
    page.click("main form button")
    page.wait_for_url("**/round/")
    page.fill("#pin-1", PIN)
    page.fill("#pin-2", PIN)
    page.locator("form .big").tap()
