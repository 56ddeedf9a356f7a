// What the server hands out (rounds/queries/pack.py) and what is told to it (rounds/rules/events.py).
export interface Last { at: string | null; kind: string; days: number | null }
export interface Card {
  home: string; name: string; age: number; sex: string; way: "call" | "visit" | "note"; because: string;
  is_high: boolean; hour: number; is_own_hour: boolean; minutes: number; at: number | null; walk_min: number;
  partner: number | null; partner_name: string; phone: string; address: string; is_protected: boolean;
  door: string; hazards: string[]; last: Last; moods: string[]; next_on: string; is_done: boolean;
}
export interface Neighbour { home: string; name: string; last: Last }
export interface Hours {
  month: { told_min: number; paid_min: number; allowance_krw: number; over_days: string[]; over_weeks: string[] };
  days: [string, number][]; today_min: number; left_min: number; full_min: number; full_krw: number;
}
export interface Inside {
  id: string; home: string; began_at: string; ends_at: string; stage: string; more_left: number;
}
export interface Pack {
  day: string; made_at: string; worker: number; name: string; tasks: Card[]; neighbours: Neighbour[];
  hours: Hours; partners: [number, string][]; numbers: { name: string; phone: string }[];
  inside: Inside | null; has_pin: boolean;
}

interface Base { home: string }
export interface Contact extends Base {
  what: "contact"; kind: string; result: string; mood?: string; heard?: string[]; note?: string; minutes?: number;
  next_on?: string; partner?: number; replaces?: string; wants?: string[];
}
export interface Told extends Base { what: "told"; field: string; value: string; was: string }
export interface Linked extends Base { what: "link"; kind: string; text: string; amount_krw: number }
export interface Begun extends Base { what: "inside"; minutes: number; partner: number }
export interface OfVisit extends Base { what: "longer" | "fine" | "out"; visit: string }
export type Said = Contact | Linked | Told | Begun | OfVisit;
export type Event = Said & { id: string; seq: number; at: string };

// What the worker did here today, until the next pack says it too.
export interface Day {
  day: string;
  done: Record<string, string>; // home: how it ended
  minutes: number; // told since the pack was made
  inside: (Inside & { known: boolean; partner: number }) | null;
  crisis: Record<string, string>; // home: the event that has told of it
  links?: Record<string, number>; // home: how much help was brought about
  late?: string[]; // homes the worker put at the end for now
}
