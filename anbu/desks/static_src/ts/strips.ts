// The strips of rows: each row comes without one, and what many lack is asked for together.
export const AT_ONCE = 100; // as many as the server answers at once
const APART_MS = 3000;
let timer: number | undefined;
let askedAt = 0;

export const rowOf = (id: string): HTMLElement | null => document.getElementById(`row-${id}`);

// A row comes without its strip: until the new one is here the one already drawn stays. Within three
// seconds a strip of three days is the same picture, and a busy server is asked once for many.
export function keepStrip(old: HTMLElement, row: HTMLElement): void {
  const empty = row.querySelector(".sp[data-later]:empty");
  if (empty) empty.append(...(old.querySelector(".sp")?.childNodes ?? []));
}

export function stripsLater(): void {
  if (timer !== undefined || !document.querySelector(".sp[data-later]")) return;
  const due = document.querySelector(".sp[data-later]:empty") ? 0 : askedAt + APART_MS - Date.now();
  timer = window.setTimeout(() => void readStrips(), Math.max(300, due));
}

async function readStrips(): Promise<void> {
  askedAt = Date.now();
  const lacking = [...document.querySelectorAll<HTMLElement>(".sp[data-later]")].slice(0, AT_ONCE);
  if (lacking.length === 0) {
    timer = undefined; // the rows that lacked one are gone meanwhile
    return;
  }
  const ids = lacking.map((place) => place.closest<HTMLElement>("li")?.dataset["id"] ?? "");
  const answer = await fetch(`/strips?alarms=${ids.join(",")}`).catch(() => null);
  timer = undefined;
  if (!answer?.ok || answer.redirected) return; // the next second asks again
  const shell = document.createElement("template");
  shell.innerHTML = await answer.text();
  for (const drawn of shell.content.querySelectorAll<HTMLElement>("[data-of]")) {
    const place = rowOf(drawn.dataset["of"] ?? "")?.querySelector<HTMLElement>(".sp[data-later]");
    place?.replaceChildren(...drawn.childNodes);
  }
  for (const place of lacking) place.removeAttribute("data-later"); // gone for this reader: no more to ask
}
