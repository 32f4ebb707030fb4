import { whole } from "../../report/format";
import { span } from "../../simulate/print";
import type { TenantView } from "../tenant-view";
import { sentence } from "./entry";

export type JobView = TenantView["jobs"][number];

/** What a job does, what was measured of it, and why its load led to nothing. */
export function jobSentences(job: JobView): string[] {
  const held = job.held === null ? [] : [`${job.job} stays as it is: ${sentence(job.held)}`];
  return [`${printState(job)}; ${printRates(job)}, ${printLag(job)}.`, ...held];
}

function printState({ job, state, parallelism, wantedParallelism: wanted }: JobView): string {
  const asked = wanted === null || wanted === parallelism ? "" : `, ${wanted} wanted`;
  if (state === null) return `Flink does not say what ${job} does${asked}`;
  if (state === "GONE") return `${job} is gone: Flink has no such job${asked}`;
  const size = parallelism === null ? "" : ` at parallelism ${parallelism}`;
  return `${job} is ${state}${size}${asked}`;
}

function printRates({ producedPerSecond: arrive, consumedPerSecond: done }: JobView): string {
  if (arrive === null && done === null) return "its rates are not measured";
  const rate = (value: number | null) => (value === null ? "an unknown number" : whole(value));
  return `${rate(arrive)} records/s arrive, ${rate(done)} are processed`;
}

function printLag({ backlogRecords, lagSeconds, allowedLagSeconds }: JobView): string {
  const allowed = `${span(allowedLagSeconds)} allowed`;
  const wait = backlogRecords === null ? "" : `${whole(backlogRecords)} wait, `;
  return lagSeconds === null
    ? `${wait}its lag is not known (${allowed})`
    : `${wait}${span(lagSeconds)} behind (${allowed})`;
}
