// 사실이 달라요: another word about what only a person of the dong changes.
import { button, h, say } from "../dom";
import { hasNumber } from "../pure";
import { tell } from "../outbox";
import { app, cardOf, go, nameOf, paint } from "../state";
import { t } from "../words";
import { choice, head, page } from "./frame";

const FIELDS = ["phone", "address", "risk", "consent"];
// What the register knows only some words for is chosen from them: else no one could write it there.
export const VALUES: Record<string, string[]> = { risk: ["high", "mid", "low"], consent: ["yes", "no"] };
let of = "", field = "", value = "";

export function fact(): HTMLElement {
  if (of !== app.home) { of = app.home; field = value = ""; } // of another home nothing is known here
  const card = cardOf(app.home);
  const was = field === "phone" ? card?.phone ?? "" : field === "address" ? card?.address ?? "" : "";
  const wrong = h("p", { class: "rd-fault", role: "alert", id: "fact-fault" });
  const send = async (): Promise<void> => {
    if (!field || !value.trim() || hasNumber(value)) { wrong.replaceChildren(t(hasNumber(value) ? "note_number" : !field ? "fact_q" : VALUES[field] ? "fact_choose" : "fact_new")); return; }
    await tell({ what: "told", home: app.home, field, value: value.trim(), was });
    field = value = "";
    say(t("fact_sent"));
    go(app.draft?.home === app.home ? "log" : "today");
  };
  return page(head(nameOf(app.home), t("wrong_fact"), app.draft?.home === app.home ? "log" : "today"),
    h("main", { class: "rd-log" }, h("h2", { class: "q" }, t("fact_q")),
      h("div", { class: "g2" }, ...FIELDS.map((one) => choice(`f-${one}`, t(`fact_${one}`), field === one, () => { if (field !== one) value = ""; field = one; paint(); }))),
      was ? h("p", { class: "t2" }, was) : null,
      field ? answer() : null,
      h("p", { class: "t2" }, t("fact_why")), wrong, button(t("fact_send"), () => void send(), { class: "go wide big", id: "fact-send" })));
}

function answer(): HTMLElement {
  const words = VALUES[field];
  if (words) return h("div", {}, h("h2", { class: "q" }, t(`fact_${field}_q`)), h("div", { class: "g1" }, ...words.map((one) => choice(`v-${one}`, t(`${field}_${one}`), value === one, () => { value = one; paint(); }))));
  return h("div", {}, h("label", { for: "value" }, t("fact_new")),
    h("input", { id: "value", type: "text", inputmode: field === "phone" ? "tel" : "text", maxlength: 200, autocomplete: "off", value, input: (event: Event) => { value = (event.target as HTMLInputElement).value; } }));
}
