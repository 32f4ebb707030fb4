import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { exec } from "../../infra/exec";
import type { ScratchEnvironment } from "../driver/scratch-environment";

/** Leaves a lock on a stack as a pulumi leaves it that died. Gives the id of the process that held it. */
export async function leaveStaleLock(
  { folder }: Pick<ScratchEnvironment, "folder">,
  stack: string,
): Promise<number> {
  const pid = await endedProcess();
  const locks = path.join(folder, "pulumi/.pulumi/locks/organization/flinktide", stack);
  fs.mkdirSync(locks, { recursive: true });
  const lock = {
    ...{ pid, username: os.userInfo().username, hostname: os.hostname() },
    timestamp: new Date().toISOString(),
  };
  fs.writeFileSync(path.join(locks, `${randomUUID()}.json`), JSON.stringify(lock));
  return pid;
}

async function endedProcess(): Promise<number> {
  let pid = 0;
  await exec("true", [], { onStart: (started) => (pid = started) });
  return pid;
}
