import type { Problem } from "./problem";
import { MAX_SLOTS, type Bounds, type JobSpec } from "./tenant";
import {
  allBounds,
  allJobs,
  present,
  wantedParallelism,
  windowBounds,
  type GivenBounds,
  type Rule,
} from "./tenant-parts";

/** What holds between the jobs and the bounds that they run in. */

const jobBoundsHold: Rule = ({ jobs }) =>
  present(jobs).flatMap(({ item: job, index: i }) => {
    const { min, max } = job.parallelism;
    const problems: Problem[] = [];
    if (min > max) {
      problems.push({
        path: `jobs[${i}].parallelism.min`,
        value: min,
        fault: `it is above parallelism.max of ${max}`,
        fix: `lower it to at most ${max}`,
      });
    }
    if (max > job.maxParallelism) {
      problems.push({
        path: `jobs[${i}].parallelism.max`,
        value: max,
        fault: `it is above maxParallelism of ${job.maxParallelism}, the number of key groups`,
        fix: `lower it to at most ${job.maxParallelism}`,
      });
    }
    if (job.sourceParallelism > max) {
      problems.push({
        path: `jobs[${i}].sourceParallelism`,
        value: job.sourceParallelism,
        fault: `it is above parallelism.max of ${max}`,
        fix: `lower it to at most ${max}; 1 unless the job reads many partitions`,
      });
    }
    return problems;
  });

/** Bounds that contradict each other allow everything: they have a problem of their own. */
function runsWith({ parallelism: { min, max } }: JobSpec, wanted: number): boolean {
  return min > max || (wanted >= min && wanted <= max);
}

const windowParallelismWithinJob: Rule = (tenant) =>
  allBounds(tenant).flatMap(({ path, bounds }) =>
    present(tenant.jobs).flatMap(({ item: job }) => {
      const wanted = wantedParallelism(bounds, job);
      if (bounds.parallelism === undefined || runsWith(job, wanted)) return [];
      const byName = typeof bounds.parallelism === "object";
      return [
        {
          path: `${path}.parallelism${byName ? `.${job.name}` : ""}`,
          value: wanted,
          fault: `job ${job.name} runs with ${job.parallelism.min} to ${job.parallelism.max}, not with ${wanted}`,
          fix: "give a number within these bounds, or change the job's parallelism",
        },
      ];
    }),
  );

const parallelismNamesJobs: Rule = (tenant) =>
  allBounds(tenant).flatMap(({ path, bounds }) => {
    const known = allJobs(tenant)?.map((job) => job.name);
    if (typeof bounds.parallelism !== "object" || known === undefined) return [];
    return Object.keys(bounds.parallelism)
      .filter((job) => !known.includes(job))
      .map((job) => ({
        path: `${path}.parallelism.${job}`,
        value: job,
        fault: "there is no job of this name",
        fix: `use one of ${known.join(", ") || "the jobs you list under jobs"}`,
      }));
  });

/** The other way to more slots, where it is within a TaskManager's limit. */
function moreSlots(wanted: number, ceiling: number): string {
  const slots = Math.ceil(wanted / ceiling);
  return slots <= MAX_SLOTS ? `, or set taskManager.slots to ${slots}` : "";
}

/** What is wrong where the ceiling's TaskManagers have fewer slots than the jobs' parallelism; else undefined. */
export function slotShortage(
  bounds: GivenBounds & Pick<Bounds, "ceiling">,
  jobs: readonly JobSpec[],
  slots: number,
): { wanted: number; needed: number; fault: string } | undefined {
  if (!jobs.every((job) => runsWith(job, wantedParallelism(bounds, job)))) return undefined;
  const wanted = jobs.reduce((sum, job) => sum + wantedParallelism(bounds, job), 0);
  const needed = Math.ceil(wanted / slots);
  if (needed <= bounds.ceiling) return undefined;
  const each = `${slots} ${slots === 1 ? "slot" : "slots"} each`;
  return { wanted, needed, fault: `parallelism ${wanted} needs ${needed} TaskManagers of ${each}` };
}

const slotsSuffice: Rule = (tenant) => {
  const slots = tenant.taskManager?.slots;
  const jobs = allJobs(tenant);
  if (slots === undefined || jobs === undefined) return [];
  return windowBounds(tenant).flatMap(({ path, bounds }) => {
    const short = slotShortage(bounds, jobs, slots);
    if (short === undefined) return [];
    return [
      {
        path: `${path}.ceiling`,
        value: bounds.ceiling,
        fault: short.fault,
        fix: `raise the ceiling to ${short.needed}${moreSlots(short.wanted, bounds.ceiling)}`,
      },
    ];
  });
};

export const jobRules: readonly Rule[] = [
  jobBoundsHold,
  windowParallelismWithinJob,
  parallelismNamesJobs,
  slotsSuffice,
];
