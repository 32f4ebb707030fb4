import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

/** As a reference's digest. */
export const DIGEST = `sha256:${"0".repeat(64)}`;

/** The platform `prod` in a cluster, with these settings of `kubernetes` besides the required ones. */
export function prodPlatform(settings: object = {}): object {
  const kubernetes = {
    registry: "registry.example.com/team",
    metrics: "prometheus-adapter",
    apiServer: { addresses: ["10.99.0.2"] },
    ...settings,
  };
  return {
    "flinktide:role": "platform",
    "flinktide:platform": { target: "kubernetes", kubernetes },
  };
}

/** A new folder with the stack files of `prod` and of the tenant `prod-acme`, which on Docker is dev-acme. */
export function prodStacks(settings: object = {}): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-prod-"));
  const acme = parse(fs.readFileSync(path.join(PROJECT_DIR, "Pulumi.dev-acme.yaml"), "utf8")) as {
    config: object;
  };
  const tenant = { ...acme.config, "flinktide:platform": "prod" };
  const write = (stack: string, config: object) =>
    fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  write("prod", prodPlatform(settings));
  write("prod-acme", tenant);
  return folder;
}
