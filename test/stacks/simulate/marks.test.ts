import type { RescaleRecord } from "../../../policies/simulator/outcome";
import { renderMarks } from "../../../stacks/simulate/report/marks";

const FROM_MS = Date.UTC(2026, 10, 23);
/** Ten minutes a unit. */
const AXIS = { fromMs: FROM_MS, x: (ms: number) => (ms - FROM_MS) / 600_000 };

function rescale(minute: number, before: number, after: number, why: string): RescaleRecord {
  const atMs = FROM_MS + minute * 60_000;
  const size = (taskManagers: number) => ({ taskManagers, parallelism: 2 * taskManagers });
  return { atMs, runningAtMs: atMs + 3_000, from: size(before), to: size(after), why };
}

const titles = (records: RescaleRecord[]) =>
  [...renderMarks(records, AXIS).matchAll(/<title>([^<]*)/g)].map(([, title]) => title);

test("rescales that can be told apart have a mark each", () => {
  expect(titles([rescale(0, 1, 2, "A."), rescale(60, 2, 3, ""), rescale(120, 3, 3, "C")])).toEqual([
    "2026-11-23 00:00:00 UTC: TaskManagers 1 → 2, parallelism 2 → 4, running after 3 s: A",
    "2026-11-23 01:00:00 UTC: TaskManagers 2 → 3, parallelism 4 → 6, running after 3 s",
    "2026-11-23 02:00:00 UTC: TaskManagers 3, parallelism 6, running after 3 s: C",
  ]);
});

test("ones that lie on each other share a mark, with the whole change and the first and last reason", () => {
  const close = [rescale(0, 1, 2, "A"), rescale(20, 2, 3, "B"), rescale(59, 3, 4, "C")];
  expect(titles([...close, rescale(60, 4, 5, "D")])).toEqual([
    "3 rescales from 2026-11-23 00:00:00 UTC to 2026-11-23 00:59:00 UTC: TaskManagers 1 → 4, parallelism 2 → 8; first: A; last: C",
    "2026-11-23 01:00:00 UTC: TaskManagers 4 → 5, parallelism 8 → 10, running after 3 s: D",
  ]);
  expect(titles([rescale(0, 1, 2, "A"), rescale(1, 2, 1, "A")])[0]).toMatch(/parallelism 2: A$/);
});

test("one stop of the Tab key, and the number of rescales in the group's name", () => {
  const marks = renderMarks(
    [0, 100, 200, 201].map((m) => rescale(m, 1, 2, "A")),
    AXIS,
  );
  expect(marks.match(/tabindex="0"/g)).toHaveLength(1);
  expect(marks.match(/tabindex="-1"/g)).toHaveLength(2);
  expect(marks).toContain('aria-label="4 rescales"');
  expect(renderMarks([], AXIS)).toBe("");
});
