"""How long what is kept, on which legal basis, and what is left of it. Pure: a table."""

from .retention_keep import MONTH, Keep
from .retention_people import PEOPLE
from .retention_plans import PLANS
from .retention_readings import READINGS
from .retention_rounds_log import ROUNDS_LOG
from .retention_rounds_office import ROUNDS_OFFICE
from .retention_signals import SIGNALS
from .retention_visits import VISITS

__all__ = ["MONTH", "NAMES_NOBODY", "TABLE", "Keep"]

# Visits before signals: a visit names the signal it became. Plans before logs: they name them.
TABLE: tuple[Keep, ...] = (
    *READINGS,
    *VISITS,
    *PLANS,
    *ROUNDS_OFFICE,
    *ROUNDS_LOG,
    *SIGNALS,
    *PEOPLE,
)

# Tables in which nobody stands whom we look after.
NAMES_NOBODY = frozenset(
    {
        "alarms_board",
        "alarms_brake",
        "alarms_groupsignal",
        "alarms_lastlook",
        "alarms_citycount",
        "alarms_cityfeeds",
        "alarms_policy",
        "alarms_provisionyear",
        "alarms_protocol",
        "alarms_standstill",
        "assess_instrument",
        "concerns_round",
        "effects_template",
        "exports_export",
        "foundation_pulse",
        "places_contract",
        "places_district",
        "places_dong",
        "places_dutyhours",
        "places_holiday",
        "places_organisation",
        "places_post",
        "places_succession",
        "places_tally",
        "readings_detectorpolicy",
        "readings_group",
        "readings_groupcount",
        "readings_groupincident",
        "readings_grouplook",
        "readings_provider",
        "readings_rolllook",
        "readings_study",
        "register_doublerun",
        "rosters_hole",
        "rosters_link",
        "rosters_need",
        "rosters_rotation",
        "rosters_swap",
        "rosters_teammember",
        "rosters_turn",
        "rounds_cadencerow",
        "rounds_dayoff",
        "rounds_upto",
        "rounds_worker",
        "staff_grant",
        "staff_shift",
        "staff_staff",
    }
)
