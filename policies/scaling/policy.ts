import { configuredCapacity } from "../capacity-plan";
import type { Decision } from "../decision";
import { explain } from "../explain";
import { decisionFor, nextEdge, windowAt } from "../plan";
import type { Policy, Scaler, Setting, Sight, Wish } from "../simulator/scaler";
import type { Tenant } from "../tenant";
import { tenantSchema } from "../tenant";
import { leadFor } from "../window-at";
import type { Advice } from "./advice";
import { JobScaler, type Range } from "./job-scaler";
import { rangeOf } from "./range";
import { OBSERVATION_SECONDS, settingsFor, type ScalingSettings } from "./settings";

const JOB = "job";

/**
 * The product's own policy for the simulator: what the conductor does for a tenant with one job, through the same
 * plan. Without a tenant it has the simulator's bounds and no windows.
 */
export function flinktidePolicy(tenant?: Tenant, overrides: Partial<ScalingSettings> = {}): Policy {
  return {
    name: "flinktide",
    title: "flinktide",
    source:
      "policies/scaling, with the defaults of settings.ts; knows no more of the trace than what has passed",
    reactive: true,
    start(setting) {
      const run = new TenantRun(tenant ?? anyTenant(setting), setting, overrides);
      return { first: run.first(), scaler: run };
    },
  };
}

/** One job between the simulator's bounds. */
function anyTenant({ floor, ceiling, slotsPerTaskManager, maxParallelism }: Setting): Tenant {
  const base = tenantSchema.parse({ name: "simulated", otherwise: { floor: 1, ceiling: 1 } });
  const job = { name: JOB, parallelism: { min: 1, max: maxParallelism }, maxParallelism };
  return {
    ...base,
    taskManager: { ...base.taskManager, slots: slotsPerTaskManager },
    otherwise: { floor, ceiling },
    jobs: [{ ...job, jar: "", entryClass: "", args: [], sourceParallelism: 1, allowedLag: 0 }],
  };
}

/** A tenant over the time of one trace. Its first job is the one that is simulated. */
class TenantRun implements Scaler {
  readonly everySeconds = OBSERVATION_SECONDS;
  readonly mechanism = "ordered";
  private readonly job: JobScaler;
  private readonly name: string;
  private readonly advice: Record<string, Advice | undefined> = {};
  private decision: Decision | undefined;
  private edgeMs = -Infinity;
  private range: Range = { least: 1, most: Infinity };

  constructor(
    private readonly tenant: Tenant,
    private readonly setting: Setting,
    overrides: Partial<ScalingSettings>,
  ) {
    const spec = tenant.jobs[0];
    this.name = spec?.name ?? JOB;
    this.job = new JobScaler(
      {
        ...(spec === undefined ? {} : settingsFor(tenant, spec)),
        allowedLagSeconds: setting.allowedLagSeconds,
        slotsPerTaskManager: setting.slotsPerTaskManager,
        maxParallelism: setting.maxParallelism,
        ...overrides,
      },
      { job: this.name, slotRate: setting.slotRate },
    );
  }

  first(): Wish {
    const { startMs, firstRate } = this.setting;
    const parallelism = this.job.parallelismAt(firstRate) ?? 1;
    this.advice[this.name] = { parallelism, direction: "up", reasons: [] };
    return this.plan(startMs) ?? { taskManagers: 1, parallelism: 1 };
  }

  decide(sight: Sight): Wish | undefined {
    const advice = this.job.observe(
      {
        atMs: sight.nowMs,
        running: sight.running && sight.taskManagersAsked === sight.taskManagers,
        parallelism: sight.parallelism,
        producedPerSecond: sight.arrivedPerSecond,
        consumedPerSecond: sight.processedPerSecond,
        backlogRecords: sight.backlogRecords,
        busyRatio: sight.busyRatio,
      },
      this.range,
    );
    if (advice === undefined && sight.nowMs < this.edgeMs) return undefined;
    this.advice[this.name] = advice;
    return this.plan(sight.nowMs);
  }

  private plan(nowMs: number): Wish | undefined {
    const { tenant, name, advice } = this;
    const leadMs = this.job.reactionSeconds * 1000;
    const before = this.decision;
    const decision = decisionFor(tenant, new Date(nowMs), {
      advice,
      leadMs,
      ...(before === undefined ? {} : { decision: before }),
    });
    this.look(nowMs, leadMs);
    if (decision === before) return undefined;
    this.decision = decision;
    const { taskManagers, parallelism } = decision.to;
    return { taskManagers, parallelism: parallelism[name] ?? 1, why: explain(decision) };
  }

  /** What is in force now, and until when. */
  private look(nowMs: number, leadMs: number): void {
    const { tenant, name } = this;
    if (nowMs < this.edgeMs) return;
    const lead = leadFor(tenant, leadMs);
    const { bounds } = windowAt(tenant, nowMs, lead);
    this.edgeMs = nextEdge(tenant, nowMs, lead) ?? Infinity;
    const { parallelism } = configuredCapacity(tenant, bounds);
    this.range = rangeOf(tenant, bounds, name, parallelism);
  }
}
