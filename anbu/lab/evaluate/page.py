"""The page of an evaluation: one HTML file with its pictures inside, and nothing to fetch."""

import html
from collections.abc import Sequence
from typing import Any

STYLE = """
body{font:16px/1.6 "Pretendard GOV","Noto Sans KR",sans-serif;max-width:64rem;margin:2rem auto;
padding:0 1rem;color:#1e2124;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.5rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;border-bottom:1px solid #cdd1d5;text-align:right}
th:first-child,td:first-child{text-align:left}
caption{text-align:left;font-weight:600;padding:.5rem 0}
figure{margin:1.5rem 0}figcaption{color:#464c53}svg{max-width:100%;height:auto}
.wide{overflow-x:auto}
"""

ROWS = (
    ("alarms_a_month", "경보 (가구·월)", "{:.2f}"),
    ("soft_contacts_a_month", "자동 안부 연락 (가구·월)", "{:.2f}"),
    ("human_alarms_a_month", "사람이 받는 경보 (가구·월)", "{:.2f}"),
    ("operator_minutes_a_month", "관제 시간 (분, 가구·월)", "{:.1f}"),
    ("mean_h", "쓰러진 뒤 경보까지 평균 (시간)", "{:.1f}"),
    ("median_h", "중앙값 (시간)", "{:.1f}"),
    ("p90_h", "늦은 10% (시간)", "{:.1f}"),
    ("missed", "72시간 안에 못 찾음", "{:.1%}"),
    ("ladder_mean_h", "자동 안부 포함, 사람까지 평균 (시간)", "{:.1f}"),
)
CAUGHT = (
    ("earlier", "더 빨리"),
    ("same", "비슷하게 (1시간 안)"),
    ("later", "더 늦게"),
    ("newly_missed", "새로 놓침"),
    ("newly_caught", "새로 찾음"),
)
LIMITS = (
    "쓰러짐은 기록의 가장 조용한 시간으로 만든 가상 사례이며 실제 사망 기록이 아닙니다.",
    "조용한 시간에도 실제 활동이 섞여 있을 수 있어 지연이 짧게 나올 수 있습니다.",
    "가구 수가 적으면 구간(90%)이 넓습니다. 구간이 1을 넘으면 차이를 말할 수 없습니다.",
)


def page(figures: dict[str, Any], pictures: dict[str, str]) -> str:
    """Return the whole page; `pictures` = caption to SVG."""
    now, new = figures["policies"]
    parts = [
        f"<h1>판단 기준 비교: {_safe(now)} → {_safe(new)}</h1>",
        f"<p>{figures['homes']}개 기록({figures['households']}가구), {figures['months']}가구·월, "
        f"가상 쓰러짐 {figures['collapses']:,}건. 72시간이 지나면 놓친 것으로 봅니다.</p>",
    ]
    for caption, picture in pictures.items():
        parts.append(f"<figure>{picture}<figcaption>{_safe(caption)}</figcaption></figure>")
    for found in figures["kinds"].values():
        parts.append(f"<h2>{_safe(found['label'])} · {found['homes']}개 기록</h2>")
        parts.append(_as_set(found["as_set"], now, new))
        parts.append(_caught(found["caught"]))
        parts.append(_equal(found["equal_false_alarms"], now, new))
    parts.append("<h2>한계</h2><ul>" + "".join(f"<li>{line}</li>" for line in LIMITS) + "</ul>")
    return (
        '<!doctype html><html lang="ko"><meta charset="utf-8"><title>안부 판단 기준 비교</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<main>{''.join(parts)}</main></html>"
    )


def _as_set(found: dict[str, Any], now: str, new: str) -> str:
    rows = [
        (label, form.format(found[now][key]), form.format(found[new][key]))
        for key, label, form in ROWS
    ]
    return _table("설정한 그대로", ("", now, new), rows)


def _caught(found: dict[str, float]) -> str:
    rows = [tuple(f"{found[key]:.1%}" for key, _ in CAUGHT)]
    return _table("같은 쓰러짐을 새 기준은", tuple(label for _, label in CAUGHT), rows)


def _equal(found: list[dict[str, Any]], now: str, new: str) -> str:
    means = (f"{now} 평균", f"{new} 평균", "비율 [90%]")
    head = ("헛경보 (가구·월)", *means, f"{now} 놓침", f"{new} 놓침")
    rows = [
        (
            f"{row['false_alarms_a_month']:g}",
            f"{row[now]['mean_h']:.1f}",
            f"{row[new]['mean_h']:.1f}",
            "{mean:.2f} [{low:.2f}, {high:.2f}]".format(**row["ratio"]),
            f"{row[now]['missed']:.1%}",
            f"{row[new]['missed']:.1%}",
        )
        for row in found
    ]
    return _table("헛경보 수가 같을 때 (시간)", head, rows)


def _table(caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    top = "".join(f'<th scope="col">{_safe(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="wide"><table><caption>{caption}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _safe(text: str) -> str:
    return html.escape(str(text))
