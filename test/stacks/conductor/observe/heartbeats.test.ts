import { Heartbeats } from "../../../../stacks/conductor/observe/heartbeats";

const NOW = Date.UTC(2026, 0, 5);

/** Ages at instants: [the last beat before NOW or after, ms; wall clock, ms after NOW; own clock, ms]. */
function agesAt(...looks: [number, number, number][]) {
  const heartbeats = new Heartbeats();
  return looks.map(([beat, wall, own]) =>
    heartbeats.ages([{ id: "tm-1", beat: NOW + beat }], NOW + wall, own).get("tm-1"),
  );
}

test.each([
  ["a first look takes the JobManager's word", [[-3000, 0, 500]], [3000]],
  [
    "a beat that does not change gets old",
    [
      [0, 0, 0],
      [0, 5000, 5000],
      [0, 60_000, 60_000],
    ],
    [0, 5000, 60_000],
  ],
  [
    "a new beat is young",
    [
      [-9000, 0, 0],
      [4000, 5000, 5000],
    ],
    [9000, 0],
  ],
  [
    "a clock that is set an hour on ages nothing",
    [
      [0, 0, 0],
      [0, 3_605_000, 5000],
    ],
    [0, 5000],
  ],
  [
    "nor does one that is set back",
    [
      [0, 0, 0],
      [0, -3_600_000, 5000],
    ],
    [0, 5000],
  ],
  ["a JobManager whose clock is ahead", [[8000, 0, 0]], [0]],
] as [string, [number, number, number][], number[]][])("%s", (_, looks, expected) => {
  expect(agesAt(...looks)).toEqual(expected);
});

test("one that was gone is new again", () => {
  const heartbeats = new Heartbeats();
  const beats = [{ id: "tm-1", beat: NOW }];
  heartbeats.ages(beats, NOW, 0);
  expect(heartbeats.ages([], NOW, 5000).size).toBe(0);
  expect(heartbeats.ages(beats, NOW + 1000, 10_000).get("tm-1")).toBe(1000);
});
