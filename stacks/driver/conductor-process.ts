import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { waitFor } from "../../infra/flink/wait";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { conductorPaths } from "../conductor/paths";
import { conductorViewSchema, type ConductorView } from "../conductor/tenant-view";
import { freePorts, type ScratchEnvironment } from "./scratch-environment";

const READY_LIMIT_MS = 120_000;
/** After a signal: the updates that run are waited for. */
const STOP_LIMIT_MS = 120_000;
const LAST_LINES = 15;

/** How a conductor is started, beyond what every one needs. */
export interface ConductorStart {
  /** Merged over the environment's variables. */
  env?: Readonly<Record<string, string>>;
  /** For Node, before all else. */
  nodeArgs?: readonly string[];
}

/** The real conductor of a scratch environment, as a process of its own. */
export class ConductorProcess {
  private readonly ended: Promise<void>;
  /** How it ended, as a phrase; undefined while it runs. */
  private end: string | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly paths: ReturnType<typeof conductorPaths>,
    private readonly logFile: string,
  ) {
    this.ended = new Promise((resolve) => {
      const note = (how: string) => {
        this.end ??= how;
        resolve();
      };
      child.once("exit", (code, signal) => note(`ended with ${signal ?? `code ${code}`}`));
      child.once("error", (error) => note(`can't be started: ${error.message}`));
    });
  }

  /** What it says goes to `logFile`. */
  static async start(
    environment: ScratchEnvironment,
    logFile: string,
    { env = {}, nodeArgs = [] }: ConductorStart = {},
  ): Promise<ConductorProcess> {
    const { name, folder, stacksFolder, variables } = environment;
    const [port = 0] = await freePorts(1);
    const main = path.join(PROJECT_DIR, "stacks", "conductor", "main.ts");
    const args = ["--env", name, "--stacks", stacksFolder, "--port", String(port)];
    fs.mkdirSync(path.dirname(logFile), { recursive: true });
    const log = fs.openSync(logFile, "w");
    // In a session of its own: Ctrl-C is for whoever started it, who then ends it in order.
    const child = spawn(process.execPath, [...nodeArgs, "--import", "tsx", main, ...args], {
      cwd: PROJECT_DIR,
      env: { ...process.env, ...variables, ...env },
      stdio: ["ignore", log, log],
      detached: true,
    });
    fs.closeSync(log);
    return new ConductorProcess(child, conductorPaths(name, folder), logFile);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return this.end === undefined;
  }

  /** Throws, with what it said last, where it has ended. */
  requireAlive(): void {
    if (this.end !== undefined) this.fail(this.end);
  }

  /** Waits until it knows so many tenants. Throws where it ends or takes too long. */
  async ready(tenants: number): Promise<void> {
    const ready = await waitFor(
      async () => {
        this.requireAlive();
        const known = this.view()?.tenants.filter(({ decision }) => decision !== null) ?? [];
        return known.length >= tenants || undefined;
      },
      READY_LIMIT_MS,
      250,
    );
    if (ready === undefined) this.fail(`did not look at ${tenants} tenants in time`);
  }

  /** What it published last; undefined where it has published nothing, or another conductor has since. */
  view(): ConductorView | undefined {
    try {
      const text = fs.readFileSync(this.paths.status, "utf8");
      const view = conductorViewSchema.parse(JSON.parse(text));
      return view.pid === this.pid ? view : undefined;
    } catch {
      return undefined;
    }
  }

  /** The file of a tenant's journal. */
  journal(tenant: string): string {
    return this.paths.journal(tenant);
  }

  /** Ends it, once the updates that run have ended; does nothing where it has ended. */
  async stop(): Promise<void> {
    if (!this.alive) return;
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), STOP_LIMIT_MS);
    await this.ended;
    clearTimeout(late);
  }

  /** Ends it at once, as a crash would; an update that runs goes on. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  private fail(how: string): never {
    const said = fs.readFileSync(this.logFile, "utf8").trimEnd().split("\n");
    throw new Error(`the conductor ${how}:\n${said.slice(-LAST_LINES).join("\n")}`);
  }
}
