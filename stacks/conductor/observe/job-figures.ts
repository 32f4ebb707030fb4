import { parallelismOf } from "../../../infra/flink/job-states";
import type { JobDetail } from "../../../infra/flink/rest-schema";
import type { JobObservation } from "../../../policies/scaling/observation";
import type { Offsets } from "./offsets";
import { isSource } from "./source-names";

/**
 * How busy the vertices are; nothing where one that processes was not measured, as it may be the one that is full.
 * A job that is nothing but sources is told as a whole: of sources nobody learns what a slot can do.
 */
export function busyOf(
  vertices: JobDetail["vertices"],
  busy: ReadonlyMap<string, number>,
  problems: string[],
): Pick<JobObservation, "vertices" | "busyRatio"> {
  const unknown = vertices.filter(({ id, name }) => !busy.has(id) && !isSource(name));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(", ");
    problems.push(`how busy it is is not known: no busy time of ${names}`);
    return {};
  }
  const measured = vertices.flatMap(({ id, name, parallelism }) => {
    const busyRatio = busy.get(id);
    return busyRatio === undefined
      ? []
      : [{ name, source: isSource(name), parallelism, busyRatio }];
  });
  if (measured.some(({ source }) => !source)) return { vertices: measured };
  if (measured.length === 0) return {};
  return { busyRatio: Math.max(...measured.map(({ busyRatio }) => busyRatio)) };
}

/** Partitions bound the parallelism of a job whose sources were seen to follow it. */
export function partitionsOf(
  detail: JobDetail | undefined,
  sourceParallelism: number,
  ends: Offsets | undefined,
): Pick<JobObservation, "partitions"> {
  if (detail === undefined || ends === undefined || ends.size === 0) return {};
  const parallelism = parallelismOf(detail);
  const sources = detail.vertices.filter(({ name }) => isSource(name));
  const follow =
    parallelism > sourceParallelism &&
    sources.length > 0 &&
    sources.every((source) => source.parallelism === parallelism);
  return follow ? { partitions: ends.size } : {};
}
