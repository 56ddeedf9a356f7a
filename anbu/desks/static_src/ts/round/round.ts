// 우리동네돌봄단: the app in a worker's hand. The shell is the same for everybody; this fills it.
import { ring as ringAgain, help, pins, sos } from "./screens/help";
import { choose, closed, pin } from "./screens/entry";
import { fact } from "./screens/fact";
import { link } from "./screens/link";
import { cameBack, log } from "./screens/log";
import { hours, neighbours, outbox } from "./screens/lists";
import { today } from "./screens/today";
import { restatus } from "./screens/frame";
import { door, inside, tick } from "./screens/visit";
import { startVoice } from "./screens/voice";
import { app, paintBy, statusBy, type Name } from "./state";
import { start } from "./unlock";
import { t } from "./words";

const SCREENS: Record<Name, () => HTMLElement> = { closed, choose, pin, today, log, fact, link, door, inside, neighbours, hours, outbox, help, pins, sos };
const root = document.getElementById("app")!;

function paint(focus: boolean): void {
  const held = focus ? "" : document.activeElement?.id ?? "";
  const at = focus ? 0 : scrollY;
  root.replaceChildren(SCREENS[app.screen]());
  root.dataset["screen"] = app.screen;
  tick();
  const heading = root.querySelector<HTMLElement>("h1");
  document.title = `${heading?.textContent ?? ""} · ${t("app")}`;
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
  else if (focus) heading?.focus({ preventScroll: true });
  scrollTo(0, at);
}

paintBy(paint);
statusBy(restatus);
setInterval(tick, 1_000);
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (hiddenAt) cameBack(Date.now() - hiddenAt);
});
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/round/worker.js", { scope: "/round/" }).catch(() => undefined);
void startVoice();
void start().then(() => ringAgain());
