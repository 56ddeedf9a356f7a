// Before today's list: signing in, choosing the number of the day, typing it.
import { button, h, icon, say, tel } from "../dom";
import { isPin, isSimple } from "../pure";
import { app, go } from "../state";
import { about, languageIs, speak, t } from "../words";
import { choosePin, knock, TRIES, typePin } from "../unlock";
import { page } from "./frame";

const brand = (): HTMLElement => h("p", { class: "rd-brand" }, t("app"));

function telephones(): HTMLElement {
  const rows: [string, string][] = [...app.numbers.map((one): [string, string] => [one.name, one.phone]), [t("n119"), "119"], [t("n112"), "112"]];
  return h("ul", { class: "rd-numbers" }, ...rows.map(([name, number]) =>
    h("li", {}, h("a", { class: "rd-btn wide", href: tel(number) }, icon("phone"), h("span", {}, `${name} ${name.startsWith(number) ? "" : number}`.trim())))));
}

export const languages = (): HTMLElement => h("div", { class: "rd-lang row", role: "group", "aria-label": t("language") },
  ...[["ko", "한국어"], ["en", "English"]].map(([code, word]) =>
    h("button", { type: "button", class: "rd-btn", lang: code, "aria-pressed": String(languageIs() === code), click: () => { speak(code!); go(app.screen); } }, word!)));

export function closed(): HTMLElement {
  const offline = app.why === "need_net";
  return page(h("main", { class: "rd-entry" }, brand(),
    h("h1", { tabindex: -1 }, t(app.why === "" ? "not_round" : "sign_in")),
    h("p", { id: "why" }, app.text || t(app.why || "not_round")),
    app.out.length ? h("p", { class: "rd-box", id: "kept" }, t("kept", { n: app.out.length })) : null,
    offline ? null : h("a", { class: "rd-btn go wide big", id: "sign-in", href: `${about.login}?next=/round/` }, t("sign_in")),
    button(t("again"), () => void knock(), { class: "wide" }),
    telephones(), languages()));
}

function field(id: string, label: string): HTMLInputElement {
  return h("input", {
    id, type: "password", inputmode: "numeric", pattern: "[0-9]*", maxlength: 6, autocomplete: "off", class: "rd-pin", "aria-label": label, "aria-describedby": "pin-fault",
  }) as HTMLInputElement;
}

const form = (deed: () => void, ...parts: HTMLElement[]): HTMLElement =>
  h("form", { class: "rd-form", submit: (event: Event) => { event.preventDefault(); deed(); } }, ...parts);
const fault = (): HTMLElement => h("p", { id: "pin-fault", class: "rd-fault", role: "alert" });
const submit = (words: string): HTMLElement => h("button", { type: "submit", class: "rd-btn go wide big" }, words);

export function choose(): HTMLElement {
  const one = field("pin-1", t("pin")), other = field("pin-2", t("pin_again")), wrong = fault();
  const deed = async (): Promise<void> => {
    const said = !isPin(one.value) ? "pin_six" : isSimple(one.value) ? "pin_simple" : one.value !== other.value ? "pin_differ" : "";
    if (said) { wrong.replaceChildren(t(said)); other.value = ""; (said === "pin_differ" ? other : one).focus(); return; }
    wrong.replaceChildren(t("opening"));
    await choosePin(one.value);
  };
  return page(h("main", { class: "rd-entry" }, brand(), h("h1", { tabindex: -1 }, t("choose_pin")), h("p", {}, t("choose_why")),
    form(() => void deed(), h("label", { for: "pin-1" }, t("pin")), one, h("label", { for: "pin-2" }, t("pin_again")), other, wrong, submit(t("set_pin"))),
    languages()));
}

export function pin(): HTMLElement {
  const one = field("pin-1", t("pin")), wrong = fault();
  const deed = async (): Promise<void> => {
    if (!isPin(one.value)) { wrong.replaceChildren(t("pin_six")); return; }
    wrong.replaceChildren(t("opening"));
    const left = await typePin(one.value);
    if (left === null) return;
    one.value = "";
    wrong.replaceChildren(t("pin_wrong", { n: Math.min(left, TRIES) }));
    one.focus();
  };
  return page(h("main", { class: "rd-entry" }, brand(), h("h1", { tabindex: -1 }, t("enter_pin")),
    app.out.length ? h("p", { class: "rd-box" }, t("to_send", { n: app.out.length })) : null,
    form(() => void deed(), one, wrong, submit(t("open"))),
    button(t("help"), () => { say(""); go("help"); }, { class: "danger wide" }, "sos"), telephones(), languages()));
}
