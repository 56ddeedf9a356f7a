// The sentences that scripts say: written by the server in the reader's language.
const place = document.querySelector<HTMLTemplateElement>("#sayings");

export function say(name: string, values: Record<string, string | number> = {}): string {
  const text = place?.dataset[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
}

export function announce(text: string, urgent = false): void {
  const region = document.querySelector(urgent ? "#shout" : "#say");
  if (region) region.textContent = text;
}
