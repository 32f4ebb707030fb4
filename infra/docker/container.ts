import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

/** What all containers of flinktide share. */
export interface ContainerDefaults {
  /** Environment the container belongs to, for instance dev. */
  environment: string;
  /** Tenant the container belongs to; absent for what tenants share. */
  tenant?: string;
}

/** Labels by which people and clean-up find what belongs to an environment. */
export function labels({ environment, tenant }: ContainerDefaults) {
  const all = {
    "flinktide.environment": environment,
    ...(tenant && { "flinktide.tenant": tenant }),
  };
  return Object.entries(all).map(([label, value]) => ({ label, value }));
}

/** Intervals that the deployment document demands of every container. */
const HEALTH = { interval: "30s", timeout: "10s", startPeriod: "1m0s", retries: 3 };

export function healthcheck(...command: string[]) {
  return { tests: ["CMD", ...command], ...HEALTH };
}

/** A port of the container on the host's loopback only. */
export function localPort(internal: number, external: number) {
  return { internal, external, ip: "127.0.0.1", protocol: "tcp" };
}

/** Memory limit without swap on top: Docker's provider replaces the container on every update unless both are set. */
export function memoryLimit(memoryMiB: number) {
  return { memory: memoryMiB, memorySwap: memoryMiB };
}

/** Restarted unless stopped by hand, root file system read-only but for /tmp, and time to sign off. */
export const HARDENED = {
  restart: "unless-stopped",
  mustRun: true,
  readOnly: true,
  tmpfs: { "/tmp": "rw,exec,nosuid,nodev,mode=1777" },
  securityOpts: ["no-new-privileges"],
  destroyGraceSeconds: 10,
} satisfies Partial<docker.ContainerArgs>;

/** `KEY=value` entries in a stable order. */
export function environmentOf(
  values: Record<string, pulumi.Input<string>>,
): pulumi.Input<string>[] {
  return Object.keys(values)
    .sort()
    .map((key) => pulumi.interpolate`${key}=${values[key]}`);
}
