import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { exec, tryExec } from "../../infra/exec";
import { stateDir } from "../../infra/toolchain/paths";
import type { Environment } from "./environment";

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

const lockSchema = z.object({ pid: z.int(), hostname: z.string() });

/**
 * Frees a stack of a local backend that is locked by an update which no longer runs on this machine.
 * Gives the dead holder's process id; undefined where there was none. A living holder keeps its lock.
 */
export async function clearDeadLock(
  environment: Environment,
  backendUrl: string,
  stack: string,
): Promise<number | undefined> {
  if (!backendUrl.startsWith("file://")) return undefined;
  const folder = path.join(
    fileURLToPath(backendUrl.replace("file://~", `file://${os.homedir()}`)),
    ".pulumi/locks/organization/flinktide",
    stack,
  );
  if (!fs.existsSync(folder)) return undefined;
  for (const file of fs.readdirSync(folder)) {
    const parsed = lockSchema.safeParse(
      JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")),
    );
    if (!parsed.success || parsed.data.hostname !== os.hostname()) continue;
    if (isAlive(parsed.data.pid)) continue;
    await environment.cancel(stack);
    return parsed.data.pid;
  }
  return undefined;
}

/** True where a process of this id runs on this machine, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
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
