import * as fs from "node:fs/promises";
import * as path from "node:path";
import { say } from "../../infra/progress";
import { Journal } from "./journal";
import { giveOrder, type Order } from "./orders";
import { conductorPaths } from "./paths";
import type { ConductorView } from "./tenant-view";
import { createHistory } from "./web/history";
import { createMetrics } from "./web/metrics";
import { startServer, type WebServer } from "./web/server";
import { ensureToken } from "./web/token";

export interface PublisherOptions {
  /** Of the page; undefined: no page and no metrics. */
  port: number | undefined;
}

/** Shows what the conductor knows: status file, page, metrics. The page opens with the first view. */
export class Publisher {
  private readonly paths;
  private readonly history = createHistory();
  private readonly metrics;
  private readonly listeners = new Set<(view: ConductorView) => void>();
  private view: ConductorView | undefined;
  private server: WebServer | undefined;
  private tried = false;

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
    if (this.options.port !== undefined && !this.tried) await this.open(this.options.port);
  }

  recordUpdate(tenant: string, seconds: number): void {
    this.metrics.recordUpdate(tenant, seconds);
  }

  async close(): Promise<void> {
    await this.server?.close();
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
    this.tried = true;
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
      say(`page: ${this.server.url}/#token=${token}`);
    } catch (error) {
      say(`there is no page: ${(error as Error).message}`);
    }
  }

  private async order(tenant: string, order: Order): Promise<void> {
    const journal = new Journal(this.paths.journal(tenant));
    await giveOrder({ orders: this.paths.orders(tenant), journal }, order, "page");
  }
}
