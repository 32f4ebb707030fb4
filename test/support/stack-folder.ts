import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { UserError, type Problem } from "../../infra/errors";
import type { TenantInput } from "../../policies/tenant";
import type { RawConfig, StackConfig } from "../../stacks/config";
import { loadStack } from "../../stacks/load";
import { tinyZip } from "./tiny-zip";

export const CLOCK = new Date("2026-11-23T01:00:00Z");

/** A folder with two jars, `good.jar` with the class `com.example.Main` and `text.jar` that is none, and stack files. */
export class StackFolder {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-config-"));

  constructor() {
    fs.writeFileSync(this.path("good.jar"), tinyZip("META-INF/", "com/example/Main.class"));
    fs.writeFileSync(this.path("text.jar"), "not a jar\n");
  }

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** A tenant block with two windows and one job that passes every check. */
  tenant(): TenantInput {
    const job = { jar: this.path("good.jar"), entryClass: "com.example.Main" };
    const day = { days: ["mon" as const], zone: "Asia/Shanghai", floor: 2, ceiling: 3 };
    return {
      name: "acme",
      flink: { version: "1.14" },
      jobManager: { restPort: 8081, memory: "1GiB" },
      taskManager: { slots: 2, memory: "1GiB", managedMemory: "64MiB", dataPorts: "6121-6130" },
      topics: [{ name: "acme.lines" }, { name: "acme.counts", partitions: 4 }],
      jobs: [{ name: "wordcount", ...job, parallelism: { max: 8 } }],
      windows: [
        { name: "morning", ...day, from: "08:00", to: "11:30", parallelism: 4 },
        { name: "midday", ...day, from: "11:30", to: "14:00", parallelism: 6 },
      ],
      otherwise: { floor: 1, ceiling: 2, parallelism: 2 },
      quota: { taskManagers: 4 },
    };
  }

  /** The good tenant block with other values at dotted paths such as `windows[1].from`, and without some. */
  changed(set: Record<string, unknown> = {}, remove: readonly string[] = []): TenantInput {
    const block = this.tenant();
    for (const [path, value] of Object.entries(set)) setAt(block, path, value);
    for (const path of remove) setAt(block, path, undefined);
    return block;
  }

  /** The config of the tenant's stack as Pulumi gives it. */
  config(block: unknown = this.tenant()): Record<string, string> {
    const tenant = JSON.stringify(block);
    return { "flinktide:role": "tenant", "flinktide:platform": "dev", "flinktide:tenant": tenant };
  }

  /** The stack file of another tenant. */
  addStack(stack: string, config: object): void {
    fs.writeFileSync(this.path(`Pulumi.${stack}.yaml`), stringify({ config }));
  }

  /** Loads as the stack dev-acme on a host of 8 GiB. */
  load(config: RawConfig, memoryMiB = 8192): Promise<StackConfig> {
    return loadStack(config, {
      projectDir: this.folder,
      stack: "dev-acme",
      clock: () => CLOCK,
      hostCapacity: () => Promise.resolve({ cores: 2, memoryMiB }),
    });
  }

  /** The problems of a config; empty where it is good. Any other error is thrown. */
  async problems(config: RawConfig, memoryMiB?: number): Promise<readonly Problem[]> {
    try {
      await this.load(config, memoryMiB);
      return [];
    } catch (error) {
      if (error instanceof UserError) return error.problems;
      throw error;
    }
  }

  /** Names and contents of all files. */
  content(): Record<string, string> {
    const names = fs.readdirSync(this.folder, { recursive: true, encoding: "utf8" }).sort();
    return Object.fromEntries(names.map((n) => [n, fs.readFileSync(this.path(n), "base64")]));
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** undefined removes what stands there. */
function setAt(block: object, dotted: string, value: unknown): void {
  const keys = dotted.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  const last = keys.pop() ?? "";
  let at = block as Record<string, unknown>;
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
}
