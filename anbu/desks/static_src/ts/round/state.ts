// What the app has in its hands while it is open. Nothing of it outlives the page but by store.ts.
import type { Halves, Keys } from "./crypto";
import type { Kept } from "./store";
import type { Card, Day, Pack } from "./types";

export type Net = "ok" | "sending" | "none" | "signed_out";
export interface Draft {
  home: string; kind: string; result: string; mood: string; heard: string[]; wants: string[]; note: string;
  next: { month: number; day: number }; beganAt: number; minutes: number | null; talkMs: number; partner: number | null; replaces: string; fault: string;
}
export interface Sos { id: string; at: number; visit: string | null; sent: boolean; ended: boolean; fault: string }
export interface Undo { id: string; home: string; text: string; until: number }
export type Name =
  | "closed" | "choose" | "pin" | "today" | "log" | "fact" | "link" | "door" | "inside" | "neighbours" | "hours" | "outbox" | "help" | "pins" | "sos";

export const app = {
  half: null as CryptoKey | null,
  device: "",
  halves: null as Halves | null, // between signing in and choosing a number
  keys: null as Keys | null,
  until: 0,
  pack: null as Pack | null,
  day: null as Day | null,
  out: [] as Kept[],
  numbers: [] as { name: string; phone: string }[],
  net: "ok" as Net,
  screen: "closed" as Name,
  why: "" as string, // the word that says why it is closed
  text: "" as string, // what the server said
  draft: null as Draft | null,
  home: "" as string, // whose door, or whose fact
  sos: null as Sos | null,
  undo: null as Undo | null,
  awayAt: 0,
  find: "",
};

let painter: (focus: boolean) => void = () => {};
export const paintBy = (how: (focus: boolean) => void): void => { painter = how; };
export const paint = (): void => painter(false);
export function go(to: Name): void {
  app.screen = to;
  painter(true);
}
let status: () => void = () => {};
export const statusBy = (how: () => void): void => { status = how; };
// Something in the background is new: lists are drawn anew, a half-written page is left alone.
export function news(): void {
  if (["today", "outbox", "hours", "neighbours"].includes(app.screen)) paint();
  else status();
}

export const cardOf = (home: string): Card | undefined => app.pack?.tasks.find((each) => each.home === home);
export const nameOf = (home: string): string =>
  cardOf(home)?.name ?? app.pack?.neighbours.find((each) => each.home === home)?.name ?? "";
