import { compare, DECISION_SECONDS } from "../../../stacks/reality/compare";
import { printComparison } from "../../../stacks/reality/print";
import { replay } from "../../../stacks/reality/replay";
import { realitySection, renderReport } from "../../../stacks/reality/report";
import { simulatedRecording } from "./simulated-recording";

const recording = simulatedRecording();
const predicted = replay(recording);
const comparison = compare(recording.series, predicted, DECISION_SECONDS);
const page = renderReport(recording, predicted, comparison);

describe("the report", () => {
  it("should need nothing from elsewhere", () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href|url)\s*[=(]|@import/);
  });

  it("should draw both curves of lag and of parallelism", () => {
    const lines = [...page.matchAll(/<path class="line (\w)" d="(M[^"]+)"/g)];
    expect(lines.map(([, style]) => style)).toEqual(["a", "a", "b", "a", "b"]);
    // A replay of the simulator's own run is drawn on top of it.
    expect(lines[1]?.[2]).toBe(lines[2]?.[2]);
    expect(lines[3]?.[2]).toBe(lines[4]?.[2]);
  });

  it("should tell every second to the script", () => {
    const json = /<script type="application\/json">(.+)<\/script>/.exec(page)?.[1] ?? "";
    const data = JSON.parse(json) as { span: number; rows: { t: number; text: string[] }[] };
    expect([data.span, data.rows.length]).toEqual([900, 900]);
    expect(data.rows[59]).toEqual({
      t: 60,
      text: [
        ...["1:00", "Load arrived 140", "Lag measured 0", "Lag predicted 0"],
        ...["Parallelism measured 2", "Parallelism predicted 2"],
      ],
    });
  });

  it("should show checks, rescales with their reasons, and what was measured of the cluster", () => {
    expect(page.match(/✓ held/g)).toHaveLength(3);
    expect(page).toContain("2 → 4 at ");
    expect(page).toContain(" records/s arrive for job");
    expect(page).toContain('<td>records/s of a slot</td><td class="n">100.0</td>');
  });

  it("should be a section without a script for other reports", () => {
    const section = realitySection(recording, predicted, comparison);
    expect(section).toMatch(/^<section [^]*<\/section>$/);
    expect(section).not.toContain("<script");
    expect(section).not.toContain("<figure");
  });

  it("should not let a text of the recording become markup", () => {
    const text = "</td><script>alert(1)</script>";
    const rescales = recording.rescales.map((rescale) => ({ ...rescale, why: text }));
    const hostile = { ...recording, machine: text, flink: text, rescales };
    const tags = (html: string) => (html.match(/<[a-z!/][^\s>]*/gi) ?? []).join("");
    expect(tags(renderReport(hostile, predicted, comparison))).toBe(tags(page));
  });
});

describe("the comparison for a terminal", () => {
  it("should say what held, and what did not", () => {
    const text = printComparison(recording, predicted, comparison);
    expect(text.match(/^ok /gm)).toHaveLength(3);
    expect(text).toMatch(
      /ok mean lag predicted within 25 %: measured (.+ s), predicted \1 \(\+0\.0 %\)/,
    );
    expect(text).toContain("ok parallelism as predicted, within 60 s: 0 of 900 seconds differ");
    const late = { ...predicted, parallelism: recording.series.parallelism.map(() => 2) };
    const failed = printComparison(recording, late, compare(recording.series, late, 5));
    expect(failed).toMatch(
      /!! parallelism as predicted, within 5 s: \d+ of 900 seconds differ, the first at /,
    );
  });

  it("should pair the rescales and say how much later they came", () => {
    const later = { ...predicted, parallelism: [2, 2, ...predicted.parallelism.slice(0, -2)] };
    const text = printComparison(recording, later, compare(recording.series, later, 5));
    expect(text).toMatch(/2 → 4 at \S+ +│ 2 → 4 at \S+ +│ -2 s/);
  });
});
