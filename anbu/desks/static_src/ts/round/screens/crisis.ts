// What cannot wait: asked once, then told at once, before everything else.
import { button, h, tel } from "../dom";
import { has, tell } from "../outbox";
import { app, paint, type Draft } from "../state";
import { t } from "../words";
import { keepDay } from "../unlock";
import { told } from "./log";

const LOOK_MS = 500, LOOKS = 6;

export function crisis(draft: Draft): void {
  if (draft.heard.includes("crisis")) return; // it has gone: a person there looks at it now
  const box = h("dialog", { class: "rd-dialog", "aria-labelledby": "crisis-q" }) as HTMLDialogElement;
  const go = async (): Promise<void> => {
    Object.assign(draft, { result: "reached", mood: draft.mood || "worry", heard: [...draft.heard, "crisis"] });
    const before = draft.replaces;
    const id = await tell(told(draft), { first: true });
    Object.assign(draft, { replaces: id });
    if (app.day) { app.day.crisis[draft.home] = id; await keepDay(); }
    paint();
    await answer(box, id, before);
  };
  box.append(h("h2", { id: "crisis-q" }, t("crisis_q")), h("p", {}, t("crisis_why")),
    button(t("crisis_go"), () => void go(), { class: "danger wide big", id: "crisis-go" }, "sos"),
    button(t("crisis_no"), () => { box.close(); box.remove(); }, { class: "wide" }));
  document.body.append(box);
  box.showModal();
}

// Say what became of it: gone, or that a telephone call must do it.
async function answer(box: HTMLDialogElement, id: string, _before: string): Promise<void> {
  for (let n = 0; n < LOOKS && has(id); n += 1) await new Promise((good) => setTimeout(good, LOOK_MS));
  const close = button(t("back"), () => { box.close(); box.remove(); }, { class: "wide" });
  if (!has(id)) return box.replaceChildren(h("h2", { id: "crisis-q", role: "status" }, t("crisis_sent")), close);
  const numbers = [...app.numbers.map((one) => [one.name, one.phone]), [t("n119"), "119"], [t("n112"), "112"]];
  box.replaceChildren(h("h2", { id: "crisis-q", role: "alert" }, t("crisis_wait")),
    ...numbers.map(([name, number]) => h("a", { class: "rd-btn danger wide", href: tel(number!) }, name!)), close);
}
