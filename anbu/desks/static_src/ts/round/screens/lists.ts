// 내 이웃, 내 시간, 보낼 것.
import { button, h, icon } from "../dom";
import { readable, send } from "../outbox";
import { app, go, nameOf } from "../state";
import type { Event as Told, Last } from "../types";
import { dateText, hourText, howLong, numberText, t } from "../words";
import { VALUES } from "./fact";
import { resultText } from "./log";
import { beginLink, linksOf } from "./link";
import { endDay, lock } from "../unlock";
import { head, page, status, tabs } from "./frame";
import { languages } from "./entry";

const top = (title: string): HTMLElement => h("header", { class: "rd-top" }, h("div", { class: "row" }, h("h1", { class: "grow", tabindex: -1 }, title), status()));

function lastText(last: Last): string {
  if (!last.at || last.days === null) return t("no_last");
  return t("last_was", { day: last.days ? `${dateText(last.at.slice(0, 10), {})} · ${t("days_ago", { n: last.days })}` : t("is_today") });
}

export function neighbours(): HTMLElement {
  const all = app.pack?.neighbours ?? [];
  const list = h("ul", { class: "rd-list" }, ...all.map((each) => h("li", { class: "rd-card", "data-name": each.name }, h("h2", {}, each.name),
    h("div", { class: "row" }, h("p", { class: "t2 grow" }, lastText(each.last), linksOf(each.home) ? ` · ${t("link_n", { n: linksOf(each.home) })}` : ""),
      h("button", { type: "button", class: "rd-link", "aria-label": `${t("link_add")} ${each.name}`, click: () => beginLink(each.home) }, t("link_add"))))));
  const narrow = (): void => list.querySelectorAll<HTMLElement>("li").forEach((each) => { each.hidden = !each.dataset["name"]!.includes(app.find.trim()); });
  narrow();
  return page(top(t("my_n", { n: all.length })),
    h("main", {}, h("p", { class: "rd-find" }, h("label", { for: "find" }, t("find")),
      h("input", { id: "find", type: "search", value: app.find, autocomplete: "off", input: (event: Event) => { app.find = (event.target as HTMLInputElement).value; narrow(); } })), list), tabs());
}

export function hours(): HTMLElement {
  const told = app.pack?.hours;
  const over = new Set(told?.month.over_days);
  const share = told ? Math.min(100, (100 * told.month.paid_min) / told.full_min) : 0;
  const part = h("i");
  part.style.width = `${share}%`;
  const line = (words: string, said: string): HTMLElement => h("div", {}, h("dt", {}, words), h("dd", { class: "num" }, said));
  return page(top(t("hours")), h("main", { class: "rd-log" },
    told ? h("section", { class: "rd-card" },
      h("h2", {}, t("month", { m: Number(app.pack!.day.slice(5, 7)) })),
      h("p", { class: "rd-figure num" }, howLong(told.month.paid_min), " ", h("small", {}, t("of_full", { full: howLong(told.full_min) }))),
      h("div", { class: "rd-bar", "aria-hidden": "true" }, part),
      h("dl", { class: "rd-facts" }, line(t("allowance"), t("won", { n: numberText(told.month.allowance_krw) })), line(t("left_today"), howLong(told.left_min))),
      h("p", { class: "t2" }, t("rule")), h("p", { class: "t2" }, t("rule_sent"))) : null,
    told?.days.length ? h("section", { class: "rd-card" }, h("h2", {}, t("by_day")), h("dl", { class: "rd-facts" },
      ...[...told.days].reverse().map(([day, minutes]) => line(dateText(day), `${howLong(minutes)}${over.has(day) ? ` · ${t("over")}` : ""}`)))) : null,
    h("section", { class: "rd-card rd-own" }, h("h2", {}, t("language")), languages(), button(t("lock"), lock, { class: "wide", id: "lock" }, "lock"),
      button(t("end_day"), sure, { class: "wide", id: "end-day" }))), tabs());
}

function sure(): void {
  const box = h("dialog", { class: "rd-dialog", "aria-labelledby": "end-q" }) as HTMLDialogElement;
  const close = (): void => { box.close(); box.remove(); };
  box.append(h("h2", { id: "end-q" }, t("end_day")), h("p", {}, t("end_sure")), app.out.length ? h("p", { class: "rd-box warn" }, t("end_unsent")) : "",
    button(t("end_yes"), () => { close(); void endDay(); }, { class: "go wide big", id: "end-yes" }), button(t("no"), close, { class: "wide" }));
  document.body.append(box);
  box.showModal();
}

export function outbox(): HTMLElement {
  const list = h("ul", { class: "rd-list" }, ...app.out.map((one) => {
    const said = h("p", { class: "t2" });
    if (app.keys) void readable(one).then((event) => said.replaceChildren(line(event)), () => undefined);
    return h("li", { class: "rd-card" }, h("h2", {}, t(`e_${one.what}`)), said);
  }));
  return page(head(t("outbox"), app.out.length ? t("to_send", { n: app.out.length }) : "", "today"),
    h("main", {}, app.out.length ? list : h("p", { class: "rd-box" }, t("outbox_none")),
      app.net === "signed_out" ? h("p", { class: "rd-box warn" }, h("a", { class: "rd-btn go wide", href: "/login?next=/round/" }, t("sign_in"))) : null,
      app.net === "none" ? h("p", { class: "rd-box" }, icon("cloud"), ` ${t("no_net")} · ${t("offline_ok")}`) : null,
      app.out.length ? h("p", { class: "rd-box" }, button(t("send_now"), () => void send(), { class: "wide", id: "send-now" })) : null,
      h("p", { class: "rd-box" }, button(t("back"), () => go("today"), { class: "wide" }))));
}

const line = (event: Told): string => [nameOf(event.home), hourText(Date.parse(event.at)), ...more(event)].join(" · ");
const more = (event: Told): string[] =>
  event.what === "link" ? [t(`link_${event.kind}`), event.text, t("won", { n: numberText(event.amount_krw) })]
  : event.what === "contact" ? [resultText(event.kind === "neighbour" ? "note" : event.kind, event.result)].filter(Boolean)
  : event.what === "told" ? [t(`fact_${event.field}`), VALUES[event.field] ? t(`${event.field}_${event.value}`) : event.value] : [];
