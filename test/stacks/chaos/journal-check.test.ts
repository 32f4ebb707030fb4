import { journalFaults } from "../../../stacks/chaos/journal-check";
import type { Entry } from "../../../stacks/conductor/journal-entry";
import { act, at, done, pauseEntry } from "../conductor/narrated";

const NONE = { entries: [], unreadable: 0 };
const faults = (entries: Entry[], own: Entry[] = []) =>
  journalFaults({ entries, unreadable: 0 }, { entries: own, unreadable: 0 });
const takes = (time: string): Entry => ({
  ...{ kind: "conductor", at: at(time) },
  sentence: "takes the lease, token 4",
});

it("finds nothing wrong with updates that ended one after the other", () => {
  expect(journalFaults(NONE, NONE)).toEqual([]);
  const first = [act("a", "10:00:00"), pauseEntry, done("a", "10:00:09")];
  expect(faults([...first, act("b", "10:01:00"), done("b", "10:01:08")])).toEqual([]);
});

it("counts lines that can't be read, its own too", () => {
  expect(journalFaults({ ...NONE, unreadable: 1 }, { ...NONE, unreadable: 2 })).toEqual([
    "3 lines can't be read",
  ]);
});

it("wants an end or a note for every update", () => {
  const open = act("a", "10:00:00");
  const sentence = `the update of ${at("10:00:00")} has no end, and nothing says why`;
  expect(faults([open])).toEqual([sentence]);
  expect(faults([open, pauseEntry])).toEqual([sentence]);
  expect(faults([open], [takes("09:59:00")])).toEqual([sentence]);
  expect(faults([open], [takes("10:00:20")])).toEqual([]);
  const skipped: Entry = { kind: "skipped", at: at("10:00:10"), reason: "the stack is locked" };
  expect(faults([open, skipped])).toEqual([]);
});

it("lets no update begin within another one of the same lease", () => {
  const within = [act("a", "10:00:00"), act("b", "10:00:05"), done("a", "10:00:09")];
  const sentence = `the update of ${at("10:00:05")} began before that of ${at("10:00:00")} had ended`;
  expect(faults([...within, done("b", "10:00:12")])).toEqual([sentence]);
});

it("lets the next conductor begin where the one before never ended, or ends later", () => {
  const next = [act("b", "10:00:20", { fence: 4 }), done("b", "10:00:29")];
  expect(faults([act("a", "10:00:00"), ...next])).toEqual([]);
  expect(faults([act("a", "10:00:00"), ...next, done("a", "10:00:40")])).toEqual([]);
});

it("lets no conductor act that was replaced", () => {
  const late = [act("b", "10:01:00", { fence: 2 }), done("b", "10:01:09")];
  expect(faults([act("a", "10:00:00"), done("a", "10:00:09"), ...late])).toEqual([
    `the update of ${at("10:01:00")} has token 2, after 3`,
  ]);
});
