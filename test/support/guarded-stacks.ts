import type { GuardedResource } from "../../policies/guard-rails/resource";
import {
  guardedAutoscaler,
  guardedContainer,
  guardedDeployment,
  kubernetesObject,
} from "./guarded";

/** What the state of `guardedJob` was written with. */
export const WRITTEN_WITH = 256;

/** A job's arguments. */
export function jobArgs(maxParallelism: number): string[] {
  return ["--max-parallelism", String(maxParallelism)];
}

/** The journal of a job that runs, as it lies in its file. */
export function runningJournal(): string {
  const spec = { jarSha256: "", entryClass: "M", parallelism: 1, args: jobArgs(WRITTEN_WITH) };
  return JSON.stringify({ lineage: "a", jobIds: ["1"], spec });
}

function job(journal: string, maxParallelism: number): GuardedResource {
  const props = { journal, args: jobArgs(maxParallelism) };
  return { type: "flink:index:Job", name: "words", props };
}

const quota = (pods: number) =>
  kubernetesObject("core/v1:ResourceQuota", "quota", { hard: { pods: String(pods) } });
const service = (spec: Record<string, unknown>) =>
  kubernetesObject("core/v1:Service", "jobmanager", spec);

/** All that a tenant has, on both targets; no rule is broken. */
export function keepingStack(journal: string): GuardedResource[] {
  return [
    guardedContainer(),
    guardedDeployment(),
    guardedAutoscaler(4),
    quota(5),
    service({ ports: [{ port: 8081 }] }),
    job(journal, WRITTEN_WITH),
  ];
}

/** The same with at least one thing wrong for each rule. */
export function breakingStack(journal: string): GuardedResource[] {
  return [
    guardedContainer({
      ...{ image: "flink:1.14.6", memory: 0, privileged: true },
      ports: [{ internal: 8081, external: 8081, ip: "0.0.0.0" }],
    }),
    guardedDeployment({ spec: { replicas: 3 }, container: { resources: {} } }),
    guardedAutoscaler(4),
    guardedAutoscaler(4, "second"),
    quota(4),
    service({ type: "LoadBalancer" }),
    job(journal, 2 * WRITTEN_WITH),
  ];
}

/** Which rule `breakingStack` breaks, and how what it says begins. */
export const SAID_OF_BREAKING: readonly [string, string][] = [
  ["no-privileges", "acme-jobmanager privileged (given: true): a privileged container is root"],
  ["limits-set", "acme-jobmanager memory (given: 0): the container may take all memory"],
  ["image-pinned", 'acme-jobmanager image (given: "flink:1.14.6"): it is a name'],
  ["ports-private", 'acme-jobmanager ports[0].ip (given: "0.0.0.0"): the port is open'],
  ["limits-set", "acme-taskmanager spec.template.spec.containers[0].resources.limits.cpu: the"],
  ["limits-set", "acme-taskmanager spec.template.spec.containers[0].resources.limits.memory: the"],
  ["ports-private", 'acme-jobmanager spec.type (given: "LoadBalancer"): the service is open'],
  [
    "max-parallelism-kept",
    "words maxParallelism (given: 512): the job's state was written with 256",
  ],
  [
    "one-owner-of-replicas",
    'acme-taskmanager spec.scaleTargetRef (given: "acme/Deployment/taskmanager"): acme-second scales',
  ],
  ["one-owner-of-replicas", "acme-taskmanager spec.replicas (given: 3): acme-second scales it"],
  ["ceiling-within-quota", 'acme-quota spec.hard["pods"] (given: "4"): there may be 5'],
];
