"""What the templates of assessments need."""

from typing import Any

from django import template

from anbu.care.assess.rules import REPLIES, Asked

from .. import assess_words

register = template.Library()


@register.filter
def own(of: Any, name: str = "text") -> str:
    """Return a word of an instrument's file in the reader's language."""
    return assess_words.own(of, name)


@register.filter
def sum_of(of: Any) -> str:
    """Return a sum, or the range it lies in."""
    return assess_words.total(of)


@register.filter
def bands_of(of: Any) -> str:
    """Return what a sum is called, or may be called."""
    return assess_words.bands(of)


@register.filter
def missing_of(instrument: Any) -> str:
    """Return what of an instrument was not found."""
    return assess_words.missing(instrument)


@register.filter
def assess_label(code: str, table: str) -> str:
    """Return the word for a code from one of the tables of assess_words.py."""
    return str(getattr(assess_words, table).get(code, code))


@register.filter
def decider(line: Any, folder: Any) -> str:
    """Return who decided a tier, by name; a machine that registered the home has none."""
    return str(folder.deciders.get(line.decided_by, ""))


@register.filter
def act_now_of(instrument: Any, item: Any) -> str:
    """Return what is said beside an item whose answer counts by itself."""
    found = [each for each in instrument.overrides if each.item == item.code]
    return assess_words.own(found[0]) if found else ""


@register.filter
def scale_name(instrument: Any, code: str) -> str:
    """Return the name of one of an instrument's parts."""
    return next(assess_words.own(each) for each in instrument.scales if each.code == code)


@register.simple_tag
def chosen(form: Any, item: Any, nth: int) -> str:
    """Return whether this answer was given before, when a form is shown again."""
    given = form[f"q_{item.code}"].value() if form is not None and form.is_bound else None
    return "checked" if given is not None and str(given) == str(nth) else ""


@register.filter
def how_many(some: Any) -> int:
    """Return how many there are."""
    return len(some)


@register.filter
def said(line: Any) -> str:
    """Return what was answered to an item, or nothing."""
    return "" if line.nth is None else assess_words.own(line.item.choices[line.nth])


@register.filter
def replies(request: Any) -> list[tuple[str, Any]]:
    """Return how this request can be answered."""
    return [(each.value, assess_words.REPLIES[each.value]) for each in REPLIES[Asked(request.asks)]]


@register.simple_tag
def counts_by_itself(instrument: Any, item: Any, nth: int) -> str:
    """Return the mark of an answer that cannot wait: the style sheet shows what is said of it."""
    least = [each.at_least for each in instrument.overrides if each.item == item.code]
    return "data-now" if least and item.counted(nth) >= least[0] else ""
