import { exec } from "../../infra/exec";
import { say } from "../../infra/progress";
import type { StateResource } from "../driver/environment";

/**
 * In a cluster nothing has to be removed: what a killed update made and could not write down, the next one takes over,
 * since it applies what should be there whether or not it is there, and whoever made it.
 */
export async function leaveOrphans(): Promise<void> {}

/**
 * Removes a tenant's containers that its stack does not know: an update that was killed made them and could not write
 * them down, and the next one would fail on their names.
 */
export async function removeOrphans(
  resources: readonly StateResource[],
  environment: string,
  tenant: string,
): Promise<void> {
  const known = new Set(
    resources.flatMap(({ inputs }) => (typeof inputs?.name === "string" ? [inputs.name] : [])),
  );
  const filters = { "flinktide.environment": environment, "flinktide.tenant": tenant };
  const labels = Object.entries(filters).flatMap(([k, v]) => ["--filter", `label=${k}=${v}`]);
  const listed = await exec("docker", ["ps", "-a", "--format", "{{.Names}}", ...labels]);
  const orphans = listed.split("\n").filter((name) => name !== "" && !known.has(name));
  if (orphans.length === 0) return;
  say(`removing what a killed update left: ${orphans.join(", ")}`);
  await exec("docker", ["rm", "-f", "-v", ...orphans]);
}
