// What stands around every page: the head, the tabs, and how it stands with the server.
import { button, h, icon } from "../dom";
import { send } from "../outbox";
import { app, go, type Name } from "../state";
import { t } from "../words";

const TABS: [Name, string, string][] = [
  ["today", "today", "phone"], ["neighbours", "neighbours", "people"], ["hours", "hours", "clock"], ["help", "help", "sos"],
];

export function tabs(): HTMLElement {
  return h("nav", { class: "rd-tabs", "aria-label": t("app") }, ...TABS.map(([name, word, sign]) =>
    h("button", {
      type: "button", class: name === "help" ? "sos" : "", "data-tab": name,
      "aria-current": app.screen === name ? "page" : undefined, click: () => go(name),
    }, icon(sign), h("span", {}, t(word)))));
}

export function status(): HTMLElement {
  const n = app.out.length;
  const word = { ok: t("saved"), sending: t("sending"), none: t("no_net"), signed_out: t("sign_in") }[app.net];
  return h("button", { type: "button", class: "rd-sync", id: "sync", click: () => { void send(); go("outbox"); } },
    icon("cloud"), h("span", {}, h("span", {}, word), n ? h("b", {}, t("to_send", { n })) : null));
}

export function restatus(): void {
  document.getElementById("sync")?.replaceWith(status());
}

// A page that is opened from another: back, a heading, something at its end.
export function head(title: string, small: string, back: Name, end?: Node | null): HTMLElement {
  return h("header", { class: "rd-head row" },
    h("button", { type: "button", class: "rd-back", "aria-label": t("back"), click: () => go(back) }, icon("back")),
    h("h1", { class: "grow", tabindex: -1 }, title, small ? h("small", {}, ` ${small}`) : null), end ?? null);
}

export function page(...parts: (HTMLElement | null)[]): HTMLElement {
  return h("div", { class: "rd-page" }, ...parts);
}

export function choice(id: string, words: string, on: boolean, press: () => void, pill = false): HTMLElement {
  return h("button", { type: "button", id, class: `rd-k${pill ? " pill" : ""}`, "aria-pressed": String(on), click: press },
    on ? icon("tick") : null, h("span", {}, words));
}

export const wide = (words: string, press: () => void, sign?: string, id?: string): HTMLElement =>
  button(words, press, { class: "go wide big", id }, sign);
