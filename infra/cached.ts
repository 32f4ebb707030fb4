import * as fs from "node:fs";
import * as path from "node:path";
import * as lockfile from "proper-lockfile";
import { say } from "./progress";

/** A lock counts as free when its owner has not renewed it for this long, because it was killed. */
const STALE_MS = 20_000;
const RENEW_MS = 5_000;

/**
 * Makes a file or folder once: `make` fills a temporary path beside it that is then renamed, so that an interrupted
 * run leaves nothing that looks complete, and a lock keeps two processes from doing the work twice.
 */
export async function cached(
  target: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  if (fs.existsSync(target)) return target;
  return withLock(target, async () => {
    if (fs.existsSync(target)) return target;
    removeLeavings(target);
    const temporary = `${target}.part-${process.pid}`;
    try {
      await make(temporary);
      moveInto(temporary, target);
    } finally {
      fs.rmSync(temporary, { recursive: true, force: true });
    }
    return target;
  });
}

/** Runs `work` while no other process holds the lock `<target>.lock`. A lock whose owner died is taken over. */
export async function withLock<T>(target: string, work: () => Promise<T>): Promise<T> {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const release = await takeLock(target);
  try {
    return await work();
  } finally {
    // A lock that was lost meanwhile is no longer ours to release.
    await release().catch(() => undefined);
  }
}

async function takeLock(target: string): Promise<() => Promise<void>> {
  const options: lockfile.LockOptions = {
    realpath: false,
    stale: STALE_MS,
    update: RENEW_MS,
    // A machine that slept loses its locks. That costs doing the work twice; the rename decides who was first.
    onCompromised: () => undefined,
  };
  try {
    return await lockfile.lock(target, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    say(`   waiting for another run that prepares ${path.basename(target)}`);
    const retries = { forever: true, factor: 1, minTimeout: 500, maxTimeout: 500 };
    return lockfile.lock(target, { ...options, retries });
  }
}

function moveInto(temporary: string, target: string): void {
  try {
    fs.renameSync(temporary, target);
  } catch (error) {
    if (!fs.existsSync(target)) throw error;
  }
}

function removeLeavings(target: string): void {
  const [folder, name] = [path.dirname(target), path.basename(target)];
  for (const entry of fs.readdirSync(folder)) {
    if (!entry.startsWith(`${name}.part`)) continue;
    fs.rmSync(path.join(folder, entry), { recursive: true, force: true });
  }
}
