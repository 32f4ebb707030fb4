import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { lookAt } from "../../infra/process-identity";

/** Pulumi's lock on a stack whose holder is proven dead; where there are several, the first, with the proof of all. */
export interface StaleLock {
  kind: "stale";
  host: string;
  pid: number;
  /** When it was taken, ISO 8601 in UTC. */
  since: string;
  /** A sentence. */
  proof: string;
}

/** What is known of who updates a stack now. */
export type LockState =
  | { kind: "free" }
  | {
      kind: "held";
      /** null, as pid and since, where its file can't be read. */
      host: string | null;
      pid: number | null;
      since: string | null;
      /** Why it is not free, and what to do where it never will be by itself. */
      sentence: string;
    }
  | StaleLock
  /** The backend is not a folder of this machine. */
  | { kind: "unknowable" };

/** As pulumi writes it. */
const contentSchema = z.object({
  pid: z.int().positive(),
  hostname: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
});

type FoundLock = { file: string; state: Exclude<LockState, { kind: "free" | "unknowable" }> };

/**
 * Who holds a stack of a local backend. A lock is stale only where its holder ran on this host and either no process
 * has its id, or one that isn't pulumi and that started after the lock was taken. One that can't be read is held.
 *
 * A host is known by its name alone, because pulumi notes no more: a container that has its host's name and backend,
 * but not its processes, takes the host's living holders for dead.
 */
export async function inspectLock(backendUrl: string, stack: string): Promise<LockState> {
  const folder = lockFolder(backendUrl, stack);
  return folder === undefined ? { kind: "unknowable" } : summary(await locksIn(folder));
}

/**
 * Frees a stack whose every lock is stale, which is looked at anew. Gives what was broken; undefined where nothing
 * was. Only the files that were judged are removed, unlike with `pulumi cancel`: each is one process's own, so a lock
 * that somebody takes meanwhile stays.
 */
export async function breakLock(backendUrl: string, stack: string): Promise<StaleLock | undefined> {
  const folder = lockFolder(backendUrl, stack);
  if (folder === undefined) return undefined;
  const locks = await locksIn(folder);
  const state = summary(locks);
  if (state.kind !== "stale") return undefined;
  for (const { file } of locks) {
    await fs.rm(file, { force: true });
    await fs.rm(`${file}${ATTRIBUTES}`, { force: true });
  }
  return state;
}

/** What pulumi's file store keeps beside every file. */
const ATTRIBUTES = ".attrs";

/** undefined for a backend that isn't a folder. As pulumi reads it: `~` is the home, and a path may be relative. */
function lockFolder(backendUrl: string, stack: string): string | undefined {
  const match = /^file:\/\/([^?]*)/.exec(backendUrl);
  if (match === null) return undefined;
  const given = (match[1] ?? "").replace(/^~/, os.homedir());
  const root = given.startsWith("/") ? fileURLToPath(`file://${given}`) : path.resolve(given);
  return path.join(root, ".pulumi/locks/organization/flinktide", stack);
}

async function locksIn(folder: string): Promise<FoundLock[]> {
  const names = await fs.readdir(folder).catch(emptyIfMissing);
  const found: FoundLock[] = [];
  for (const name of names.filter((each) => !each.endsWith(ATTRIBUTES)).sort()) {
    const file = path.join(folder, name);
    // One that went since the folder was read was released.
    const text = await fs.readFile(file, "utf8").catch(emptyIfMissing);
    if (typeof text === "string") found.push({ file, state: judge(file, text) });
  }
  return found;
}

function emptyIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === "ENOENT") return [];
  throw error;
}

function summary(locks: readonly FoundLock[]): LockState {
  const held = locks.find(({ state }) => state.kind === "held");
  if (held !== undefined) return held.state;
  const stale = locks.map(({ state }) => state).filter((state) => state.kind === "stale");
  const [first] = stale;
  if (first === undefined) return { kind: "free" };
  return { ...first, proof: stale.map(({ proof }) => proof).join(" ") };
}

function judge(file: string, text: string): FoundLock["state"] {
  const content = contentOf(text);
  if (content === undefined) {
    return {
      ...{ kind: "held", host: null, pid: null, since: null },
      sentence:
        `The stack is locked by ${file}, which can't be read. ` +
        "Fix: where no pulumi works on the stack, remove that file.",
    };
  }
  const { pid, hostname: host } = content;
  const since = new Date(content.timestamp).toISOString();
  const proof = host === os.hostname() ? proofOfDeath(pid, Date.parse(since)) : undefined;
  if (proof !== undefined) return { kind: "stale", host, pid, since, proof };
  const sentence = `The stack is locked by process ${pid} on ${host} since ${since}.`;
  return { kind: "held", host, pid, since, sentence };
}

function contentOf(text: string): z.output<typeof contentSchema> | undefined {
  try {
    return contentSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** undefined where the process may still be the one that took its lock at `sinceMs`. */
function proofOfDeath(pid: number, sinceMs: number): string | undefined {
  const process = lookAt(pid);
  if (process === undefined) return `Process ${pid}, which held the lock, is gone.`;
  if (process === "hidden" || process.startedAtMs <= sinceMs) return undefined;
  // When a process started is told by the wall clock of today: one that was set forward makes the living holder look
  // younger than its lock.
  if (process.program.includes("pulumi")) return undefined;
  const started = new Date(process.startedAtMs).toISOString();
  return `Process ${pid}, which held the lock, is gone: ${process.program} has its id since ${started}.`;
}
