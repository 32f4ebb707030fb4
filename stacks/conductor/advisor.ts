import type { Decision } from "../../policies/decision";
import type { Advice } from "../../policies/scaling/advice";
import type { Hold } from "../../policies/scaling/guards";
import { JobScaler } from "../../policies/scaling/job-scaler";
import type { JobObservation } from "../../policies/scaling/observation";
import { rangeOf } from "../../policies/scaling/range";
import { settingsFor } from "../../policies/scaling/settings";
import type { Bounds, Tenant } from "../../policies/tenant";

/** Advice that could not be followed for so long is taken anew. */
const KEPT_MS = 120_000;

/** A job that is seen for the first time may have just started, and shows nothing of what it can process. */
const SETTLING_MS = 30_000;

interface Kept {
  advice: Advice;
  atMs: number;
}

/** What a tenant's jobs' load asks for. Advice that is given once is kept until it is followed. */
export class Advisor {
  private readonly scalers: Map<string, JobScaler>;
  private readonly kept = new Map<string, Kept>();
  /** When each job was first seen to run. */
  private readonly firstMs = new Map<string, number>();

  constructor(private readonly tenant: Tenant) {
    this.scalers = new Map(
      tenant.jobs.map((job) => [
        job.name,
        new JobScaler(settingsFor(tenant, job), { job: job.name }),
      ]),
    );
  }

  /** Takes in what was measured of the jobs under a decision. `nowMs` and the observations are by the same clock. */
  observe(
    observations: Readonly<Record<string, JobObservation | undefined>>,
    { floor, ceiling, configured, to }: Decision,
    nowMs: number,
  ): void {
    const bounds: Bounds = { floor, ceiling, parallelism: configured.parallelism };
    for (const [job, scaler] of this.scalers) {
      const observation = observations[job];
      if (observation === undefined) continue;
      const range = rangeOf(this.tenant, bounds, job, to.parallelism);
      const running = observation.running && this.hasSettled(job, nowMs);
      const advice = scaler.observe({ ...observation, running }, range, nowMs);
      if (advice !== undefined) this.kept.set(job, { advice, atMs: nowMs });
    }
    for (const [job, { atMs }] of this.kept) if (nowMs - atMs > KEPT_MS) this.kept.delete(job);
  }

  private hasSettled(job: string, nowMs: number): boolean {
    const firstMs = this.firstMs.get(job) ?? nowMs;
    this.firstMs.set(job, firstMs);
    return nowMs - firstMs >= SETTLING_MS;
  }

  /** By job, what is still to be followed. */
  get advice(): Record<string, Advice | undefined> {
    return Object.fromEntries([...this.kept].map(([job, { advice }]) => [job, advice]));
  }

  /** It was followed, or overtaken. */
  followed(): void {
    this.kept.clear();
  }

  /** Why a job's load led to nothing, where it could have. */
  held(job: string): Hold | undefined {
    return this.scalers.get(job)?.held;
  }

  /** What was measured of a job's load before this process started, oldest first. */
  remember(job: string, history: readonly { atMs: number; rate: number }[]): void {
    const scaler = this.scalers.get(job);
    for (const { atMs, rate } of history) scaler?.remember(atMs, rate);
  }
}
