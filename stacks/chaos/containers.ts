import { exec } from "../../infra/exec";
import { allProcesses, descendantsOf } from "./processes";

/** Host's id of the process in a container whose command line has a word. Throws where there is none. */
export async function processIn(container: string, word: string): Promise<number> {
  const main = Number(await exec("docker", ["inspect", "--format", "{{.State.Pid}}", container]));
  const found = descendantsOf(main, allProcesses()).find(({ args }) => args.includes(word));
  if (found === undefined) throw new Error(`${container} has no process ${word}`);
  return found.pid;
}

/** Stops a container as a person would. */
export async function stopContainer(name: string): Promise<void> {
  await exec("docker", ["stop", "--time", "10", name]);
}

export async function startContainer(name: string): Promise<void> {
  await exec("docker", ["start", name]);
}
