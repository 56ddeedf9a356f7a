"""The little drawings at the left of a full strip, one per channel, on a grid of 24."""

_PLUG = '<path d="M8 2v6M16 2v6M5 8h14v3a7 7 0 0 1-14 0zM12 18v4"/>'
_BULB = '<path d="M9 18h6M10 21.5h4M12 2.5a6.5 6.5 0 0 0-4 11.6V16h8v-1.9a6.5 6.5 0 0 0-4-11.6z"/>'
_BARS = '<path d="M5 20v-4M10 20v-8M15 20V8M20 20V4"/>'
_DOOR = '<path d="M6 22V3h12v19M3 22h18M14 12v1"/>'
_STEPS = '<path d="M4 19h5v-5h5V9h5V4"/>'
_TALK = '<path d="M3 5h18v12H11l-5 4v-4H3z"/>'

LANE_ICONS = {
    "power_w": _PLUG,
    "energy_wh": _PLUG,
    "lux": _BULB,
    "motion": _STEPS,
    "door": _DOOR,
    "contact": _DOOR,
    "calls": _BARS,
    "sms": _BARS,
    "data_kb": _BARS,
    "steps": _STEPS,
    "screen": _BARS,
    "checkin": _TALK,
    "presence": _TALK,
}
PEOPLE_ICON = (
    '<circle cx="9" cy="8" r="4"/><path d="M2 20.5c.8-4.5 3.7-6 7-6s6.2 1.5 7 6'
    'M16 4.5a4 4 0 0 1 0 7M18.5 14.8c2 .9 3 2.7 3.5 5.7"/>'
)
