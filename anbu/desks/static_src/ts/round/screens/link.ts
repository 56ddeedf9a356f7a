// 연계: help that was brought about, by the city's three kinds, with its amount.
import { h, say } from "../dom";
import { hasNumber, wonOf, wonText } from "../pure";
import { tell } from "../outbox";
import { app, go, nameOf, paint, type Name } from "../state";
import { languageIs, numberText, t } from "../words";
import { keepDay } from "../unlock";
import { choice, head, page, wide } from "./frame";

const KINDS = ["benefit", "emergency", "private"];
const WHAT = 80, MOST_KRW = 100_000_000; // rules/events.py, rules/diary.py
const empty = { home: "", kind: "", text: "", won: "", fault: "", from: "today" as Name };
let draft = { ...empty };

export function beginLink(home: string): void {
  if (draft.home !== home) draft = { ...empty, home };
  draft.from = app.screen;
  go("link");
}

// How many were told of today from here: the pack says nothing of them.
export const linksOf = (home: string): number => app.day?.links?.[home] ?? 0;

export function link(): HTMLElement {
  return page(head(nameOf(draft.home), t("e_link"), draft.from),
    h("main", { class: "rd-log" },
      h("h2", { class: "q" }, t("link_q")),
      h("div", { class: "g1", role: "group", "aria-label": t("link_q") }, ...KINDS.map((kind) => choice(`k-${kind}`, `${t(`link_${kind}`)} · ${t(`link_${kind}_why`)}`, draft.kind === kind, () => { draft.kind = kind; draft.fault = ""; paint(); }))),
      h("label", { for: "link-what" }, t("link_what")),
      h("input", { id: "link-what", type: "text", maxlength: WHAT, autocomplete: "off", value: draft.text, "aria-describedby": "link-fault",
        input: (event: Event) => { draft.text = (event.target as HTMLInputElement).value; } }),
      h("label", { for: "link-won" }, t("link_won")),
      h("input", { id: "link-won", type: "text", inputmode: "numeric", autocomplete: "off", value: draft.won, "aria-describedby": "link-said link-hint",
        input: (event: Event) => typed(event.target as HTMLInputElement) }),
      h("p", { class: "rd-won num", id: "link-said", "aria-live": "polite" }, said()),
      h("p", { class: "t2", id: "link-hint" }, t("link_hint"))),
    h("footer", { class: "rd-foot" }, h("p", { class: "rd-fault", role: "alert", id: "link-fault" }, draft.fault),
      wide(t("link_save"), () => void save(), "tick", "link-save")));
}

const said = (): string => {
  const won = wonOf(draft.won);
  return won === null ? "" : languageIs() === "ko" ? wonText(won) : t("won", { n: numberText(won) });
};

// The marks between the thousands are put there for her, and the amount is said beside it.
function typed(field: HTMLInputElement): void {
  const won = wonOf(field.value);
  draft.won = won === null ? field.value : numberText(won);
  if (field.value !== draft.won) field.value = draft.won;
  document.getElementById("link-said")!.replaceChildren(said());
}

function faultOf(): string {
  const won = wonOf(draft.won);
  if (!draft.kind) return t("link_choose");
  if (!draft.text.trim()) return t("link_say");
  if (hasNumber(draft.text)) return t("note_number");
  return won === null || won > MOST_KRW ? t("link_amount") : "";
}

async function save(): Promise<void> {
  draft.fault = faultOf();
  if (draft.fault) return paint();
  const { home, kind, text, won, from } = draft;
  try {
    await tell({ what: "link", home, kind, text: text.trim(), amount_krw: wonOf(won)! });
  } catch {
    draft.fault = t("storage");
    return paint();
  }
  if (app.day) { app.day.links = { ...app.day.links, [home]: linksOf(home) + 1 }; await keepDay(); }
  draft = { ...empty };
  say(`${nameOf(home)} · ${t("link_saved")}`);
  go(from);
}
