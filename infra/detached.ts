import { spawn } from "node:child_process";
import * as fs from "node:fs";
import type { ExecResult } from "./exec";

export interface DetachedOptions {
  cwd?: string;
  /** Merged over this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Its standard output goes to `<file>.out`, its standard error to `<file>.err`. */
  outputFile: string;
  /** Called with the child's process id once it runs. */
  onStart?: (pid: number) => void;
}

/**
 * Runs a program that goes on to its end if this process dies or its terminal is interrupted: in a session of its own,
 * and with files in place of pipes, on which it would die at its next word.
 */
export async function runDetached(
  file: string,
  args: readonly string[],
  { cwd, env, outputFile, onStart }: DetachedOptions,
): Promise<ExecResult & { signal: NodeJS.Signals | null }> {
  const [out, err] = [fs.openSync(`${outputFile}.out`, "w"), fs.openSync(`${outputFile}.err`, "w")];
  try {
    const child = spawn(file, [...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", out, err],
      detached: true,
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    const ended = await new Promise<{ code: number; signal: NodeJS.Signals | null }>(
      (resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code, signal) => resolve({ code: code ?? -1, signal }));
      },
    );
    const read = (suffix: string) => fs.readFileSync(`${outputFile}.${suffix}`, "utf8");
    return { ...ended, stdout: read("out"), stderr: read("err") };
  } finally {
    fs.closeSync(out);
    fs.closeSync(err);
  }
}
