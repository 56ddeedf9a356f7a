// The list: rows come, change, move and go one by one. A row never moves while somebody is at work in the list.
import { clearPanel, panelIsBusy, shownId, showPanel, want } from "./panel";
import { announce, say } from "./sayings";
import { toneOnce } from "./sound";
import { AT_ONCE, keepStrip, rowOf, stripsLater } from "./strips";

const main = document.querySelector<HTMLElement>("#main[data-view]");
const box = document.querySelector<HTMLElement>("#list");
const asked = new Map<string, number>(); // the newest question about each row: older answers are dropped
let questions = 0;
let changes = 0;
let lastNews = Date.now();

const view = (): string => main?.dataset["view"] ?? "now";
const list = (): HTMLElement | null => document.querySelector("#rows");
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("#rows > li")];
const selected = (): HTMLElement | null => document.querySelector("#rows > li.sel");

// Gravest first, then what falls due first, then arrival, then id; what is done: newest first. In a
// flood what is not critical stands together by dong, the largest part first.
function order(a: HTMLElement, b: HTMLElement): number {
  const number = (row: HTMLElement, name: string): number => Number(row.dataset[name] ?? 0);
  return number(b, "closed") - number(a, "closed")
    || number(b, "level") - number(a, "level")
    || together(a, b)
    || number(a, "due") - number(b, "due")
    || number(a, "raised") - number(b, "raised")
    || (a.id < b.id ? -1 : 1);
}

const isFlood = (): boolean =>
  view() === "now" && document.querySelector("#load[data-flood]") !== null;
const part = (row: HTMLElement): string => `${row.dataset["level"]} ${row.dataset["near"] ?? ""}`;
let parts = new Map<string, number>(); // how many rows each part has; empty when there is no flood

function countParts(): void {
  parts = new Map();
  if (!isFlood()) return;
  for (const row of rows()) {
    if (row.dataset["level"] !== "3") parts.set(part(row), (parts.get(part(row)) ?? 0) + 1);
  }
}

function together(a: HTMLElement, b: HTMLElement): number {
  if (parts.size === 0 || part(a) === part(b)) return 0;
  return (parts.get(part(b)) ?? 0) - (parts.get(part(a)) ?? 0) || (part(a) < part(b) ? -1 : 1);
}

// Each part of a flood begins with its name and size; without a flood no row does.
function nameParts(): void {
  let before = "";
  for (const row of rows()) {
    const name = parts.has(part(row)) ? part(row) : "";
    row.classList.toggle("part", name !== "" && name !== before);
    if (name) row.dataset["part"] = say("part", { near: row.dataset["near"] ?? "", n: parts.get(name) ?? 0 });
    before = name;
  }
}

function isHeld(): boolean {
  return box?.contains(document.activeElement) === true || panelIsBusy();
}

// One question at a time: what changes while it is on its way goes into the next one together. So
// a quiet desk hears at once, and twenty desks in a bad minute ask a busy server less, not more.
const changed = new Set<string>();
let isAsking = false;
const PATIENCE_MS = 10_000;

export function rowChanged(id: string): void {
  if (!main) return;
  changed.add(id);
  void readChanged();
}

async function readChanged(): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  while (changed.size) {
    const ids = [...changed].slice(0, AT_ONCE);
    for (const id of ids) changed.delete(id);
    if (await readRows(ids)) continue;
    for (const id of ids) changed.add(id); // the next second asks again
    break;
  }
  isAsking = false;
}

async function readRows(ids: string[]): Promise<boolean> {
  const question = ++questions;
  for (const id of ids) asked.set(id, question);
  const address = ids.length === 1 ? `/row/${ids[0]!}?view=${view()}` : `/rows?view=${view()}&alarms=${ids.join(",")}`;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address, { headers: { "X-Desk": "row" }, signal }).catch(() => null);
  const text = answer?.status === 200 && !answer.redirected ? await answer.text().catch(() => null) : "";
  if (answer === null || answer.status >= 500 || text === null) return false;
  if (answer.redirected || (answer.status !== 200 && answer.status !== 204)) return true; // no desk of ours any more
  const shell = document.createElement("template");
  shell.innerHTML = text;
  const found = new Map([...shell.content.querySelectorAll<HTMLElement>("li[data-id]")].map((row) => [row.dataset["id"], row]));
  for (const id of ids) if (asked.get(id) === question) place(id, found.get(id) ?? null);
  settle();
  aroundChanged();
  return true;
}

// Once after all that changed together, for it looks at every row: into order, or how many are not.
function settle(): void {
  const sorted = isSorted();
  if (!sorted && !isHeld()) sort();
  else {
    if (sorted) nameParts(); // a part has one more or one less
    showOrder();
  }
}

function place(id: string, row: HTMLElement | null): void {
  const old = rowOf(id);
  lastNews = Date.now();
  if (row === null) {
    if (old) remove(old);
    return;
  }
  if (old) {
    if (Number(old.dataset["v"]) > Number(row.dataset["v"])) return;
    change(old, row);
  } else arrive(row);
}

function change(old: HTMLElement, row: HTMLElement): void {
  const hadFocus = old.contains(document.activeElement);
  if (old.classList.contains("sel")) mark(row);
  keepStrip(old, row);
  keepPart(old, row);
  old.replaceWith(row);
  if (hadFocus) row.querySelector<HTMLElement>("[data-pick]")?.focus({ preventScroll: true });
  changes++;
}

// The head of a part stays with its row until the parts are named anew: nothing moves meanwhile.
function keepPart(old: HTMLElement, row: HTMLElement): void {
  row.classList.toggle("part", old.classList.contains("part"));
  if (old.dataset["part"]) row.dataset["part"] = old.dataset["part"];
}

function arrive(row: HTMLElement): void {
  const here = list();
  if (!here) return;
  row.classList.add("fresh");
  const after = rows().find((other) => order(row, other) < 0) ?? null;
  const held = isHeld() ? selected() : null;
  const isAbove = held && after
    && (after === held
      || after.compareDocumentPosition(held) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (isAbove) held.after(row); // what is in hand must not move: the new one waits just below
  else here.insertBefore(row, after);
  const level = Number(row.dataset["level"]);
  const who = row.querySelector("[data-pick]")?.textContent ?? "";
  if (view() === "now") {
    if (level === 3) announce(say("new", { who: `${say("critical")} ${who}` }), true);
    else changes++;
    if (level >= 2) toneOnce(level);
  }
  document.querySelector<HTMLElement>("#empty")?.setAttribute("hidden", "");
  if (!selected() && !panelIsBusy()) select(row);
}

function remove(row: HTMLElement): void {
  const here = rows();
  const next = here[here.indexOf(row) + 1] ?? here[here.indexOf(row) - 1];
  const wasSelected = row.classList.contains("sel");
  const hadFocus = row.contains(document.activeElement) || document.activeElement === document.body;
  row.remove();
  changes++;
  if (wasSelected && !panelIsBusy()) {
    if (next) {
      select(next);
      if (hadFocus) next.querySelector<HTMLElement>("[data-pick]")?.focus();
    } else clearPanel();
  }
  const empty = rows().length === 0 && !document.querySelector("#causes > li, #calls > li");
  document.querySelector<HTMLElement>("#empty")?.toggleAttribute("hidden", !empty);
}

// The fewest rows that must move: all but the longest run that is in order already. `ends[n]` is the
// smallest place at which a run of n + 1 rows can end (patience sorting): no row is held against all.
function outOfPlace(): number {
  const here = rows();
  const places = new Map([...here].sort(order).map((row, n) => [row, n]));
  const ends: number[] = [];
  for (const row of here) {
    const place = places.get(row)!;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! < place) low = middle + 1;
      else high = middle;
    }
    ends[low] = place;
  }
  return here.length - ends.length;
}

function isSorted(): boolean {
  countParts();
  const here = rows();
  return here.every((row, n) => n === 0 || order(here[n - 1]!, row) <= 0);
}

export function sort(): void {
  const here = list();
  if (!here) return;
  countParts();
  const focused = here.contains(document.activeElement) ? document.activeElement : null;
  rows().sort(order).forEach((row, n) => {
    if (here.children[n] !== row) here.insertBefore(row, here.children[n] ?? null);
  });
  if (focused instanceof HTMLElement) focused.focus();
  nameParts();
  showOrder();
}

function showOrder(): void {
  const pill = document.querySelector<HTMLElement>("[data-pill]");
  const words = document.querySelector("[data-pill-text]");
  if (!pill || !words) return;
  const waiting = outOfPlace();
  pill.hidden = waiting === 0;
  words.textContent = say("order", { n: waiting });
}

function mark(row: HTMLElement): void {
  for (const other of document.querySelectorAll("#rows > li.sel")) {
    other.classList.remove("sel");
    other.removeAttribute("aria-current");
  }
  row.classList.add("sel");
  row.setAttribute("aria-current", "true");
}

function select(row: HTMLElement): void {
  const id = row.dataset["id"] ?? "";
  mark(row);
  want(id);
  if (shownId() !== id) showSoon(id);
}

let soon: number | undefined;
function showSoon(id: string): void {
  window.clearTimeout(soon);
  soon = window.setTimeout(() => showPanel(id), 90);
}

export function step(by: number): void {
  const here = rows();
  const now = here.findIndex((row) => row.classList.contains("sel"));
  const next = here[Math.min(Math.max(now + by, 0), here.length - 1)];
  if (!next) return;
  next.querySelector<HTMLElement>("[data-pick]")?.focus();
  next.scrollIntoView({ block: "nearest" });
}

// The whole list anew: after a lost link, so that nothing is missed and nothing shown twice.
export async function readAnew(): Promise<boolean> {
  const address = box?.dataset["list"];
  if (!box || !address) return true;
  const question = ++questions;
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const shell = document.createElement("template");
  shell.innerHTML = await answer.text();
  const fresh = [...shell.content.querySelectorAll<HTMLElement>("#rows > li")];
  const ids = new Set(fresh.map((row) => row.dataset["id"]));
  for (const row of rows()) {
    const id = row.dataset["id"] ?? "";
    if (!ids.has(id) && (asked.get(id) ?? 0) < question) remove(row);
  }
  for (const row of fresh) {
    if ((asked.get(row.dataset["id"] ?? "") ?? 0) < question) place(row.dataset["id"] ?? "", row);
  }
  for (const id of ["calls", "causes"]) {
    const [old, news] = [document.getElementById(id), shell.content.getElementById(id)];
    if (old && news && old.innerHTML !== news.innerHTML) old.replaceWith(news);
  }
  lastNews = Date.now();
  settle();
  aroundChanged();
  return true;
}

let aroundAt = 0;
let aroundTook = 0;
let aroundTimer: number | undefined;
const AROUND_APART_MS = 1500;
const AROUND_SHARE = 40; // a server that takes longer over the counts is asked for them less often
const AROUND_LONGEST_MS = 15_000;
export function aroundChanged(): void {
  if (!main || aroundTimer !== undefined) return;
  const apart = Math.min(Math.max(AROUND_APART_MS, AROUND_SHARE * aroundTook), AROUND_LONGEST_MS);
  aroundTimer = window.setTimeout(() => void readAround(), Math.max(250, aroundAt + apart - Date.now()));
}

async function readAround(): Promise<void> {
  aroundAt = Date.now();
  const answer = await fetch(`/side?view=${view()}`).catch(() => null);
  aroundTook = Date.now() - aroundAt;
  aroundTimer = undefined;
  if (!answer?.ok || answer.redirected) return;
  const shell = document.createElement("template");
  shell.innerHTML = await answer.text();
  for (const id of ["views", "load", "feeds"]) {
    const [old, fresh] = [document.getElementById(id), shell.content.getElementById(id)];
    if (!old || !fresh) continue;
    const focus = old.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
    old.replaceWith(fresh);
    if (focus) fresh.querySelector<HTMLElement>(`[href="${focus}"]`)?.focus();
  }
  showCounts();
}

function showCounts(): void {
  if (!main) return;
  for (const chip of document.querySelectorAll<HTMLElement>("[data-chip]")) {
    const n = document.querySelectorAll(`#rows > li.lv${chip.dataset["chip"]}`).length;
    chip.hidden = n === 0;
    const place = chip.querySelector(".num");
    if (place) place.textContent = String(n);
  }
  const total = document.querySelector("[data-total]");
  const count = document.querySelector("#views [aria-current] b");
  if (total && count) total.textContent = count.textContent;
  const n = view() === "done" ? 0 : document.querySelectorAll("#rows > li.lv3").length;
  const plain = document.title.replace(/^\(\d+\) .*? · /, "");
  document.title = n > 0 ? `(${n}) ${say("critical")} · ${plain}` : plain;
}

function everySecond(): void {
  const ago = document.querySelector("[data-ago]");
  if (ago) ago.textContent = say("ago", { n: Math.round((Date.now() - lastNews) / 1000) });
  if (!isHeld() && !isSorted()) sort();
  nameParts();
  stripsLater();
  if (changed.size) void readChanged();
}

export function heard(): void {
  lastNews = Date.now();
}

export function startRows(): void {
  if (!main || !box) return;
  box.addEventListener("focusin", (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("#rows > li") : null;
    if (row) select(row);
  });
  box.addEventListener("click", (event) => {
    const place = event.target instanceof Element ? event.target : null;
    const row = place?.closest<HTMLElement>("#rows > li");
    if (row && !place?.closest("a")) row.querySelector<HTMLElement>("[data-pick]")?.focus();
  });
  document.addEventListener("anbu:shown", (event) => {
    const id = shownId();
    if ((event as CustomEvent<string>).detail !== "post") return;
    if (id && document.activeElement === document.body) {
      rowOf(id)?.querySelector<HTMLElement>("[data-pick]")?.focus({ preventScroll: true });
    }
    if (id) rowChanged(id);
  });
  document.querySelector("[data-pill]")?.addEventListener("click", sort);
  sort(); // a flood is put together before anybody has seen the list
  const first = rows()[0];
  if (first) select(first);
  showCounts();
  stripsLater();
  box.addEventListener("scroll", stripsLater, { passive: true });
  window.setInterval(everySecond, 1000);
  window.setInterval(aroundChanged, 20_000);
  window.setInterval(() => {
    if (changes) announce(say("changed", { n: changes }));
    changes = 0;
  }, 5000);
  window.setInterval(() => {
    if (view() === "now" && document.querySelector("#rows > li.lv3:not([data-owned])")) toneOnce(3);
  }, 30_000);
}
