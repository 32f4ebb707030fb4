import * as fc from "fast-check";
import { renderHtml } from "../../../stacks/report/html";
import { parseReport } from "../../../stacks/report/model";
import { reportWith } from "./report";

const page = renderHtml(parseReport(reportWith()));

test("needs nothing from elsewhere", () => {
  expect(page).toContain("default-src 'none'");
  const addresses = page.match(/(?:src|href|url)\s*[=(]\s*["']?[^"'\s)>]+/g) ?? [];
  expect(addresses).toEqual(['href="http://127.0.0.1:8081/', 'href="http://127.0.0.1:9000/']);
  expect(page).not.toContain("@import");
});

test("no text of the report becomes markup, wherever it stands", () => {
  const texts = fc.oneof(
    fc.constantFrom(
      "</script><script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "' onfocus='alert(1)",
      "<!--<script>",
      "&lt;b&gt;",
      "</title><svg onload=alert(1)>",
    ),
    fc.string({ minLength: 1, unit: fc.constantFrom("<", ">", '"', "'", "&", "/", "a", "\u2028") }),
  );
  const tags = (html: string) => (html.match(/<[a-z!/][^\s>]*/gi) ?? []).join("");
  const shape = tags(page);
  const handlers = /<[a-z]+[^>]*\son[a-z]+\s*=/i;
  fc.assert(
    fc.property(texts, (text) => {
      const report = parseReport(reportWith());
      const named = renderHtml({
        ...report,
        title: text,
        machine: text,
        verdict: { ...report.verdict, sentence: text },
        checks: report.checks.map((check) => ({ ...check, name: text, detail: text })),
        transitions: report.transitions.map((t) => ({
          ...t,
          label: text,
          tenant: t.tenant === "acme" ? text : t.tenant,
        })),
        series: report.series.map((entry) => ({ ...entry, tenant: text })),
        urls: report.urls.map((entry) => ({ ...entry, name: text })),
      });
      expect(tags(named)).toBe(shape);
      expect(named.replace(/"[^"]*"/g, '""')).not.toMatch(handlers);
    }),
  );
});

test("draws each figure where it belongs: steps hold, evenly changing ones connect, gaps stay open", () => {
  // 0 to 12:05 over 880 units: 60 s are 72.8, 120 s are 145.7.
  expect(page).toMatch(/<path class="line a" d="M64 [\d.]+H136\.8V[\d.]+H209\.7V[\d.]+"\/>/);
  expect(page).toMatch(/<path class="line b" d="M64 [\d.]+L136\.8 [\d.]+L209\.7 [\d.]+"\/>/);
  const lag = page.match(/<path class="line a" d="M(64|209\.7) [\d.]+"\/>/g);
  expect(lag).toHaveLength(2);
});

test("says in words what the picture shows", () => {
  expect(page).toContain(
    'aria-label="night → morning at 1:30: TaskManagers 1 → 2, parallelism 2 → 4, gap 1.80 s"',
  );
  expect(page).toContain(
    '<td>1:00</td><td class="n">200</td><td class="n">2,000</td><td class="n">–</td>',
  );
  expect(page).toContain("<dt>Gap, longest</dt><dd>1.80 s</dd>");
  expect(page).toContain("✓ Held");
});

test("a report with failures says so first", () => {
  const report = parseReport(reportWith());
  const bad = renderHtml({
    ...report,
    verdict: { ...report.verdict, exact: false, lost: 7 },
    checks: [{ name: "counts", ok: false, detail: "7 lost" }],
  });
  expect(bad).toContain("✗ Did not hold");
  expect(bad).toContain("1 of 1 checks failed.");
  expect(bad).toContain("<dt>Lost</dt><dd>7</dd>");
});

test("a report without series, transitions and addresses still renders", () => {
  const empty = parseReport(reportWith({ series: [], transitions: [], urls: [], checks: [] }));
  expect(renderHtml(empty)).not.toMatch(/NaN|Infinity|undefined/);
  const bare = parseReport(reportWith({ series: [{ tenant: "acme", samples: [] }] }));
  expect(renderHtml(bare)).not.toMatch(/NaN|Infinity|undefined/);
});
