import {
  AlertBook,
  alertSettings,
  type AlertChange,
  type Condition,
} from "../../../policies/conduct/alerts";
import type { Reason } from "../../../policies/decision";

const S = 1_000;
const M = 60 * S;
const CUT: Reason = {
  kind: "clamped",
  what: "parallelism of wordcount",
  wanted: 12,
  given: 8,
  limit: "the window's ceiling",
};
const GONE: Condition = { alert: "cluster-unreachable" };
const FAILED: Condition = { alert: "job-not-running", job: "wordcount", state: "FAILED" };
const STUCK: Condition = { alert: "healing-gave-up", subject: "tm-2", why: "tm-2 is beyond help" };

/** What changes at instants in seconds with the conditions there. */
function story(book: AlertBook, rows: readonly [number, readonly Condition[]][]): AlertChange[][] {
  return rows.map(([second, conditions]) => book.update(conditions, second * S));
}
const firing = (alert: string, sentence: string) => ({ alert, state: "firing", sentence });
const resolved = (alert: string, sentence: string) => ({ alert, state: "resolved", sentence });

const cases: [Condition, number, string, string][] = [
  [
    { alert: "update-failed", failures: 2, error: "\nwordcount: no slots.\n  at x\n" },
    0,
    "update-failed",
    "2 updates in a row failed; the last said: wordcount: no slots.",
  ],
  [{ alert: "update-failed", failures: 3 }, 0, "update-failed", "3 updates in a row failed."],
  [FAILED, M, "job-not-running:wordcount", "wordcount has not been RUNNING for 1 m, it is FAILED."],
  [
    { ...FAILED, state: "RESTARTING", exception: "java.io.IOException: disk full\n\tat a.b(c)" },
    M,
    "job-not-running:wordcount",
    "wordcount has not been RUNNING for 1 m, it is RESTARTING; its exception: java.io.IOException: disk full.",
  ],
  [
    { alert: "capped", cuts: [CUT, { ...CUT, what: "TaskManagers", wanted: 6, given: 4 }] },
    15 * M,
    "capped",
    "Less than is wanted has been given for 15 m: parallelism of wordcount limited from 12 to 8 by the window's ceiling; TaskManagers limited from 6 to 4 by the window's ceiling.",
  ],
  [
    { alert: "metrics-missing", job: "wordcount" },
    2 * M,
    "metrics-missing:wordcount",
    "The load of wordcount could not be measured for 2 m; its capacity is not lowered meanwhile.",
  ],
  [GONE, M, "cluster-unreachable", "The JobManager has not answered for 1 m."],
  [STUCK, 0, "healing-gave-up:tm-2", "tm-2 is beyond help."],
];

test.each(cases)("%j fires once it has lasted %i ms", (condition, afterMs, alert, sentence) => {
  const book = new AlertBook(0);
  const changes = [0, afterMs - 1, afterMs, afterMs + 1]
    .filter((atMs, i) => atMs >= 0 && (i === 0 || atMs > 0))
    .map((atMs) => [atMs, book.update([condition], atMs)] as const)
    .filter(([, found]) => found.length > 0);
  expect(changes).toEqual([[afterMs, [firing(alert, sentence)]]]);
});

test("how long a tenant may be cut is set in minutes", () => {
  const book = new AlertBook(0, alertSettings(3));
  const rows = [0, 179, 180].map((s): [number, Condition[]] => [
    s,
    [{ alert: "capped", cuts: [CUT] }],
  ]);
  expect(story(book, rows).map((changes) => changes.length)).toEqual([0, 0, 1]);
});

test("a condition that was gone for a moment begins anew", () => {
  const rows: [number, Condition[]][] = [
    [0, [GONE]],
    [59, [GONE]],
    [60, []],
    [61, [GONE]],
    [120, [GONE]],
    [121, [GONE]],
  ];
  expect(story(new AlertBook(0), rows).map((changes) => changes.length)).toEqual([
    0, 0, 0, 0, 0, 1,
  ]);
});

test("an alert is resolved once its condition was gone for 30 s on end, and can fire again", () => {
  const book = new AlertBook(0);
  const rows: [number, Condition[]][] = [
    ...[0, 60].map((s): [number, Condition[]] => [s, [GONE]]),
    [70, []],
    [99, []],
    [99.5, [GONE]],
    [100, []],
    [129.9, []],
    [130, []],
    [131, [GONE]],
    [191, [GONE]],
  ];
  const changes = story(book, rows).flatMap((found, i) => found.map((one) => [rows[i]?.[0], one]));
  expect(changes).toEqual([
    [60, firing("cluster-unreachable", "The JobManager has not answered for 1 m.")],
    [
      130,
      resolved(
        "cluster-unreachable",
        "Over, after 1 m 40 s: The JobManager has not answered for 1 m 40 s.",
      ),
    ],
    [191, firing("cluster-unreachable", "The JobManager has not answered for 1 m.")],
  ]);
});

test("each job has an alert of its own", () => {
  const other: Condition = { ...FAILED, job: "other" };
  const book = new AlertBook(0);
  const found = story(book, [
    [0, [FAILED]],
    [30, [FAILED, other]],
    [60, [FAILED, other]],
    [90, [FAILED, other]],
  ]);
  expect(found.map((changes) => changes.map(({ alert }) => alert))).toEqual([
    [],
    [],
    ["job-not-running:wordcount"],
    ["job-not-running:other"],
  ]);
  expect(book.firing).toEqual([
    {
      alert: "job-not-running:wordcount",
      sentence: "wordcount has not been RUNNING for 1 m 30 s, it is FAILED.",
    },
    {
      alert: "job-not-running:other",
      sentence: "other has not been RUNNING for 1 m, it is FAILED.",
    },
  ]);
});

test("what can't be told begins nothing and ends nothing, of its own kind only", () => {
  const book = new AlertBook(0);
  story(book, [
    [0, [FAILED, STUCK]],
    [60, [FAILED, STUCK]],
  ]);
  const unknown = (second: number) => book.update([], second * S, ["job-not-running"]);
  expect([unknown(70), unknown(99)]).toEqual([[], []]);
  expect(unknown(100)).toEqual([
    resolved("healing-gave-up:tm-2", "Over, after 1 m: tm-2 is beyond help."),
  ]);
  expect(unknown(1_000)).toEqual([]);
  expect(
    story(book, [
      [1_001, []],
      [1_030, []],
    ]),
  ).toEqual([[], []]);
  expect(story(book, [[1_031, []]])[0]).toEqual([
    resolved(
      "job-not-running:wordcount",
      "Over, after 1 m: wordcount has not been RUNNING for 1 m, it is FAILED.",
    ),
  ]);
  const pending = new AlertBook(0);
  pending.update([FAILED], 0);
  pending.update([], 30 * S, ["job-not-running"]);
  expect(pending.update([FAILED], 60 * S)).toEqual([]);
});

test("a clock set back makes nothing fire or end sooner", () => {
  const book = new AlertBook(1_000 * S);
  const rows: [number, Condition[]][] = [
    [1_000, [GONE, STUCK]],
    [1_050, [GONE]],
    [500, [GONE]],
    [529, [GONE]],
    [530, [GONE]],
    [559, [GONE]],
    [560, [GONE]],
  ];
  expect(story(book, rows).map((found) => found.map(({ alert, state }) => [alert, state]))).toEqual(
    [
      [["healing-gave-up:tm-2", "firing"]],
      [],
      [],
      [],
      [["healing-gave-up:tm-2", "resolved"]],
      [],
      [["cluster-unreachable", "firing"]],
    ],
  );
});

test("alerts of the book before go on: they don't fire twice, and are resolved", () => {
  const sentence = "The JobManager has not answered for 5 m.";
  const before = [{ alert: "cluster-unreachable", sentence }];
  const goes = new AlertBook(0, alertSettings(), before);
  expect(
    story(goes, [
      [0, [GONE]],
      [100, [GONE]],
    ]),
  ).toEqual([[], []]);
  const ends = new AlertBook(0, alertSettings(), before);
  expect(ends.firing).toEqual(before);
  expect(
    story(ends, [
      [0, []],
      [29, []],
      [30, []],
    ]),
  ).toEqual([[], [], [resolved("cluster-unreachable", `Over, after 0 s: ${sentence}`)]]);
});
