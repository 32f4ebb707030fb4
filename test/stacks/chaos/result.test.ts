import {
  broken,
  controlVerdict,
  keptSchema,
  LIMIT_SECONDS,
  printTable,
  together,
  type FaultResult,
  type Repetition,
} from "../../../stacks/chaos/result";

const repetition = (change: Partial<Repetition> = {}): Repetition => ({
  ...{ note: "3.0 s after an order", seconds: 20, gapSeconds: 3, mostLiveJobs: 1, journal: [] },
  ...change,
});
const result = (repetitions: Repetition[], change: Partial<FaultResult> = {}): FaultResult => ({
  ...{ fault: "kafka", title: "stop Kafka", seed: 1, repetitions, lost: 0, duplicated: 0 },
  ...{ exact: true, count: "Exact." },
  ...change,
});

it("holds where every repetition converged in time, at the very limit too", () => {
  expect(broken(result([repetition(), repetition({ seconds: LIMIT_SECONDS })]))).toEqual([]);
});

it.each<[Partial<Repetition>, string]>([
  [{ seconds: LIMIT_SECONDS + 0.1 }, " took 120.1 s"],
  [{ seconds: null, amiss: "no job" }, " did not converge: no job"],
  [{ seconds: null }, " did not converge: nobody knows why"],
  [{ mostLiveJobs: 2 }, ": 2 jobs lived at once"],
  [{ journal: ["1 lines can't be read"] }, ": journal: 1 lines can't be read"],
])("is broken by a repetition: %j", (change, sentence) => {
  expect(broken(result([repetition(), repetition(change)]))).toEqual([
    `repetition 2 (3.0 s after an order)${sentence}`,
  ]);
});

it.each<Partial<FaultResult>>([{ lost: 1 }, { duplicated: 1 }, { exact: false }])(
  "is broken by the count: %j",
  (change) => {
    expect(broken(result([repetition()], { ...change, count: "Not exact." }))).toEqual([
      "Not exact.",
    ]);
  },
);

it("a control is seen by what is lost or counted twice, and by nothing else", () => {
  const late = result([repetition({ seconds: null })], { exact: false });
  expect(
    [late, result([], { duplicated: 1 }), result([], { lost: 1 })].map(controlVerdict),
  ).toEqual(["nothing is seen", "the checker sees it", "the checker sees it"]);
});

it("is broken by a TaskManager that goes with slots in use, where it may not", () => {
  const hurt = [repetition({ leavers: { gone: 2, withSlots: 1 } })];
  expect(broken(result(hurt))).toEqual([]);
  expect(broken(result(hurt, { spares: true }))).toEqual([
    "repetition 1 (3.0 s after an order): 1 TaskManagers went with slots in use",
  ]);
  const idle = [repetition({ leavers: { gone: 2, withSlots: 0 } })];
  expect(broken(result(idle, { spares: true }))).toEqual([]);
  expect(printTable([result([...hurt, ...idle])])).toContain("│ 4, 1");
});

it("prints a row for each fault", () => {
  const late = [repetition(), repetition({ seconds: 130, gapSeconds: 9.5 })];
  const none = result([repetition({ seconds: null })], { title: "freeze" });
  const rows = printTable([result([...late, repetition({ seconds: 30 })]), none])
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) => line.split("│").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
  expect(rows.slice(1)).toEqual([
    ["stop Kafka", "3", "2", "30.0 s", "130.0 s", "9.50 s", "0", "0", "1", "–", "broken"],
    ["freeze", "1", "0", "–", "–", "3.00 s", "0", "0", "1", "–", "broken"],
  ]);
});

describe("a table made in several runs", () => {
  const of = (fault: string, lost: number) => ({ ...result([repetition()], { lost }), fault });

  it("keeps the faults of before that were not made again", () => {
    const all = together([of("kafka", 1), of("clock", 2)], [of("kafka", 3), of("lock", 4)]);
    expect(all.map(({ fault, lost }) => [fault, lost])).toEqual([
      ["clock", 2],
      ["kafka", 3],
      ["lock", 4],
    ]);
  });

  it("is read as it was written", () => {
    const results = [result([repetition(), repetition({ seconds: null, amiss: "no job" })])];
    const kept = JSON.parse(JSON.stringify({ date: "2026-11-21", figures: { results } })) as object;
    expect(keptSchema.parse(kept).figures.results).toEqual(results);
  });

  it("is refused where a count is missing", () => {
    const { lost: _, ...rest } = result([]);
    expect(keptSchema.safeParse({ figures: { results: [rest] } }).success).toBe(false);
  });
});
