import { say } from "../../infra/progress";
import { seconds } from "../report/format";
import { noise } from "../simulate/traces/noise";
import type { Fault } from "./fault";
import { LIMIT_SECONDS, type FaultResult, type Repetition } from "./result";
import type { ChaosStage } from "./stage";

/** What takes longer than it may is waited for, so that the next repetition begins with all well. */
const PATIENCE_MS = 600_000;

/** What was counted before a fault. */
export type Counted = Pick<FaultResult, "lost" | "duplicated">;

/** A fault so many times, at moments of a seed; then every word is counted. */
export async function repeatFault(
  stage: ChaosStage,
  fault: Fault,
  { times, seed, before }: { times: number; seed: number; before: Counted },
): Promise<FaultResult> {
  const { uniform } = noise(seed, fault.name);
  const repetitions: Repetition[] = [];
  await fault.prepare?.(stage);
  for (let i = 0; i < times; i += 1) {
    // A prime apart, so that what one repetition asks for is not what the next one does.
    const repetition = await once(stage, fault, i, (what) => uniform(i * 97 + what));
    repetitions.push(repetition);
    say(`   ${fault.name} ${i + 1} of ${times}: ${printRepetition(repetition)}`);
  }
  await fault.end?.(stage);
  const { exact, sentence, lost, duplicated } = await stage.count();
  return {
    ...{ fault: fault.name, title: fault.title, seed, repetitions, exact, count: sentence },
    ...{ lost: lost - before.lost, duplicated: duplicated - before.duplicated },
    ...(fault.spares && { spares: true }),
  };
}

async function once(
  stage: ChaosStage,
  fault: Fault,
  repetition: number,
  chance: (what: number) => number,
): Promise<Repetition> {
  const fromMs = Date.now();
  const ready = await stage.settle(PATIENCE_MS, fault.restMs);
  if (typeof ready === "string") return notMade(stage, fromMs, `was not ready: ${ready}`);
  const startMs = Date.now();
  const injected = await fault.inject(stage, repetition, chance).catch((error: Error) => error);
  if (injected instanceof Error) return notMade(stage, startMs, injected.message);
  const { sinceMs, note, restore } = injected;
  const settled = await stage.settle(PATIENCE_MS);
  await restore?.();
  if (typeof settled === "number") await stage.stopConductors(await stage.leader());
  const outcome =
    typeof settled === "number"
      ? { seconds: Math.max(0, settled - sinceMs) / 1000 }
      : { seconds: null, amiss: settled };
  return { note, ...outcome, ...(await measured(stage, startMs)) };
}

async function notMade(stage: ChaosStage, fromMs: number, amiss: string): Promise<Repetition> {
  return { note: "not made", seconds: null, amiss, ...(await measured(stage, fromMs)) };
}

async function measured(stage: ChaosStage, fromMs: number) {
  const leavers = await stage.breaker.leavers?.(fromMs);
  return {
    ...(leavers && { leavers }),
    gapSeconds: stage.gapSeconds(fromMs),
    mostLiveJobs: stage.mostLiveJobs(fromMs),
    journal: await stage.journalFaults(),
  };
}

function printRepetition({ note, seconds: took, amiss, gapSeconds }: Repetition): string {
  const end = took === null ? `not well after ${PATIENCE_MS / 1000} s: ${amiss}` : seconds(took);
  const late = (took ?? 0) > LIMIT_SECONDS ? ", too long" : "";
  return `${end}${late}; stream stopped for ${seconds(gapSeconds)} (${note})`;
}
