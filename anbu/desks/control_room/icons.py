"""Our own icons, drawn on a grid of 24 with a stroke of 1.7."""

ICONS = {
    "pulse": '<circle cx="13" cy="13" r="12"/><path d="M5 14h4l2-5 3 9 2-4h5"/>',
    "lv3": '<path class="h" d="M7.6 2h8.8L22 7.6v8.8L16.4 22H7.6L2 16.4V7.6z"/>'
    '<path d="M7.6 2h8.8L22 7.6v8.8L16.4 22H7.6L2 16.4V7.6z"/>'
    '<path class="w" d="M12 7v6.5M12 17v.2"/>',
    "lv2": '<path d="M12 3 22.5 21h-21z"/><path class="w" d="M12 9.5v5.5M12 18v.2"/>',
    "lv1": '<circle cx="12" cy="12" r="9"/><circle class="f" cx="12" cy="12" r="2.6"/>',
    "unseen": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/>'
    '<path class="w" d="M3.5 21 20.5 3"/>',
    "safe": '<circle cx="12" cy="12" r="9.5"/><path class="w" d="m7.5 12.3 3.2 3.2 6-6.5"/>',
    "tick": '<path class="w" d="m4 12.5 5.5 5.5L20 6.5"/>',
    "dash": '<path d="M5 12h14"/>',
    "person": '<circle cx="12" cy="8" r="4.5"/>'
    '<path d="M3.5 21.5c1-5 4.5-6.5 8.5-6.5s7.5 1.5 8.5 6.5"/>',
    "people": '<circle cx="9" cy="8" r="4"/><path d="M2 20.5c.8-4.5 3.7-6 7-6s6.2 1.5 7 6'
    'M16 4.5a4 4 0 0 1 0 7M18.5 14.8c2 .9 3 2.7 3.5 5.7"/>',
    "phone": '<path d="M6.5 3 10 8 8 10.5a13 13 0 0 0 5.5 5.5L16 14l5 3.5c0 2-1.5 3.5-3.5 3.5'
    'C10 21 3 14 3 6.5 3 4.5 4.5 3 6.5 3z"/>',
    "message": '<path d="M3 5h18v12H11l-5 4v-4H3z"/>',
    "truck": '<path d="M2 6h12v11H2zM14 10h4.5L22 13.5V17h-8z"/><circle cx="7" cy="18" r="2"/>'
    '<circle cx="17.5" cy="18" r="2"/>',
    "home": '<path d="M3 11.5 12 4l9 7.5V21h-6v-6H9v6H3z"/>',
    "back": '<path d="m15 4-8 8 8 8"/>',
    "clock": '<circle cx="12" cy="12" r="9.5"/><path d="M12 6.5V12l4 2.5"/>',
    "pin": '<path d="M12 22s7.5-7 7.5-12.5a7.5 7.5 0 0 0-15 0C4.5 15 12 22 12 22z"/>'
    '<circle cx="12" cy="9.5" r="2.5"/>',
    "key": '<circle cx="8" cy="16" r="5"/><path d="m11.5 12.5 9-9M16 8l3.5 3.5"/>',
    "shield": '<path d="M12 2.5 20.5 6v6c0 5-3.5 8-8.5 9.5C7 20 3.5 17 3.5 12V6z"/>',
    "health": '<rect x="2" y="8" width="20" height="8" rx="4"/><path d="M12 8v8"/>',
    "note": '<path d="M5 3h14v18H5zM9 8h6M9 12h6M9 16h4"/>',
    "hand": '<path d="M4 12h14M13 6l6 6-6 6"/>',
    "pause": '<path d="M8 5v14M16 5v14"/>',
    "sign": '<path d="M2 13h5l2.5-7 4 13 2.500-6h6"/>',
    "search": '<circle cx="10.5" cy="10.5" r="7"/><path d="m16 16 5.5 5.5"/>',
    "cross": '<path class="w" d="M6 6l12 12M18 6 6 18"/>',
    "sound": '<path d="M4 9v6h4l5 4V5L8 9zM17 8.5a5 5 0 0 1 0 7"/>',
}


def draw(lines: str) -> str:
    """Return an icon's lines as a picture that is read to nobody."""
    return f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{lines}</svg>'
