import * as fc from "fast-check";
import type { LeaseStore } from "../../../infra/lease/lease-files";
import { gatedStore, LeaseRace, MemoryStore, TTL_MS, type Move } from "../../support/lease-race";
import { check, moves, Seen, WHOLE } from "../../support/lease-stories";

const seen = new Seen();

describe("three processes, each frozen anywhere for any time", () => {
  it("never hold the lease at the same instant, and its token only grows", async () => {
    await fc.assert(
      fc.asyncProperty(moves, (story) => check(story, seen)),
      { numRuns: 700 },
    );
    expect(seen.taken).toBeGreaterThan(2_000);
    expect(seen.lost).toBeGreaterThan(200);
    expect(seen.largest).toBeGreaterThanOrEqual(4);
  }, 120_000);

  it.each<[string, () => LeaseStore]>([
    [
      "two may claim one token",
      () => {
        const store = new MemoryStore();
        const claim = store.claim.bind(store);
        return Object.assign(store, {
          claim: async (fence: number) => (await claim(fence)) || true,
        });
      },
    ],
    [
      "renewals are not seen",
      () => {
        const store = new MemoryStore();
        const write = store.write.bind(store);
        return Object.assign(store, {
          write: (fence: number, text: string) => write(fence, text.replace(/"renewals":\d+/, "")),
        });
      },
    ],
  ])(
    "are found out where %s",
    async (_, broken) => {
      const found = await fc.check(
        fc.asyncProperty(moves, (story) => check(story, new Seen(), gatedStore(broken()))),
        { numRuns: 700, endOnFailure: true },
      );
      expect(found.failed).toBe(true);
    },
    120_000,
  );
});

async function played(processes: number, story: readonly Move[]): Promise<LeaseRace> {
  const race = new LeaseRace(processes);
  for (const move of story) await race.play(move);
  return race;
}
const work = (process: number, gates = WHOLE): Move => ({ kind: "work", process, gates });
const later = (ms: number): Move => ({ kind: "advance", ms });
/** Where a piece of work is frozen. */
const BEFORE_WRITE = 2;
const WRITTEN = 3;
const BEFORE_READ = 2;
const HAS_READ = 3;
const BEFORE_CLAIM = 4;

it("a holder that is frozen before its renewal is written finds it lost when it goes on", async () => {
  const race = await played(2, [work(0), work(1), later(11_999)]);
  expect(race.holders()).toEqual([1]);
  for (const move of [work(0, BEFORE_WRITE), later(TTL_MS - 11_999)]) await race.play(move);
  expect(race.holders()).toEqual([]);
  await race.play(work(1));
  expect(race.holders()).toEqual([2]);
  expect(race.lost).toBe(0);
  await race.play(work(0));
  expect(race.lost).toBe(1);
  for (const move of [later(5_000), work(1), work(0), later(11_999), work(0)])
    await race.play(move);
  expect(race.holders()).toEqual([2]);
  expect(race.lost).toBe(1);
});

it("a renewal that ends too late does not count, though nobody took over yet", async () => {
  const race = await played(1, [work(0), later(11_000), work(0, WRITTEN), later(1_000), work(0)]);
  expect(race.holders()).toEqual([]);
  expect(race.lost).toBe(1);
});

it("a renewal counts from before it was written, not from its end", async () => {
  const race = await played(1, [work(0), later(1_000), work(0, WRITTEN), later(10_000), work(0)]);
  await race.play(later(1_999));
  expect(race.holders()).toEqual([1]);
  await race.play(later(1));
  expect(race.holders()).toEqual([]);
});

it("what a standby read before it was frozen does not get older meanwhile", async () => {
  const race = await played(2, [work(0), work(1), later(11_000), work(1, HAS_READ), work(0)]);
  for (const move of [later(4_000), work(1)]) await race.play(move);
  expect(race.holders()).toEqual([1]);
});

it("what a standby reads after it was frozen is not older than that", async () => {
  const race = await played(2, [work(0), work(1, BEFORE_READ), later(11_000), work(0), work(1)]);
  for (const move of [later(4_000), work(1)]) await race.play(move);
  expect(race.holders()).toEqual([1]);
});

it("a release ends it at once, although a renewal is under way", async () => {
  const release: Move = { kind: "release", process: 0, gates: 0 };
  const race = await played(2, [work(0), later(1_000), work(0, WRITTEN), release]);
  expect(race.holders()).toEqual([]);
  for (const move of [work(0), work(1)]) await race.play(move);
  expect(race.holders()).toEqual([2]);
  expect(race.lost).toBe(0);
});

it("a token that was swept is not taken again by who was frozen before it claimed it", async () => {
  const turn = (process: number): Move[] => [
    work(process),
    { kind: "release", process, gates: WHOLE },
  ];
  const race = await played(3, [...turn(0), work(1, BEFORE_CLAIM), ...turn(2), ...turn(0)]);
  expect(race.taken).toEqual([1, 2, 3]);
  await race.play(work(1));
  expect(race.holders()).toEqual([]);
  await race.play(work(1));
  expect(race.holders()).toEqual([4]);
});
