import { parseReport } from "../../../stacks/report/model";
import { renderTable } from "../../../stacks/report/table";
import { reportWith } from "./report";

test("the terminal table, character by character", () => {
  expect(renderTable(parseReport(reportWith()), false)).toBe(
    `
┌───────┬────────┬─────────────────┬──────────────┬─────────────┬────────┬────────┬─────────────────┬───────┬────────────┐
│ at    │ tenant │ transition      │ TaskManagers │ parallelism │ update │    gap │ edge to running │  lost │ duplicated │
├───────┼────────┼─────────────────┼──────────────┼─────────────┼────────┼────────┼─────────────────┼───────┼────────────┤
│ 1:30  │ acme   │ night → morning │        1 → 2 │       2 → 4 │ 7.31 s │ 1.80 s │          12.3 s │     0 │          0 │
│ 12:05 │ globex │ killed          │            3 │           6 │      – │      – │               – │ 1,200 │          – │
└───────┴────────┴─────────────────┴──────────────┴─────────────┴────────┴────────┴─────────────────┴───────┴────────────┘

ok counts: 0 lost

ok Exact: 12,000 words in 1,000 lines.

Flink of acme  http://127.0.0.1:8081/
Kafka          http://127.0.0.1:9000/`.trimStart(),
  );
});

test("colours come only when asked for; a failed check turns the verdict's mark", () => {
  const report = parseReport(
    reportWith({ checks: [{ name: "counts", ok: false, detail: "3 lost" }] }),
  );
  const plain = renderTable(report, false);
  expect(plain).toContain("\n!! counts: 3 lost\n");
  expect(plain).toContain("\n!! Exact: 12,000 words in 1,000 lines.\n");
  expect(plain).not.toContain("\u001b");
  expect(renderTable(report, true)).toContain("\u001b[31m!!\u001b[39m counts");
});
