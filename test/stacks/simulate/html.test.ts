import * as fc from "fast-check";
import { contestant } from "../../../stacks/simulate/contestant";
import { resultOf } from "../../../stacks/simulate/json";
import { renderHtml, type ReportInput } from "../../../stacks/simulate/report/html";
import { runTrace } from "../../../stacks/simulate/runs";
import { plan, tinyTrace } from "./tiny";

const SETTINGS = { days: null, seed: 1, price: 0.05, plant: {} };

async function inputWith(name = "tiny", why = "more is coming"): Promise<ReportInput> {
  const policies = [
    contestant(plan("flat", { 0: 2 })),
    contestant(plan("stepped", { 0: 1, 55: 2, 100: 1, 110: 2 }, why)),
    contestant(plan("small", { 0: 1 })),
    contestant(plan("large", { 0: 3 })),
  ];
  const runs = [await runTrace(tinyTrace(name), policies, { timelinePoints: 60 })];
  return { title: "A comparison", result: resultOf(runs, policies, SETTINGS), runs, policies };
}

const page = inputWith().then(renderHtml);
const tags = (html: string) => (html.match(/<[a-z!/][^\s>]*/gi) ?? []).join("");

test("needs nothing from elsewhere", async () => {
  const html = await page;
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/https?:|\/\/[a-z]|@import|url\(/i);
  const references = html.match(/(?:src|href)="[^"]*"/g) ?? [];
  expect(new Set(references)).toEqual(new Set(['href="#trace-0-load"']));
});

test("has a row and a timeline for every policy, and the means where there are several traces", async () => {
  const html = await page;
  expect(html).toContain(
    '<tr><td>flat</td><td class="n">16</td><td class="n">0</td><td class="n">0 s</td><td class="n">0</td><td class="n">0</td><td class="n">0.8</td></tr>',
  );
  expect(html.match(/class="strip" data-policy="\w+"/g)).toHaveLength(4);
  expect(html).not.toContain("Mean of 1 trace</h2>");
  const input = await inputWith();
  const twice = { ...input.result, traces: [...input.result.traces, ...input.result.traces] };
  const both = renderHtml({ ...input, result: twice, runs: [...input.runs, ...input.runs] });
  expect(both).toContain("Mean of 2 traces</h2>");
  expect(both).toContain('<a href="#trace-1">tiny</a>');
});

test("has a focusable mark with its reason for every rescale, one of them reached by Tab", async () => {
  const html = await page;
  const marks = [
    ...html.matchAll(/<path tabindex="(-?\d)" role="img" data-t="(\d+)" d="[^"]+"><title>([^<]*)/g),
  ];
  expect(marks.map(([, tab, t]) => [tab, t])).toEqual([
    ["0", "3300"],
    ["-1", "6000"],
    ["-1", "6600"],
  ]);
  expect(marks[0]?.[3]).toBe(
    "2026-11-23 08:55:00 UTC: TaskManagers 1 → 2, parallelism 4 → 8, running after 18 s: more is coming",
  );
  expect(html).toContain('<g class="marks" role="group" aria-label="3 rescales">');
});

test("boxes choose the timelines; at first the best three stand there", async () => {
  const html = await page;
  const boxes = [...html.matchAll(/<input type="checkbox" value="(\w+)"( checked)?>/g)];
  expect(boxes.map(([, name, checked]) => [name, checked !== undefined])).toEqual([
    ["flat", true],
    ["stepped", true],
    ["small", false],
    ["large", true],
  ]);
});

test("the product's policy and its limit stand first, then the best that reacts", async () => {
  const input = await inputWith();
  const names = ["flat", "flinktide", "large", "oracle"];
  const policies = input.policies.map((policy, i) => ({
    ...policy,
    name: names[i] ?? "",
    reactive: names[i] === "flat",
  }));
  const html = renderHtml({ ...input, policies });
  const checked = [...html.matchAll(/value="([a-z-]+)" checked>/g)].map(([, name]) => name);
  expect(checked).toEqual(["flat", "flinktide", "oracle"]);
});

test("no text becomes markup, wherever it stands", async () => {
  const shape = tags(await page);
  const texts = fc.constantFrom(
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)",
    "<!--<script>",
    "</title><svg onload=alert(1)>",
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const input = await inputWith(text, text);
      const html = renderHtml({
        ...input,
        title: text,
        policies: input.policies.map((policy) => ({ ...policy, title: text, source: text })),
        runs: input.runs.map((run) => ({ ...run, description: text })),
      });
      expect(tags(html)).toBe(shape);
      expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[a-z]+[^>]*\son[a-z]+\s*=/i);
    }),
    { numRuns: 10 },
  );
});

test("promises stand first, with what was found; nothing is left undefined", async () => {
  const input = await inputWith();
  const lines = [{ name: "cheaper", ok: false, detail: "missed on tiny." }];
  const result = { ...input.result, summary: { ...input.result.summary, lines } };
  const html = renderHtml({ ...input, result });
  expect(html).toContain(
    '<td class="state failed">✗ failed</td><td>cheaper</td><td>missed on tiny.</td>',
  );
  expect(html).not.toMatch(/NaN|Infinity|undefined(?! ?[);])/);
});

test("a run without timelines still renders", async () => {
  const input = await inputWith();
  const bare = input.runs.map((run) => ({
    ...run,
    outcomes: run.outcomes.map((o) => ({ ...o, timeline: [], rescaleRecords: [] })),
  }));
  expect(renderHtml({ ...input, runs: bare })).not.toMatch(/NaN|Infinity/);
});
