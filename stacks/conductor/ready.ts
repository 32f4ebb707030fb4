import { buildJobs } from "../../infra/jobs/build";
import { setup } from "../../infra/toolchain/setup";
import { ensureToolchain } from "../../infra/toolchain/toolchain";
import type { Platform } from "../platform-schema";

/** Makes ready what updates of an environment's tenants need on this machine, and gives Pulumi's variables. */
export async function readyFor({ target }: Platform): Promise<Record<string, string>> {
  if (target === "docker") return (await setup()).env;
  // Images are the platform's affair: a tenant's update needs no engine.
  const { env } = await ensureToolchain({ kubernetes: true });
  await buildJobs();
  return env;
}
