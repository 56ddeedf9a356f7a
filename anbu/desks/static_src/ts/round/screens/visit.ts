// 방문: before the door, and behind it. The deadline is the server's; the ring only shows it.
import { nowMs } from "../clock";
import { button, h, icon, ring, tel } from "../dom";
import { clockText, stageAt } from "../pure";
import { tell } from "../outbox";
import { app, cardOf, go, nameOf, paint } from "../state";
import type { Day } from "../types";
import { dateText, hourText, howLong, t } from "../words";
import { keepDay } from "../unlock";
import { choice, head, page } from "./frame";
import { beginLog } from "./log";
import { sosButton } from "./help";

const LENGTHS = [20, 30, 60];
const MORE_MS = 10 * 60_000, SHAKE_MS = 5 * 60_000, MOST_MORE = 6;
let chosen: { home: string; partner: number | null; minutes: number; fault: string } = { home: "", partner: null, minutes: 0, fault: "" };

export function door(): HTMLElement {
  const card = cardOf(app.home)!;
  if (chosen.home !== card.home) chosen = { home: card.home, partner: null, minutes: 0, fault: "" };
  const planned: [number, string][] = card.partner !== null ? [[card.partner, card.partner_name]] : [];
  const partners = [...planned, ...app.pack!.partners.filter(([id]) => id !== card.partner)];
  const line = (word: string, said: string): HTMLElement => h("div", {}, h("dt", {}, t(word)), h("dd", {}, said));
  return page(head(card.name, `${card.age} ${t(card.sex === "f" ? "f" : "male")}`, "today"),
    h("main", { class: "rd-log" },
      card.hazards.length ? h("section", { class: "rd-box warn" }, h("h2", {}, t("care")), ...card.hazards.map((each) => h("p", {}, each))) : null,
      h("dl", { class: "rd-facts" }, line("address", card.is_protected ? t("protected") : card.address), card.door ? line("door", card.door) : null,
        line("last", card.last.at ? dateText(card.last.at.slice(0, 10)) : t("no_last"))),
      card.phone ? h("a", { class: "rd-btn wide", href: tel(card.phone) }, icon("phone"), h("span", {}, t("call"))) : null,
      h("h2", { class: "q" }, t("with"), planned[0] ? h("small", {}, ` ${t("planned_with", { name: planned[0][1] })}`) : null),
      partners.length ? h("div", { class: "g2" }, ...partners.map(([id, name]) => choice(`p-${id}`, name, chosen.partner === id, () => { chosen.partner = id; chosen.fault = ""; paint(); })))
        : h("p", { class: "rd-box danger" }, t("nobody_with")),
      h("h2", { class: "q" }, t("how_long"), card.minutes ? h("small", {}, ` ${t("planned_min", { t: howLong(card.minutes) })}`) : null),
      h("div", { class: "g3" }, ...LENGTHS.map((minutes) => choice(`l-${minutes}`, t("m", { m: minutes }), chosen.minutes === minutes, () => { chosen.minutes = minutes; chosen.fault = ""; paint(); }))),
      h("p", {}, h("button", { type: "button", class: "rd-link", click: () => go("fact") }, t("wrong_fact")))),
    h("footer", { class: "rd-foot" }, chosen.fault ? h("p", { class: "rd-fault", role: "alert" }, chosen.fault) : null,
      button(t("begin"), () => void begin(), { class: "go wide big", id: "begin" }, "house")));
}

async function begin(): Promise<void> {
  if (chosen.partner === null || !chosen.minutes) { chosen.fault = t("choose_with"); return paint(); }
  const now = nowMs(), { home, partner, minutes } = chosen;
  const id = await tell({ what: "inside", home, minutes, partner }, { first: true });
  app.day!.inside = {
    id, home, began_at: new Date(now).toISOString(), ends_at: new Date(now + minutes * 60_000).toISOString(),
    stage: "inside", more_left: MOST_MORE, known: false, partner,
  };
  await keepDay();
  chosen = { home: "", partner: null, minutes: 0, fault: "" };
  go("inside");
}

let shaken = "";

export function inside(): HTMLElement {
  const visit = app.day!.inside!;
  return page(head(nameOf(visit.home), t("visiting"), "today", h("span", { class: "ab-state safe" }, icon("tick"), t("pair"))),
    h("main", { class: "rd-visit" }, h("p", { class: "t2", id: "advice" }), h("div", { class: "rd-dial", id: "dial" }),
      h("p", {}, t("then_1"), h("br"), t("then_2")), h("p", { class: "t2 rd-known", id: "known" }),
      h("div", { class: "two" },
        h("button", { type: "button", class: "rd-btn", id: "ten-more", disabled: visit.more_left <= 0, click: () => void more() }, t("ten_more")),
        button(t("fine"), () => void fine(), { id: "fine" }, "tick")),
      visit.more_left <= 0 ? h("p", { class: "rd-fault" }, t("no_more")) : null,
      button(t("out"), () => void out(), { class: "go wide big", id: "out" })),
    h("footer", { class: "rd-foot" }, sosButton()));
}

// Each second: only what moves is drawn anew, so that a finger on a button stays there.
export function tick(): void {
  const visit = app.day?.inside, dial = document.getElementById("dial");
  if (!visit || !dial || app.screen !== "inside") return;
  const now = nowMs(), ends = Date.parse(visit.ends_at), began = Date.parse(visit.began_at);
  const stage = stageAt(ends, now, visit.stage), left = ends - now;
  const words = left > 0 ? t("left_of", { n: Math.ceil(left / 60_000) }) : t("late_by", { n: Math.floor(-left / 60_000) });
  dial.className = `rd-dial ${stage}`;
  dial.replaceChildren(ring(Math.max(0, Math.min(1, left / (ends - began))), words, stage),
    h("b", { class: "num", "aria-hidden": "true" }, clockText(Math.abs(left))), h("span", { "aria-hidden": "true" }, left > 0 ? t("until", { t: hourText(ends) }) : words));
  text("advice", t(stage === "inside" ? "within" : stage));
  const known = visit.known || !app.out.some((each) => each.id === visit.id);
  text("known", known ? t("server_knows") : t("server_not"));
  document.getElementById("known")!.className = known ? "t2 rd-known" : "rd-box danger rd-known";
  if (left < SHAKE_MS && shaken !== visit.ends_at) { shaken = visit.ends_at; navigator.vibrate?.([200, 100, 200]); }
}

function text(id: string, words: string): void {
  const place = document.getElementById(id)!;
  if (place.textContent !== words) place.textContent = words;
}

async function more(): Promise<void> {
  const visit = app.day!.inside!;
  await tell({ what: "longer", home: visit.home, visit: visit.id }, { first: true });
  visit.ends_at = new Date(Math.max(Date.parse(visit.ends_at), nowMs()) + MORE_MS).toISOString();
  visit.more_left -= 1;
  await stays(visit);
}

// Ten minutes from now, where that is later: as the server has it (rounds/actions/visiting.py).
async function fine(): Promise<void> {
  const visit = app.day!.inside!;
  await tell({ what: "fine", home: visit.home, visit: visit.id }, { first: true });
  if (visit.stage !== "red") visit.ends_at = new Date(Math.max(Date.parse(visit.ends_at), nowMs() + MORE_MS)).toISOString();
  await stays(visit);
}

// Who was quicker at the door than this telephone is out already: nothing to draw.
async function stays(visit: NonNullable<Day["inside"]>): Promise<void> {
  await keepDay();
  if (app.day?.inside === visit && app.screen === "inside") paint();
}

async function out(): Promise<void> {
  const visit = app.day!.inside!;
  await tell({ what: "out", home: visit.home, visit: visit.id }, { first: true });
  app.day!.inside = null;
  await keepDay();
  beginLog(visit.home, "visit", { beganAt: Date.parse(visit.began_at), partner: visit.partner || null });
}


