import { dates, printDate } from "../../policies/dates";
import { problemsOf } from "../../policies/problem";

const DAY = Date.parse("2026-11-11") / 86_400_000;

test.each([
  [["2026-11-11"], [{ from: DAY, to: DAY }]],
  [["2026-11-11 00:00:00 +0000 UTC"], [{ from: DAY, to: DAY }]],
  [[{ from: "2026-11-10", to: "2026-11-12" }], [{ from: DAY - 1, to: DAY + 1 }]],
  [[{ from: "2026-11-11", to: "2027-11-11" }], [{ from: DAY, to: DAY + 365 }]],
  [
    ["2026-11-11", { from: "2028-02-29", to: "2028-02-29" }],
    [
      { from: DAY, to: DAY },
      { from: DAY + 475, to: DAY + 475 },
    ],
  ],
])("%j is read", (typed, expected) => {
  expect(dates.parse(typed)).toEqual(expected);
});

test("a day is printed as its date", () => {
  expect([printDate(DAY), printDate(0), printDate(DAY + 475)]).toEqual([
    "2026-11-11",
    "1970-01-01",
    "2028-02-29",
  ]);
});

const NEITHER = "it is neither a date of the calendar nor a range of dates";
const NO_RANGE = "it is not a range of 1 to 366 days";
test.each([
  [["2026-02-29"], "[0]", NEITHER],
  [["2026-11-11T00:00:00Z"], "[0]", NEITHER],
  [["11.11.2026"], "[0]", NEITHER],
  [["2026-11-11", 20261111], "[1]", NEITHER],
  [[{ from: "2026-11-11" }], "[0]", NEITHER],
  [[{ from: "2026-11-11", to: "2026-13-01" }], "[0]", NEITHER],
  [[{ from: "2026-11-11", to: "2026-11-10" }], "[0].to", NO_RANGE],
  [[{ from: "2026-11-11", to: "2027-11-12" }], "[0].to", NO_RANGE],
  [[{ from: "2026-11-11", to: "2026-11-12", until: 1 }], "[0].until", "there is no such setting"],
  [[], "(top level)", "without a date it never opens"],
  [Array(367).fill("2026-11-11"), "(top level)", "it is longer than 366 entries"],
  ["2026-11-11", "(top level)", "it is not a list"],
])("%j is refused", (typed, path, fault) => {
  const { error } = dates.safeParse(typed);
  expect(error && problemsOf(error, typed).map((p) => [p.path, p.fault])).toEqual([[path, fault]]);
});
