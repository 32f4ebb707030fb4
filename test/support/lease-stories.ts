import * as fc from "fast-check";
import { LeaseRace, TTL_MS, type Move, type StoreOf } from "./lease-race";

const PROCESSES = 3;
/** Lets a process end what it does. */
export const WHOLE = 40;
/** Two for each effect: a look, a renewal and a takeover have two, two and four of them. */
const gates = fc.oneof(fc.constant(WHOLE), fc.integer({ min: 1, max: 9 }));
/** Some time, in which some processes are frozen, and then some work. */
const tick = fc
  .tuple(
    fc.constantFrom(1_000, 4_000, 5_000, 10_000, TTL_MS - 1, TTL_MS),
    fc.shuffledSubarray([...Array(PROCESSES).keys()]),
    fc.tuple(gates, gates, gates),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([ms, processes, passed, chance]): Move[] => [
    { kind: "advance", ms },
    ...processes.map((process): Move => {
      const kind = chance === process ? "release" : "work";
      return { kind, process, gates: passed[process] ?? WHOLE };
    }),
  ]);
export const moves = fc
  .array(tick, { minLength: 10, maxLength: 30, size: "max" })
  .map((ticks) => ticks.flat());

/** What has happened in all stories together: a property over stories in which nothing happens would hold too. */
export class Seen {
  taken = 0;
  lost = 0;
  largest = 0;
}

/** Fails where two hold the lease at the same instant, or its token does not grow. */
export async function check(story: readonly Move[], seen: Seen, storeOf?: StoreOf): Promise<void> {
  const race = new LeaseRace(PROCESSES, storeOf);
  for (const each of story) {
    await race.play(each);
    const holders = race.holders();
    expect(holders.length).toBeLessThanOrEqual(1);
    // A holder's is the largest of all that were taken.
    for (const fence of holders) expect(fence).toBe(Math.max(...race.taken, fence));
  }
  expect(race.taken).toEqual([...new Set(race.taken)].sort((a, b) => a - b));
  seen.taken += race.taken.length;
  seen.lost += race.lost;
  seen.largest = Math.max(seen.largest, race.taken.length);
}
