import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import type { Lease } from "../../../infra/lease/lease";
import type { TenantInput } from "../../../policies/tenant";
import { CapacityBook } from "../../../stacks/conductor/capacity-book";
import { Catalog, type CatalogEntry } from "../../../stacks/conductor/catalog";
import { EnvironmentConductor } from "../../../stacks/conductor/environment-conductor";
import { Journal } from "../../../stacks/conductor/journal";
import { readOrders } from "../../../stacks/conductor/orders";
import { conductorViewSchema, type ConductorView } from "../../../stacks/conductor/tenant-view";
import { Bench, FakeClock, SECOND } from "./conducted";

/** An environment in a folder: stack files, journals and orders are real; stacks, clusters, clock and lease are not. */
export class World {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-conducted-"));
  readonly clock = new FakeClock();
  readonly capacity = new CapacityBook(undefined);
  readonly benches = new Map<string, Bench>();
  readonly notes: string[] = [];
  readonly views: ConductorView[] = [];
  readonly said: string[] = [];
  retired = 0;
  lease = { fence: 7, isHeld: false, isFree: true, broken: false };
  publishes = true;
  /** Never comes back where it is set. */
  hangs = new Set<string>();
  conductor: EnvironmentConductor;
  /** Once a tenant's cycle has ended. */
  private onCycle: () => void = () => undefined;

  constructor(only?: string[]) {
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      this.said.push(String(text));
      return true;
    });
    this.conductor = this.start(only);
  }

  start(only?: string[]): EnvironmentConductor {
    this.conductor = new EnvironmentConductor({
      ...{ environment: "dev", clock: this.clock, lease: this.fakeLease() },
      ...{ capacity: this.capacity, catalog: new Catalog("dev", this.folder) },
      conductorOf: async (entry) => this.conductorOf(entry),
      note: async (sentence) => void this.notes.push(sentence),
      publish: async (view) => {
        if (!this.publishes) throw new Error("disk full");
        this.views.push(conductorViewSchema.parse(view));
      },
      retire: async () => void (this.retired += 1),
      identity: { pid: 1, host: "h" },
      ...(only === undefined ? {} : { only }),
    });
    return this.conductor;
  }

  private fakeLease(): Lease {
    const { lease } = this;
    return {
      get fence() {
        return lease.fence;
      },
      held: () => lease.isHeld,
      acquire: async () => {
        if (lease.broken) throw new Error("no such folder");
        return (lease.isHeld ||= lease.isFree);
      },
      release: async () => undefined,
    };
  }

  private conductorOf(entry: CatalogEntry) {
    const { name } = entry.tenant;
    const journal = new Journal(this.journal(name));
    const bench = new Bench({
      ...{ tenant: entry.tenant, clock: this.clock, capacity: this.capacity },
      deps: {
        journal,
        orders: async () => {
          if (this.hangs.has(name)) await new Promise(() => undefined);
          return readOrders(this.orders(name), new Date(this.clock.now()));
        },
        lease: this.fakeLease(),
      },
    });
    this.benches.set(name, bench);
    // The stack's program goes by the file of the round.
    const { cycle } = bench.conductor;
    bench.conductor.cycle = async (current) => {
      bench.entry = current;
      const { onCycle } = this;
      const view = await cycle.call(bench.conductor, current);
      setImmediate(onCycle);
      return view;
    };
    return bench.conductor;
  }

  file = (name: string) => path.join(this.folder, `Pulumi.dev-${name}.yaml`);
  journal = (name: string) => path.join(this.folder, "journal", `${name}.jsonl`);
  orders = (name: string) => path.join(this.folder, "orders", `${name}.json`);

  write(name: string, settings: Partial<TenantInput> = {}): void {
    const tenant = { name, otherwise: { floor: 1, ceiling: 4 }, ...settings };
    const config = {
      "flinktide:role": "tenant",
      "flinktide:platform": "dev",
      "flinktide:tenant": tenant,
    };
    this.put(name, stringify({ config }));
  }

  put(name: string, text: string): void {
    fs.writeFileSync(this.file(name), text);
    // Two versions within a clock's tick are told apart, too.
    this.versions += 1;
    fs.utimesSync(this.file(name), this.versions, this.versions);
  }
  private versions = 1;

  /** So many rounds, 5 s apart, each with the ends of the updates that it begins. */
  async round(times = 1): Promise<number> {
    let wait = NaN;
    for (let i = 0; i < times; i++) {
      const others = new Promise<void>((resolve) => (this.onCycle = resolve));
      wait = await this.conductor.round(this.hangs.size > 0 ? others : undefined);
      const running = [...this.benches.values()].filter(({ stack }) => stack.running === 0);
      await Promise.all(running.map(({ conductor }) => conductor.updates.running?.work));
      this.clock.pass(5 * SECOND);
    }
    return wait;
  }

  updates(name: string): number {
    return this.benches.get(name)?.stack.requests.length ?? 0;
  }

  get names(): string[] {
    return this.views.at(-1)?.tenants.map(({ tenant }) => tenant) ?? [];
  }

  remove(): void {
    jest.restoreAllMocks();
    fs.rmSync(this.folder, { recursive: true });
  }
}
