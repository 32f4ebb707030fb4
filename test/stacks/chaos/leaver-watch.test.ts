import { gone, lostSomething, type Leaver } from "../../../stacks/chaos/leaver-watch";

const seen = (inUse: boolean) => ({ inUse, atMs: 10_000 });
const leaver = (inUse: boolean): Leaver => ({ ...seen(inUse), leftMs: 13_000 });

it("tells who has gone", () => {
  const all = new Map([
    ["a", seen(true)],
    ["b", seen(false)],
    ["c", seen(true)],
  ]);
  expect(gone(all, new Set(["c", "d"]))).toEqual([
    ["a", seen(true)],
    ["b", seen(false)],
  ]);
  expect(gone(all, new Set(["a", "b", "c"]))).toEqual([]);
});

it.each<[string, Leaver[], number[], number]>([
  ["in use, and a task failed since", [leaver(true)], [12_500], 1],
  ["in use, and a task failed as it was looked at", [leaver(true)], [9_100], 1],
  ["in use, and nothing failed since: given back meanwhile", [leaver(true)], [8_900], 0],
  ["in use, and nothing ever failed", [leaver(true)], [], 0],
  ["idle, whatever failed elsewhere", [leaver(false)], [12_500], 0],
  ["two of three", [leaver(true), leaver(false), leaver(true)], [14_000], 2],
])("something ran on what went: %s", (_, leavers, failures, lost) => {
  expect(lostSomething(leavers, failures)).toBe(lost);
});
