// What waits to be sent. An event is written once, sealed, and leaves only when the server has it.
import { nowMs } from "./clock";
import { chance, open, seal } from "./crypto";
import { backoff, batch, uuid7 } from "./pure";
import { GONE, Offline, post, SIGN_IN } from "./server";
import { app, news } from "./state";
import { add, peekSeq, taken, takeBack, waiting, type Kept } from "./store";
import type { Event, Inside, Said } from "./types";
import { say } from "./dom";
import { t } from "./words";

const AT_ONCE = 100;
const AGAIN_MS = 60_000;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let gone: () => void = () => {};
let heard: (inside: Inside | null, until: string) => Promise<void> = async () => {};

export function startOutbox(onGone: () => void, onHeard: typeof heard): void {
  gone = onGone;
  heard = onHeard;
  addEventListener("online", () => { tries = 0; void send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { tries = 0; void send(); } });
  setInterval(() => void send(), AGAIN_MS);
}

// Write down what was done, and send it; `first`: it cannot wait behind others. Returns its id.
export async function tell(said: Said, how: { first?: boolean; holdMs?: number } = {}): Promise<string> {
  const now = nowMs(), id = uuid7(now, chance(10)), free = Date.now() + (how.holdMs ?? 0);
  for (;;) {
    const seq = await peekSeq();
    const event: Event = { ...said, id, seq, at: new Date(now).toISOString() };
    const sealed = await seal(app.keys!.out, event, id);
    if (await add({ ...sealed, id, seq, what: said.what, first: how.first ?? false, notBefore: free })) break;
  }
  await look();
  if (how.holdMs) later(how.holdMs + 50);
  else void send();
  return id;
}

export async function undo(id: string): Promise<boolean> {
  const is = await takeBack(id);
  await look();
  return is;
}

export async function look(): Promise<void> {
  app.out = (await waiting()).sort((one, other) => one.seq - other.seq);
  news();
}

export const has = (id: string): boolean => app.out.some((each) => each.id === id);
export const readable = (one: Kept): Promise<Event> => open<Event>(app.keys!.out, one, one.id);

// Send until nothing is left that may go; one page of this telephone at a time.
export async function send(): Promise<void> {
  if (!app.keys || !app.device) return;
  const sure = app.keys;
  await navigator.locks.request("anbu-round-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    try {
      for (;;) {
        await look();
        const ready = batch(app.out, Date.now(), AT_ONCE, tries);
        if (!ready.length) break;
        app.net = "sending";
        const events = await Promise.all(ready.map((each) => open<Event>(sure.out, each, each.id)));
        if (!(await deliver(ready, events))) return;
      }
      tries = 0;
      if (app.net !== "signed_out") app.net = "ok";
    } catch (trouble) {
      if (!(trouble instanceof Offline)) throw trouble;
      app.net = "none";
      later(backoff(tries++, Math.random()));
    } finally {
      news();
    }
  });
}

async function deliver(ready: Kept[], events: Event[]): Promise<boolean> {
  const { status, told } = await post("sync", { events });
  if (status === SIGN_IN || status === GONE) {
    app.net = "signed_out";
    if (status === GONE) gone();
    return false;
  }
  if (status !== 200) {
    app.net = "none";
    later(backoff(tries++, Math.random()));
    return false;
  }
  await taken(told["taken"] as string[]);
  if ((told["unread"] as string[]).length) say(t("unread")); // kept there as it came, for a person
  app.net = "ok";
  await look();
  await heard(told["inside"] as Inside | null, told["until"] as string);
  if (!app.out.some((each) => ready.some((one) => one.id === each.id))) return true;
  later(backoff(tries++, Math.random())); // it answered, and took not all: not again at once
  return false;
}

function later(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void send(), ms);
}
