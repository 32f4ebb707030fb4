import * as fs from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { assemble, type Assembled } from "../conductor/assemble";
import type { Clock } from "../conductor/clock";
import type { Settings } from "../conductor/options";
import { RecordingActuator, type Address, type Resized } from "./conductor-actuator";
import { answerQuestions } from "./conductor-ipc";

/** What the conductor's process is asked. */
export type ConductorQuestion =
  | {
      begin: {
        settings: Settings;
        env: Record<string, string>;
        startMs: number;
        fetchMs?: number;
        addresses: Record<string, Address>;
      };
    }
  /** One round, after the clock has been put on; `memory`: with what is held after it. */
  | { round: { skipMs: number; memory?: boolean } };

export interface MeasuredRound {
  /** Until it was published. */
  wallMs: number;
  /** Of the process, all its threads. */
  cpuMs: number;
  /** Until the updates that it began had ended and were journaled, too. */
  settledMs: number;
  settledCpuMs: number;
  updates: Resized[];
  /** When the conductor wants to look again. */
  waitMs: number;
  memory?: Memory;
}

/** MiB. */
export interface Memory {
  rss: number;
  /** The most that was resident so far. */
  peakRss: number;
  /** After garbage was collected, as what follows. */
  heapUsed: number;
  arrayBuffers: number;
}

const MIB = 2 ** 20;

/** The system's clock, ahead of itself by what was skipped; it shows a given time when it is made. */
class SkippingClock implements Clock {
  private skippedMs = 0;
  private readonly offsetMs: number;

  constructor(startMs: number) {
    this.offsetMs = startMs - performance.now();
  }
  now = () => this.offsetMs + this.monotonic();
  monotonic = () => this.skippedMs + performance.now();
  skip(ms: number): void {
    this.skippedMs += ms;
  }
}

class Conductor {
  private constructor(
    private readonly assembled: Assembled,
    private readonly clock: SkippingClock,
    private readonly actuator: RecordingActuator,
  ) {}

  static async begin({
    settings,
    env,
    startMs,
    fetchMs,
    addresses,
  }: Extract<ConductorQuestion, { begin: object }>["begin"]): Promise<Conductor> {
    const clock = new SkippingClock(startMs);
    const actuator = new RecordingActuator((tenant) => {
      const address = addresses[tenant];
      if (address === undefined) throw new Error(`there is no tenant ${tenant}`);
      return address;
    });
    const assembled = await assemble(settings, env, { actuator, clock, fetchMs });
    return new Conductor(assembled, clock, actuator);
  }

  async round({
    skipMs,
    memory = false,
  }: {
    skipMs: number;
    memory?: boolean;
  }): Promise<MeasuredRound> {
    const { conductor } = this.assembled;
    this.clock.skip(skipMs);
    const begun = { ms: performance.now(), cpu: process.cpuUsage() };
    const waitMs = await conductor.round();
    const round = spent(begun);
    while (conductor.updating.length > 0) await conductor.finish();
    const settled = spent(begun);
    return {
      ...{ wallMs: round.ms, cpuMs: round.cpuMs, waitMs },
      ...{ settledMs: settled.ms, settledCpuMs: settled.cpuMs },
      updates: this.actuator.takeResized(),
      ...(memory ? { memory: await held() } : {}),
    };
  }

  close(): Promise<void> {
    return this.assembled.close();
  }
}

function spent(since: { ms: number; cpu: NodeJS.CpuUsage }) {
  const { user, system } = process.cpuUsage(since.cpu);
  return { ms: performance.now() - since.ms, cpuMs: (user + system) / 1000 };
}

async function held(): Promise<Memory> {
  const rss = process.memoryUsage.rss() / MIB;
  const [, peakKiB = "0"] =
    /VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8")) ?? [];
  // Twice: what is finalized by the first is freed by the second.
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await pause(100);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    ...{ rss, peakRss: Number(peakKiB) / 1024 },
    ...{ heapUsed: heapUsed / MIB, arrayBuffers: arrayBuffers / MIB },
  };
}

function main(): void {
  let conductor: Conductor | undefined;
  answerQuestions<ConductorQuestion>(
    async (question) => {
      if ("round" in question) return conductor?.round(question.round);
      conductor = await Conductor.begin(question.begin);
      return undefined;
    },
    async () => conductor?.close(),
  );
}

if (require.main === module) main();
