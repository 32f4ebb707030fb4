import { held, parseReport } from "../../../stacks/report/model";
import { reportWith } from "./report";

test("reads text and objects alike, instants become Unix time", () => {
  const report = parseReport(reportWith());
  expect(parseReport(JSON.stringify(reportWith()))).toEqual(report);
  expect(report.startedAt).toBe(Date.parse("2026-11-23T00:00:00Z"));
  expect(report.transitions[0]?.at).toBe(report.startedAt + 90_000);
});

test("what was parsed can be written and read again", () => {
  const report = parseReport(reportWith());
  expect(parseReport(JSON.stringify(report))).toEqual(report);
});

test("names every fault with its path", () => {
  const bad = reportWith({
    startedAt: "yesterday",
    urls: [{ name: "x", url: "javascript:alert(1)" }],
  });
  expect(() => parseReport({ ...bad, title: undefined })).toThrow(
    /title.*\n.*startedAt.*\n.*urls\.0\.url/,
  );
  expect(() => parseReport("{")).toThrow(/no demo report/);
});

test("holds only with an exact verdict and every check passed", () => {
  const good = reportWith();
  expect(held(parseReport(good))).toBe(true);
  expect(held(parseReport({ ...good, verdict: { ...good.verdict, exact: false } }))).toBe(false);
  expect(held(parseReport({ ...good, checks: [{ name: "x", ok: false, detail: "" }] }))).toBe(
    false,
  );
});
