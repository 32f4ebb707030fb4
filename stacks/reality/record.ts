import * as os from "node:os";
import { UserError } from "../../infra/errors";
import { sleep } from "../../infra/flink/wait";
import { say, step } from "../../infra/progress";
import type { Setting, Wish } from "../../policies/simulator/scaler";
import { flinktidePolicy } from "../../policies/scaling/policy";
import { SCALING_DEFAULTS } from "../../policies/scaling/settings";
import { heldPerSecond } from "../driver/cluster-watcher";
import type { ScratchEnvironment } from "../driver/scratch-environment";
import { lagPerSecond, perSecond, type Span } from "../workload/lag";
import { conduct } from "./conduct";
import { loadShape } from "./load-shape";
import { parseRecording, type RecordedRescale, type Recording } from "./recording";
import { Stage, type Action } from "./stage";
import { CHECKPOINT_SECONDS, MOST_PER_SECOND, realityTenant, settingFor } from "./tenant";

/** Before the first second that is recorded: the job has loaded its classes, and its metrics are there. */
const LEAD_IN_SECONDS = 30;
/** After a rescale, in which its stop is looked for. */
const AFTERMATH_MS = 5_000;

/** Runs the real stack under a changing load with the product's own scaler, and records what happened. */
export async function record(environment: ScratchEnvironment, minutes: number): Promise<Recording> {
  const load = loadShape({ minutes, mostPerSecond: MOST_PER_SECOND });
  const seconds = Math.round(minutes * 60);
  const rough = settingFor(Date.now(), load(0));
  // What the scaler starts with does not depend on the instant; when that is known, it is started again.
  const { first } = start(rough);
  const tenant = realityTenant();
  // Nobody reads Prometheus here, and two cores have enough to do.
  await step("platform", () => environment.upPlatform({ scrapeIntervalSeconds: 60 }));
  await environment.addTenant(tenant);
  const stage = await step(`cluster at parallelism ${first.parallelism}`, () =>
    Stage.open(environment, tenant.name, first, rough.slotsPerTaskManager),
  );
  try {
    const startMs = Date.now() + LEAD_IN_SECONDS * 1000;
    await stage.fed.feed({
      rateAt: (ms) => load((ms - startMs) / 1000),
      maxSeconds: LEAD_IN_SECONDS + seconds + 60,
    });
    const setting = { ...rough, startMs };
    await sleepUntil(setting.startMs);
    const run = await step(`${minutes} minutes under load`, () => perform(stage, setting, seconds));
    const verdict = await step("counting every word", () => stage.fed.count());
    const count = { exact: verdict.exact, sentence: verdict.sentence };
    return parseRecording({ ...run, flink: tenant.version, first: sizeOf(first), count });
  } finally {
    await stage.close();
  }
}

function start(setting: Setting) {
  const settings = { ...SCALING_DEFAULTS, ...told(setting) };
  const trace = { name: "none", description: "", startMs: 0, endMs: 0, rateAt: () => 0 };
  const { scaler, first } = flinktidePolicy(undefined, settings).start(setting, trace);
  return { scaler, first, settings };
}

/** The settings of the scaler that are the tenant's. */
function told({ allowedLagSeconds, slotsPerTaskManager, maxParallelism }: Setting) {
  return { allowedLagSeconds, slotsPerTaskManager, maxParallelism };
}

async function perform(stage: Stage, setting: Setting, seconds: number) {
  const before = os.loadavg()[0] ?? 0;
  const { scaler, first, settings } = start(setting);
  const { startMs } = setting;
  const unseen = await conduct(scaler, stage, { startMs, seconds, sleepUntil });
  await sleepUntil(startMs + seconds * 1000 + AFTERMATH_MS);
  const span = { startMs, seconds };
  const rescales = stage.actions.map((action, i) =>
    rescaleOf(stage, span, action, sizeOf(stage.actions[i - 1]?.wish ?? first)),
  );
  return {
    kind: "flinktide-reality",
    machine: `${os.cpus().length} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    loadAverage: { start: before, end: os.loadavg()[0] ?? 0 },
    policy: { name: "flinktide", settings },
    everySeconds: scaler.everySeconds,
    checkpointSeconds: CHECKPOINT_SECONDS,
    setting,
    series: seriesOf(stage, span, first),
    rescales,
    unseen,
  };
}

function seriesOf(stage: Stage, span: Span, first: Wish): Recording["series"] {
  const { input, output, sizes } = stage.fed;
  const lag = lagPerSecond(input.batches, output.batches, span);
  return {
    arrived: perSecond(input.batches, span),
    processed: perSecond(output.batches, span),
    lagSeconds: lag.map(milliseconds),
    parallelism: heldPerSecond(sizes.samples, span, (s) => s.parallelism, first.parallelism),
    taskManagers: heldPerSecond(sizes.samples, span, (s) => s.taskManagers, first.taskManagers),
  };
}

function rescaleOf(
  stage: Stage,
  { startMs }: Span,
  { wish, second, updateSeconds }: Action,
  from: RecordedRescale["from"],
): RecordedRescale {
  const wishedMs = startMs + second * 1000;
  const to = sizeOf(wish);
  const { sizes, output } = stage.fed;
  const runningMs = sizes.firstSince(wishedMs, (s) => s.parallelism === to.parallelism);
  const registeredMs = sizes.firstSince(wishedMs, (s) => s.taskManagers >= to.taskManagers);
  if (runningMs === undefined) {
    throw new UserError(`The job was never seen at parallelism ${to.parallelism}. Fix: run again.`);
  }
  const since = (ms: number) => milliseconds((ms - startMs) / 1000);
  const more = to.taskManagers > from.taskManagers;
  return {
    wishedAt: second,
    registeredAt: more && registeredMs !== undefined ? since(registeredMs) : null,
    runningAt: since(runningMs),
    gapSeconds: milliseconds(output.longestGapMs(wishedMs, runningMs + AFTERMATH_MS) / 1000),
    updateSeconds: milliseconds(updateSeconds),
    from,
    to,
    why: wish.why ?? "",
  };
}

function sizeOf({ taskManagers, parallelism }: Wish): RecordedRescale["from"] {
  return { taskManagers, parallelism };
}

/** Seconds, to the millisecond. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

async function sleepUntil(ms: number): Promise<void> {
  const wait = ms - Date.now();
  if (wait > 0) await sleep(wait);
  else if (wait < -2000) say(`   ${(-wait / 1000).toFixed(1)} s late`);
}
