// 오늘: whose turn it is, why, and the one thing to press.
import { nowMs } from "../clock";
import { button, h, icon, say, tel } from "../dom";
import { undo } from "../outbox";
import { dayOf, minuteText, ordered } from "../pure";
import { app, go, paint } from "../state";
import type { Card } from "../types";
import { dateText, howLong, t } from "../words";
import { keepDay } from "../unlock";
import { page, status, tabs } from "./frame";
import { beginLog, resultText } from "./log";

const FIRST = new Set(["bound", "handed", "risk"]);
export const isDone = (card: Card): boolean => card.is_done || Boolean(app.day?.done[card.home]);

export function today(): HTMLElement {
  const pack = app.pack;
  const cards = pack?.tasks ?? [];
  const left = ordered(cards.filter((card) => !isDone(card)), app.day?.late ?? []), done = cards.filter(isDone);
  const told = (pack?.hours.today_min ?? 0) + (app.day?.minutes ?? 0);
  return page(
    h("header", { class: "rd-top" },
      h("div", { class: "row" },
        h("div", { class: "grow" },
          h("p", { class: "t2" }, `${pack ? dateText(pack.day) : ""} · ${t("sir", { name: pack?.name ?? "" })}`),
          h("h1", { tabindex: -1 }, t("homes_today", { n: cards.length }))), status()),
      h("div", { class: "rd-bar", "aria-hidden": "true" }, bar(done.length, cards.length)),
      h("p", { class: "rd-sum" }, h("b", {}, t("done_n", { n: done.length })),
        ` · ${t("left_n", { n: left.length })} · ${t("worked", { t: howLong(told) })}`)),
    h("main", {},
      pack && pack.day !== dayOf(nowMs()) ? h("p", { class: "rd-box warn" }, t("old_list", { day: dateText(pack.day) })) : null,
      app.text ? h("p", { class: "rd-box warn" }, app.text) : null,
      cards.length ? null : h("p", { class: "rd-box" }, t("no_homes")),
      h("ul", { class: "rd-list" }, ...left.map((card, n) => row(card, n === 0)), ...done.map((card) => row(card, false)))),
    undoBar(), tabs());
}

function bar(done: number, all: number): HTMLElement {
  const part = h("i");
  part.style.width = `${all ? (100 * done) / all : 0}%`;
  return part;
}

function row(card: Card, isFirst: boolean): HTMLElement {
  const over = isDone(card);
  return h("li", { class: `rd-card${isFirst ? " first" : ""}${over ? " over" : ""}`, "data-home": card.home },
    h("div", { class: "row" }, h("h2", {}, card.name), h("span", { class: "t2" }, `${card.age} ${t(card.sex === "f" ? "f" : "male")}`),
      h("span", { class: "grow" }), chip(card, over)),
    over ? null : h("p", { class: "why" }, why(card), card.way === "visit" ? h("b", {}, ` · ${t("pair")}`) : null),
    h("div", { class: "row act" }, h("span", { class: "t2 grow" }, over ? following(card) : hint(card)),
      over ? null : putOff(card), action(card, isFirst, over)));
}

// Her own order, in this telephone alone: to the end of what is left, or back to its place.
function putOff(card: Card): HTMLElement {
  const late = app.day?.late ?? [], is = late.includes(card.home), word = is ? "back_up" : "later";
  const flip = async (): Promise<void> => {
    app.day!.late = is ? late.filter((each) => each !== card.home) : [...late, card.home];
    await keepDay();
    paint();
    say(t(is ? "is_back" : "is_later", { name: card.name }));
  };
  return h("button", { type: "button", class: "rd-link later", "aria-label": `${t(word)} ${card.name}`, click: () => void flip() }, t(word));
}

// How it ended, and when the round asks after them again.
function following(card: Card): string {
  const result = app.day?.done[card.home], met = result === undefined || result === "reached";
  return [resultText(card.way, result), met ? t("next_is", { day: dateText(card.next_on) }) : ""].filter(Boolean).join(" · ");
}

export function chip(card: Card, over: boolean): HTMLElement {
  const [tone, sign, word] = over ? ["safe", "tick", "done"] : card.because === "promise" ? ["lv1", "ring", "promise"]
    : FIRST.has(card.because) ? ["lv2", "warn", "first"] : ["calm", "dash", "usual"];
  return h("span", { class: `ab-state ${tone}` }, icon(sign!), t(word!));
}

export function why(card: Card): string {
  const parts = [];
  if (card.because === "promise" && card.at !== null) parts.push(t("why_promise_at", { t: minuteText(card.at) }));
  else if (!["due", "risk"].includes(card.because)) parts.push(t(`why_${card.because}`));
  if (card.moods[0] && card.because !== "promise") parts.push(t(`was_${card.moods[0]}`));
  if (card.last.days === null) parts.push(t("never"));
  else if (card.last.days > 0) parts.push(t(card.way === "call" ? "days_call" : "days_visit", { n: card.last.days }));
  return parts.join(". ") || t("why_due");
}

function hint(card: Card): string {
  if (card.way === "visit" && card.walk_min) return t("walk", { n: card.walk_min });
  const hours = { a: card.hour, b: card.hour + 1 };
  return card.way === "call" ? t(card.is_own_hour ? "own_hour" : "best_hour", hours) : t("best_hour", hours);
}

function action(card: Card, isFirst: boolean, over: boolean): HTMLElement {
  const tone = `rd-btn act${isFirst ? " go" : ""}`;
  const named = (word: string): string => `${t(word)} ${card.name}`;
  const press = (word: string, sign: string, deed: () => void): HTMLElement =>
    h("button", { type: "button", class: tone, "aria-label": named(word), click: deed }, icon(sign), h("span", {}, t(word)));
  if (over) return press("log", "note", () => beginLog(card.home, card.way === "note" ? "note" : card.way));
  if (card.way === "visit") return press("visit", "house", () => { app.home = card.home; go("door"); });
  if (card.way === "note") return press("note_way", "note", () => beginLog(card.home, "note"));
  if (!card.phone) return press("log", "note", () => beginLog(card.home, "call"));
  return h("a", { class: tone, href: tel(card.phone), "aria-label": named("call"), click: () => beginLog(card.home, "call") }, icon("phone"), h("span", {}, t("call")));
}

// What was saved by one tap can be taken back for a few seconds, before it goes.
function undoBar(): HTMLElement | null {
  const one = app.undo;
  if (!one || one.until <= Date.now()) return null;
  const take = async (): Promise<void> => {
    app.undo = null;
    if (await undo(one.id)) {
      delete app.day!.done[one.home];
      await keepDay();
      beginLog(one.home, "call");
    } else paint();
  };
  return h("div", { class: "rd-undo row", role: "status" }, h("span", { class: "grow" }, one.text), button(t("undo"), () => void take(), { id: "undo" }));
}
