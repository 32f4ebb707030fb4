import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { setup } from "../../infra/toolchain/setup";
import { ScratchEnvironment } from "../driver/scratch-environment";
import { compare, DECISION_SECONDS } from "./compare";
import { printComparison } from "./print";
import { record } from "./record";
import { printRecording, readRecording, type Recording } from "./recording";
import { replay } from "./replay";
import { renderReport } from "./report";

const HELP = `Usage: npm run reality [-- --minutes N] [--save]
       npm run reality -- --replay FILE

Runs the real stack, in an environment of its own, under a changing load with flinktide's scaler, then plays
the recorded load to the same scaler in the simulator, and compares lag and parallelism. Ends with 1 where
the mean lag differs by more than 25 %, or the parallelism by more than one decision interval of a minute.

  --minutes N    length of the run (default 15)
  --save         keep the recording under docs/results/
  --replay FILE  compare a recording again; starts nothing
  --help         this text
`;

const REPORT = path.join(PROJECT_DIR, "out", "reality", "report.html");

async function main(): Promise<number> {
  const values = readOptions(HELP, {
    minutes: { type: "string", default: "15" },
    save: { type: "boolean", default: false },
    replay: { type: "string" },
  });
  if (values === undefined) return 0;
  const recording =
    values.replay === undefined
      ? await recordNow(minutesOf(values.minutes))
      : readRecording(values.replay);
  const file = path.join(path.dirname(REPORT), "recording.json");
  if (values.replay === undefined) write(file, printRecording(recording));
  if (values.save) keep(recording);
  return tell(recording);
}

async function recordNow(minutes: number): Promise<Recording> {
  Object.assign(process.env, (await setup()).env);
  const environment = await ScratchEnvironment.create();
  try {
    return await record(environment, minutes);
  } finally {
    await environment.remove();
  }
}

function tell(recording: Recording): number {
  const predicted = replay(recording);
  const comparison = compare(recording.series, predicted, DECISION_SECONDS);
  process.stdout.write(printComparison(recording, predicted, comparison));
  write(REPORT, renderReport(recording, predicted, comparison));
  process.stdout.write(`Report: ${path.relative(process.cwd(), REPORT)}\n`);
  return comparison.ok && recording.count.exact ? 0 : 1;
}

function keep(recording: Recording): void {
  const date = new Date(recording.setting.startMs).toISOString().slice(0, 10);
  const name = path.join("docs", "results", `reality-${date}.json`);
  write(path.join(PROJECT_DIR, name), printRecording(recording));
  process.stdout.write(`Kept as ${name}\n`);
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (minutes >= 1 && minutes <= 240) return minutes;
  throw new UserError(`--minutes ${text} is no length of a run. Fix: give 1 to 240.`);
}

if (require.main === module) runMain(main);
