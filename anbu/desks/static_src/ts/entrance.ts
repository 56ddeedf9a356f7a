// Passkeys at the door, and the screen nobody sits at any more.
import { leave } from "./leave";
import { tone } from "./sound";

type Json = Record<string, unknown>;
type Credential = { id: string; type: string; transports?: AuthenticatorTransport[] };

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function text(of: ArrayBuffer | null): string | null {
  if (!of) return null;
  const plain = String.fromCharCode(...new Uint8Array(of));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function known(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list as Credential[] | undefined) ?? []).map((one) => ({ ...one, type: "public-key", id: bytes(one.id) }));
}

function forCreation(told: Json, alone: boolean): PublicKeyCredentialCreationOptions {
  const user = told["user"] as Json;
  // To open the door alone, a key must know whose it is and ask for a finger, a face or a PIN.
  const strict = alone ? { residentKey: "required", requireResidentKey: true, userVerification: "required" } : {};
  return {
    ...(told as object),
    authenticatorSelection: { ...(told["authenticatorSelection"] as object | undefined), ...strict },
    challenge: bytes(told["challenge"] as string),
    user: { ...user, id: bytes(user["id"] as string) },
    excludeCredentials: known(told["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
}

function forRequest(told: Json): PublicKeyCredentialRequestOptions {
  return {
    ...(told as object),
    challenge: bytes(told["challenge"] as string),
    allowCredentials: known(told["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
}

function asJson(shown: PublicKeyCredential): Json {
  const answer = shown.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const response: Json = { clientDataJSON: text(answer.clientDataJSON) };
  if (answer.attestationObject) {
    response["attestationObject"] = text(answer.attestationObject);
    response["transports"] = answer.getTransports();
  } else {
    response["authenticatorData"] = text(answer.authenticatorData);
    response["signature"] = text(answer.signature);
    response["userHandle"] = text(answer.userHandle);
  }
  return {
    id: shown.id, rawId: text(shown.rawId), type: shown.type, response,
    authenticatorAttachment: shown.authenticatorAttachment,
    clientExtensionResults: shown.getClientExtensionResults(),
  };
}

async function options(form: HTMLFormElement): Promise<Json> {
  let told: Json;
  if (form.dataset["passkey"] === "login") {
    const answer = await fetch(form.action, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    told = ((await answer.json()) as Json)["request_options"] as Json;
  } else {
    const data = JSON.parse(document.getElementById("key-options")!.textContent!) as Json;
    told = (data["creation_options"] ?? data["request_options"]) as Json;
  }
  return told["publicKey"] as Json;
}

async function show(form: HTMLFormElement): Promise<void> {
  const failed = document.querySelector<HTMLElement>("[data-key-failed]");
  if (failed) failed.hidden = true;
  try {
    const publicKey = await options(form);
    const alone = form.querySelector<HTMLInputElement>("[name=passwordless]")?.checked ?? false;
    const shown = form.dataset["passkey"] === "create"
      ? await navigator.credentials.create({ publicKey: forCreation(publicKey, alone) })
      : await navigator.credentials.get({ publicKey: forRequest(publicKey) });
    form.querySelector<HTMLInputElement>("[name=credential]")!.value = JSON.stringify(asJson(shown as PublicKeyCredential));
    form.submit();
  } catch {
    if (failed) failed.hidden = false;
  }
}

export function startPasskeys(): void {
  // A passkey belongs to a name: at a bare address browsers know none.
  if (!("PublicKeyCredential" in window) || /^[\d.]+$|^\[/.test(location.hostname)) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("[data-passkey]")) {
    form.hidden = false;
    form.querySelector("button")!.addEventListener("click", () => void show(form));
  }
}

const TELL_MS = 20_000; // no more often: whoever types tells once
const WARN_MS = 60_000;

// The server ends a session by itself; this only keeps it while somebody is there, and clears the screen.
export function startIdle(): void {
  const limit = Number(document.body.dataset["idle"] ?? 0) * 1000;
  if (!limit) return;
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  let touched = performance.now();
  let told = touched;
  let warned = false;
  const touch = (): void => {
    const now = performance.now();
    touched = now;
    if (warned) document.getElementById("shout")!.textContent = "";
    warned = false;
    if (now - told < TELL_MS) return;
    told = now;
    void fetch("/here", { method: "POST", headers }).catch(() => undefined);
  };
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    window.addEventListener(kind, touch, { passive: true });
  }
  window.setInterval(() => {
    const still = performance.now() - touched;
    if (still > limit) leave("/login?next=" + encodeURIComponent(location.pathname + location.search));
    else if (still > limit - WARN_MS && !warned) {
      warned = true;
      void tone(2);
      document.getElementById("shout")!.textContent = document.body.dataset["idleSays"] ?? "";
    }
  }, 1000);
}
