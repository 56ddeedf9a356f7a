"""How a page looks: held against axe, and kept as a picture beside the mock-ups."""

import json
import os
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / os.environ.get("ANBU_PICTURES", "build/pictures")  # `make pictures`: the docs'
AXE = ROOT / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check_axe(page: Page) -> None:
    """Fail on anything that axe-core finds."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "tags => axe.run({ runOnly: tags }).then(r => r.violations.map("
        "v => [v.id, v.help, v.nodes.map(n => n.html.slice(0, 160))]))",
        TAGS,
    )
    assert found == [], json.dumps(found, ensure_ascii=False, indent=1)


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep what the page looks like; an empty page makes no picture of this size."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target, full_page=whole)
    assert target.stat().st_size > 10_000
