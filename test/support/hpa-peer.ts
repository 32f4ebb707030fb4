import * as path from "node:path";
import { z } from "zod";
import { exec } from "../../infra/exec";
import { ensureBuilt } from "../../infra/toolchain/go-module";

/** What Kubernetes may know of a pod: see `lives` in ../peers/hpa/pods.go. */
export type PodState =
  | "ready"
  | "pending"
  | "starting"
  | "settling"
  | "neverReady"
  | "unwell"
  | "unmeasured"
  | "failed"
  | "leaving";

/** A question to the replica calculator. CPU, values and targets of values are in thousandths. */
export interface Calculation {
  metric: "utilization" | "externalValue" | "externalAverage" | "objectValue" | "objectAverage";
  current: number;
  /** Percent for utilization. */
  target: number;
  tolerance: number;
  request: number;
  pods: { state: PodState; usage: number }[];
  values: number[];
}

/** A scale target under the controller, step by step. */
export interface Reconciliation {
  tolerance: number;
  min: number;
  max: number;
  start: number;
  /** As in the spec of an autoscaling/v2 HorizontalPodAutoscaler; Kubernetes fills in what is left out. */
  behavior: object;
  /** The average value that each external metric shall have, in thousandths. */
  targets: number[];
  steps: Step[];
}

export interface Step {
  afterMs: number;
  /** Somebody else set the replicas. */
  replicas?: number;
  /** In thousandths; null for a metric that is not to be had. */
  values: (number | null)[];
}

const Reply = z.object({
  replicas: z.array(z.number().int()),
  error: z.string().optional(),
});
export type Reply = z.infer<typeof Reply>;

/** Builds, once, the program that asks Kubernetes' own code. Gives its path. */
export function ensureHpaPeer(): Promise<string> {
  return ensureBuilt({
    dir: path.join(__dirname, "../peers/hpa"),
    package: ".",
    executable: "hpa-peer",
    version: "1.33.13",
    linkerVariables: [],
    duration: "about 2 minutes on 2 cores",
  });
}

/** What Kubernetes' own code answers, one reply a request. */
export async function askHpa(
  peer: string,
  requests: readonly ({ calculate: Calculation } | { reconcile: Reconciliation })[],
): Promise<Reply[]> {
  const input = requests.map((request) => JSON.stringify(request)).join("\n");
  const lines = (await exec(peer, [], { input })).split("\n").slice(0, requests.length);
  return lines.map((line) => Reply.parse(JSON.parse(line)));
}
