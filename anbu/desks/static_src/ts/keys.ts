// The keyboard of the desk. Keys are known by their place (event.code): with the Hangul IME on, J is ㅓ or "Process".
import { isTextField, openDialog, panelLags } from "./panel";
import { sort, step } from "./rows";

const STORE = "anbu-keys";
const PATIENCE_MS = 2000; // a key that waited longer for its panel is forgotten: press it again
let waiting: { code: string; since: number } | undefined;
const areOn = (): boolean => localStorage.getItem(STORE) !== "off";

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const place = event.target instanceof Element ? event.target : null;
  const dialog = document.querySelector<HTMLDialogElement>("dialog[open]");
  if (place instanceof HTMLTextAreaElement && event.code === "Enter") {
    if (event.isComposing || event.shiftKey) return;
    event.preventDefault();
    place.form?.requestSubmit();
    return;
  }
  if (isTextField(place)) return;
  const code = event.code.replace("Numpad", "Digit");
  if (dialog) {
    const isKnown = /^Digit\d$/.test(code) || code === "KeyC" && areOn(); // a second C dials
    if (isKnown && click(dialog, code)) event.preventDefault();
    return;
  }
  if (code === "Enter" || code === "Escape") {
    const free = place === null || place === document.body || code === "Escape";
    if (free && click(document, code)) event.preventDefault();
    return;
  }
  if (!areOn() || event.repeat && code !== "KeyJ" && code !== "KeyK") return;
  if (act(code, event.shiftKey)) event.preventDefault();
}

function act(code: string, shift: boolean): boolean {
  if (code === "Slash" && shift) return open("#dlg-keys");
  if (shift) return false;
  if (code === "KeyJ" || code === "KeyK") {
    step(code === "KeyJ" ? 1 : -1);
    return true;
  }
  if (code === "KeyU") {
    sort();
    return true;
  }
  if (panelLags() && isForPanel(code)) {
    waiting = { code, since: performance.now() };
    return true;
  }
  return open(`dialog[data-opened-by="${code}"]`) || click(document, code);
}

function isForPanel(code: string): boolean {
  const elsewhere = [...document.querySelectorAll(`[data-key="${code}"]`)]
    .some((place) => place.closest("#panel") === null);
  return !elsewhere;
}

function actAtLast(): void {
  if (!waiting || panelLags()) return;
  const { code, since } = waiting;
  waiting = undefined;
  if (performance.now() - since < PATIENCE_MS && !document.querySelector("dialog[open]")) {
    act(code, false);
  }
}

function open(which: string): boolean {
  const dialog = document.querySelector<HTMLDialogElement>(which);
  if (dialog) openDialog(dialog);
  return dialog !== null;
}

function click(where: ParentNode, code: string): boolean {
  const found = [...where.querySelectorAll<HTMLElement>(`[data-key="${code}"]`)]
    .find((place) => where !== document || place.closest("dialog") === null);
  found?.click();
  if (found instanceof HTMLInputElement) found.focus();
  return found !== undefined;
}

export function startKeys(): void {
  document.addEventListener("keydown", press);
  document.addEventListener("anbu:shown", actAtLast);
  const box = document.querySelector<HTMLInputElement>("[data-keys-switch]");
  const show = (): void => {
    document.body.classList.toggle("no-keys", !areOn());
    if (box) box.checked = areOn();
  };
  box?.addEventListener("change", () => {
    localStorage.setItem(STORE, box.checked ? "on" : "off");
    show();
  });
  show();
}
