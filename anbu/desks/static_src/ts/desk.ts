// What the pages of the control room do beyond HTML. Without it every form still works.
import "htmx.org";
import { startClock } from "./clock";
import { startIdle, startPasskeys } from "./entrance";
import { startKeys } from "./keys";
import { startLive } from "./live";
import { startPanel } from "./panel";
import { startPush } from "./push";
import { startRows } from "./rows";
import { startSound } from "./sound";

startClock();
startPasskeys();
startIdle();
startPush();
startSound();
startPanel();
startRows();
startKeys();
if (document.querySelector("#main[data-view], #main[data-incident], #main[data-review]")) startLive();
document.querySelector<HTMLElement>("[data-focus]")?.focus();
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
