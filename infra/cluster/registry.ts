import * as path from "node:path";
import { registryOf, type ClusterLayout } from "./layout";
import type { ProcessSpec } from "./processes";
import type { Programs } from "./programs";

/**
 * One store of images, served twice: to this machine's Docker engine on 127.0.0.1, which an engine trusts without
 * encryption, and read-only to the node on this end of its cable. A process of the registry listens on one address only.
 */
export function registryFiles(layout: ClusterLayout): Record<string, string> {
  const { host, registryPort } = layout.addresses;
  return {
    "registry.json": registryConfig(layout, registryOf(layout), false),
    "registry-mirror.json": registryConfig(layout, `${host}:${registryPort}`, true),
  };
}

function registryConfig({ cache }: ClusterLayout, address: string, readOnly: boolean): string {
  const config = {
    version: 0.1,
    log: { level: "warn" },
    storage: {
      filesystem: { rootdirectory: path.join(cache, "registry") },
      delete: { enabled: !readOnly },
      maintenance: { readonly: { enabled: readOnly } },
    },
    http: { addr: address },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

export function registries(layout: ClusterLayout, { dockerRegistry }: Programs): ProcessSpec[] {
  return ["registry", "registry-mirror"].map((name) => ({
    name,
    command: dockerRegistry,
    args: ["serve", path.join(layout.state, `${name}.json`)],
    network: "host",
  }));
}
