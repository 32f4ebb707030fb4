import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { transform, type Transform } from "../transform";
import { labelsOf, namespaceOf, type Belongs } from "./names";

/** What a namespace may hold, as ResourceQuota names it, such as `limits.memory`. */
export type Hard = Readonly<Record<string, string>>;

/** A NetworkPolicy by name. */
export interface NamedPolicy {
  name: string;
  spec: types.input.networking.v1.NetworkPolicySpec;
}

export interface IsolatedNamespaceArgs extends Belongs {
  /** @default no quota */
  quota?: Hard;
  /** What may be reached from here and from where; what none of them allows is denied. */
  policies: readonly NamedPolicy[];
  transform?: {
    namespace?: Transform<k8s.core.v1.NamespaceArgs>;
    quota?: Transform<k8s.core.v1.ResourceQuotaArgs>;
    limits?: Transform<k8s.core.v1.LimitRangeArgs>;
  };
}

/** A pod that says nothing gets this, so that none is without limits. */
const DEFAULT_LIMITS: types.input.core.v1.LimitRangeItem = {
  type: "Container",
  default: { cpu: "1", memory: "512Mi" },
  defaultRequest: { cpu: "100m", memory: "128Mi" },
};

/**
 * A namespace in which only pods of Pod Security `restricted` may run, all within a quota, and which nobody reaches
 * or leaves but as its policies allow.
 */
export class IsolatedNamespace extends pulumi.ComponentResource {
  readonly namespace: string;

  constructor(name: string, args: IsolatedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:IsolatedNamespace", name, {}, opts);
    this.namespace = namespaceOf(args);
    const namespace = this.createNamespace(name, args);
    const child = { parent: this, dependsOn: [namespace] };
    this.createLimits(name, args, child);
    this.createPolicies(name, args, child);
    this.registerOutputs({ namespace: this.namespace });
  }

  private createNamespace(name: string, args: IsolatedNamespaceArgs): k8s.core.v1.Namespace {
    const restricted = ["enforce", "warn", "audit"].map(
      (mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"] as const,
    );
    const metadata = {
      name: this.namespace,
      labels: { ...labelsOf(args), ...Object.fromEntries(restricted) },
    };
    return new k8s.core.v1.Namespace(
      `${name}-namespace`,
      transform(args.transform?.namespace, { metadata }),
      // With a tenant's namespace its volume would go, and the savepoints on it.
      { parent: this, retainOnDelete: args.tenant !== undefined },
    );
  }

  private createLimits(
    name: string,
    args: IsolatedNamespaceArgs,
    child: pulumi.CustomResourceOptions,
  ): void {
    const limits = { metadata: this.metadata(args, "limits"), spec: { limits: [DEFAULT_LIMITS] } };
    new k8s.core.v1.LimitRange(`${name}-limits`, transform(args.transform?.limits, limits), child);
    if (args.quota === undefined) return;
    const quota = { metadata: this.metadata(args, "quota"), spec: { hard: args.quota } };
    new k8s.core.v1.ResourceQuota(`${name}-quota`, transform(args.transform?.quota, quota), child);
  }

  private createPolicies(
    name: string,
    args: IsolatedNamespaceArgs,
    child: pulumi.CustomResourceOptions,
  ): void {
    const denied = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
    for (const policy of [{ name: "default-deny", spec: denied }, ...args.policies]) {
      const metadata = this.metadata(args, policy.name);
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${policy.name}`,
        { metadata, spec: policy.spec },
        child,
      );
    }
  }

  private metadata(args: IsolatedNamespaceArgs, name: string): types.input.meta.v1.ObjectMeta {
    return { name, namespace: this.namespace, labels: labelsOf(args) };
  }
}
