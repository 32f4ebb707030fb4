import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { parseTenant } from "../../policies/parse-tenant";
import type { Tenant, TenantInput } from "../../policies/tenant";

/** The tenant block of a stack file of the project, as it stands there. */
export function tenantBlock(stack: string): TenantInput {
  const text = fs.readFileSync(path.join(PROJECT_DIR, `Pulumi.${stack}.yaml`), "utf8");
  const file = parse(text) as { config: { "flinktide:tenant": TenantInput } };
  return file.config["flinktide:tenant"];
}

/** A tenant block, read. Throws with the problems where it has any. */
export function readTenant(block: unknown): Tenant {
  const parsed = parseTenant(block);
  if (parsed.ok) return parsed.tenant;
  throw new Error(JSON.stringify(parsed.problems, null, 2));
}
