// The panel of one alarm: fetched by htmx, its dialogs, and what was typed in them.
import htmx from "htmx.org";
import { announce, say } from "./sayings";

const panel = document.querySelector<HTMLElement>("#panel");
const main = document.querySelector<HTMLElement>("#main");
let stale = false;
let wanted: string | undefined; // the alarm whose panel was asked for last
const newest = new Map<string, number>(); // the newest version of each alarm that this page has heard of

export function shownId(): string | undefined {
  return panel?.querySelector<HTMLElement>("[data-shown]")?.dataset["shown"];
}

// Never take a page away from under somebody's hands: it waits until the dialog or the field is left.
export function panelIsBusy(): boolean {
  return panel?.querySelector("dialog[open]") !== null
    || (panel?.contains(document.activeElement) === true && isTextField(document.activeElement));
}

export function want(id: string): void {
  wanted = id;
}

// Between a row and its panel lies a moment: no key may act on the person who was shown before.
export function panelLags(): boolean {
  return wanted !== undefined && wanted !== shownId();
}

export function isTextField(place: Element | null): boolean {
  if (place instanceof HTMLTextAreaElement || place instanceof HTMLSelectElement) return true;
  if (place instanceof HTMLInputElement) {
    return !["radio", "checkbox", "button", "submit"].includes(place.type);
  }
  return place instanceof HTMLElement && place.isContentEditable;
}

export function showPanel(id: string): void {
  if (!panel || !main) return;
  wanted = id;
  const address = main.dataset["url"] ?? `/preview/${id}`;
  void htmx.ajax("get", address, { target: "#panel", swap: "innerHTML" });
}

export function clearPanel(): void {
  wanted = undefined;
  panel?.replaceChildren();
}

export function panelChanged(id: string, version: number): void {
  const shown = panel?.querySelector<HTMLElement>("[data-shown]");
  newest.set(id, Math.max(version, newest.get(id) ?? 0));
  if (!shown || shown.dataset["shown"] !== id || Number(shown.dataset["v"]) >= version) return;
  if (panelIsBusy()) stale = true;
  else showPanel(id);
}

export function openDialog(dialog: HTMLDialogElement, choice?: string): void {
  if (document.querySelector("dialog[open]")) return;
  dialog.showModal();
  if (choice) dialog.querySelector<HTMLInputElement>(`input[value="${choice}"]`)?.click();
}

export function startPanel(): void {
  document.addEventListener("click", (event) => {
    const place = event.target instanceof Element ? event.target : null;
    const opener = place?.closest<HTMLElement>("[data-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset["open"] ?? "");
      if (dialog instanceof HTMLDialogElement) openDialog(dialog, opener.dataset["choose"]);
    }
    const copy = place?.closest<HTMLElement>("[data-copy]");
    if (copy) void navigator.clipboard.writeText(copy.dataset["copy"] ?? "").then(() => announce(say("copied")));
    if (place?.closest("[data-close]")) place.closest("dialog")?.close();
  });
  document.addEventListener("close", refreshIfStale, true);
  document.addEventListener("focusout", () => window.setTimeout(refreshIfStale, 200));
  document.body.addEventListener("htmx:beforeSwap", refuseOldNews);
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const place = event.target instanceof HTMLElement ? event.target : null;
    place?.querySelector<HTMLElement>("[data-focus]")?.focus();
    const { requestConfig } = (event as CustomEvent<{ requestConfig: { verb: string } }>).detail;
    document.dispatchEvent(new CustomEvent("anbu:shown", { detail: requestConfig.verb }));
  });
  for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.body.addEventListener(trouble, showTrouble);
  }
}

// An answer that was overtaken by a newer one must not take its place; nor may the answer to a deed
// done before take a dialog away that was opened since: the next key would mean another deed.
function refuseOldNews(event: Event): void {
  const detail = (event as CustomEvent<{
    serverResponse: string;
    shouldSwap: boolean;
    requestConfig: { verb: string; elt: Element };
  }>).detail;
  const { verb, elt } = detail.requestConfig;
  const dialog = panel?.querySelector("dialog[open]");
  const found = /data-shown="([^"]+)" data-v="(\d+)"/.exec(detail.serverResponse);
  if (!found) return;
  const [id, version] = [found[1]!, Number(found[2])];
  const inHand = verb === "get" ? panelIsBusy() : dialog != null && !dialog.contains(elt);
  if (version >= (newest.get(id) ?? 0) && !inHand) newest.set(id, version);
  else {
    detail.shouldSwap = false;
    stale = inHand || id === shownId();
    window.setTimeout(refreshIfStale, 200);
  }
}

function showTrouble(event: Event): void {
  const source = event.target instanceof Element ? event.target : null;
  if (!source?.closest("form")) return; // a look that failed is tried again by itself
  const box = document.createElement("div");
  box.className = "ab-error";
  box.setAttribute("role", "alert");
  box.textContent = say("failed");
  const place = source.closest("dialog")?.querySelector(".faults");
  if (place) place.replaceChildren(box);
  else panel?.prepend(box);
  announce(say("failed"), true);
}

function refreshIfStale(): void {
  const id = wanted ?? shownId();
  if (!stale || !id || panelIsBusy()) return;
  stale = false;
  showPanel(id);
}
