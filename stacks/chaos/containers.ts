import * as path from "node:path";
import { exec } from "../../infra/exec";
import { allProcesses, descendantsOf, type SeenProcess } from "./processes";

/** Host's id of the process in a container that runs a program. Throws where there is none. */
export async function processIn(container: string, program: string): Promise<number> {
  const main = Number(await exec("docker", ["inspect", "--format", "{{.State.Pid}}", container]));
  const isIt = ({ args: [file = ""] }: SeenProcess) => path.basename(file) === program;
  const found = descendantsOf(main, allProcesses()).find(isIt);
  if (found === undefined) throw new Error(`${container} runs no ${program}`);
  return found.pid;
}

/** Stops a container as a person would. */
export async function stopContainer(name: string): Promise<void> {
  await exec("docker", ["stop", "--time", "10", name]);
}

export async function startContainer(name: string): Promise<void> {
  await exec("docker", ["start", name]);
}
