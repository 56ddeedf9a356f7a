// 도움 요청: held for three seconds, or tapped five times; without a sound.
import { button, h, icon, say, tel } from "../dom";
import { chance } from "../crypto";
import { tapped, uuid7 } from "../pure";
import { Offline, post, SIGN_IN } from "../server";
import { app, go, paint } from "../state";
import { put } from "../store";
import { knock } from "../unlock";
import { t } from "../words";
import { head, page, tabs } from "./frame";

const HOLD_MS = 3_000, TAPS = 5, WITHIN_MS = 6_000, AGAIN_MS = 3_000; // rules/safety.py
let taps: number[] = [];

export function sosButton(): HTMLElement {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const made = h("button", {
    type: "button", class: "rd-sos", id: "sos", contextmenu: (event: Event) => event.preventDefault(),
    pointerdown: () => { made.classList.add("held"); timer = setTimeout(ring, HOLD_MS); },
    click: () => {
      const now = tapped(taps, Date.now(), TAPS, WITHIN_MS);
      taps = now.taps;
      if (now.rings) ring();
    },
  }, icon("sos"), h("span", {}, h("b", {}, t("sos")), h("small", {}, t("sos_why"))));
  const let_go = (): void => { clearTimeout(timer); made.classList.remove("held"); };
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) made.addEventListener(name, let_go);
  const ring = (): void => { let_go(); void call(); };
  return made;
}

async function call(): Promise<void> {
  if (!app.sos || app.sos.ended) {
    app.sos = { id: uuid7(Date.now(), chance(10)), at: Date.now(), visit: app.day?.inside?.id ?? null, sent: false, ended: false, fault: "" };
    await put("sos", app.sos);
  }
  go("sos");
  await ring();
}

// Told again and again until the server has it, whatever else waits.
export async function ring(): Promise<void> {
  const sos = app.sos;
  if (!sos || sos.sent || sos.ended) return;
  try {
    const { status } = await post("help", { visit: sos.visit });
    sos.sent = status === 200;
    if (status === SIGN_IN) app.net = "signed_out";
    if (status === 422) { sos.fault = "sos_nowhere"; sos.ended = true; } // said at once: a voice must do it
  } catch (trouble) {
    if (!(trouble instanceof Offline)) throw trouble;
  }
  await put("sos", sos);
  if (!sos.sent) setTimeout(() => void ring(), AGAIN_MS);
  if (app.screen === "sos" && !document.getElementById("sos-pin")?.matches(":focus")) paint();
}

export function sos(): HTMLElement {
  const one = app.sos!;
  const pin = h("input", { id: "sos-pin", type: "password", inputmode: "numeric", maxlength: 6, autocomplete: "off", class: "rd-pin", "aria-label": t("sos_pin") }) as HTMLInputElement;
  const title = one.fault === "sos_nowhere" ? "sos_nowhere" : one.ended ? "sos_ended" : one.sent ? "sos_gone" : "sos_going";
  const numbers = [...app.numbers.map((each): [string, string] => [each.name, each.phone]), [t("n112"), "112"] as [string, string], [t("n119"), "119"] as [string, string]];
  return page(h("main", { class: "rd-entry" }, h("h1", { tabindex: -1, id: "sos-state" }, t(title)),
    one.sent || one.ended ? null : h("p", { class: "rd-box danger" }, t("sos_wait")),
    one.ended ? null : h("form", { class: "rd-form", submit: (event: Event) => { event.preventDefault(); void cancel(pin); } },
      h("label", { for: "sos-pin" }, t(Date.now() - one.at < 10_000 ? "sos_off" : "sos_off_late")), pin,
      h("p", { class: "rd-fault", role: "alert", id: "sos-fault" }, one.fault ? t(one.fault) : ""),
      h("button", { type: "submit", class: "rd-btn wide" }, t("sos_cancel"))),
    h("ul", { class: "rd-numbers" }, ...numbers.map(([name, number]) => h("li", {}, h("a", { class: "rd-btn danger wide", href: tel(number) }, icon("phone"), h("span", {}, name))))),
    button(t("back"), () => { if (one.ended) { app.sos = null; void put("sos", null); } back(); }, { class: "wide", id: "sos-back" })));
}

// To where it was called from; what is locked stays locked.
function back(): void {
  if (app.pack) go(app.day?.inside ? "inside" : "today");
  else void knock();
}

// The own number ends it; the number under duress looks just the same here.
async function cancel(pin: HTMLInputElement): Promise<void> {
  const one = app.sos!, typed = pin.value;
  pin.value = "";
  try {
    if (!one.sent) await ring();
    const { status, told } = await post("help", { visit: one.visit, pin: typed });
    one.ended = status === 200 && told["ended"] === true;
    one.fault = one.ended ? "" : "sos_wrong";
  } catch (trouble) {
    if (!(trouble instanceof Offline)) throw trouble;
    one.fault = "failed";
  }
  await put("sos", one);
  paint();
}

export function help(): HTMLElement {
  const rows: [string, string][] = [...app.numbers.map((each): [string, string] => [each.name, each.phone]), [t("n119"), "119"], [t("n112"), "112"], [t("n109"), "109"]];
  const closed = !app.pack;
  return page(h("header", { class: "rd-top" }, h("h1", { tabindex: -1 }, t("help"))),
    h("main", { class: "rd-log" }, sosButton(), h("p", { class: "t2" }, t("sos_taps")),
      h("h2", { class: "q" }, t("numbers")),
      h("ul", { class: "rd-numbers" }, ...rows.map(([name, number]) =>
        h("li", {}, h("a", { class: "rd-btn wide", href: tel(number) }, icon("phone"), h("span", { class: "grow" }, name), name.startsWith(number) ? null : h("span", { class: "t2 num" }, number))))),
      app.pack ? button(t(app.pack.has_pin ? "pins_change" : "pins_set"), () => go("pins"), { class: "wide", id: "pins" }, "lock") : null,
      closed ? button(t("back"), back, { class: "wide" }) : null),
    closed ? null : tabs());
}

// The two numbers: one ends a call for help, the other only seems to.
export function pins(): HTMLElement {
  const field = (id: string, label: string): HTMLInputElement => h("input", { id, type: "password", inputmode: "numeric", maxlength: 6, autocomplete: "off", class: "rd-pin", "aria-label": label }) as HTMLInputElement;
  const own = field("own", t("pins_own")), duress = field("duress", t("pins_duress")), wrong = h("p", { class: "rd-fault", role: "alert" });
  const send = async (): Promise<void> => {
    try {
      const { status, told } = await post("pins", { own: own.value, duress: duress.value });
      if (status !== 200) { wrong.replaceChildren(String(told["text"] ?? t("failed"))); return; }
      if (app.pack) app.pack.has_pin = true;
      say(t("pins_done"));
      go("help");
    } catch {
      wrong.replaceChildren(t("no_net"));
    }
  };
  return page(head(t("pins_set"), "", "help"), h("main", { class: "rd-log" }, h("p", {}, t("pins_why")),
    h("form", { class: "rd-form", submit: (event: Event) => { event.preventDefault(); void send(); } },
      h("label", { for: "own" }, t("pins_own")), own, h("label", { for: "duress" }, t("pins_duress")), duress, wrong,
      h("button", { type: "submit", class: "rd-btn go wide big" }, t("set_pin")))));
}
