"""What the register says of what a telephone may say otherwise."""

from collections.abc import Collection
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.people.models import Enrolment

from ..rules.merge import Field, Guarded

YES, NO = "yes", "no"


def present_values(homes: Collection[UUID], *, sight: people.Sight) -> dict[Field, str]:
    """Return the present value of every guarded field of these homes. Three queries.

    Risk is the tier, consent whether the home takes part in the care corps. Whoever asks sees no
    home beyond their sight.
    """
    found: dict[Field, str] = {}
    rows = sight.households.filter(id__among=homes).values_list("id", "tier", "address", "unit")
    for home, tier, address, unit in rows:
        found[home, Guarded.RISK] = tier
        found[home, Guarded.ADDRESS] = f"{address} {unit}".strip()
        found[home, Guarded.CONSENT] = NO
    phones = sight.people.filter(household__among=homes).values_list("household_id", "phone")
    for home, phone in phones:
        found[home, Guarded.PHONE] = phone
    agreed = sight.enrolments.filter(
        household__among=homes, service=Enrolment.Service.CARE_CORPS, until=None
    )
    for home in agreed.values_list("household_id", flat=True):
        found[home, Guarded.CONSENT] = YES
    return found
