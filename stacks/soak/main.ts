import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { say } from "../../infra/progress";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { setup } from "../../infra/toolchain/setup";
import { playConducted } from "./conducted";
import { DAYS, SLOT_RATE, SLOTS_PER_TASK_MANAGER } from "./day";
import { abortedBySignal } from "./interrupt";
import { renderPicture } from "./picture";
import { printDay } from "./print";
import { renderReport } from "./report";
import { printResult, readResult, type Result, type TenantResult } from "./result";
import { RUN_MINUTES, scheduleOf } from "./schedule";
import { playStatic, type StaticPeak } from "./static-peak";
import { ALLOWED_LAG_SECONDS } from "./tenant";
import { checksOf, derived } from "./verdict";

const HELP = `Usage: npm run soak [-- --minutes N] [--seed N] [--skip-static] [--save]
       npm run soak -- --show FILE

Plays a day of two tenants on the real stack, in an environment of its own, in half an hour: windows, a
load that follows the day with a burst that no window foresees, and the conductor doing all scaling. Then the
same day on clusters that are sized for the peak and never change. Ends with 1 unless every window found its
floor and parallelism running when it opened, records waited for more than 10 s for at most 2 % of the time,
each tenant was rescaled at most 12 times, and every word was counted once.

  --minutes N     in which the day is played, ${RUN_MINUTES.least} to ${RUN_MINUTES.most} (default 30); its windows fit multiples of 30,
                  a run of other length moves them to whole minutes and says so
  --seed N        of the load (default 1)
  --skip-static   without the static clusters
  --save          keep result and picture under docs/results/
  --show FILE     print and draw a result again; starts nothing
  --help          this text
`;

const OUT = path.join(PROJECT_DIR, "out", "soak");
const RESULT = path.join(OUT, "result.json");
const REPORT = path.join(OUT, "report.html");

async function main(): Promise<number> {
  const values = readOptions(HELP, {
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    "skip-static": { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    show: { type: "string" },
  });
  if (values === undefined) return 0;
  const result =
    values.show === undefined
      ? await play({
          minutes: whole("minutes", values.minutes, RUN_MINUTES.least, RUN_MINUTES.most),
          seed: whole("seed", values.seed, 0, 2 ** 31 - 1),
          skipStatic: values["skip-static"] ?? false,
        })
      : readResult(values.show);
  tell(result, values.save ?? false);
  return checksOf(result).every(({ ok }) => ok) ? 0 : 1;
}

interface DayOptions {
  minutes: number;
  seed: number;
  skipStatic: boolean;
}

async function play({ minutes, seed, skipStatic }: DayOptions): Promise<Result> {
  Object.assign(process.env, (await setup()).env);
  const options = { minutes, seed, signal: abortedBySignal() };
  const changes = DAYS.flatMap((day) => scheduleOf(day, 0, minutes).changes);
  if (changes.length > 0) say(`In ${minutes} minutes the day is not whole:`);
  for (const change of changes) say(`   ${change}`);
  const day = await playConducted({ ...options, logFolder: OUT });
  const conducted: Result = {
    ...{ kind: "flinktide-soak", ...day, minutes, seed, changes },
    machine: `${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    ...{ slotRate: SLOT_RATE, slotsPerTaskManager: SLOTS_PER_TASK_MANAGER },
    allowedLagSeconds: ALLOWED_LAG_SECONDS,
    tenants: day.tenants.map((tenant) => ({ ...tenant, staticPeak: null })),
  };
  // Half an hour is not to be lost to what may happen in the next one.
  write(RESULT, printResult(conducted, derived(conducted)));
  return skipStatic ? conducted : besideStatic(conducted, await playStatic(options));
}

function besideStatic(conducted: Result, fixed: ReadonlyMap<string, StaticPeak>): Result {
  const beside = (tenant: TenantResult) => fixed.get(tenant.name) ?? null;
  const tenants = conducted.tenants.map((tenant) => ({ ...tenant, staticPeak: beside(tenant) }));
  return { ...conducted, tenants };
}

function tell(result: Result, save: boolean): void {
  const json = printResult(result, derived(result));
  write(RESULT, json);
  write(REPORT, renderReport(result));
  process.stdout.write(printDay(result));
  process.stdout.write(`Report: ${path.relative(process.cwd(), REPORT)}\n`);
  if (!save) return;
  const date = new Date(result.startMs).toISOString().slice(0, 10);
  const kept = path.join("docs", "results", `soak-${date}`);
  write(path.join(PROJECT_DIR, `${kept}.json`), json);
  write(path.join(PROJECT_DIR, `${kept}.svg`), renderPicture(result));
  process.stdout.write(`Kept as ${kept}.json and ${kept}.svg\n`);
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== "")
    return value;
  throw new UserError(`--${name} ${text} can't be used. Fix: give ${least} to ${most}.`);
}

if (require.main === module) runMain(main);
