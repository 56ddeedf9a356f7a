// Making elements. Text is only ever put in as text.
type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | undefined | null | ((event: never) => void)>;

export function h(tag: string, told: Attributes = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(told)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value as (event: Event) => void);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS: Record<string, [string, string?]> = {
  phone: ["M6.5 3 10 8 8 10.5a13 13 0 0 0 5.5 5.5L16 14l5 3.5c0 2-1.500 3.5-3.500 3.5C10 21 3 14 3 6.500 3 4.500 4.500 3 6.500 3z"],
  house: ["M3 11.500 12 4l9 7.500V21h-6v-6H9v6H3z"],
  note: ["M3 5h18v12H11l-5 4v-4H3z"],
  people: ["M13 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM2 20.500c.8-4.500 3.700-6 7-6s6.200 1.500 7 6M16 4.500a4 4 0 0 1 0 7M18.500 14.800c2 .9 3 2.700 3.500 5.700"],
  clock: ["M21.500 12a9.500 9.500 0 1 1-19 0 9.500 9.500 0 0 1 19 0zM12 6.500V12l4 2.500"],
  sos: ["M7.600 2h8.800L22 7.600v8.800L16.400 22H7.600L2 16.400V7.600z", "M12 7v6.500M12 17v.2"],
  cloud: ["M7 19a5 5 0 0 1-.5-10A6.500 6.500 0 0 1 19 10a4.500 4.500 0 0 1-.5 9z"],
  tick: ["", "m4 12.500 5.500 5.500L20 6.500"],
  cross: ["", "M5 5l14 14M19 5 5 19"],
  back: ["", "m15 4-8 8 8 8"],
  warn: ["M12 3 22.500 21h-21z", "M12 10v5M12 18v.1"],
  ring: ["M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM14.600 12a2.600 2.600 0 1 1-5.200 0 2.600 2.600 0 0 1 5.200 0z"],
  dash: ["", "M5 12h14"],
  mic: ["M9 5.500a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0zM5 11.500a7 7 0 0 0 14 0M12 18.500v3.500"],
  lock: ["M5 11h14v10H5zM8 11V7.500a4 4 0 0 1 8 0V11"],
};

export function icon(name: string): SVGElement {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "i");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  (PATHS[name] ?? [""]).forEach((d, n) => {
    if (!d) return;
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    if (n) path.setAttribute("class", "w");
    made.append(path);
  });
  return made;
}

// A ring that empties: how much of a time is left, 0 to 1.
export function ring(share: number, words: string, tone: string): SVGElement {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", `rd-ring ${tone}`);
  made.setAttribute("viewBox", "0 0 250 250");
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", words);
  for (const [n, kind] of ["under", "over"].entries()) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ class: kind, cx: 125, cy: 125, r: 108, pathLength: 1000 })) circle.setAttribute(name, String(value));
    if (n) circle.setAttribute("stroke-dasharray", `${Math.round(share * 1000)} 1000`);
    if (!n || share > 0.004) made.append(circle);
  }
  return made;
}

let said: ReturnType<typeof setTimeout> | undefined;
const SAID_MS = 6_000;

// One line, seen and heard, for a moment.
export function say(text: string): void {
  const place = document.getElementById("say")!;
  place.replaceChildren(text);
  clearTimeout(said);
  said = setTimeout(() => place.replaceChildren(), SAID_MS);
}

export const button = (words: string, press: () => void, more: Attributes & { class?: string } = {}, sign?: string): HTMLElement =>
  h("button", { type: "button", ...more, class: `rd-btn ${more.class ?? ""}`, click: press }, sign ? icon(sign) : null, h("span", {}, words));

export const tel = (number: string): string => `tel:${number.replace(/[^\d+]/g, "")}`;
