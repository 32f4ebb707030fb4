import * as fc from "fast-check";
import {
  AlertBook,
  alertSettings,
  type AlertName,
  type Condition,
} from "../../../policies/conduct/alerts";

const CONDITIONS: Record<string, Condition> = {
  "update-failed": { alert: "update-failed", failures: 2 },
  "job-not-running:a": { alert: "job-not-running", job: "a", state: "FAILED" },
  "job-not-running:b": { alert: "job-not-running", job: "b", state: "GONE" },
  capped: { alert: "capped", cuts: [] },
  "metrics-missing:a": { alert: "metrics-missing", job: "a" },
  "cluster-unreachable": { alert: "cluster-unreachable" },
  "healing-gave-up:a": { alert: "healing-gave-up", subject: "a", why: "it is of no use" },
};
const KEYS = Object.keys(CONDITIONS);
const { afterMs, goneMs } = alertSettings();
const nameOf = (key: string) => CONDITIONS[key]?.alert ?? "capped";

const stretches = fc.array(
  fc.record({
    sights: fc.integer({ min: 1, max: 40 }),
    everyMs: fc.constantFrom(1_000, 5_000, 14_999, 30_000, 61_000),
    keys: fc.subarray(KEYS),
    unknown: fc.oneof(fc.constant<AlertName[]>([]), fc.subarray(KEYS.map(nameOf))),
  }),
  { maxLength: 15 },
);
interface Row {
  atMs: number;
  keys: string[];
  unknown: AlertName[];
}
const histories = stretches.map((all) => {
  let atMs = 0;
  return all.flatMap(({ sights, everyMs, ...rest }) =>
    Array.from({ length: sights }, (): Row => ({ ...rest, atMs: (atMs += everyMs) })),
  );
});

interface Book {
  update: AlertBook["update"];
}

/** What a book does in such a history that none may. */
function violations(history: readonly Row[], book: Book): Set<string> {
  const found = new Set<string>();
  const rows = new Map(KEYS.map((key) => [key, { sinceMs: NaN, goneMs: NaN, fires: false }]));
  for (const { atMs, keys, unknown } of history) {
    for (const [key, row] of rows) {
      const present = keys.includes(key);
      row.sinceMs = present ? (Number.isNaN(row.sinceMs) ? atMs : row.sinceMs) : NaN;
      const gone = !present && !unknown.includes(nameOf(key));
      row.goneMs = gone ? (Number.isNaN(row.goneMs) ? atMs : row.goneMs) : NaN;
    }
    const conditions = keys.flatMap((key) => CONDITIONS[key] ?? []);
    for (const { alert, state } of book.update(conditions, atMs, unknown)) {
      const row = rows.get(alert)!;
      if (row.fires === (state === "firing")) found.add("does not alternate");
      row.fires = state === "firing";
      if (state === "firing" && !(atMs - row.sinceMs >= afterMs[nameOf(alert)])) found.add("early");
      if (state === "resolved" && !(atMs - row.goneMs >= goneMs)) found.add("flaps");
    }
    for (const [key, row] of rows) {
      if (!row.fires && atMs - row.sinceMs >= afterMs[nameOf(key)]) found.add("is silent");
      if (row.fires && atMs - row.goneMs >= goneMs) found.add("does not end");
    }
  }
  return found;
}

test("each alert fires and ends in turn, neither early nor late", () => {
  fc.assert(
    fc.property(histories, (history) => {
      expect([...violations(history, new AlertBook(0))]).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

const impatient = { afterMs: { ...afterMs, capped: 0 }, goneMs: 0 };
const patient = { afterMs: { ...afterMs, capped: 1e9 }, goneMs: 1e9 };
test.each<[string, Book, string[]]>([
  ["has no patience", new AlertBook(0, impatient), ["early", "flaps"]],
  ["says nothing", { update: () => [] }, ["is silent"]],
  ["waits too long", new AlertBook(0, patient), ["is silent", "does not end"]],
  [
    "repeats itself",
    { update: () => [{ alert: "capped", state: "firing", sentence: "" }] },
    ["does not alternate"],
  ],
])("the check finds one that %s", (_, book, expected) => {
  const history = Array.from({ length: 400 }, (_, i): Row => {
    const keys = i % 200 < 190 ? ["capped", "cluster-unreachable"] : [];
    return { atMs: i * 5_000, keys, unknown: [] };
  });
  expect([...violations(history, book)]).toEqual(expect.arrayContaining(expected));
});
