import * as path from "node:path";
import { sleep, waitFor } from "../../infra/flink/wait";
import { HEALING } from "../../policies/conduct/healing";
import { processIn } from "./containers";
import { FakeClock } from "./fake-clock";
import type { Chance, Fault, Injected } from "./fault";
import { allProcesses, UPDATE_PARTS, updateParts, type UpdatePart } from "./processes";
import { ChaosStage, SIZES } from "./stage";
import { leaveStaleLock } from "./stale-lock";

/** From an order to the end of its update and a little more: a fault falls somewhere into it. */
const AROUND_UPDATE_MS = 20_000;
/** Of an update, from when the process is there that is killed; a provider lives for a part of it only. */
const WITHIN_PART_MS = 3_000;
/** Of an update that has nothing to do. */
const WITHIN_LOCK_MS = 3_000;
const UPDATE_LIMIT_MS = 30_000;
const KAFKA_AWAY_MS = 30_000;
/** Longer than a lease lasts that is not renewed, and than a standby looks for it. */
const FROZEN_CONDUCTOR_MS = 25_000;
const HOUR_SECONDS = 3_600;
/** The conductor sees that all is well a round later. */
const A_LOOK_MS = 10_000;

/** Orders another size and waits: until before, within or after the update that follows. */
async function sometime(stage: ChaosStage, chance: Chance): Promise<string> {
  await stage.resize();
  const waitMs = chance(0) * AROUND_UPDATE_MS;
  await sleep(waitMs);
  return `${(waitMs / 1000).toFixed(1)} s after an order`;
}

function since(note: string, more: Pick<Injected, "restore"> = {}): Injected {
  return { sinceMs: Date.now(), note, ...more };
}

/** False where it has ended by itself. */
function killNow(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

const conductor: Fault = {
  name: "conductor",
  title: "kill -9 conductor",
  async inject(stage, repetition, chance) {
    const standsBy = repetition % 2 === 0;
    if (standsBy) await stage.startConductor();
    const victim = await stage.leader();
    const when = await sometime(stage, chance);
    await victim.kill();
    if (!standsBy) await stage.startConductor();
    return since(`${when}; ${standsBy ? "one stood by" : "another one started"}`);
  },
};

const update: Fault = {
  name: "update",
  title: "kill -9 the update's process",
  async inject(stage, repetition, chance) {
    const part = UPDATE_PARTS[repetition % UPDATE_PARTS.length] ?? "pulumi";
    for (let round = 0; ; round += 1) {
      await stage.resize();
      const killed = await killPart(stage, part, chance(round) * WITHIN_PART_MS);
      if (killed !== undefined) return since(killed);
      if (round === 5) throw new Error(`no ${part} was there to be killed`);
      await stage.settle(UPDATE_LIMIT_MS * 2);
    }
  },
};

/** undefined where it never was there, or had ended by then. */
async function killPart(
  stage: ChaosStage,
  part: UpdatePart,
  afterMs: number,
): Promise<string | undefined> {
  const { pid = 0 } = await stage.leader();
  const running = async () => updateParts(pid, allProcesses())[part];
  const victim = await waitFor(running, UPDATE_LIMIT_MS, 100);
  await sleep(afterMs);
  if (victim === undefined || !killNow(victim)) return undefined;
  return `${part}, ${(afterMs / 1000).toFixed(1)} s after it began`;
}

const jobManager: Fault = {
  name: "jobmanager",
  title: "kill JobManager",
  async inject(stage, _, chance) {
    const when = await sometime(stage, chance);
    await stage.breaker.crash("jobmanager");
    return since(when);
  },
};

const taskManager: Fault = {
  name: "taskmanager",
  title: "kill a TaskManager",
  async inject(stage, _, chance) {
    const when = await sometime(stage, chance);
    await stage.breaker.crash("taskmanager");
    return since(when);
  },
};

const kafka: Fault = {
  name: "kafka",
  title: "stop Kafka for 30 s",
  async inject(stage, _, chance) {
    const when = await sometime(stage, chance);
    await stage.breaker.stop("kafka");
    await sleep(KAFKA_AWAY_MS);
    await stage.breaker.start("kafka");
    return since(when);
  },
};

const freeze: Fault = {
  name: "freeze",
  title: "freeze a TaskManager",
  restMs: HEALING.taskManager.provenMs + A_LOOK_MS,
  async inject(stage, _, chance) {
    const when = await sometime(stage, chance);
    process.kill(await processIn(stage.container("taskmanager-1"), "java"), "SIGSTOP");
    return since(when);
  },
};

const prometheus: Fault = {
  name: "prometheus",
  title: "stop Prometheus",
  async inject(stage, _, chance) {
    const when = await sometime(stage, chance);
    await stage.breaker.stop("prometheus");
    const restore = () => stage.breaker.start("prometheus");
    return since(when, { restore });
  },
};

const lock: Fault = {
  name: "lock",
  title: "stale Pulumi lock",
  async inject(stage, repetition, chance) {
    const { environment } = stage;
    if (repetition % 2 === 0) {
      await leaveStaleLock(environment, environment.stackOf(ChaosStage.tenant));
      await stage.resize();
      return since("left by a process that is gone");
    }
    let pid = 0;
    const byHand = environment.tryUp(ChaosStage.tenant, { onStart: (started) => (pid = started) });
    await waitFor(async () => (await stage.isLocked()) || undefined, UPDATE_LIMIT_MS, 20);
    await sleep(chance(0) * WITHIN_LOCK_MS);
    killNow(pid);
    await byHand;
    await stage.resize();
    return since("left by a pulumi up by hand that was killed");
  },
};

/** By turns: fast, right again, slow, right again. */
const AHEAD_HOURS = [1, 0, -1, 0];

function clockFault(): Fault {
  let fake: FakeClock | undefined;
  return {
    name: "clock",
    title: "wrong clock, jump of ± 1 h",
    async prepare(stage) {
      fake = await FakeClock.create(path.join(stage.environment.folder, "clock"));
      await stage.stopConductors();
      await stage.startConductor(fake.start);
    },
    async inject(stage, repetition, chance) {
      const when = await sometime(stage, chance);
      const hoursAt = (turn: number) => AHEAD_HOURS[turn % AHEAD_HOURS.length] ?? 0;
      const jump = hoursAt(repetition) - hoursAt(repetition + AHEAD_HOURS.length - 1);
      fake?.set(hoursAt(repetition) * HOUR_SECONDS);
      return since(`${when}; by ${jump > 0 ? "+" : "-"}1 h`);
    },
    async end(stage) {
      await stage.stopConductors();
      await stage.startConductor();
    },
  };
}

const byHand: Fault = {
  name: "by-hand",
  title: "pulumi up by hand at the same time",
  async inject(stage, _, chance) {
    const when = await sometime(stage, chance);
    const { ok, errors } = await stage.environment.tryUp(ChaosStage.tenant);
    return since(`${when}; it ${ok ? "went through" : `failed: ${errors.at(-1)?.split("\n")[0]}`}`);
  },
};

const two: Fault = {
  name: "two-conductors",
  title: "two conductors at once",
  async inject(stage, _, chance) {
    const first = await stage.leader();
    await stage.startConductor();
    const when = await sometime(stage, chance);
    const pid = first.pid ?? 0;
    process.kill(pid, "SIGSTOP");
    await sleep(FROZEN_CONDUCTOR_MS);
    process.kill(pid, "SIGCONT");
    return since(`the first was frozen for ${FROZEN_CONDUCTOR_MS / 1000} s, ${when}`);
  },
};

const scaleDown: Fault = {
  name: "scale-down",
  title: "none: a scale-down",
  spares: true,
  async inject(stage) {
    if (stage.size === SIZES.least) {
      await stage.resize();
      const grown = await stage.settle(UPDATE_LIMIT_MS * 4, 0);
      if (typeof grown === "string") throw new Error(`it did not grow: ${grown}`);
    }
    await stage.resize();
    return since(`to ${stage.size} TaskManager`);
  },
};

const drain: Fault = {
  name: "drain",
  title: "drain the tenant's node",
  async inject(stage, _, chance) {
    const when = await sometime(stage, chance);
    await stage.breaker.drain?.();
    return since(when);
  },
};

const EVERYWHERE = [conductor, update, jobManager, taskManager, kafka];
const THEN = [prometheus, lock, clockFault(), byHand, two];

/** By target, in the order in which they are tried. */
export const FAULTS = {
  docker: [...EVERYWHERE, freeze, ...THEN],
  // Nothing sees into a pod on another machine, so that none is frozen.
  kubernetes: [scaleDown, ...EVERYWHERE, drain, ...THEN],
} as const satisfies Record<string, readonly Fault[]>;
export type Target = keyof typeof FAULTS;
