import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Policy } from "../../../policies/simulator/scaler";
import type { Trace } from "../../../policies/simulator/trace";
import type { Tenant } from "../../../policies/tenant";
import { contestant } from "../contestant";
import { figuresOf, type Figures } from "../figures";
import { runTrace, type RunOptions, type TraceRun } from "../runs";
import { plantOf } from "../tenant-plant";
import { changesBetween, figureDifference, type Change } from "./difference";
import type { TenantVersion } from "./tenant-file";

export const BEFORE = "before";
export const AFTER = "after";

export interface WhatIfTrace {
  name: string;
  description: string;
  hours: number;
  policies: { before: Figures; after: Figures };
  /** After less before. */
  difference: ReturnType<typeof figureDifference>;
}

/** What `--json` writes of a what-if. */
export interface WhatIf {
  version: 1;
  tenant: string;
  before: { label: string; plant: Partial<PlantSettings> };
  after: { label: string; plant: Partial<PlantSettings> };
  changes: Change[];
  traces: WhatIfTrace[];
}

export interface WhatIfInput {
  before: TenantVersion;
  after: TenantVersion;
  /** The policy that keeps a tenant's windows and bounds. */
  policyFor: (tenant: Tenant) => Policy;
  price: number;
}

/** One trace under both files. Each runs on the cluster that its own file describes. */
export async function runBoth(
  trace: Trace,
  { before, after, policyFor }: WhatIfInput,
  { plant = {}, timelinePoints = 0 }: RunOptions,
): Promise<TraceRun> {
  const run = async ({ tenant }: TenantVersion, name: string) =>
    runTrace(trace, [contestant(policyFor(tenant), name)], {
      plant: { ...plantOf(tenant), ...plant },
      timelinePoints,
    });
  const [old, now] = [await run(before, BEFORE), await run(after, AFTER)];
  const plants = { [AFTER]: now.plant };
  return { ...old, plants, outcomes: [...old.outcomes, ...now.outcomes] };
}

/** What the change does, setting by setting and trace by trace. */
export function whatIfOf(
  runs: readonly TraceRun[],
  { before, after, price }: WhatIfInput,
  plant: Partial<PlantSettings>,
): WhatIf {
  const version = ({ label, tenant }: TenantVersion) => ({
    label,
    plant: { ...plantOf(tenant), ...plant },
  });
  return {
    version: 1,
    tenant: after.tenant.name,
    before: version(before),
    after: version(after),
    changes: changesBetween(before.raw, after.raw),
    traces: runs.flatMap(({ name, description, hours, outcomes }) => {
      const [old, now] = outcomes.map((outcome) => figuresOf(outcome, price));
      if (old === undefined || now === undefined) return [];
      const policies = { before: old, after: now };
      return [{ name, description, hours, policies, difference: figureDifference(old, now) }];
    }),
  };
}
