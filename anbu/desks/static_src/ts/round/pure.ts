// What needs no telephone, no clock and no network: held by tests/desks/rounds/pure.test.mjs.

// A UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance.
export function uuid7(ms: number, chance: Uint8Array): string {
  const b = new Uint8Array(16);
  b.set(chance.subarray(0, 10), 6);
  for (let n = 5, left = ms; n >= 0; n -= 1, left = Math.floor(left / 256)) b[n] = left % 256;
  b[6] = 0x70 | (b[6]! & 0x0f);
  b[8] = 0x80 | (b[8]! & 0x3f);
  const hex = [...b].map((each) => each.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// How long to wait before the next try [ms]: doubled each time, up to a minute, never all at once.
export function backoff(tries: number, chance: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(tries, 6)) * (0.5 + chance / 2);
}

export interface Waits { id: string; seq: number; first: boolean; notBefore: number }

// What is sent next, in which order: what cannot wait, then all by their number. A day's work is one
// letter: each costs a slow line its whole way there and back. `tries`: what could not be delivered
// together is tried in parts, so that nothing stands in the way of what cannot wait.
export function batch<T extends Waits>(waits: readonly T[], now: number, most: number, tries = 0): T[] {
  const ready = waits.filter((each) => each.notBefore <= now);
  const bySeq = (one: T, other: T): number => one.seq - other.seq;
  const first = ready.filter((each) => each.first).sort(bySeq);
  const rest = ready.filter((each) => !each.first).sort(bySeq);
  return (tries && first.length ? first : [...first, ...rest]).slice(0, most);
}

// The number of the next event: one that was given back, else the next.
export function nextSeq(free: readonly number[], next: number): { seq: number; free: number[]; next: number } {
  const [seq, ...rest] = [...free].sort((one, other) => one - other);
  return seq === undefined ? { seq: next, free: [], next: next + 1 } : { seq, free: rest, next };
}

// Somebody who cannot hold a button taps it: so many taps within so long are as good.
export function tapped(taps: readonly number[], now: number, need: number, within: number): { taps: number[]; rings: boolean } {
  const lately = [...taps.filter((each) => now - each < within), now];
  return lately.length >= need ? { taps: [], rings: true } : { taps: lately, rings: false };
}

export type Stage = "inside" | "amber" | "red";
export const RED_MS = 5 * 60_000;

// Where a visit stands by the clock alone; the server's own word counts where it is worse.
export function stageAt(endsAt: number, now: number, told: string): Stage {
  if (told === "red" || now >= endsAt + RED_MS) return "red";
  return now >= endsAt ? "amber" : "inside";
}

export function clockText(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${String(Math.floor(s / 60)).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
}

// A six-figure number that anybody would try first.
export function isSimple(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((figure, n) => Number(figure) - Number(pin[n])));
  return steps.size === 1 || new Set(pin).size < 3;
}

export const isPin = (pin: string): boolean => /^\d{6}$/.test(pin);

// A resident number, or something that looks like one.
export const hasNumber = (text: string): boolean => /\d{6}\s*[-–]?\s*[1-8]\d{6}/.test(text);

// An amount as it is typed, with or without marks between its figures; nothing: it is none.
export function wonOf(typed: string): number | null {
  const figures = typed.replace(/[,\s원]/g, "");
  return /^\d{1,9}$/.test(figures) ? Number(figures) : null;
}

// An amount as it is said in Korean, by ten thousands: 1억 2,350만 4,000원.
export function wonText(won: number): string {
  const parts: [number, string][] = [[Math.floor(won / 1e8), "억"], [Math.floor(won / 1e4) % 1e4, "만"], [won % 1e4, ""]];
  const said = parts.filter(([n]) => n).map(([n, unit]) => n.toLocaleString("ko-KR") + unit).join(" ");
  return `${said || "0"}원`;
}

// The day of a moment as Seoul counts it: YYYY-MM-DD.
export function dayOf(ms: number): string {
  return new Date(ms + 9 * 3600_000).toISOString().slice(0, 10);
}

// The next such day from this one on, YYYY-MM-DD; nothing: there is none, or one half is not chosen.
export function dayFrom(month: number, day: number, today: string): string {
  const year = Number(today.slice(0, 4));
  for (const each of [year, year + 1]) {
    const told = new Date(Date.UTC(each, month - 1, day)).toISOString().slice(0, 10);
    if (month && day && Number(told.slice(5, 7)) === month && told >= today) return told;
  }
  return "";
}

// What is left of a day, as the worker likes it: what was put off comes last, in that order.
export function ordered<T extends { home: string }>(cards: readonly T[], late: readonly string[]): T[] {
  const at = (card: T): number => late.indexOf(card.home);
  return [...cards.filter((card) => at(card) < 0), ...cards.filter((card) => at(card) >= 0).sort((one, other) => at(one) - at(other))];
}

export function minuteText(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
}

// So many minutes of work a call or a visit was: begun is done, and nothing counts twice.
export function worked(beganAt: number, now: number): number {
  return Math.min(240, Math.max(1, Math.ceil((now - beganAt) / 60_000)));
}
