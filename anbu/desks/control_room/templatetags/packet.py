"""What the templates of packets and incoming calls need: their words."""

from typing import Any

from django import template

from anbu.care.alarms import rules
from anbu.care.foundation.queries import now

from .. import inbound_words, packet_tables, packet_words, words

register = template.Library()


@register.filter
def packet_word(code: Any, table: str) -> str:
    """Return the word for a code from one of the tables of packet_tables.py."""
    return str(getattr(packet_tables, table).get(code, code))


@register.filter
def packet_place(home: Any) -> str:
    """Return an address as it is said."""
    return packet_words.place(home)


@register.filter
def aside(text: str) -> str:
    """Return a note as short as a dispatcher can hear it."""
    return rules.aside(text)


@register.simple_tag
def packet_age(packet: Any) -> str:
    """Return age and sex of whom a packet is about."""
    return words.age_of(packet.age, packet.home.sex)


@register.simple_tag
def packet_attempt(entry: Any) -> str:
    """Return one thing that was tried, with its time."""
    return packet_words.attempt(entry, now=now())


@register.simple_tag
def packet_beside(who: Any) -> str:
    """Return who is at the home or telephoned about it."""
    return packet_words.beside(who, now=now())


@register.filter
def inbound_word(code: Any, table: str) -> str:
    """Return the word for a code from one of the tables of inbound_words.py."""
    return str(getattr(inbound_words, table).get(code, code))


@register.filter
def said_of(call: Any) -> str:
    """Return what was said in a call, in a few words."""
    return inbound_words.said(call)


@register.filter
def call_line(step: Any) -> str:
    """Return one line of what was done about a call."""
    return inbound_words.line(step)
