// 기록: reached, how, what was heard, save. Nothing is chosen before somebody chooses it.
import { nowMs } from "../clock";
import { h, icon, say } from "../dom";
import { dayFrom, dayOf, hasNumber, worked } from "../pure";
import { tell } from "../outbox";
import { app, cardOf, go, nameOf, paint, type Draft } from "../state";
import type { Contact } from "../types";
import { about, dateText, howLong, monthText, t } from "../words";
import { keepDay } from "../unlock";
import { choice, head, page, wide } from "./frame";
import { crisis } from "./crisis";
import { beginLink, linksOf } from "./link";
import { voice } from "./voice";

export const UNDO_MS = 8_000;
const NOTE = 300;
const RESULTS: Record<string, [string, string][]> = {
  call: [["reached", "r_reached"], ["no_answer", "r_no_answer"], ["wrong_number", "r_wrong"], ["declined", "r_declined"]],
  visit: [["reached", "r_met"], ["no_answer", "r_not_in"], ["declined", "r_declined"]],
  note: [["left", "r_left"], ["taken", "r_taken"], ["seen", "r_seen"], ["no_answer", "r_unseen"]],
};
// How a log ended, in its words; nothing where it is not known here.
export const resultText = (kind: string, result: string | undefined): string => {
  const word = RESULTS[kind]?.find(([one]) => one === result)?.[1];
  return word ? t(word) : "";
};
const HEARD = ["ate", "medicine", "pain", "lonely", "repair", "money", "food", "out"];
const WANTS = new Set(["pain", "lonely", "repair", "money", "food"]);

export function beginLog(home: string, kind: string, more: Partial<Draft> = {}): void {
  if (app.draft?.home !== home || app.draft.kind !== kind) {
    app.draft = {
      home, kind, result: "", mood: "", heard: [], wants: [], note: "", next: { month: 0, day: 0 }, beganAt: nowMs(), minutes: null,
      talkMs: 0, partner: null, replaces: app.day?.crisis[home] ?? "", fault: "", ...more,
    };
  }
  go("log");
}

// Back from the dialler: how long the call was, as far as this page was away.
export function cameBack(awayMs: number): void {
  if (app.screen !== "log" || app.draft?.kind !== "call" || awayMs < 5_000) return;
  app.draft.talkMs = awayMs;
  document.getElementById("talk")?.replaceChildren(talk(app.draft));
}
const talk = (draft: Draft): string => (draft.talkMs ? t("talk_len", { t: howLong(Math.ceil(draft.talkMs / 60_000)) }) : "");

export function log(): HTMLElement {
  const draft = app.draft!, card = cardOf(draft.home);
  const small = card ? `${card.age} ${t(card.sex === "f" ? "f" : "male")}` : "";
  const met = draft.result === "reached";
  return page(
    head(nameOf(draft.home), small, "today", h("span", { class: "rd-chip", id: "talk" }, talk(draft))),
    h("main", { class: "rd-log" },
      question(t({ call: "call_q", visit: "visit_q", note: "note_q" }[draft.kind]!), "", results(draft)),
      met ? question(t("how_q"), card?.moods[0] ? t(`was_${card.moods[0]}`) : "", moods(draft)) : null,
      met ? question(t("heard_q"), t("heard_hint"), heard(draft)) : null,
      ...(met ? wants(draft) : []),
      draft.result ? h("p", {}, h("button", { type: "button", class: "rd-link", id: "add-link", click: () => beginLink(draft.home) }, t("link_add")),
        linksOf(draft.home) ? h("span", { class: "t2" }, ` ${t("link_n", { n: linksOf(draft.home) })}`) : null) : null,
      crisisWords(draft),
      draft.result ? notes(draft) : null,
      h("p", {}, h("button", { type: "button", class: "rd-link", id: "wrong-fact", click: () => { app.home = draft.home; go("fact"); } }, t("wrong_fact")))),
    foot(draft));
}

const question = (title: string, small: string, body: HTMLElement): HTMLElement =>
  h("section", {}, h("h2", { class: "q" }, title, small ? h("small", {}, ` ${small}`) : null), body);

function results(draft: Draft): HTMLElement {
  const quick = (result: string): boolean => draft.kind === "call" && result === "no_answer" && !draft.replaces;
  return h("div", { class: "g3" }, ...RESULTS[draft.kind]!.map(([result, word]) =>
    choice(`r-${result}`, t(word), draft.result === result, () => {
      if (quick(result) && !draft.result) { void missed(draft, t(word)); return; }
      draft.result = result;
      draft.fault = "";
      if (result !== "reached") Object.assign(draft, { mood: "", heard: [], wants: [] });
      paint();
    })));
}

// Not answered: two taps in all. It waits some seconds, so that a slip of the thumb costs nothing.
async function missed(draft: Draft, word: string): Promise<void> {
  draft.result = "no_answer";
  await store(draft, { holdMs: UNDO_MS }, word);
}

function moods(draft: Draft): HTMLElement {
  return h("div", { class: "g3" }, ...["good", "so_so", "worry"].map((mood) =>
    choice(`m-${mood}`, t(mood), draft.mood === mood, () => { draft.mood = mood; draft.fault = ""; paint(); })));
}

function heard(draft: Draft): HTMLElement {
  const flip = (one: string): void => {
    const on = draft.heard.includes(one);
    draft.heard = on ? draft.heard.filter((each) => each !== one) : [...draft.heard, one];
    if (on) draft.wants = draft.wants.filter((each) => each !== one);
    paint();
  };
  return h("div", { class: "w" }, ...HEARD.map((one) => choice(`h-${one}`, t(`h_${one}`), draft.heard.includes(one), () => flip(one), true)),
    h("button", { type: "button", id: "h-crisis", class: "rd-k pill danger", "aria-pressed": String(draft.heard.includes("crisis")), click: () => crisis(draft) },
      icon("sos"), h("span", {}, t("h_crisis"))));
}

// What was heard may become something the dong is asked for: a bar for each, pressed or not.
function wants(draft: Draft): HTMLElement[] {
  return draft.heard.filter((one) => WANTS.has(one)).map((one) => {
    const on = draft.wants.includes(one);
    const flip = (): void => { draft.wants = on ? draft.wants.filter((each) => each !== one) : [...draft.wants, one]; paint(); };
    return h("button", { type: "button", id: `w-${one}`, class: "rd-want", "aria-pressed": String(on), click: flip }, icon(on ? "tick" : "ring"),
      h("span", {}, on ? null : h("b", {}, t("want_q", { what: t(`h_${one}`) })), " ", h("u", {}, t(`want_${one}`)), on ? ` · ${t("wanted")}` : ""));
  });
}

const sounds = (draft: Draft): boolean => !draft.replaces && about.crisis.some((word) => draft.note.includes(word));
const crisisWords = (draft: Draft): HTMLElement => h("p", { class: "rd-box danger", id: "crisis-words", hidden: !sounds(draft) }, t("crisis_note"));

function notes(draft: Draft): HTMLElement {
  const area = h("textarea", {
    id: "note", rows: 2, maxlength: NOTE, "aria-describedby": "note-hint", autocomplete: "off",
    // Nothing is drawn anew here: the tap that ends the writing must find its button in its place.
    input: (event: Event) => {
      draft.note = (event.target as HTMLTextAreaElement).value;
      document.getElementById("crisis-words")!.hidden = !sounds(draft);
    },
  }, draft.note);
  return h("section", { class: "rd-notes" }, voice((said) => { draft.note = `${draft.note} ${said}`.trim().slice(0, NOTE); paint(); }),
    h("label", { for: "note" }, t("note")), area, h("p", { id: "note-hint", class: "t2" }, t("note_hint")),
    promise(draft));
}

// A day that was promised: month and day in the language of the app, whatever the browser's is.
function promise(draft: Draft): HTMLElement {
  const { month, day } = draft.next;
  const pick = (id: string, n: number, most: number, label: string, word: (one: number) => string, chosen: (one: number) => void): HTMLElement =>
    h("select", { id, "aria-label": label, "aria-describedby": "next-said", change: (event: Event) => { chosen(Number((event.target as HTMLSelectElement).value)); paint(); } },
      h("option", { value: 0 }, label), ...Array.from({ length: most }, (_none, at) => h("option", { value: at + 1, selected: n === at + 1 }, word(at + 1))));
  return h("fieldset", { class: "rd-next" }, h("legend", {}, t("next_on")),
    h("div", { class: "g2" }, pick("next-month", month, 12, t("month_word"), monthText, (one) => { draft.next.month = one; }),
      pick("next-day", day, 31, t("day_word"), (one) => t("nth_day", { n: one }), (one) => { draft.next.day = one; })),
    h("p", { class: "t2", id: "next-said", role: "status" }, nextOn(draft) ? dateText(nextOn(draft)) : month && day ? t("no_such_day") : ""));
}
const nextOn = (draft: Draft): string => dayFrom(draft.next.month, draft.next.day, dayOf(nowMs()));

// 다음 안부: the promised day, else when the round asks after them again.
function following(draft: Draft): string {
  const day = nextOn(draft) || (draft.result === "reached" && draft.kind !== "note" ? cardOf(draft.home)?.next_on : "");
  return day ? ` · ${t("next_is", { day: dateText(day) })}` : "";
}

function foot(draft: Draft): HTMLElement {
  const minutes = draft.minutes ?? worked(draft.beganAt, nowMs());
  const step = (by: number): void => { draft.minutes = Math.min(240, Math.max(1, minutes + by)); paint(); };
  return h("footer", { class: "rd-foot" },
    draft.fault ? h("p", { class: "rd-fault", role: "alert", id: "fault" }, draft.fault) : null,
    draft.result ? h("div", { class: "row rd-min", role: "group", "aria-label": t("minutes") }, h("span", { class: "grow" }, t("minutes")),
      h("button", { type: "button", class: "rd-btn", id: "less", "aria-label": t("less"), click: () => step(-1) }, "−"),
      h("b", {}, t("m", { m: minutes })),
      h("button", { type: "button", class: "rd-btn", id: "more", "aria-label": t("more"), click: () => step(1) }, "+")) : null,
    h("p", { class: "row t2", id: "following" }, icon("cloud"), t("offline_ok"), following(draft)),
    wide(t("save_next"), () => void save(draft), "tick", "save"));
}

async function save(draft: Draft): Promise<void> {
  draft.fault = !draft.result ? t("choose_result")
    : draft.result === "reached" && draft.kind !== "note" && !draft.mood ? t("choose_mood")
    : hasNumber(draft.note) ? t("note_number")
    : (draft.next.month || draft.next.day) && !nextOn(draft) ? t("no_such_day") : "";
  if (draft.fault) return paint();
  await store(draft, { first: sounds(draft) });
}

export function told(draft: Draft): Contact {
  const byNeighbour = draft.kind === "note" && ["seen", "no_answer"].includes(draft.result);
  return {
    what: "contact", home: draft.home, kind: byNeighbour ? "neighbour" : draft.kind, result: draft.result,
    heard: draft.replaces ? draft.heard.filter((one) => one !== "crisis") : draft.heard, // it has gone: once
    wants: draft.wants, note: draft.note.trim(), minutes: draft.minutes ?? worked(draft.beganAt, nowMs()),
    ...(draft.mood && { mood: draft.mood }), ...(nextOn(draft) && { next_on: nextOn(draft) }),
    ...(draft.partner !== null && { partner: draft.partner }), ...(draft.replaces && { replaces: draft.replaces }),
  };
}

// Once it lies in the outbox it is saved: only then does the page go on.
async function store(draft: Draft, how: { first?: boolean; holdMs?: number }, missed = ""): Promise<void> {
  const event = told(draft);
  let id: string;
  try {
    id = await tell(event, how);
  } catch {
    draft.fault = t("storage");
    return paint();
  }
  if (app.day) {
    if (!draft.replaces) app.day.minutes += event.minutes ?? 0;
    app.day.done[draft.home] = event.result;
    delete app.day.crisis[draft.home];
    await keepDay();
  }
  const name = nameOf(draft.home);
  app.draft = null;
  app.undo = missed ? { id, home: draft.home, until: Date.now() + UNDO_MS, text: t("missed_saved", { name, what: missed }) } : null;
  if (missed) setTimeout(() => { if (app.undo?.id === id) { app.undo = null; if (app.screen === "today") paint(); } }, UNDO_MS);
  else say(`${name} · ${t("saved")}`);
  scrollTo(0, 0);
  go("today");
}
