"""What the register says of what a telephone may say otherwise."""

from collections.abc import Collection
from uuid import UUID

from anbu.care.people.models import Enrolment, Household, Person

from ..rules.merge import Field, Guarded

YES, NO = "yes", "no"


def present_values(homes: Collection[UUID]) -> dict[Field, str]:
    """Return the present value of every guarded field of these homes. Three queries.

    Risk is the tier, consent whether the home takes part in the care corps.
    """
    found: dict[Field, str] = {}
    rows = Household.objects.filter(id__among=homes).values_list("id", "tier", "address", "unit")
    for home, tier, address, unit in rows:
        found[home, Guarded.RISK] = tier
        found[home, Guarded.ADDRESS] = f"{address} {unit}".strip()
        found[home, Guarded.CONSENT] = NO
    phones = Person.objects.filter(household__among=homes).values_list("household_id", "phone")
    for home, phone in phones:
        found[home, Guarded.PHONE] = phone
    agreed = Enrolment.objects.filter(
        household__among=homes, service=Enrolment.Service.CARE_CORPS, until=None
    )
    for home in agreed.values_list("household_id", flat=True):
        found[home, Guarded.CONSENT] = YES
    return found
