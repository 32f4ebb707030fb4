import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CONDUCTOR_NAMES, conductorRole, labelsOf, namespaceOf } from "./names";

export interface ConductedTenantArgs {
  environment: string;
  tenant: string;
  /** The tenant's stack file, by its name. */
  stackFile: { name: string; text: pulumi.Input<string> };
}

/** What lets the platform's conductor act for a tenant: rights in its namespace, and its stack file. */
export class ConductedTenant extends pulumi.ComponentResource {
  constructor(name: string, args: ConductedTenantArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:ConductedTenant", name, {}, opts);
    const { account, stacks } = CONDUCTOR_NAMES;
    const { environment, tenant, stackFile } = args;
    const shared = namespaceOf({ environment });
    const binding: k8s.rbac.v1.RoleBindingArgs = {
      metadata: { name: account, namespace: namespaceOf(args), labels: labelsOf(args) },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: conductorRole({ environment }),
      },
      subjects: [{ kind: "ServiceAccount", name: account, namespace: shared }],
    };
    new k8s.rbac.v1.RoleBinding(`${name}-rights`, binding, { parent: this });
    const file = {
      metadata: { name: stacks, namespace: shared },
      data: { [stackFile.name]: stackFile.text },
    };
    new k8s.core.v1.ConfigMapPatch(`${name}-stack-file`, file, { parent: this });
    this.registerOutputs({ tenant });
  }
}
