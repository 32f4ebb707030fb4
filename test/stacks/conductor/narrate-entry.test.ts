import type { Entry } from "../../../stacks/conductor/journal-entry";
import { narrate } from "../../../stacks/conductor/narrate/entry";
import { act, at, done, LOAD, LOAD_TEXT, MORNING_TEXT, pauseEntry, ZONE } from "./narrated";

const when = { at: at("09:57:31") };
const hold = { taskManagers: 3, until: at("18:00:00") };
const heal = { cause: "heal", found: "job wordcount is FAILED." } as const;
const errors = ["the job failed:\n  java.io.IOException: no space", "tried twice."];

test.each<[string, Entry, string]>([
  ["a decision", act("a", "07:59:30"), `${MORNING_TEXT}.`],
  ["by load", act("a", "09:57:31", { decision: LOAD }), `${LOAD_TEXT}.`],
  [
    "healing",
    act("a", "09:57:31", { ...heal, decision: LOAD }),
    "Healing: job wordcount is FAILED; to run again: TaskManagers 3, wordcount parallelism 6.",
  ],
  [
    "healing of nobody knows what",
    act("a", "09:57:31", { cause: "heal" }),
    "Healing: what runs is not what should; to run again: TaskManagers 2, wordcount parallelism 4.",
  ],
  ["an end", done("a", "09:57:40"), "The update is done in 8.4 s."],
  [
    "an end without changes",
    done("a", "09:57:40", { changes: {}, seconds: 125 }),
    "The update is done in 2 m 5 s, nothing changed.",
  ],
  [
    "another decision",
    done("a", "09:57:40", { settledOn: LOAD }),
    `The update is done in 8.4 s; the stack settled on ${LOAD_TEXT}.`,
  ],
  [
    "a failure",
    done("a", "09:57:40", { ok: false, seconds: 3.1, errors }),
    "The update failed after 3.1 s: the job failed: java.io.IOException: no space; tried twice.",
  ],
  [
    "a failure without errors",
    done("a", "09:57:40", { ok: false, seconds: 3 }),
    "The update failed after 3 s: it did not say why.",
  ],
  [
    "skipped",
    { kind: "skipped", ...when, reason: "somebody else's update runs" },
    "Nothing was done: somebody else's update runs.",
  ],
  [
    "a broken lock",
    { kind: "lock-broken", ...when, host: "h1", pid: 12, proof: "no process 12" },
    "A stale lock on the stack was removed, whose holder, process 12 on h1, is dead: no process 12.",
  ],
  [
    "a restart",
    { kind: "restarted", ...when, container: "dev-acme-taskmanager-1", why: "no heartbeat" },
    "Container dev-acme-taskmanager-1 was restarted: no heartbeat.",
  ],
  ["a pause", pauseEntry, "By hand (command): paused."],
  [
    "a resume",
    { kind: "order", ...when, order: "resume", from: "page" },
    "By hand (page): resumed.",
  ],
  [
    "a hold",
    { kind: "order", ...when, order: "hold", hold, from: "page" },
    "By hand (page): held at 3 TaskManagers until 2026-11-23 18:00.",
  ],
  [
    "an alert",
    { kind: "alert", ...when, alert: "job-down", state: "firing", sentence: "wordcount is gone" },
    "Alert job-down: wordcount is gone.",
  ],
  [
    "its end",
    { kind: "alert", ...when, alert: "job-down", state: "resolved", sentence: "It runs." },
    "Alert job-down is over: It runs.",
  ],
  ["the conductor", { kind: "conductor", ...when, sentence: " Started.\n" }, "Started."],
])("%s", (_, entry, told) => expect(narrate(entry, ZONE)).toBe(told));

test("instants are told in the zone", () => {
  const entry: Entry = { kind: "order", ...when, order: "hold", hold, from: "page" };
  const told = "By hand (page): held at 3 TaskManagers until 2026-11-23 10:00.";
  expect(narrate(entry, "UTC")).toBe(told);
});
