// Coming in, locking, and forgetting: who holds the keys, and for how long. Decision 0053.
import { nowMs, restore } from "./clock";
import { fromBase64, keysOf, newHalf, open, seal, unwrap, wrap, type Sealed, type Wrap } from "./crypto";
import { look, send, startOutbox } from "./outbox";
import { dayOf } from "./pure";
import { GONE, Offline, post, SIGN_IN } from "./server";
import { app, go, news, paint, type Name } from "./state";
import { atLeast, drop, get, put } from "./store";
import type { Day, Inside, Pack } from "./types";

export const TRIES = 5;
const IDLE_MS = 5 * 60_000;
const FRESH_MS = 10 * 60_000;

export async function start(): Promise<void> {
  app.half = (await get<CryptoKey>("half")) ?? (await firstHalf());
  app.device = (await get<string>("device")) ?? "";
  restore((await get<number>("ahead")) ?? 0);
  app.numbers = (await get<typeof app.numbers>("numbers")) ?? [];
  app.sos = (await get<NonNullable<typeof app.sos>>("sos")) ?? null;
  await look();
  startOutbox(() => void wipe("gone_why"), heard);
  setInterval(() => void watch(), 20_000);
  document.addEventListener("visibilitychange", () => void watch());
  await knock();
}

async function firstHalf(): Promise<CryptoKey> {
  const half = await newHalf();
  await put("half", half);
  void navigator.storage?.persist?.();
  return half;
}

// By the number where today lies here; else by signing in.
export async function knock(): Promise<void> {
  const kept = await get<Wrap>("wrap");
  if (kept && kept.until <= nowMs()) return wipe("gone_why");
  if (kept) {
    go("pin");
    return stillOurs();
  }
  await fromServer("sign_in_why");
}

// A telephone the office has cut off deletes what it keeps before anybody types a number.
async function stillOurs(): Promise<void> {
  try {
    if ((await post("sync", { events: [] })).status === GONE) await wipe("gone_why");
  } catch (trouble) {
    if (!(trouble instanceof Offline)) throw trouble;
  }
}

export async function fromServer(why: string): Promise<void> {
  app.text = "";
  try {
    const { status, told } = await post("unlock", app.device ? { device: app.device } : {});
    if (status !== 200) return closed(status === SIGN_IN ? why : "", String(told["text"] ?? ""));
    app.device = told["device"] as string;
    await put("device", app.device);
    await atLeast(told["last_seq"] as number);
    app.halves = { key: fromBase64(told["key_half"] as string), out: fromBase64(told["out_half"] as string) };
    app.until = Date.parse(told["until"] as string);
    go("choose");
  } catch (trouble) {
    if (!(trouble instanceof Offline)) throw trouble;
    closed(why === "sign_in_why" ? "need_net" : why);
  }
}

function closed(why: string, text = ""): void {
  app.why = why;
  app.text = text;
  go("closed");
}

export async function choosePin(pin: string): Promise<void> {
  const halves = app.halves!;
  await put("wrap", await wrap(app.half!, pin, halves, app.until));
  app.keys = await keysOf(app.half!, halves);
  app.halves = null;
  await fetchPack();
  void send();
  if (app.screen === "choose") go(first());
}

// Returns how many tries are left; nothing where it opened or is wiped.
export async function typePin(pin: string): Promise<number | null> {
  const kept = await get<Wrap>("wrap");
  if (!kept || kept.until <= nowMs()) { await wipe("gone_why"); return null; }
  kept.tries += 1;
  await put("wrap", kept); // before it is known to be wrong: pulling the plug is no way round
  const halves = await unwrap(app.half!, pin, kept);
  if (!halves) {
    if (kept.tries < TRIES) return TRIES - kept.tries;
    await wipe("wiped_why");
    return null;
  }
  await put("wrap", { ...kept, tries: 0 });
  app.until = kept.until;
  app.keys = await keysOf(app.half!, halves);
  await fromTelephone();
  go(first());
  void refresh();
  void send();
  return null;
}

const first = (): Name => (app.sos && !app.sos.ended ? "sos" : app.day?.inside ? "inside" : "today");

async function fromTelephone(): Promise<void> {
  const kept = await get<Sealed>("pack");
  app.pack = kept ? await open<Pack>(app.keys!.pack, kept, "pack") : null;
  const day = await get<Sealed>("day");
  app.day = day ? await open<Day>(app.keys!.pack, day, "day") : null;
  if (app.pack) freshDay(app.pack);
}

function freshDay(pack: Pack): void {
  if (app.day?.day !== pack.day) app.day = { day: pack.day, done: {}, minutes: 0, inside: app.day?.inside ?? null, crisis: {} };
}

export async function fetchPack(): Promise<void> {
  try {
    const { status, told } = await post("pack", {});
    if (status === GONE) return void (await wipe("gone_why"));
    if (status !== 200) {
      if (status === SIGN_IN) app.net = "signed_out";
      else app.text = String(told["text"] ?? "");
      return news();
    }
    const pack = told["pack"] as Pack;
    await put("pack", await seal(app.keys!.pack, pack, "pack"));
    await put("numbers", pack.numbers);
    app.pack = pack;
    app.numbers = pack.numbers;
    app.net = "ok";
    freshDay(pack);
    if (!app.out.length) app.day!.minutes = 0;
    await heard(pack.inside, told["until"] as string);
  } catch (trouble) {
    if (!(trouble instanceof Offline)) throw trouble;
    app.net = "none";
  }
  news();
}

export async function refresh(): Promise<void> {
  const made = app.pack ? Date.parse(app.pack.made_at) : 0;
  if (app.keys && app.screen !== "pin" && (nowMs() - made > FRESH_MS || app.pack?.day !== dayOf(nowMs()))) await fetchPack();
}

// What the server says of the visit that runs, and how long the key lives from here.
async function heard(inside: Inside | null, until: string): Promise<void> {
  app.until = Date.parse(until);
  const kept = await get<Wrap>("wrap");
  if (kept) await put("wrap", { ...kept, until: app.until });
  const mine = app.day?.inside;
  const pending = app.out.some((each) => ["inside", "longer", "fine", "out"].includes(each.what));
  if (!app.day || pending) return;
  if (inside) app.day.inside = { ...inside, known: true, partner: mine?.partner ?? 0 };
  else if (mine?.known) app.day.inside = null;
  await keepDay();
  if (app.screen === "inside") (app.day.inside ? paint() : go("today"));
}

export async function keepDay(): Promise<void> {
  if (app.keys && app.day) await put("day", await seal(app.keys.pack, app.day, "day"));
}

// The page locks; what waits is sent on.
export function lock(): void {
  app.pack = app.day = app.draft = null;
  app.undo = null;
  go("pin");
}

// The time is over, the number was wrong too often, or the day is done: what lies here is noise.
export async function wipe(why: string): Promise<void> {
  await drop("wrap", "pack", "day");
  app.keys = null;
  app.pack = app.day = app.draft = null;
  app.undo = null;
  if (why === "ended_why" || why === "wiped_why") return closed(why);
  await fromServer(why);
}

export async function endDay(): Promise<void> {
  try {
    await post("end", {});
  } catch (trouble) {
    if (!(trouble instanceof Offline)) throw trouble;
  }
  await wipe("ended_why");
}

// Left alone for five minutes it locks, but not while somebody is behind a door.
async function watch(): Promise<void> {
  if (app.keys && app.until <= nowMs()) return wipe("gone_why");
  if (document.hidden) { app.awayAt ||= Date.now(); return; }
  const away = app.awayAt ? Date.now() - app.awayAt : 0;
  app.awayAt = 0;
  if (app.pack && away > IDLE_MS && !app.day?.inside && app.screen !== "sos") lock();
  else if (away) await refresh();
}
