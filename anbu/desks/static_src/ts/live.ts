// The live line. However many tabs are open, one of them holds the stream and tells the others.
import { serverNow, setClock, timeOfDay } from "./clock";
import { panelChanged, shownId, showPanel, panelIsBusy } from "./panel";
import { heard, readAnew, rowChanged } from "./rows";
import { announce, say } from "./sayings";
import { tone } from "./sound";

type News = { name: string; text: string; id: string };

const SILENT_MS = 20_000; // two beats missed: say so
const POLL_MS = 5_000;
const LONG_MS = 60_000;
const channel = new BroadcastChannel("anbu-live");
let lastId = "";
let lastBeat = Date.now();
let lostAt: number | undefined;
let screenOf = "";
let started = false;
let stream: EventSource | undefined;

function hear(news: News): void {
  if (news.id) lastId = news.id;
  lastBeat = Date.now();
  if (lostAt !== undefined) found();
  if (news.name === "beat") {
    const { now, speed } = JSON.parse(news.text) as { now: number; speed: number };
    setClock(now, speed);
    heard();
    if (!started) {
      started = true; // what happened between the page and the first beat
      anew();
    }
  } else if (news.name === "resync") anew();
  else {
    const { id, v } = JSON.parse(news.text) as { id: string; v: number };
    if (id === "causes") void readAnew();
    else if (id === "glass") {
      document.body.dispatchEvent(new Event("glass"));
      void readAnew();
    }
    else {
      rowChanged(id);
      panelChanged(id, v);
    }
  }
}

function anew(): void {
  void readAnew();
  const id = shownId();
  if (id && document.querySelector("#main[data-incident]") && !panelIsBusy()) showPanel(id);
}

function openStream(): void {
  stream?.close();
  stream = new EventSource(lastId ? `/live?after=${encodeURIComponent(lastId)}` : "/live");
  for (const name of ["beat", "alarm", "resync"]) {
    stream.addEventListener(name, (event: MessageEvent<string>) => {
      const news = { name, text: event.data, id: event.lastEventId };
      hear(news);
      channel.postMessage(news);
    });
  }
}

function lost(): void {
  lostAt = Date.now();
  screenOf = timeOfDay(serverNow());
  document.body.classList.add("is-lost");
  void tone(2);
}

function found(): void {
  lostAt = undefined;
  document.body.classList.remove("is-lost");
  for (const box of document.querySelectorAll<HTMLElement>("[data-link-lost]")) box.hidden = true;
  announce(say("back"));
  anew();
}

function watch(): void {
  if (lostAt === undefined) {
    if (Date.now() - lastBeat > SILENT_MS) lost();
    else return;
  }
  const text = say("lost", { at: screenOf }) + (Date.now() - lostAt! > LONG_MS ? ` ${say("lostLong")}` : "");
  for (const box of document.querySelectorAll<HTMLElement>("[data-link-lost]")) {
    const words = box.querySelector("[data-lost-text]");
    if (words && words.textContent !== text) words.textContent = text;
    box.hidden = false;
  }
}

async function poll(): Promise<void> {
  if (lostAt === undefined) return;
  if (stream) openStream();
  if (await readAnew()) screenOf = timeOfDay(serverNow());
}

export function startLive(): void {
  channel.addEventListener("message", (event: MessageEvent<News>) => hear(event.data));
  void navigator.locks.request("anbu-live", () => {
    openStream();
    return new Promise<void>(() => undefined); // until this tab closes
  });
  window.setInterval(watch, 1000);
  window.setInterval(() => void poll(), POLL_MS);
  window.addEventListener("pagehide", () => stream?.close());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload(); // an old picture from the browser's memory
  });
}
