import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { LedgerWriter, readLedger } from "../../../stacks/workload/ledger";
import { LineTally } from "../../../stacks/workload/line-tally";

let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-ledger-"));
  file = path.join(dir, "deep", "feed.ndjson");
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

function writeRun(run: string, settle: (writer: LedgerWriter) => void): void {
  const writer = new LedgerWriter(file, run);
  writer.write({ what: "run", run, topic: "lines", at: 1 });
  settle(writer);
  writer.close();
}

function batch(writer: LedgerWriter, run: string, from: number, to: number): void {
  writer.write({ what: "sent", run, from, to, at: 2 });
  writer.write({ what: "acked", run, from, to, at: 3 });
}

test("tells acknowledged, unknown and never settled batches apart, run by run", () => {
  writeRun("a", (writer) => {
    batch(writer, "a", 0, 9);
    writer.write({ what: "sent", run: "a", from: 10, to: 12, at: 4 });
    writer.write({ what: "unknown", run: "a", from: 10, to: 12, at: 5, error: "gone" });
    batch(writer, "a", 13, 13);
  });
  writeRun("b", (writer) => {
    batch(writer, "b", 0, 0);
    writer.write({ what: "sent", run: "b", from: 1, to: 4, at: 6 });
  });
  fs.appendFileSync(file, '{"what":"ack');
  expect(readLedger(file)).toEqual([
    {
      run: "a",
      topic: "lines",
      acknowledged: [
        { from: 0, to: 9 },
        { from: 13, to: 13 },
      ],
      unknown: [{ from: 10, to: 12 }],
    },
    {
      run: "b",
      topic: "lines",
      acknowledged: [{ from: 0, to: 0 }],
      unknown: [{ from: 1, to: 4 }],
    },
  ]);
});

test("a run's name is taken once; a file that is no ledger is refused with the line", () => {
  writeRun("a", () => undefined);
  expect(() => new LedgerWriter(file, "a")).toThrow(/already has a run a/);
  fs.appendFileSync(file, '{"what":"acked","run":"a","from":-1,"to":3,"at":1}\n');
  expect(() => readLedger(file)).toThrow(/line 2 .*no entry of a feeder/);
  expect(() => readLedger(path.join(dir, "none"))).toThrow(/does not exist/);
});

test("holds the topic against the ledger, line by line", () => {
  const tally = new LineTally([
    {
      run: "a-b",
      topic: "lines",
      acknowledged: [{ from: 0, to: 4 }],
      unknown: [{ from: 5, to: 7 }],
    },
  ]);
  for (const id of ["a-b-0", "a-b-1", "a-b-1", "a-b-1", "a-b-3", "a-b-4", "a-b-6"]) tally.add(id);
  for (const id of ["a-b-8", "a-b-x", "a-b--1", "a-0", "", "a-b-1.5"]) tally.add(id);
  expect(tally.verdict()).toEqual({
    inTopic: 13,
    acknowledged: 5,
    missing: 1,
    repeated: 2,
    unknownFound: 1,
    unknownAbsent: 2,
    foreign: 6,
  });
});
