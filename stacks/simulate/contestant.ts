import type { PlantSettings } from "../../policies/simulator/plant";
import type { Policy } from "../../policies/simulator/scaler";

/** What tables and reports say of a policy. */
export type PolicyInfo = Pick<Policy, "name" | "title" | "source" | "reactive">;

/** A policy that can be run on any cluster. */
export interface Contestant extends PolicyInfo {
  /** Most policies are told all they may know when they start; the oracle knows the cluster, too. */
  on(plant: PlantSettings): Policy;
}

/** A policy under its own name, or under another one. */
export function contestant(policy: Policy, name = policy.name): Contestant {
  const { title, source, reactive } = policy;
  return { name, title, source, reactive, on: () => ({ ...policy, name }) };
}
