import { spawn, type ChildProcess } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

interface Line {
  held: boolean;
  fence: number;
  lost: string;
  atNs: string;
}

/** A process that wants the lease. */
export class Contender {
  readonly lines: Line[] = [];
  private readonly child: ChildProcess;

  /** `place`: a folder, or a Lease of a cluster; `host`: where it says it runs. */
  constructor(place: string, times: { ttlMs: number; renewMs: number }, host?: string) {
    const script = path.join(PROJECT_DIR, "test/support/lease-process.ts");
    const given = [place, String(times.ttlMs), String(times.renewMs), ...(host ? [host] : [])];
    const args = ["--import", "tsx", script, ...given];
    this.child = spawn(process.execPath, args, {
      cwd: PROJECT_DIR,
      // Not this process' own: jest keeps a copy of what a test sets.
      env: process.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { stdout } = this.child;
    if (stdout === null) throw new Error("the child has no output");
    createInterface(stdout).on("line", (line) => this.lines.push(JSON.parse(line) as Line));
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** The first line from the one of that number that is so. */
  async says(so: (line: Line) => boolean, from = 0): Promise<Line> {
    for (;;) {
      const line = this.lines.slice(from).find(so);
      if (line !== undefined) return line;
      if (this.child.exitCode !== null) throw new Error("the contender has ended");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The instants at which it held the lease by its own account. */
  get heldAtNs(): bigint[] {
    return this.lines.filter(({ held }) => held).map(({ atNs }) => BigInt(atNs));
  }
}
