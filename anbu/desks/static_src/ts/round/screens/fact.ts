// 사실이 달라요: another word about what only a person of the dong changes.
import { button, h, say } from "../dom";
import { hasNumber } from "../pure";
import { tell } from "../outbox";
import { app, cardOf, go, nameOf, paint } from "../state";
import { t } from "../words";
import { choice, head, page } from "./frame";

const FIELDS = ["phone", "address", "risk", "consent"];
let of = "", field = "", value = "";

export function fact(): HTMLElement {
  if (of !== app.home) { of = app.home; field = value = ""; } // of another home nothing is known here
  const card = cardOf(app.home);
  const was = field === "phone" ? card?.phone ?? "" : field === "address" ? card?.address ?? "" : "";
  const wrong = h("p", { class: "rd-fault", role: "alert", id: "fact-fault" });
  const send = async (): Promise<void> => {
    if (!field || !value.trim() || hasNumber(value)) { wrong.replaceChildren(t(hasNumber(value) ? "note_number" : field ? "fact_new" : "fact_q")); return; }
    await tell({ what: "told", home: app.home, field, value: value.trim(), was });
    field = value = "";
    say(t("fact_sent"));
    go(app.draft ? "log" : "today");
  };
  return page(head(nameOf(app.home), t("wrong_fact"), app.draft ? "log" : "today"),
    h("main", { class: "rd-log" }, h("h2", { class: "q" }, t("fact_q")),
      h("div", { class: "g2" }, ...FIELDS.map((one) => choice(`f-${one}`, t(`fact_${one}`), field === one, () => { field = one; paint(); }))),
      was ? h("p", { class: "t2" }, was) : null,
      h("label", { for: "value" }, t("fact_new")),
      h("input", { id: "value", type: "text", maxlength: 200, autocomplete: "off", value, input: (event: Event) => { value = (event.target as HTMLInputElement).value; } }),
      h("p", { class: "t2" }, t("fact_why")), wrong, button(t("fact_send"), () => void send(), { class: "go wide big", id: "fact-send" })));
}
