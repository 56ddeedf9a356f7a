// 말로 적기: only where this device itself understands Korean; nobody's voice leaves it.
import { button } from "../dom";
import { languageIs, t } from "../words";

interface Recognition extends EventTarget {
  lang: string; processLocally: boolean; start(): void; stop(): void;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onend: (() => void) | null;
}
interface Recognizer {
  new (): Recognition;
  available?(asked: { langs: string[]; processLocally: boolean }): Promise<string>;
}

let can = false;
const kind = (): Recognizer | undefined => (window as unknown as { SpeechRecognition?: Recognizer }).SpeechRecognition;

export async function startVoice(): Promise<void> {
  try {
    can = (await kind()?.available?.({ langs: ["ko-KR"], processLocally: true })) === "available";
  } catch {
    can = false;
  }
}

export function voice(heard: (said: string) => void): HTMLElement | null {
  const Kind = kind();
  if (!can || !Kind) return null;
  let running: Recognition | null = null;
  const press = (): void => {
    if (running) { running.stop(); return; }
    running = new Kind();
    running.lang = languageIs() === "ko" ? "ko-KR" : "en-US";
    running.processLocally = true;
    running.onresult = (event) => { const first = event.results[0]?.[0]; if (first) heard(first.transcript); };
    running.onend = () => { running = null; made.querySelector("span")!.textContent = t("speak"); };
    made.querySelector("span")!.textContent = t("speaking");
    running.start();
  };
  const made = button(t("speak"), press, { class: "wide rd-mic" }, "mic");
  return made;
}
