import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../../../infra/errors";
import { readTraceFile } from "../../../../stacks/simulate/traces/trace-file";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-trace-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Buffer) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
};
const CSV = "timestamp,records_per_second\n0,1\n10,2\n";

test("a CSV file is a trace of its name", () => {
  const trace = readTraceFile(write("My Load.CSV", CSV));
  expect(trace).toMatchObject({ name: "my-load", startMs: 0, endMs: 10_000 });
});

test("a CSV file in UTF-16, as spreadsheets save it, is read", () => {
  const file = write("wide.csv", Buffer.from(`\ufeff${CSV}`, "utf16le"));
  expect(readTraceFile(file).rateAt(5_000)).toBe(1.5);
});

test("a saved answer of Prometheus is a trace of its name", () => {
  const result = [
    {
      metric: {},
      values: [
        [0, "1"],
        [10, "2"],
      ],
    },
  ];
  const file = write(
    "peak.json",
    JSON.stringify({ status: "success", data: { resultType: "matrix", result } }),
  );
  expect(readTraceFile(file)).toMatchObject({ name: "peak", startMs: 0, endMs: 10_000 });
});

test.each([
  ["none.csv", "ENOENT"],
  [".", "EISDIR"],
])("what can't be read is told: %s", (name, code) => {
  const file = path.join(folder, name);
  const reading = () => readTraceFile(file);
  expect(reading).toThrow(UserError);
  expect(reading).toThrow(
    new RegExp(`^The trace .* can't be read \\(${code}.*\\)\\. Give the path of a CSV file\\.$`),
  );
});
