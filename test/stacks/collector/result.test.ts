import { broken, printResult, type Result } from "../../../stacks/collector/result";
import { settingsFrom } from "../../../stacks/collector/options";
import { differences } from "../../../stacks/collector/topic-counts";

const COUNTED = { events: 120, repeated: 20, exact: true, blindDiffers: 3, blindAsTopic: true };
const OUTAGE = {
  notReadyAfter: 1.5,
  readyAgainAfter: 6,
  live: true,
  restarts: 2,
  reasons: ["the database does not answer"],
  log: ["WARN database does not answer"],
};
const purged = { ...OUTAGE, readyAgainAfter: null };
const RESULT: Result = {
  flink: "1.14",
  changes: 100,
  changesInAll: 140,
  readySeconds: 11.2,
  disturbed: {
    ...{ seconds: 60, readyAfterKill: [7.3, 13], updateSeconds: [9, 8, 7] },
    ...{ rescaledTo: [4, 2, 3], kills: 2 },
  },
  counted: COUNTED,
  faults: [
    { fault: "database stopped", outage: OUTAGE, counted: COUNTED },
    { fault: "binlog purged", outage: purged },
  ],
  password: { searched: ["docker history", "its log"], found: [], inItsFile: true },
};

it("what holds breaks nothing, and is told", () => {
  expect(broken(RESULT)).toEqual([]);
  expect(printResult(RESULT).split("\n").slice(0, 3)).toEqual([
    "Flink 1.14: 100 row changes in 60 s, job rescaled to 4, 2, 3 (9.0 s, 8.0 s, 7.0 s), collector killed 2 times (ready after 7.3 s, 13.0 s).",
    "120 events in the topic, 20 of them repeated. Counts equal SQL's; without deduplication 3 words differ.",
    "Ready 11.2 s after its container's start. The password was looked for in 2 places and found in 0.",
  ]);
});

const inFault = (outage: object, counted: object | undefined = COUNTED) => ({
  faults: [{ fault: "f", outage: { ...OUTAGE, ...outage }, ...(counted && { counted }) }],
});
it.each<[string, object, string[]]>([
  ["a late start", { readySeconds: 61 }, ["ready only after 61.0 s"]],
  [
    "a late recovery",
    { disturbed: { ...RESULT.disturbed, readyAfterKill: [1, 70] } },
    ["ready only after 70.0 s"],
  ],
  [
    "wrong counts",
    { counted: { ...COUNTED, exact: false } },
    ["after rescales and kills: the job's counts are not those of the table"],
  ],
  [
    "a control that counts something else",
    { counted: { ...COUNTED, blindAsTopic: false } },
    ["after rescales and kills: the control's counts are not those of the topic"],
  ],
  [
    "a control that shows nothing",
    { counted: { ...COUNTED, blindDiffers: 0 } },
    ["nothing was repeated: the kills showed nothing, and the control is none"],
  ],
  [
    "kills that repeat nothing",
    { counted: { ...COUNTED, repeated: 0 } },
    ["nothing was repeated: the kills showed nothing, and the control is none"],
  ],
  [
    "an outage that health does not see",
    inFault({ notReadyAfter: null }),
    ["f: it stayed ready, or did not say why it was not"],
  ],
  [
    "an outage that the log does not tell",
    inFault({ log: [] }),
    ["f: it stayed ready, or did not say why it was not"],
  ],
  ["a live that turns false", inFault({ live: false }), ["f: live turned false"]],
  [
    "a loss after an outage",
    inFault({}, { ...COUNTED, exact: false }),
    ["f: the job's counts are not those of the table"],
  ],
  ["going on behind a gap", { faults: [{ fault: "f", outage: OUTAGE }] }, ["f: it went on"]],
  [
    "a password that shows",
    { password: { ...RESULT.password, found: ["its log"] } },
    ["the password is in: its log"],
  ],
  [
    "a search that can't find",
    { password: { ...RESULT.password, inItsFile: false } },
    ["the password is not even where it must be"],
  ],
])("%s is found", (_, change, sentences) => {
  expect(broken({ ...RESULT, ...change })).toEqual(sentences);
});

it("words differ where either count has another number", () => {
  expect(differences([], [])).toBe(0);
  const table = [
    ["a", 1],
    ["b", 2],
  ] as const;
  expect(differences(table, table)).toBe(0);
  expect(differences(table, [["a", 1]])).toBe(1);
  expect(
    differences(table, [
      ["b", 3],
      ["c", 1],
    ]),
  ).toBe(3);
});

describe("options", () => {
  const raw = { changes: "100000", flink: "1.14", "skip-faults": false, save: false };
  it("have their defaults", () => {
    expect(settingsFrom(raw)).toEqual({
      changes: 100_000,
      version: "1.14",
      faults: true,
      save: false,
    });
    const other = { changes: "5000", flink: "1.20", "skip-faults": true, save: true };
    expect(settingsFrom(other)).toEqual({
      changes: 5_000,
      version: "1.20",
      faults: false,
      save: true,
    });
  });
  it.each([
    [{ flink: "1.15" }, "--flink 1.15 is not supported. Fix: give 1.14 or 1.20."],
    [{ changes: "4999" }, "--changes 4999 can't be used."],
    [{ changes: "many" }, "--changes many can't be used."],
  ])("%j is refused", (change, sentence) => {
    expect(() => settingsFrom({ ...raw, ...change })).toThrow(sentence);
  });
});
