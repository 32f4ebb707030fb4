import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ConductorView } from "../tenant-view";
import {
  CONDUCTOR_GAUGES,
  JOB_GAUGES,
  TENANT_COUNTERS,
  TENANT_GAUGES,
  type Figure,
} from "./figures";

export interface ConductorMetrics {
  /** All metrics of now in Prometheus's text format. */
  text(): Promise<string>;
  /** Notes an update that has ended, decision to end in seconds. */
  recordUpdate(tenant: string, seconds: number): void;
}

export interface MetricsSource {
  environment: string;
  /** Undefined before the first round. */
  view(): ConductorView | undefined;
}

const TENANT_LABELS = ["environment", "tenant"];

/** From an update without a change to one that waits for savepoints of minutes. */
const UPDATE_BUCKETS = [2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 600];

type Labels = Record<string, string>;
interface Family<T> {
  metric: Gauge | Counter;
  figure: Figure<T>;
}

/**
 * The conductor's own metrics, read from its view when they are asked for: what is not known, and a tenant that is
 * gone, is absent rather than 0. Process metrics are with them.
 */
export function createMetrics({ environment, view }: MetricsSource): ConductorMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const conductor = gauges(registry, CONDUCTOR_GAUGES, ["environment"]);
  const ofTenant = [
    ...gauges(registry, TENANT_GAUGES, TENANT_LABELS),
    ...counters(registry, TENANT_COUNTERS, TENANT_LABELS),
  ];
  const ofJob = gauges(registry, JOB_GAUGES, [...TENANT_LABELS, "job"]);
  const durations = updateDurations(registry, environment);
  return {
    text() {
      for (const { metric } of [...conductor, ...ofTenant, ...ofJob]) metric.reset();
      const now = view();
      if (now === undefined) return registry.metrics();
      fill(conductor, now, { environment });
      for (const tenant of now.tenants) {
        const labels = { environment, tenant: tenant.tenant };
        fill(ofTenant, tenant, labels);
        for (const job of tenant.jobs) fill(ofJob, job, { ...labels, job: job.job });
      }
      durations.forgetAllBut(new Set(now.tenants.map(({ tenant }) => tenant)));
      return registry.metrics();
    },
    recordUpdate: durations.note,
  };
}

function gauges<T>(registers: Registry, figures: readonly Figure<T>[], labelNames: string[]) {
  return figures.map((figure): Family<T> => {
    const { name, help } = figure;
    return { figure, metric: new Gauge({ name, help, labelNames, registers: [registers] }) };
  });
}

function counters<T>(registers: Registry, figures: readonly Figure<T>[], labelNames: string[]) {
  const families = new Map<string, Counter>();
  return figures.map((figure): Family<T> => {
    const { name, help, labels = {} } = figure;
    const all = [...labelNames, ...Object.keys(labels)];
    const metric =
      families.get(name) ?? new Counter({ name, help, labelNames: all, registers: [registers] });
    families.set(name, metric);
    return { figure, metric };
  });
}

function fill<T>(families: readonly Family<T>[], of: T, labels: Labels): void {
  for (const { metric, figure } of families) {
    const value = figure.value(of);
    if (value !== null) metric.inc({ ...labels, ...figure.labels }, value);
  }
}

function updateDurations(registers: Registry, environment: string) {
  const histogram = new Histogram({
    name: "flinktide_update_duration_seconds",
    help: "Seconds of a stack update, from decision to end",
    labelNames: TENANT_LABELS,
    buckets: UPDATE_BUCKETS,
    registers: [registers],
  });
  const noted = new Set<string>();
  return {
    note(tenant: string, seconds: number) {
      noted.add(tenant);
      histogram.observe({ environment, tenant }, seconds);
    },
    forgetAllBut(tenants: ReadonlySet<string>) {
      for (const tenant of noted) {
        if (tenants.has(tenant)) continue;
        noted.delete(tenant);
        histogram.remove({ environment, tenant });
      }
    },
  };
}
