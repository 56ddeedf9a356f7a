// The server's clock, ticking here: its time, its pace. The clock of this computer does not matter.
import { leave } from "./leave";

const root = document.documentElement;
let shown = Number(root.dataset["now"]);
let speed = Number(root.dataset["speed"] ?? 1);
let heard = performance.now();

export function serverNow(): number {
  return shown + ((performance.now() - heard) / 1000) * speed;
}

export function setClock(now: number, pace: number): void {
  const drift = Math.abs(serverNow() - now);
  if (drift < 0.3 && pace === speed) return; // the way here takes time too: do not twitch
  [shown, speed, heard] = [now, pace, performance.now()];
}

export function timeOfDay(at: number): string {
  return new Date(at * 1000).toLocaleTimeString("en-GB", { timeZone: "Asia/Seoul" });
}

export function left(due: number): string {
  const seconds = Math.trunc(due - serverNow());
  const sign = seconds < 0 ? "+" : "";
  const s = Math.abs(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  if (s < 6000) return `${sign}${two(Math.floor(s / 60))}:${two(s % 60)}`;
  return `${sign}${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function tick(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-clock]")) {
    place.textContent = timeOfDay(serverNow());
  }
  for (const place of document.querySelectorAll<HTMLElement>("b[data-due], span[data-due]")) {
    place.textContent = left(Number(place.dataset["due"]));
  }
  // Broken glass: what it showed leaves the screen when it ends. The server has shut it already.
  for (const band of document.querySelectorAll<HTMLElement>("[data-ends]")) {
    if (serverNow() > Number(band.dataset["ends"]) + 1) leave(window.location.href);
  }
  for (const bar of document.querySelectorAll<SVGRectElement>("rect[data-to]")) {
    const from = Number(bar.dataset["from"]);
    const gone = (serverNow() - from) / (Number(bar.dataset["to"]) - from);
    bar.setAttribute("width", String(Math.round(100 * Math.min(Math.max(gone, 0), 1))));
  }
}

export function startClock(): void {
  tick();
  window.setInterval(tick, 1000);
}
