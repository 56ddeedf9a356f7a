// Keys of two halves: one never leaves this telephone, the other comes from the server and goes again.
export interface Sealed { iv: Uint8Array<ArrayBuffer>; box: ArrayBuffer }
export interface Wrap extends Sealed { salt: Uint8Array<ArrayBuffer>; until: number; tries: number }
export interface Halves { key: Uint8Array<ArrayBuffer>; out: Uint8Array<ArrayBuffer> }
export interface Keys { pack: CryptoKey; out: CryptoKey }

const ROUNDS = 600_000; // PBKDF2-HMAC-SHA256: OWASP Password Storage Cheat Sheet
const text = new TextEncoder();

export const chance = (n: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(n));

// This telephone's half: it can be used here, and read by nobody, also not by this script.
export function newHalf(): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", chance(32), "HKDF", false, ["deriveKey"]);
}

export async function keysOf(half: CryptoKey, halves: Halves): Promise<Keys> {
  return { pack: await keyOf(half, halves.key, "pack"), out: await keyOf(half, halves.out, "out") };
}

function keyOf(half: CryptoKey, other: Uint8Array<ArrayBuffer>, what: string): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: other, info: text.encode(`anbu round ${what}`) },
    half, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"],
  );
}

export async function seal(key: CryptoKey, value: unknown, about: string): Promise<Sealed> {
  const iv = chance(12);
  const box = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: text.encode(about) }, key, text.encode(JSON.stringify(value)),
  );
  return { iv, box };
}

// Fails where the key is another, or what lies there is of something else.
export async function open<T>(key: CryptoKey, sealed: Sealed, about: string): Promise<T> {
  const told = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: sealed.iv, additionalData: text.encode(about) }, key, sealed.box,
  );
  return JSON.parse(new TextDecoder().decode(told)) as T;
}

// The server's halves under the worker's number, so that an app that was killed opens without a network.
export async function wrap(half: CryptoKey, pin: string, halves: Halves, until: number): Promise<Wrap> {
  const salt = chance(16);
  const key = await underPin(half, pin, salt);
  return { ...(await seal(key, { key: [...halves.key], out: [...halves.out] }, "wrap")), salt, until, tries: 0 };
}

export async function unwrap(half: CryptoKey, pin: string, kept: Wrap): Promise<Halves | null> {
  try {
    const key = await underPin(half, pin, kept.salt);
    const told = await open<{ key: number[]; out: number[] }>(key, kept, "wrap");
    return { key: new Uint8Array(told.key), out: new Uint8Array(told.out) };
  } catch {
    return null;
  }
}

async function underPin(half: CryptoKey, pin: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const slow = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, typed, 256);
  return keyOf(half, new Uint8Array(slow), "number");
}

export function fromBase64(told: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(told), (each) => each.charCodeAt(0));
}
