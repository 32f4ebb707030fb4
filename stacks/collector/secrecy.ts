import * as fs from "node:fs";
import { exec, tryExec } from "../../infra/exec";

/** Where a collector's password must not be. */
export interface Searched {
  container: string;
  /** Further texts, by what they are. */
  texts: Record<string, string>;
}

/** All that the container's image, its inspection, the processes and the log say, by what it is. */
async function said(container: string): Promise<Record<string, string>> {
  const image = (await exec("docker", ["inspect", "--format", "{{.Image}}", container])).trim();
  const { stdout, stderr } = await tryExec("docker", ["logs", container]);
  return {
    "docker history": await exec("docker", ["history", "--no-trunc", image]),
    "docker inspect": await exec("docker", ["inspect", container, image]),
    "docker top": await exec("docker", ["top", container, "-eo", "pid,args"]),
    "process list of the machine": argumentsOfAll(),
    "environment of its processes": await exec("docker", [
      ...["exec", container, "sh", "-c", "cat /proc/[0-9]*/environ"],
    ]),
    "its log": stdout + stderr,
  };
}

/** The arguments of every process of this machine. */
export function argumentsOfAll(): string {
  const read = (pid: string) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return "";
    }
  };
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(read)
    .join("\n");
}

/** Which places were searched for a password, and in which of them it is. */
export async function searchFor(
  password: string,
  { container, texts }: Searched,
): Promise<{ searched: string[]; found: string[] }> {
  const all = { ...(await said(container)), ...texts };
  const found = Object.entries(all).filter(([, text]) => text.includes(password));
  return { searched: Object.keys(all), found: found.map(([what]) => what) };
}

/** The control: in its file the password must be found. */
export function passwordInFile(container: string): Promise<string> {
  return exec("docker", ["exec", container, "cat", "/run/secrets/database-password"]);
}
