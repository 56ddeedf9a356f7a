// The pure part of the telephone's app (static_src/ts/round/pure.ts), run by test_pure.py.
import assert from "node:assert/strict";
import { test } from "node:test";

const pure = await import(process.env.PURE);
const chance = new Uint8Array(10).fill(0xff);
const wait = (seq, more = {}) => ({ id: `e${seq}`, seq, first: false, notBefore: 0, ...more });

test("an id is a UUIDv7 whose order is the order of time", () => {
  const one = pure.uuid7(1_795_000_000_000, chance), other = pure.uuid7(1_795_000_000_001, chance);
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(one.replaceAll("-", "").slice(0, 12), 16), 1_795_000_000_000);
  assert.ok(one < other);
});

test("what cannot wait goes first, the rest in order, what may be taken back not yet", () => {
  const waits = [wait(3), wait(1), wait(2, { notBefore: 100 }), wait(5, { first: true }), wait(4, { first: true })];
  const order = (...told) => pure.batch(waits, ...told).map((each) => each.seq);
  assert.deepEqual(order(50, 10), [4, 5, 1, 3]);
  assert.deepEqual(order(100, 10), [4, 5, 1, 2, 3]);
  assert.deepEqual(order(50, 3), [4, 5, 1]);
});

test("what could not be delivered together is tried in parts, what cannot wait before the rest", () => {
  const waits = [wait(1), wait(2, { first: true })];
  assert.deepEqual(pure.batch(waits, 0, 10, 1).map((each) => each.seq), [2]);
  assert.deepEqual(pure.batch(waits.slice(0, 1), 0, 10, 1).map((each) => each.seq), [1]);
});

test("a number that was given back is used before the next one", () => {
  assert.deepEqual(pure.nextSeq([], 5), { seq: 5, free: [], next: 6 });
  assert.deepEqual(pure.nextSeq([4, 2], 5), { seq: 2, free: [4], next: 5 });
});

test("tries come later and later, at most a minute apart, never all telephones at once", () => {
  assert.equal(pure.backoff(0, 1), 1_000);
  assert.equal(pure.backoff(3, 1), 8_000);
  assert.equal(pure.backoff(50, 1), 60_000);
  assert.equal(pure.backoff(50, 0), 30_000);
});

test("five taps within six seconds ring, slower ones do not", () => {
  const run = (moments) => moments.reduce(({ taps, rang }, at) => {
    const now = pure.tapped(taps, at, 5, 6_000);
    return { taps: now.taps, rang: rang || now.rings };
  }, { taps: [], rang: false }).rang;
  assert.equal(run([0, 1_000, 2_000, 3_000, 5_900]), true);
  assert.equal(run([0, 1_000, 2_000, 3_000, 6_000]), false);
  assert.equal(run([0, 3_000, 6_000, 9_000, 12_000, 15_000]), false);
});

test("a visit is amber at its end and red five minutes later, and red where the server says so", () => {
  const ends = 1_000_000;
  assert.equal(pure.stageAt(ends, ends - 1, "inside"), "inside");
  assert.equal(pure.stageAt(ends, ends, "inside"), "amber");
  assert.equal(pure.stageAt(ends, ends + pure.RED_MS - 1, "amber"), "amber");
  assert.equal(pure.stageAt(ends, ends + pure.RED_MS, "amber"), "red");
  assert.equal(pure.stageAt(ends, ends - 1, "red"), "red");
  assert.equal(pure.clockText(21 * 60_000 + 3_001), "21:04");
});

test("a number that anybody would try first is no number of the day", () => {
  for (const pin of ["111111", "123456", "654321", "121212"]) assert.equal(pure.isSimple(pin), true, pin);
  for (const pin of ["284915", "770142"]) assert.equal(pure.isSimple(pin), false, pin);
  assert.equal(pure.isPin("12345"), false);
});

test("a resident number is seen however it is written", () => {
  for (const text of ["450101-2345678", "4501012345678", "주민 450101 - 2345678"]) assert.equal(pure.hasNumber(text), true);
  assert.equal(pure.hasNumber("010-1234-5678"), false);
});

test("an amount is read however it is typed, and said as it is said in Korean", () => {
  for (const [typed, won] of [["350000", 350_000], ["350,000원", 350_000], [" 0 ", 0], ["", null], ["서른", null], ["-5", null], ["1.5", null]])
    assert.equal(pure.wonOf(typed), won, typed);
  for (const [won, text] of [[0, "0원"], [350_000, "35만원"], [35_000, "3만 5,000원"], [9_500, "9,500원"], [123_504_000, "1억 2,350만 4,000원"], [100_000_000, "1억원"]])
    assert.equal(pure.wonText(won), text);
});

test("a promised day is the next one of that month and day, and none where there is none", () => {
  assert.equal(pure.dayFrom(11, 27, "2026-11-23"), "2026-11-27");
  assert.equal(pure.dayFrom(11, 23, "2026-11-23"), "2026-11-23");
  assert.equal(pure.dayFrom(1, 4, "2026-11-23"), "2027-01-04");
  for (const [month, day] of [[11, 31], [2, 30], [0, 5], [5, 0]]) assert.equal(pure.dayFrom(month, day, "2026-11-23"), "");
});

test("what was put off comes last, in the order in which it was", () => {
  const cards = ["a", "b", "c", "d"].map((home) => ({ home }));
  const order = (late) => pure.ordered(cards, late).map((card) => card.home).join("");
  assert.deepEqual([order([]), order(["c", "a"]), order(["x", "b"])], ["abcd", "bdca", "acdb"]);
});

test("the day is Seoul's, and so are minutes", () => {
  assert.equal(pure.dayOf(Date.parse("2026-11-23T15:00:00Z")), "2026-11-24");
  assert.equal(pure.dayOf(Date.parse("2026-11-23T14:59:59Z")), "2026-11-23");
  assert.equal(pure.minuteText(665), "11:05");
  assert.equal(pure.worked(0, 61_000), 2);
  assert.equal(pure.worked(0, 0), 1);
});
