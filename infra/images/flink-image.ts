import type * as pulumi from "@pulumi/pulumi";
import type { Tenant } from "../../policies/tenant";
import { configSecret } from "../config-secret";
import { flinkRelease } from "../toolchain/versions";
import { Image } from "./image";

/** The image of a tenant's Flink processes: the bundled one of its version, or the tenant's own. */
export function flinkImage(
  name: string,
  tenant: Tenant,
  opts?: pulumi.ComponentResourceOptions,
): Image {
  const own = tenant.flink.image;
  if (own === undefined) {
    return new Image(name, { recipe: "flink", version: flinkRelease(tenant.flink.version) }, opts);
  }
  const { reference, registry } = own;
  if (registry === undefined) return new Image(name, { reference }, opts);
  const { server, username, passwordKey } = registry;
  const password = configSecret(passwordKey);
  return new Image(name, { reference, registry: { server, username, password } }, opts);
}
