import * as fs from "node:fs/promises";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { say } from "../../infra/progress";
import type { Tenant } from "../../policies/tenant";
import { Journal } from "./journal";
import { checkHold, giveOrder, type Order } from "./orders";
import { conductorPaths } from "./paths";
import type { ConductorView } from "./tenant-view";
import { createHistory } from "./web/history";
import { createMetrics } from "./web/metrics";
import { startServer, type WebServer } from "./web/server";
import { ensureToken } from "./web/token";

export interface PublisherOptions {
  /** Of the page; undefined: no page and no metrics. */
  port: number | undefined;
  tenant(name: string): Tenant | undefined;
}

/** A port or socket that is taken is tried again after so long: the conductor that had it may be gone. */
const RETRY_MS = 15_000;

/** Shows what the conductor that leads knows: status file, page, metrics. The page opens with the first view. */
export class Publisher {
  private readonly paths;
  private readonly history = createHistory();
  private readonly metrics;
  private readonly listeners = new Set<(view: ConductorView) => void>();
  private view: ConductorView | undefined;
  private server: WebServer | undefined;
  private triedMs = -Infinity;
  private complaint = "";

  constructor(
    private readonly environment: string,
    /** Left out: nothing is written or served. */
    private readonly options?: PublisherOptions,
  ) {
    this.paths = conductorPaths(environment);
    this.metrics = createMetrics({ environment, view: () => this.view });
  }

  async publish(view: ConductorView): Promise<void> {
    this.view = view;
    this.history.push(view);
    for (const listener of this.listeners) listener(view);
    if (this.options === undefined) return;
    await this.writeStatus(view);
    const { port } = this.options;
    const due = performance.now() - this.triedMs >= RETRY_MS;
    if (port !== undefined && this.server === undefined && due) await this.open(port);
  }

  /** Leaves page and metrics to the conductor that leads now. */
  async retire(): Promise<void> {
    await this.close();
    this.triedMs = -Infinity;
  }

  recordUpdate(tenant: string, seconds: number): void {
    this.metrics.recordUpdate(tenant, seconds);
  }

  /** In Prometheus's text format, with what was published last. */
  metricsText(): Promise<string> {
    return this.metrics.text();
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.close();
  }

  /** Readers see the old one or the new one; after a crash of the machine it is made anew. */
  private async writeStatus(view: ConductorView): Promise<void> {
    const temporary = `${this.paths.status}.tmp`;
    await fs.mkdir(path.dirname(temporary), { recursive: true, mode: 0o700 });
    await fs.writeFile(temporary, JSON.stringify(view), { mode: 0o600 });
    await fs.rename(temporary, this.paths.status);
  }

  /** Tenants are looked after without a page, too. */
  private async open(port: number): Promise<void> {
    this.triedMs = performance.now();
    try {
      const token = await ensureToken(this.paths.token);
      this.server = await startServer({
        ...{ port, token, metricsSocket: this.paths.metricsSocket },
        view: () => this.view,
        subscribe: (listener) => {
          this.listeners.add(listener);
          return () => this.listeners.delete(listener);
        },
        history: (tenant) => this.history.read(tenant),
        order: ({ tenant, ...order }) => this.order(tenant, order),
        metrics: () => this.metrics.text(),
      });
      // A log is read by more people than a terminal.
      const key = process.stderr.isTTY ? `#token=${token}` : ` (its token: ${this.paths.token})`;
      say(`page: ${this.server.url}/${key}`);
    } catch (error) {
      const complaint = `there is no page: ${(error as Error).message}`;
      if (complaint !== this.complaint) say(complaint);
      this.complaint = complaint;
    }
  }

  private async order(tenant: string, order: Order): Promise<void> {
    const known = this.options?.tenant(tenant);
    const problem =
      order.order === "hold" && known !== undefined
        ? checkHold(known, order.hold.taskManagers)
        : undefined;
    if (problem !== undefined) throw new UserError("This hold can't be:", [problem]);
    const journal = new Journal(this.paths.journal(tenant));
    await giveOrder({ orders: this.paths.orders(tenant), journal }, order, "page");
  }
}
