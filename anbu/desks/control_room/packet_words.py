"""What a packet for 119 and 112 says, and how it is read aloud: one sentence after another."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from anbu.care.alarms.rules import aside

from . import field_words, inbound_words, strip_words, timeline_words, words


class Spoken(NamedTuple):
    """One line to read aloud; `code`: here somebody opens the way in, and says it."""

    part: str
    text: str
    code: bool = False


def place(home: Any) -> str:
    """Return where it is, as an address is said."""
    whole = home.address.startswith(home.district)  # some registers write the district too
    road = home.address if whole else f"{home.district} {home.address}".strip()
    return ", ".join(filter(None, (road, home.unit)))


def lines(packet: Any, *, now: Any) -> list[Spoken]:
    """Return what to say to a dispatcher, in the order in which they ask."""
    said = [
        *_where(packet),
        *_who(packet),
        *_way_in(packet),
        *_why(packet, now),
        *_others(packet, now),
    ]
    told = _("끝입니다. 제공 번호 %(code)s, 결과는 %(phone)s(으)로 알려 주세요.")
    said.append(Spoken("", told % {"code": packet.given.code, "phone": packet.reply_to}))
    return [each for each in said if each.text]


def _where(packet: Any) -> list[Spoken]:
    home = packet.home
    found = [Spoken("where", _("%(place)s입니다.") % {"place": place(home)})]
    if home.building:
        found.append(Spoken("where", home.building))
    if home.is_protected:
        found.append(Spoken("where", _("보호 주소입니다. 누구에게도 알리지 마세요.")))
    return found


def _who(packet: Any) -> list[Spoken]:
    told = {"name": packet.home.name, "age": words.age_of(packet.age, packet.home.sex)}
    found = [Spoken("who", _("%(name)s 님, %(age)s, 혼자 삽니다.") % told)]
    if packet.health:
        found.append(Spoken("health", packet.health))
    return found


def _way_in(packet: Any) -> list[Spoken]:
    home, found = packet.home, []
    if home.has_door_note:
        found.append(Spoken("way_in", _("공동현관은 지금 말로 알려 드립니다."), code=True))
    if home.key_holder:
        found.append(Spoken("way_in", _("열쇠: %(who)s") % {"who": home.key_holder}))
    if home.hazard_note:
        found.append(Spoken("way_in", _("조심할 것: %(what)s") % {"what": home.hazard_note}))
    return found


def _why(packet: Any, now: Any) -> list[Spoken]:
    found = [Spoken("why", words.reason(packet.row, now=now))]
    if packet.urgent:
        found.append(Spoken("why", packet.urgent))
    found += [Spoken("why", attempt(each, now=now)) for each in packet.attempts]
    return found


def _others(packet: Any, now: Any) -> list[Spoken]:
    found = [
        Spoken("contacts", f"{each.relation} {each.name} {each.phone}") for each in packet.contacts
    ]
    return found + [Spoken("beside", beside(each, now=now)) for each in packet.beside]


def beside(who: Any, *, now: Any) -> str:
    """Return who is there or called, with the number: 출동 업체 박출동 010-… · 22:57 도착."""
    if who.is_sent:
        role = str(field_words.AGENTS.get(who.role, _("현장에 보낸 사람")))
        at = strip_words.clock(who.arrived_at or who.at, beside=now)
        since = _("%(at)s 도착") if who.arrived_at else _("%(at)s 보냄, 가는 중")
    else:
        role = _("전화한 사람 (%(who)s)") % {"who": inbound_words.CALLERS[who.role]}
        at, since = strip_words.clock(who.at, beside=now), _("%(at)s 전화")
    told = " ".join(filter(None, (role, who.name, who.phone)))
    return f"{told} · {since % {'at': at}}"


def attempt(entry: Any, *, now: Any) -> str:
    """Return one thing that was tried, with its time: 22:05 전화 — 받지 않음."""
    line = timeline_words.line(entry, now=now)
    told = entry.detail.get("note") or entry.detail.get("words") or ""
    said = " ".join(filter(None, (line.lead, line.strong)))
    at = strip_words.clock(entry.at, beside=now)
    return " · ".join(filter(None, (f"{at} {said}", aside(str(told)))))
