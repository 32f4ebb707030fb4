import {
  gone,
  lostSomething,
  type JobStory,
  type Leaver,
} from "../../../stacks/chaos/leaver-watch";

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

const story = (...failuresMs: number[]) => [{ startMs: 5_000, failuresMs }];

it.each<[string, Leaver[], JobStory[], number]>([
  ["in use, and a task failed since", [leaver(true)], story(12_500), 1],
  ["in use, and a task failed as it was looked at", [leaver(true)], story(9_100), 1],
  ["in use, and nothing failed since: given back meanwhile", [leaver(true)], story(8_900), 0],
  ["in use, and nothing ever failed", [leaver(true)], story(), 0],
  ["in use, and nobody knows of a job from then", [leaver(true)], [], 1],
  [
    "in use, and its JobManager is a new one",
    [leaver(true)],
    [{ startMs: 12_000, failuresMs: [] }],
    1,
  ],
  ["idle, whatever failed elsewhere", [leaver(false)], story(12_500), 0],
  ["two of three", [leaver(true), leaver(false), leaver(true)], story(14_000), 2],
])("something ran on what went: %s", (_, leavers, jobs, lost) => {
  expect(lostSomething(leavers, jobs)).toBe(lost);
});
