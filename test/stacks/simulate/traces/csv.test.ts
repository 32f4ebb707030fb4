import * as fc from "fast-check";
import { UserError } from "../../../../infra/errors";
import { parseCsvSamples, parseCsvTrace } from "../../../../stacks/simulate/traces/csv";

const HEADER = "timestamp,records_per_second\n";
const parse = (text: string) => parseCsvTrace(text, { name: "load", file: "load.csv" });

/** [ms, rate] of every sample. */
function samples(text: string): [number, number][] {
  const { timesMs, rates } = parseCsvSamples(text, "load.csv");
  return [...timesMs].map((ms, i) => [ms, rates[i] ?? NaN]);
}

function complaintOf(text: string): UserError {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error("it was accepted");
}

const NINE = Date.UTC(2026, 10, 23, 9);
const TWO: [number, number][] = [
  [NINE, 100],
  [NINE + 60_000, 250.5],
];

test.each([
  ["plain", `${HEADER}2026-11-23T09:00:00Z,100\n2026-11-23T09:01:00Z,250.5\n`],
  ["without a last line break", `${HEADER}2026-11-23T09:00,100\n2026-11-23T09:01,250.5`],
  ["CRLF", `${HEADER}2026-11-23T09:00,100\n2026-11-23T09:01,250.5\n`.replaceAll("\n", "\r\n")],
  ["a byte order mark", `\ufeff${HEADER}2026-11-23T09:00,100\n2026-11-23T09:01,250.5\n`],
  ["blank lines", `\n\n${HEADER}\n2026-11-23T09:00,100\n  \n,,\n2026-11-23T09:01,250.5\n\n`],
  [
    "blanks around",
    ` timestamp , records_per_second\n 2026-11-23T09:00 , 100\n2026-11-23T09:01,250.5 `,
  ],
  ["upper case", `Timestamp,RECORDS_PER_SECOND\n2026-11-23T09:00,100\n2026-11-23T09:01,250.5`],
  [
    "other columns",
    `host,records_per_second,timestamp,x\na,100,2026-11-23T09:00,NaN\n,250.5,2026-11-23T09:01`,
  ],
  [
    "quotes",
    `"timestamp","records_per_second"\n"2026-11-23T09:00","100"\n"2026-11-23T09:01","250.5"`,
  ],
  [
    "quoted commas, quotes and line breaks",
    `note,timestamp,records_per_second\n"a, ""b""\nc",2026-11-23T09:00,100\n"",2026-11-23T09:01,250.5`,
  ],
  ["epoch seconds", `${HEADER}${NINE / 1000},100\n${NINE / 1000 + 60},250.5`],
  ["epoch milliseconds", `${HEADER}${NINE},1e2\n${NINE + 60_000},+250.50`],
  ["unsorted rows", `${HEADER}2026-11-23T09:01,250.5\n2026-11-23T09:00,100`],
  ["a zone", `${HEADER}2026-11-23T17:00+08:00,100\n2026-11-23T04:01-05:00,250.5`],
  ["an instant twice", `${HEADER}2026-11-23T09:00,7\n2026-11-23T09:01,250.5\n2026-11-23T09:00,100`],
])("a file with %s is read", (_what, text) => {
  expect(samples(text)).toEqual(TWO);
});

test("seconds from 0 are a trace from the epoch on, straight between uneven rows", () => {
  const trace = parse(`${HEADER}0,0\n10,100\n100,10\n`);
  expect(trace).toMatchObject({ name: "load", startMs: 0, endMs: 100_000 });
  expect([0, 5_000, 10_000, 55_000, 99_000].map(trace.rateAt)).toEqual([0, 50, 100, 55, 11]);
  expect(trace.description).toBe("3 samples of load.csv, 1970-01-01T00:00 to 1970-01-01T00:01 UTC");
});

describe("a file that can't be used", () => {
  const TIME_FIX = "write it as 2026-11-23T09:00:00Z, as epoch seconds, or as seconds from 0";
  const RATE_FIX = "give a number with a decimal point, such as 1250.5, or remove the line";
  const rate = (line: number, value: string) => ({
    path: `line ${line}, records_per_second`,
    value,
    fault: "it is not a number",
    fix: RATE_FIX,
  });

  it("is told every wrong line with value, fault and fix", () => {
    const error = complaintOf(
      `${HEADER}0,1\nyesterday,1\n20,NaN\n30,-5\n40,\n,6\n60,1.2.3\n70,"1,000"\n80,0x10\n90,Infinity\n`,
    );
    expect(error.problems).toEqual([
      {
        path: "line 3, timestamp",
        value: "yesterday",
        fault: "it is not a timestamp",
        fix: TIME_FIX,
      },
      rate(4, "NaN"),
      {
        path: "line 5, records_per_second",
        value: "-5",
        fault: "it is negative",
        fix: "give 0 or more",
      },
      {
        path: "line 6, records_per_second",
        value: undefined,
        fault: "it is missing",
        fix: "fill it in, or remove the line",
      },
      {
        path: "line 7, timestamp",
        value: undefined,
        fault: "it is missing",
        fix: "fill it in, or remove the line",
      },
      rate(8, "1.2.3"),
      rate(9, "1,000"),
      rate(10, "0x10"),
      rate(11, "Infinity"),
    ]);
    expect(error.message.split("\n").slice(0, 2)).toEqual([
      "load.csv can't be used as a trace, it has 9 problems:",
      `  - line 3, timestamp (given: "yesterday"): it is not a timestamp. Fix: ${TIME_FIX}.`,
    ]);
  });

  it("is told ten problems at most, and how many there are", () => {
    const rows = Array.from({ length: 1_234 }, (_, i) => `${i},x`).join("\n");
    const error = complaintOf(HEADER + rows);
    expect(error.problems).toHaveLength(10);
    expect(error.message.split("\n")[0]).toBe(
      "load.csv can't be used as a trace, it has 1,234 problems; the first 10:",
    );
  });

  it("is told both problems of one line, and the line where a row begins", () => {
    const error = complaintOf(`timestamp,records_per_second,note\n0,1,"two\nlines"\nx,y\n1,2\n`);
    expect(error.problems.map(({ path }) => path)).toEqual([
      "line 4, timestamp",
      "line 4, records_per_second",
    ]);
  });

  it("may not mix forms of timestamps", () => {
    const error = complaintOf(`${HEADER}1795424400,1\n1795424460000,1\n120,1\n2026-11-23,1`);
    const fix = "write all of them in one form";
    expect(error.problems).toEqual([
      {
        path: "line 3, timestamp",
        value: "1795424460000",
        fault: "it reads as epoch milliseconds, but line 2 has epoch seconds",
        fix,
      },
      {
        path: "line 4, timestamp",
        value: "120",
        fault: "it reads as seconds from the start, but line 2 has epoch seconds",
        fix,
      },
      {
        path: "line 5, timestamp",
        value: "2026-11-23",
        fault: "it reads as ISO 8601, but line 2 has epoch seconds",
        fix,
      },
    ]);
  });

  const headerProblem = (line: number, value: string, columns: string) => ({
    path: `line ${line}`,
    value,
    fault: `it is not a header with the ${columns}`,
    fix: "begin the file with a line such as timestamp,records_per_second",
  });

  it.each([
    ["0,1\n1,2", headerProblem(1, "0,1", "columns timestamp and records_per_second")],
    ["\ntimestamp,rate\n0,1", headerProblem(2, "timestamp,rate", "column records_per_second")],
    [
      "time;records_per_second\n0;1",
      headerProblem(1, "time;records_per_second", "columns timestamp and records_per_second"),
    ],
    [
      `${"x".repeat(99)}\n`,
      headerProblem(1, `${"x".repeat(60)}…`, "columns timestamp and records_per_second"),
    ],
    [
      " \n",
      {
        path: "line 1",
        fault: "the file is empty",
        fix: "give a file that begins with the line timestamp,records_per_second",
      },
    ],
    [
      HEADER,
      {
        path: "the rows",
        fault: "no instant has a rate",
        fix: "give at least two rows with different timestamps",
      },
    ],
    [
      `${HEADER}5,1\n5,2`,
      {
        path: "the rows",
        fault: "only one instant has a rate",
        fix: "give at least two rows with different timestamps",
      },
    ],
    [
      `${HEADER}0,1\n1,"2\n2,3\n3,4\n`,
      {
        path: "line 3",
        fault: "a quote is opened in it that nothing closes",
        fix: "close it, or remove it",
      },
    ],
  ])("%j is told its one problem", (text, problem) => {
    const error = complaintOf(text);
    expect(error.problems).toEqual([problem]);
    expect(error.message.split("\n")[0]).toBe(
      "load.csv can't be used as a trace, it has one problem:",
    );
  });
});

describe("any samples", () => {
  const rows = fc.uniqueArray(
    fc.tuple(fc.nat(99_999), fc.double({ min: 0, max: 1e9, noNaN: true })),
    { minLength: 2, maxLength: 60, selector: ([second]) => second },
  );
  const text = (list: readonly (readonly [number, number])[]) =>
    HEADER + list.map(([second, rate]) => `${second},${rate}`).join("\n");
  const sorted = (list: readonly (readonly [number, number])[]) =>
    [...list].sort(([a], [b]) => a - b);

  it("come back as they were written", () => {
    fc.assert(
      fc.property(rows, (list) => {
        const wanted = sorted(list).map(([second, rate]) => [second * 1000, rate]);
        expect(samples(text(list))).toEqual(wanted);
      }),
    );
  });

  it("are one trace in any order of the rows", () => {
    const shuffled = rows.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(samples(text(other))).toEqual(samples(text(sorted(list))));
      }),
    );
  });

  it("are refused with exactly the lines that are wrong", () => {
    const marked = fc.tuple(rows, fc.array(fc.nat(), { minLength: 1, maxLength: 10 }));
    fc.assert(
      fc.property(marked, ([list, picks]) => {
        const wrong = [...new Set(picks.map((pick) => pick % list.length))].sort((a, b) => a - b);
        const lines = text(list).split("\n");
        for (const i of wrong) lines[i + 1] = lines[i + 1]!.replace(/,.*/, ",?");
        const { problems } = complaintOf(lines.join("\n"));
        expect(problems.map(({ path }) => path)).toEqual(
          wrong.map((i) => `line ${i + 2}, records_per_second`),
        );
      }),
    );
  });
});

test("a million rows are read, and any instant is found", () => {
  const rows = Array.from({ length: 1_000_000 }, (_, i) => `${i * 10},${i % 1000}`);
  const trace = parse(`${HEADER}${rows.join("\n")}\n`);
  expect(trace.endMs).toBe(9_999_990_000);
  for (const i of [0, 999_998, 500_000, 3, 777_777]) {
    expect(trace.rateAt(i * 10_000 + 5_000)).toBe(i % 1000 === 999 ? 499.5 : (i % 1000) + 0.5);
  }
});
