// A notice on this device when a signal comes to one's duty post: numbers, never a name.
import { bytes, text } from "./entrance";

function nameOf(agent: string): string {
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : "Safari";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Windows/.test(agent) ? "Windows" : /Mac/.test(agent) ? "macOS" : "Linux";
  return `${browser} · ${system}`;
}

async function subscribe(form: HTMLFormElement): Promise<void> {
  const failed = document.querySelector<HTMLElement>("[data-push-failed]");
  if (failed) failed.hidden = true;
  try {
    const worker = await navigator.serviceWorker.register("/push.js");
    const told = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(form.dataset["push"]!),
    });
    const values: Record<string, string> = {
      endpoint: told.endpoint,
      public: text(told.getKey("p256dh")) ?? "",
      secret: text(told.getKey("auth")) ?? "",
      name: nameOf(navigator.userAgent),
    };
    for (const [name, value] of Object.entries(values)) {
      form.querySelector<HTMLInputElement>(`[name=${name}]`)!.value = value;
    }
    form.submit();
  } catch {
    if (failed) failed.hidden = false;
  }
}

export function startPush(): void {
  const form = document.querySelector<HTMLFormElement>("[data-push]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  form.hidden = false;
  form.querySelector("button")!.addEventListener("click", () => void subscribe(form));
}
