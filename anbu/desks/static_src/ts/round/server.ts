// Asking our server. What it does not answer is told apart from what it refuses.
import { setClock } from "./clock";
import { app } from "./state";
import { about } from "./words";

export class Offline extends Error {}
export interface Answer { status: number; told: Record<string, unknown> }
const PATIENCE_MS = 20_000;
export const SIGN_IN = 401, GONE = 410;

export async function post(path: string, body: unknown): Promise<Answer> {
  const csrf = document.cookie.split("; ").find((each) => each.startsWith(`${about.csrf}=`))?.split("=")[1] ?? "";
  let answer: Response;
  try {
    answer = await fetch(`/round/${path}`, {
      method: "POST", body: JSON.stringify(body), redirect: "manual", credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "X-Anbu-Device": app.device },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new Offline();
  }
  await setClock(answer.headers.get("X-Anbu-Now"));
  if (answer.status >= 500) throw new Offline(); // it stands, but cannot: told again later
  const isOurs = answer.headers.get("Content-Type") === "application/json";
  if (!isOurs) return { status: SIGN_IN, told: {} }; // a door, or a page that is not for us
  return { status: answer.status, told: (await answer.json()) as Record<string, unknown> };
}
