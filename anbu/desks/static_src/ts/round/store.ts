// What lies in this telephone (IndexedDB): keys that cannot be read, and what is sealed under them.
import type { Sealed } from "./crypto";
import { nextSeq, type Waits } from "./pure";

export interface Kept extends Waits, Sealed { what: string }

let opened: Promise<IDBDatabase> | undefined;

function base(): Promise<IDBDatabase> {
  opened ??= new Promise((good, bad) => {
    const asked = indexedDB.open("anbu-round", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keep");
      asked.result.createObjectStore("out", { keyPath: "id" });
    };
    asked.onsuccess = () => good(asked.result);
    asked.onerror = () => { opened = undefined; bad(asked.error); };
  });
  return opened;
}

async function deed<T>(mode: IDBTransactionMode, does: (keep: IDBObjectStore, out: IDBObjectStore) => IDBRequest<T> | undefined): Promise<T> {
  const made = (await base()).transaction(["keep", "out"], mode, { durability: "strict" });
  const asked = does(made.objectStore("keep"), made.objectStore("out"));
  return new Promise((good, bad) => {
    made.oncomplete = () => good(asked?.result as T);
    made.onabort = made.onerror = () => bad(made.error);
  });
}

export const get = <T>(name: string): Promise<T | undefined> => deed<T | undefined>("readonly", (keep) => keep.get(name));
export const put = (name: string, value: unknown): Promise<unknown> => deed("readwrite", (keep) => keep.put(value, name));
export const drop = (...names: string[]): Promise<unknown> =>
  deed("readwrite", (keep) => { names.forEach((name) => keep.delete(name)); return undefined; });

export const waiting = (): Promise<Kept[]> => deed<Kept[]>("readonly", (_keep, out) => out.getAll());

interface Count { next: number; free: number[] }

export async function peekSeq(): Promise<number> {
  const count = (await get<Count>("count")) ?? { next: 1, free: [] };
  return nextSeq(count.free, count.next).seq;
}

// The count never falls behind what the server has of this telephone.
export async function atLeast(seq: number): Promise<void> {
  const count = (await get<Count>("count")) ?? { next: 1, free: [] };
  if (count.next <= seq) await put("count", { next: seq + 1, free: count.free });
}

// Put one event in the outbox if its number is still the next one: both in one transaction, so that
// whoever pulls out the battery finds either neither or both.
export async function add(one: Kept): Promise<boolean> {
  let taken = false;
  await deed("readwrite", (keep, out) => {
    const asked = keep.get("count") as IDBRequest<Count | undefined>;
    asked.onsuccess = () => {
      const count = asked.result ?? { next: 1, free: [] };
      const due = nextSeq(count.free, count.next);
      if (due.seq !== one.seq) return;
      taken = true;
      keep.put({ next: due.next, free: due.free }, "count");
      out.put(one);
    };
    return undefined;
  });
  return taken;
}

// The server has these.
export const taken = (ids: readonly string[]): Promise<unknown> =>
  deed("readwrite", (_keep, out) => { ids.forEach((id) => out.delete(id)); return undefined; });

// Take back what was not sent; its number is used again, so that the count has no hole.
export async function takeBack(id: string): Promise<boolean> {
  let gone = false;
  await deed("readwrite", (keep, out) => {
    const asked = out.get(id) as IDBRequest<Kept | undefined>;
    asked.onsuccess = () => {
      const one = asked.result;
      if (!one || one.notBefore <= Date.now()) return;
      gone = true;
      out.delete(id);
      const counted = keep.get("count") as IDBRequest<Count>;
      counted.onsuccess = () => keep.put({ next: counted.result.next, free: [...counted.result.free, one.seq] }, "count");
    };
    return undefined;
  });
  return gone;
}
