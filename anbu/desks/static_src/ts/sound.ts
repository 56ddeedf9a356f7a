// Two falling tones for 심각, one soft one for 주의. Everything that sounds is also seen.
let audio: AudioContext | undefined;

function context(): AudioContext {
  audio ??= new AudioContext();
  return audio;
}

export async function tone(level: number): Promise<boolean> {
  const here = context();
  if (here.state !== "running") await Promise.race([here.resume(), pause(300)]);
  showSwitch();
  if (here.state !== "running") return false;
  const notes = level >= 3 ? [880, 587] : [523];
  notes.forEach((pitch, n) => play(here, pitch, here.currentTime + n * 0.28, level >= 3 ? 0.25 : 0.08));
  return true;
}

// Eight tabs ring once: whoever holds the lock sounds, the others stay quiet.
export function toneOnce(level: number): void {
  void navigator.locks.request("anbu-tone", { ifAvailable: true }, async (lock) => {
    if (lock && (await tone(level))) await pause(2000);
  });
}

function play(here: AudioContext, pitch: number, at: number, loud: number): void {
  const voice = here.createOscillator();
  const volume = here.createGain();
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(loud, at);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.26);
  voice.connect(volume).connect(here.destination);
  voice.start(at);
  voice.stop(at + 0.28);
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => window.setTimeout(done, ms));
}

function showSwitch(): void {
  const off = audio === undefined || audio.state !== "running";
  for (const button of document.querySelectorAll<HTMLElement>("[data-sound]")) button.hidden = !off;
}

export function startSound(): void {
  const silent = document.querySelector<HTMLElement>("[data-silent]");
  document.querySelector("[data-tone]")?.addEventListener("click", () => {
    void tone(3).then((sounded) => silent?.toggleAttribute("hidden", sounded));
  });
  for (const button of document.querySelectorAll("[data-sound]")) {
    button.addEventListener("click", () => void tone(2));
  }
  const form = document.querySelector<HTMLFormElement>("[data-start-shift]");
  form?.addEventListener("submit", (event) => {
    if (form.dataset["heard"]) return;
    event.preventDefault(); // let the tone sound before the page goes
    form.dataset["heard"] = "yes";
    void Promise.race([tone(3), pause(500)]).then(() => pause(600)).then(() => form.requestSubmit());
  });
}
