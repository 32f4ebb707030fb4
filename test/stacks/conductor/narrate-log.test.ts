import { narrateLog } from "../../../stacks/conductor/narrate/log";
import { act, done, LOAD, LOAD_TEXT, MORNING_TEXT, pauseEntry, ZONE } from "./narrated";

const zone = ZONE;
const day = [
  act("a", "07:59:30"),
  done("a", "07:59:38"),
  act("b", "09:57:31", { decision: LOAD }),
  pauseEntry,
  done("b", "10:20:02", { ok: false, seconds: 3.1, errors: ["quota exceeded."] }),
];

test("an update with its result is one line, at the time it began", () => {
  expect(narrateLog(day, { zone })).toBe(
    `
2026-11-23, Asia/Shanghai
  07:59:30 ${MORNING_TEXT}; done in 8.4 s.
  09:57:31 ${LOAD_TEXT}; failed after 3.1 s: quota exceeded.
  10:20:00 By hand (command): paused.`.trimStart(),
  );
});

test("each day has a heading, by the zone's calendar", () => {
  expect(narrateLog([...day.slice(0, 2), pauseEntry], { zone: "UTC" })).toBe(
    `
2026-11-22, UTC
  23:59:30 ${MORNING_TEXT}; done in 8.4 s.
2026-11-23, UTC
  02:20:00 By hand (command): paused.`.trimStart(),
  );
});

const dead = "its conductor died; the next one goes on from what it finds";

test.each([
  ["no conductor is at it", undefined, dead],
  ["another conductor works", 4, dead],
  ["its conductor works", 3, "under way"],
])("an update without a result, %s", (_, underWay, told) => {
  expect(narrateLog([act("a", "07:59:30")], { zone, underWay })).toBe(
    `2026-11-23, Asia/Shanghai\n  07:59:30 ${MORNING_TEXT}; ${told}.`,
  );
});

test("of two updates without a result only the newest may be under way", () => {
  const lines = narrateLog([act("a", "07:59:30"), act("b", "08:00:00")], { zone, underWay: 3 });
  expect(lines.split("\n").slice(1)).toEqual([
    `  07:59:30 ${MORNING_TEXT}; ${dead}.`,
    `  08:00:00 ${MORNING_TEXT}; under way.`,
  ]);
});

test("the last so many lines; a result whose beginning is not among the entries stands alone", () => {
  expect(narrateLog(day, { zone, last: 1 })).toBe(
    "2026-11-23, Asia/Shanghai\n  10:20:00 By hand (command): paused.",
  );
  expect(narrateLog(day.slice(1, 2), { zone })).toBe(
    "2026-11-23, Asia/Shanghai\n  07:59:38 The update is done in 8.4 s.",
  );
  expect(narrateLog([], { zone })).toBe("");
});
