// The app's words, in both languages at once: it changes language without a network.
type Words = Record<string, string>;
interface About { login: string; csrf: string; language: string; crisis: string[] }

const read = <T>(id: string): T => JSON.parse(document.getElementById(id)!.textContent!) as T;
const all = read<Record<string, Words>>("words");
export const about = read<About>("told");
const KEY = "anbu-round-language";
let language = localStorage.getItem(KEY) ?? about.language;
if (!all[language]) language = "ko";
document.documentElement.lang = language;

export function t(key: string, values: Record<string, string | number> = {}): string {
  const said = all[language]![key];
  if (said === undefined) throw new Error(`no word for ${key}`);
  return said.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name]));
}

export const languageIs = (): string => language;

export function speak(other: string): void {
  language = other;
  localStorage.setItem(KEY, other);
  document.documentElement.lang = other;
}

export function howLong(minutes: number): string {
  const h = Math.floor(minutes / 60);
  return h ? t("h_m", { h, m: minutes % 60 }) : t("m", { m: minutes });
}

const locale = (): string => (language === "ko" ? "ko-KR" : "en-GB");
export const dateText = (day: string, more: Intl.DateTimeFormatOptions = { weekday: "short" }): string =>
  new Intl.DateTimeFormat(locale(), { month: "long", day: "numeric", timeZone: "Asia/Seoul", ...more }).format(new Date(`${day}T12:00:00+09:00`));
export const monthText = (month: number): string =>
  new Intl.DateTimeFormat(locale(), { month: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2026, month - 1, 1)));
export const hourText = (ms: number): string =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Seoul" }).format(new Date(ms));
export const numberText = (n: number): string => n.toLocaleString(locale());
