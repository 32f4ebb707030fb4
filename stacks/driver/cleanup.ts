import * as fs from "node:fs";
import * as path from "node:path";
import { exec, tryExec } from "../../infra/exec";
import { stateDir } from "../../infra/toolchain/paths";

const ids = (output: string) => output.split("\n").filter((line) => line !== "");

/** Removes containers, networks and volumes that carry an environment's label, whatever Pulumi knows of them. */
export async function removeByLabel(environment: string): Promise<void> {
  const filter = ["--filter", `label=flinktide.environment=${environment}`];
  const containers = ids(await exec("docker", ["ps", "-aq", ...filter]));
  if (containers.length > 0) await exec("docker", ["rm", "-f", "-v", ...containers]);
  for (const kind of ["network", "volume"]) {
    const found = ids(await exec("docker", [kind, "ls", "-q", ...filter]));
    if (found.length > 0) await exec("docker", [kind, "rm", ...found]);
  }
}

/** Forgets the job journals of an environment. */
export function removeJournals(environment: string, state = stateDir()): void {
  fs.rmSync(path.join(state, "journal", environment), { recursive: true, force: true });
}

/** Ends a container's main process as a crash would: its restart policy brings it back. */
export async function crashContainer(name: string): Promise<void> {
  const inspected = await exec("docker", ["inspect", "--format", "{{.State.Pid}}", name]);
  // As root the process is signalled on the host; where Docker runs elsewhere, from inside.
  const killed = await tryExec("kill", ["-9", inspected.trim()]);
  if (killed.code !== 0) await exec("docker", ["exec", "--user", "0", name, "pkill", "-9", "java"]);
}

/** The health of an environment's containers by name: starting, healthy, unhealthy. */
export async function health(environment: string): Promise<Record<string, string>> {
  const filter = `label=flinktide.environment=${environment}`;
  const listed = await exec("docker", [
    "ps",
    "--filter",
    filter,
    "--format",
    "{{.Names}}\t{{.Status}}",
  ]);
  const rows = ids(listed).map((line) => line.split("\t") as [string, string]);
  return Object.fromEntries(
    rows.map(([name, status]) => [name, /\((?:health: )?(\w+)\)/.exec(status)?.[1] ?? "none"]),
  );
}
