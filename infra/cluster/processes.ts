import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../errors";
import { waitFor } from "../flink/wait";
import {
  identityOf,
  isGone,
  processIdentitySchema,
  type ProcessIdentity,
} from "../process-identity";
import { networkNamespace, type ClusterLayout } from "./layout";

/** A process of the cluster. */
export interface ProcessSpec {
  /** Of its log and of its record. */
  name: string;
  command: string;
  args: readonly string[];
  /** Whether it lives in the cluster's network namespace or in this machine's. */
  network: "cluster" | "host";
}

/** After it, a process that was asked to end is killed. */
const END_LIMIT_MS = 15_000;

/** Starts a process unless it runs. It goes on when this one ends, and its terminal's Ctrl-C does not reach it. */
export function ensureProcess(layout: ClusterLayout, spec: ProcessSpec): void {
  if (runningProcess(layout, spec.name) !== undefined) return;
  const [command, args] = commandOf(layout, spec);
  fs.mkdirSync(path.dirname(logFile(layout, spec.name)), { recursive: true });
  fs.mkdirSync(path.dirname(recordFile(layout, spec.name)), { recursive: true });
  const log = fs.openSync(logFile(layout, spec.name), "a");
  const options = { detached: true, cwd: "/", env: environment() };
  const child = spawn(command, args, { ...options, stdio: ["ignore", log, log] });
  fs.closeSync(log);
  child.on("error", () => undefined);
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity === undefined) throw ended(layout, spec.name);
  fs.writeFileSync(recordFile(layout, spec.name), JSON.stringify(identity));
  child.unref();
}

/** This process's own, without a proxy: all that the cluster talks to is on this machine. */
function environment(): NodeJS.ProcessEnv {
  const direct = Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name));
  return { ...Object.fromEntries(direct), PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
}

/**
 * What is executed: `nsenter`, which becomes the program under the same process id. Not `ip netns exec`, which gives
 * each process mounts of its own: the kubelet's secret volumes would not be seen by containerd.
 */
export function commandOf(layout: ClusterLayout, spec: ProcessSpec): [string, string[]] {
  if (spec.network === "host") return [spec.command, [...spec.args]];
  return ["nsenter", [`--net=${networkNamespace(layout)}`, spec.command, ...spec.args]];
}

/** The process that runs under this name, or undefined. */
export function runningProcess(layout: ClusterLayout, name: string): ProcessIdentity | undefined {
  const file = recordFile(layout, name);
  if (!fs.existsSync(file)) return undefined;
  const identity = processIdentitySchema.parse(JSON.parse(fs.readFileSync(file, "utf8")));
  return isGone(identity) === true ? undefined : identity;
}

/** Names of the processes that were started, whether they run or not. */
export function startedProcesses(layout: ClusterLayout): string[] {
  const folder = path.dirname(recordFile(layout, "any"));
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((file) => path.parse(file).name) : [];
}

/** Forgets the processes that have ended, as after a crash, so that they are not missed before they are started anew. */
export function forgetEnded(layout: ClusterLayout): void {
  for (const name of startedProcesses(layout)) {
    if (!runningProcess(layout, name)) fs.rmSync(recordFile(layout, name));
  }
}

/** Ends a process, gently first, and forgets it. */
export async function endProcess(layout: ClusterLayout, name: string): Promise<void> {
  const identity = runningProcess(layout, name);
  if (identity !== undefined) {
    const gone = async () => (runningProcess(layout, name) === undefined ? true : undefined);
    signal(identity.pid, "SIGTERM");
    if ((await waitFor(gone, END_LIMIT_MS)) === undefined) {
      signal(identity.pid, "SIGKILL");
      await waitFor(gone, END_LIMIT_MS);
    }
  }
  fs.rmSync(recordFile(layout, name), { force: true });
}

/** Sends a signal to a process that may have ended by now. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Throws UserError, with the end of its log, where a process that was started has ended. */
export function requireRunning(layout: ClusterLayout): void {
  const name = startedProcesses(layout).find((started) => !runningProcess(layout, started));
  if (name !== undefined) throw ended(layout, name);
}

function ended(layout: ClusterLayout, name: string): UserError {
  const file = logFile(layout, name);
  const log = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
  return new UserError(
    [
      `${name} of the cluster ended; its log is ${file}:`,
      ...log.slice(-8).map((line) => line.slice(0, 400)),
      "Fix: npm run cluster:down, then npm run cluster:up.",
    ].join("\n"),
  );
}

export function logFile({ state }: ClusterLayout, name: string): string {
  return path.join(state, "log", `${name}.log`);
}

function recordFile({ run }: ClusterLayout, name: string): string {
  return path.join(run, "processes", `${name}.json`);
}
