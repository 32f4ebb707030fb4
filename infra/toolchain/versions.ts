/**
 * Every version that is pinned, in one place. What npm installs is pinned in package.json; a test keeps both equal.
 */
export const VERSIONS = Object.freeze({
  /** CLI, language host and the npm package @pulumi/pulumi: the last line that runs on Node 20. */
  pulumi: "3.245.0",
  /** The provider plugin and the npm package @pulumi/docker. */
  pulumiDocker: "4.5.8",
  /** The provider plugin and the npm package @pulumi/kubernetes; only built when asked for. */
  pulumiKubernetes: "4.25.0",
  /** Supported Flink releases, the default first. */
  flink: Object.freeze(["1.14.6", "1.20.3"] as const),
  kafka: "3.9.1",
  /** Of the cluster that `npm run cluster:up` makes, and of what runs in it; all of one generation of its libraries. */
  kubernetes: "1.33.13",
  coredns: "1.12.4",
  localPathProvisioner: "0.0.30",
  kubeNetworkPolicies: "0.8.0",
  prometheusAdapter: "0.12.0",
  kwok: "0.7.0",
  karpenter: "1.14.1",
  /** For tests of its own. */
  keda: "2.21.0",
  kubeconform: "0.8.0",
  /** Of the collector; its connectors and engine run on Java 17, its own shell only on 21. */
  debezium: "3.0.8.Final",
  /** What the Debian release below ships; a part of the image's name. */
  prometheus: "2.42",
  /** Java feature release in the images and for building the jobs. */
  java: "17",
  /** Release of the base image and of its packages. */
  debian: "bookworm",
  /** In the conductor's image. */
  node: "20.20.2",
  /** Smallest major version of Node.js. */
  minNode: "20.0.0",
  minNpm: "9.0.0",
  /** Needed only on a machine that cannot download the official Pulumi binaries. */
  minGo: "1.26.0",
  minMaven: "3.8.0",
});

export type FlinkVersion = (typeof VERSIONS.flink)[number];

/** The pinned release of a Flink line: 1.14 gives 1.14.6. */
export function flinkRelease(line: "1.14" | "1.20"): FlinkVersion {
  return line === "1.14" ? VERSIONS.flink[0] : VERSIONS.flink[1];
}

export interface Version {
  major: number;
  minor: number;
  patch: number;
}

/** Finds the first version number in a text: `v3.245.0`, `go version go1.26.8 linux/amd64`, `v20.20.2`. */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return { major, minor, patch };
}

/** `3.245.0` */
export function formatVersion({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

/** Negative when a is older than b, 0 when equal, positive when newer. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** True when the text names a version that is not older than `wanted`. */
export function isAtLeast(text: string, wanted: string): boolean {
  const [found, least] = [parseVersion(text), parseVersion(wanted)];
  return found !== undefined && least !== undefined && compareVersions(found, least) >= 0;
}

/** True when the text names exactly `wanted`. */
export function isExactly(text: string, wanted: string): boolean {
  const [found, exact] = [parseVersion(text), parseVersion(wanted)];
  return found !== undefined && exact !== undefined && compareVersions(found, exact) === 0;
}

/** True when the text names a version of the same major and minor line as `wanted`, whatever the patch. */
export function isSameLine(text: string, wanted: string): boolean {
  const [found, line] = [parseVersion(text), parseVersion(wanted)];
  return found !== undefined && found.major === line?.major && found.minor === line.minor;
}
