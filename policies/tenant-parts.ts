import type { Problem } from "./problem";
import type { Bounds, JobSpec, Tenant } from "./tenant";

type Lists = "jobs" | "topics" | "windows" | "exceptions";

/** A tenant of which some parts did not parse and are left out; an entry of a list leaves undefined at its place. */
export type PartialTenant = Partial<Omit<Tenant, Lists>> & {
  [K in Lists]?: readonly (Tenant[K][number] | undefined)[];
};

/** A check between settings: takes what parsed well and gives its problems. */
export type Rule = (tenant: PartialTenant) => Problem[];

/** The entries of a list that parsed, each with its place in the list. */
export function present<T>(list: readonly (T | undefined)[] = []): { item: T; index: number }[] {
  return list.flatMap((item, index) => (item === undefined ? [] : [{ item, index }]));
}

/** All jobs; undefined where one of them did not parse, and what holds for all of them can't be told. */
export function allJobs({ jobs }: PartialTenant): JobSpec[] | undefined {
  const known = present(jobs).map(({ item }) => item);
  return jobs !== undefined && known.length === jobs.length ? known : undefined;
}

/** Bounds as they are given: an exception may leave out any of them. */
export type GivenBounds = Partial<Bounds>;

/** The windows' bounds and the ones outside any window, each with its path. */
export function windowBounds(tenant: PartialTenant): { path: string; bounds: Bounds }[] {
  return [
    ...present(tenant.windows).map(({ item, index }) => ({
      path: `windows[${index}]`,
      bounds: item as Bounds,
    })),
    ...(tenant.otherwise === undefined ? [] : [{ path: "otherwise", bounds: tenant.otherwise }]),
  ];
}

/** The bounds of windows, of `otherwise` and, as far as they are given, of exceptions, each with its path. */
export function allBounds(tenant: PartialTenant): { path: string; bounds: GivenBounds }[] {
  return [
    ...windowBounds(tenant),
    ...present(tenant.exceptions).map(({ item, index }) => ({
      path: `exceptions[${index}]`,
      bounds: item,
    })),
  ];
}

/**
 * The most TaskManagers that bounds ask for by themselves, and the setting that does: the ceiling or, where only a
 * floor is given, the floor, which lifts a lower ceiling underneath.
 */
export function mostTaskManagers(bounds: GivenBounds): {
  setting: "ceiling" | "floor";
  value: number;
} {
  return bounds.ceiling === undefined
    ? { setting: "floor", value: bounds.floor ?? 0 }
    : { setting: "ceiling", value: bounds.ceiling };
}

/** The parallelism that bounds ask of a job by name or for all; undefined where they say nothing about it. */
export function givenParallelism(bounds: GivenBounds, job: JobSpec): number | undefined {
  const given = bounds.parallelism;
  return typeof given === "object" ? given[job.name] : given;
}

/** The parallelism that bounds ask of a job: by name, for all, or the job's smallest. */
export function wantedParallelism(bounds: GivenBounds, job: JobSpec): number {
  return givenParallelism(bounds, job) ?? job.parallelism.min;
}
