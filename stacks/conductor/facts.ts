import type { Facts } from "../../policies/conduct/conditions";
import { isComplete } from "../../policies/scaling/observation";
import type { TenantObservation } from "./observe/tenant-observer";

/** What was seen of a tenant, as alerts judge it. `exceptionOf`: the newest of a job, as far as Flink tells. */
export async function seenFacts(
  seen: TenantObservation | undefined,
  exceptionOf: (jobId: string) => Promise<string | undefined>,
): Promise<Pick<Facts, "reachable" | "jobs">> {
  const jobs = Object.entries(seen?.jobs ?? {}).map(
    async ([name, { state, jobId, observation }]) => {
      const ill = state !== null && state !== "RUNNING" && state !== "GONE";
      const exception = ill ? await exceptionOf(jobId) : undefined;
      const measured = observation !== undefined && isComplete(observation);
      return { name, state, measured, ...(exception === undefined ? {} : { exception }) };
    },
  );
  return {
    reachable: seen === undefined || seen.cluster !== undefined,
    jobs: await Promise.all(jobs),
  };
}
