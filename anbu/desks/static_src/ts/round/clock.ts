// The hour as our server has it. A telephone's own clock may be wrong, and a rehearsal keeps another
// day: what is told, and how long the keys live, goes by the server; only spans go by the telephone.
import { put } from "./store";

const WORTH_MS = 1_000;
let ahead = 0; // of this telephone's clock

export const nowMs = (): number => Date.now() + ahead;
export const restore = (kept: number): void => { ahead = kept; };

// Each answer of the server says when it was given.
export async function setClock(told: string | null): Promise<void> {
  const at = told ? Date.parse(told) : NaN;
  if (Number.isNaN(at) || Math.abs(at - nowMs()) < WORTH_MS) return;
  ahead = at - Date.now();
  await put("ahead", ahead);
}
