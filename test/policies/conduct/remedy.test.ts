import { Remedies, Remedy, type RemedySettings } from "../../../policies/conduct/remedy";

const SETTINGS: RemedySettings = {
  waitMs: { cough: 10, fever: 30 },
  pauseMs: 100,
  maxPauseMs: 350,
  tries: 4,
  provenMs: 1_000,
};

/** When it acts, where it stays ill from 0 to `untilMs` and is looked at every 10 ms. */
function course(settings: RemedySettings, untilMs: number) {
  const remedy = new Remedy(settings);
  const acts: [number, string][] = [];
  for (let atMs = 0; atMs <= untilMs; atMs += 10) {
    remedy.seenIll("cough", atMs);
    const due = remedy.due(atMs);
    if (due === undefined) continue;
    acts.push([atMs, due]);
    if (due === "try") remedy.tried(atMs);
    else remedy.givenUp = "it is of no use";
  }
  return acts;
}

test("tries with doubling pauses up to the longest, gives up once, and leaves it alone", () => {
  expect(course(SETTINGS, 5_000)).toEqual([
    [10, "try"],
    [110, "try"],
    [310, "try"],
    [660, "try"],
    [760, "give-up"],
  ]);
});

test("tries now and then after giving up, where that is wanted", () => {
  expect(course({ ...SETTINGS, givenUpPauseMs: 2_000 }, 5_000).slice(4)).toEqual([
    [760, "give-up"],
    [2_660, "try"],
    [4_660, "try"],
  ]);
});

test("each symptom has its wait, and another one is waited for anew", () => {
  const remedy = new Remedy(SETTINGS);
  remedy.seenIll("fever", 0);
  expect(remedy.due(29)).toBeUndefined();
  expect(remedy.due(30)).toBe("try");
  remedy.seenIll("cough", 30);
  expect([remedy.due(39), remedy.due(40)]).toEqual([undefined, "try"]);
});

test("one that was not seen, or seen well, is waited for anew", () => {
  const remedy = new Remedy(SETTINGS);
  for (const between of [() => remedy.unseen(), () => remedy.seenWell(5)]) {
    remedy.seenIll("cough", 0);
    between();
    remedy.seenIll("cough", 10);
    expect([remedy.due(10), remedy.due(20)]).toEqual([undefined, "try"]);
    remedy.unseen();
  }
});

test("only having been well for long enough, without a gap, ends a row and a giving up", () => {
  const remedy = new Remedy(SETTINGS);
  remedy.tried(0);
  remedy.givenUp = "it is of no use";
  const state = () => [remedy.tries, remedy.givenUp];
  remedy.seenWell(100);
  remedy.seenWell(1_099);
  expect(state()).toEqual([1, "it is of no use"]);
  remedy.unseen();
  remedy.seenWell(1_100);
  remedy.seenWell(2_099);
  expect(state()).toEqual([1, "it is of no use"]);
  remedy.seenWell(2_100);
  expect(state()).toEqual([0, undefined]);
});

test("a new row does not begin before the pause after the last try is over", () => {
  const remedy = new Remedy({ ...SETTINGS, provenMs: 0 });
  remedy.tried(0);
  remedy.seenWell(20);
  remedy.seenIll("cough", 40);
  expect([remedy.due(99), remedy.due(100)]).toEqual([undefined, "try"]);
});

test("the pause counts from the end of the try, not from what ended before or after it", () => {
  const remedy = new Remedy(SETTINGS);
  remedy.seenIll("cough", 0);
  remedy.tried(10);
  remedy.ended(5);
  expect(remedy.due(110)).toBe("try");
  remedy.ended(50);
  remedy.ended(90);
  expect([remedy.due(149), remedy.due(150)]).toEqual([undefined, "try"]);
});

test("a clock set back makes no wait shorter", () => {
  const remedy = new Remedy(SETTINGS);
  remedy.seenIll("cough", 1_000);
  remedy.tried(1_010);
  remedy.clockWentBack(400);
  remedy.seenIll("cough", 400);
  expect([remedy.due(499), remedy.due(500)]).toEqual([undefined, "try"]);
});

test("of what is no more cared for, only what limits the next tries is kept, and not for ever", () => {
  const remedies = new Remedies(SETTINGS);
  remedies.careFor(["a", "b"], 0);
  for (const [name, remedy] of remedies.cared()) if (name === "a") remedy.tried(0);
  remedies.careFor([], 100);
  expect([[...remedies.cared()].length, [...remedies.all()].length]).toEqual([0, 1]);
  remedies.careFor(["b", "a"], 349);
  expect([...remedies.cared()].map(([name, { tries }]) => [name, tries])).toEqual([
    ["b", 0],
    ["a", 1],
  ]);
  remedies.careFor([], 350);
  expect([...remedies.all()]).toEqual([]);
});
