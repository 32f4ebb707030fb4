import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import { z } from "zod";

/** Names one process for ever: its id is given to another one some time after it ended. */
export const processIdentitySchema = z.strictObject({
  host: z.string(),
  /** Tells machines of one name apart; null where the system has none, as in most containers. */
  machine: z.string().nullable(),
  /** Changes with every boot; null where there is no /proc. */
  boot: z.string().nullable(),
  /** Where its id is valid: a container counts its processes anew. null where there is no /proc. */
  namespace: z.string().nullable(),
  pid: z.int().positive(),
  /** Clock ticks from boot to its start, or what ps says of it; only to be compared. */
  started: z.string(),
});
export type ProcessIdentity = z.output<typeof processIdentitySchema>;

/** A process that runs on this machine. */
export interface RunningProcess {
  /** As in its identity. */
  started: string;
  /** By the wall clock as it is set now; it moves when that clock is set. */
  startedAtMs: number;
  /** Its executable's name; of a long one, the first 15 characters. */
  program: string;
}

/** Where a process's id is looked up. */
export type Place = Omit<ProcessIdentity, "pid" | "started">;

const PROC = "/proc";
/** The kernel counts in this unit for programs, whatever it counts in itself. */
const TICKS_PER_SECOND = 100;

/** The place of this process. `proc` is where the system shows its processes. */
export function thisPlace(proc = PROC): Place {
  return {
    host: os.hostname(),
    machine: read("/etc/machine-id") ?? null,
    boot: read(`${proc}/sys/kernel/random/boot_id`) ?? null,
    namespace: linkOf(`${proc}/self/ns/pid`),
  };
}

/** undefined where no such process runs here, or it hides when it started. */
export function identityOf(pid: number, proc = PROC): ProcessIdentity | undefined {
  const process = lookAt(pid, proc);
  if (process === undefined || process === "hidden") return undefined;
  return { ...thisPlace(proc), pid, started: process.started };
}

/**
 * True only where it is proven that the process has ended: its machine was booted anew, its id is free, or its id
 * belongs to a process that started at another time. "unknown" where it can't be seen from here.
 */
export function isGone(
  identity: ProcessIdentity,
  here = thisPlace(),
  proc = PROC,
): boolean | "unknown" {
  if (identity.host !== here.host || identity.machine !== here.machine) return "unknown";
  if (identity.boot !== here.boot) {
    // Without an id of the machine, the other boot may be another machine's.
    return here.machine !== null && identity.boot !== null && here.boot !== null ? true : "unknown";
  }
  if (identity.namespace !== here.namespace) return "unknown";
  const process = lookAt(identity.pid, proc);
  if (process === "hidden") return "unknown";
  return process?.started !== identity.started;
}

/** True where a process of this id runs on this machine, whoever owns it, or has ended and was not collected yet. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * What runs under an id on this machine: undefined where nothing does any more, "hidden" where something does that
 * can't be looked at.
 */
export function lookAt(pid: number, proc = PROC): RunningProcess | "hidden" | undefined {
  if (!isAlive(pid)) return undefined;
  const found = fs.existsSync(`${proc}/self/stat`) ? fromProc(pid, proc) : fromPs(pid);
  // It may have ended between the two looks.
  return found === "hidden" && !isAlive(pid) ? undefined : found;
}

function fromProc(pid: number, proc: string): RunningProcess | "hidden" | undefined {
  // Before the age is read: a pause between the two then makes it look older, which proves nothing.
  const now = Date.now();
  const stat = read(`${proc}/${pid}/stat`);
  const uptime = read(`${proc}/uptime`);
  if (stat === undefined || uptime === undefined) return "hidden";
  const nameEnd = stat.lastIndexOf(")");
  // What follows the name begins with field 3 of proc(5).
  const fields = stat.slice(nameEnd + 2).split(" ");
  const [state, threads, started] = [fields[0], fields[17], fields[19]];
  if (started === undefined) return "hidden";
  // Ended, and its parent has not asked how. One whose first thread alone has ended looks alike, but has more threads.
  if ((state === "Z" && Number(threads) <= 1) || state === "X") return undefined;
  const ageSeconds = Number.parseFloat(uptime) - Number(started) / TICKS_PER_SECOND;
  return {
    started,
    startedAtMs: now - ageSeconds * 1000,
    program: stat.slice(stat.indexOf("(") + 1, nameEnd),
  };
}

function fromPs(pid: number): RunningProcess | "hidden" | undefined {
  const args = ["-o", "lstart=", "-o", "stat=", "-o", "comm=", "-p", String(pid)];
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC0" };
  let line: string;
  try {
    line = execFileSync("ps", args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "hidden";
  }
  const match = /^\s*(\w+ \w+ +\d+ [\d:]+ \d+)\s+(\S+)\s+(.*\S)/.exec(line);
  if (match === null) return "hidden";
  const [, started = "", state = "", command = ""] = match;
  if (state.startsWith("Z")) return undefined;
  const program = command.slice(command.lastIndexOf("/") + 1);
  return { started, startedAtMs: Date.parse(`${started} UTC`), program };
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}

function linkOf(file: string): string | null {
  try {
    return fs.readlinkSync(file);
  } catch {
    return null;
  }
}
