import { PolicyPack } from "@pulumi/policy";
import { maxParallelismKept, resourcePolicies, stackPolicies } from "./policies";

/** What no stack of flinktide may do, on any backend: `pulumi up --policy-pack infra/guardrails`. */
new PolicyPack("flinktide", {
  enforcementLevel: "mandatory",
  policies: [...resourcePolicies, ...stackPolicies, maxParallelismKept],
});
