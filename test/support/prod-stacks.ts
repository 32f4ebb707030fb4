import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

/** As a reference's digest. */
export const DIGEST = `sha256:${"0".repeat(64)}`;

/**
 * The platform `prod` in a cluster, with these settings of `kubernetes` besides the required ones.
 *
 * @param shared settings of the other blocks
 */
export function prodPlatform(settings: object = {}, shared: object = {}): object {
  const kubernetes = {
    registry: "registry.example.com/team",
    metrics: "prometheus-adapter",
    apiServer: { addresses: ["10.99.0.2"] },
    ...settings,
  };
  return {
    "flinktide:role": "platform",
    "flinktide:platform": { target: "kubernetes", kubernetes, ...shared },
  };
}

/** A stack's config with a collector of its block and the collector's password. */
function withCollector(config: object, block: string): object {
  const database = { host: "203.0.113.7", schema: block, passwordKey: "collector:orders" };
  const collectors = [{ name: "orders", database }];
  const key = `flinktide:${block}`;
  const was = (config as Record<string, object>)[key];
  return { ...config, [key]: { ...was, collectors }, "collector:orders": "s3cret" };
}

/**
 * A new folder with the stack files of `prod` and of the tenant `prod-acme`, which on Docker is dev-acme.
 *
 * @param collectedBy which of the two have a collector
 */
export function prodStacks(
  settings: object = {},
  collectedBy: readonly ("platform" | "tenant")[] = [],
): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-prod-"));
  const acme = parse(fs.readFileSync(path.join(PROJECT_DIR, "Pulumi.dev-acme.yaml"), "utf8")) as {
    config: object;
  };
  const tenant = { ...acme.config, "flinktide:platform": "prod" };
  const write = (stack: string, config: object) =>
    fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  const complete = (config: object, block: "platform" | "tenant") =>
    collectedBy.includes(block) ? withCollector(config, block) : config;
  write("prod", complete(prodPlatform(settings), "platform"));
  write("prod-acme", complete(tenant, "tenant"));
  return folder;
}
