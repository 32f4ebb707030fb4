import { spawn, type SpawnOptions } from "node:child_process";

export interface ExecOptions {
  cwd?: string;
  /** Merged over this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Written to the child's standard input, which is then closed. */
  input?: string;
  /** The child is ended after this many milliseconds. @default no limit */
  timeoutMs?: number;
  /** Called with every line the child prints, both streams. */
  onLine?: (line: string) => void;
  /** Called with the child's process id once it runs. */
  onStart?: (pid: number) => void;
}

export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** The child ended with a code other than 0, or could not be started (code -1). */
export class ExecError extends Error {
  constructor(
    readonly command: string,
    readonly result: ExecResult,
  ) {
    const tail = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-15).join("\n");
    super(`${command} ended with code ${result.code}: ${tail}`);
    this.name = "ExecError";
  }
}

/** Runs a program without a shell and gives its output, whatever its exit code. */
export async function tryExec(
  file: string,
  args: readonly string[] = [],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const spawnOptions: SpawnOptions = {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  };
  return new Promise((resolve) => {
    const child = spawn(file, [...args], spawnOptions);
    // Not spawn's own limit: its timer keeps this process alive where the program can't be started.
    const limit =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => child.kill(), options.timeoutMs);
    const finish = (result: ExecResult) => {
      clearTimeout(limit);
      resolve(result);
    };
    if (child.pid !== undefined) options.onStart?.(child.pid);
    const out = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      let rest = "";
      child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
        out[stream] += chunk;
        if (options.onLine === undefined) return;
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(options.onLine);
      });
    }
    child.on("error", (error) => finish({ code: -1, stdout: "", stderr: error.message }));
    child.on("close", (code) => finish({ code: code ?? -1, ...out }));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}

/** Runs a program without a shell and gives its standard output. Throws ExecError when it fails. */
export async function exec(
  file: string,
  args: readonly string[] = [],
  options: ExecOptions = {},
): Promise<string> {
  const result = await tryExec(file, args, options);
  if (result.code !== 0) throw new ExecError([file, ...args].join(" "), result);
  return result.stdout;
}
