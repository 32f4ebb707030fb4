/** The tenants that the demo drives, as their stack files have them. */
export const TENANTS = ["acme", "globex"] as const;
export type DemoTenant = (typeof TENANTS)[number];

/** Milliseconds between two checkpoints of the demo's jobs: what the sink commits comes in this rhythm. */
export const CHECKPOINT_MS = 1_000;

/** One move of the story: a tenant's clock is set, its stack updated, and the feeder's rate changed. */
export interface Move {
  tenant: DemoTenant;
  label: string;
  /** "Now" of the plan. */
  at: string;
  linesPerSecond: number;
}

const day = (tenant: DemoTenant, label: string, at: string, linesPerSecond: number): Move => ({
  tenant,
  label,
  at: `2026-11-23T${at}`,
  linesPerSecond,
});

/** Where both tenants stand when the feeding begins. */
export const FIRST: Readonly<Record<DemoTenant, Move>> = {
  acme: day("acme", "night", "02:00:00+08:00", 100),
  globex: day("globex", "noon", "12:00:00+01:00", 100),
};

export const BEFORE_THE_KILL: readonly Move[] = [
  day("acme", "night -> morning", "08:00:00+08:00", 300),
  day("acme", "morning -> midday peak", "11:30:00+08:00", 500),
  day("globex", "noon -> evening (in place)", "18:00:00+01:00", 300),
];

export const AFTER_THE_KILL: readonly Move[] = [
  day("globex", "evening -> night (in place)", "23:00:00+01:00", 100),
  day("acme", "midday peak -> night", "22:00:00+08:00", 100),
];
