import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import {
  VERSIONS,
  isAtLeast,
  isExactly,
  isSameLine,
  parseVersion,
} from "../../../infra/toolchain/versions";

function readJson(...parts: string[]) {
  return JSON.parse(fs.readFileSync(path.join(PROJECT_DIR, ...parts), "utf8"));
}

describe("the table of versions", () => {
  it("says the same as package.json", () => {
    const { dependencies, engines } = readJson("package.json");
    expect(dependencies["@pulumi/pulumi"]).toBe(VERSIONS.pulumi);
    expect(dependencies["@pulumi/docker"]).toBe(VERSIONS.pulumiDocker);
    expect(isAtLeast(VERSIONS.minNode, engines.node)).toBe(true);
    expect(isAtLeast(VERSIONS.minNpm, engines.npm)).toBe(true);
  });

  it("says the same as the Go modules that stand in for the downloads", () => {
    const goMod = (name: string) =>
      fs.readFileSync(path.join(PROJECT_DIR, "infra/toolchain/go", name, "go.mod"), "utf8");
    expect(goMod("pulumi-cli")).toContain(`pulumi/pkg/v3 v${VERSIONS.pulumi}`);
    expect(goMod("pulumi-language-nodejs")).toContain(`pulumi/sdk/v3 v${VERSIONS.pulumi}`);
    const needed = /^go (.*)$/m.exec(goMod("pulumi-cli"))?.[1] ?? "";
    expect(isAtLeast(VERSIONS.minGo, needed)).toBe(true);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(VERSIONS) && Object.isFrozen(VERSIONS.flink)).toBe(true);
  });
});

describe("package-lock.json", () => {
  // npm ci refuses a lock file that leaves out the packages of other platforms.
  it("has every optional package of every platform", () => {
    const { packages } = readJson("package-lock.json") as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.values(packages)
      .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
      .filter((name) => !Object.keys(packages).some((key) => key.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });
});

describe("reading a version", () => {
  it.each([
    ["v3.245.0\n", { major: 3, minor: 245, patch: 0 }],
    ["go version go1.26.8 linux/amd64", { major: 1, minor: 26, patch: 8 }],
    ["javac 17.0.15", { major: 17, minor: 0, patch: 15 }],
    ["17", { major: 17, minor: 0, patch: 0 }],
    ["v3.245.1-alpha.123+dirty", { major: 3, minor: 245, patch: 1 }],
    ["command not found", undefined],
    ["", undefined],
  ])("of %j", (text, expected) => {
    expect(parseVersion(text)).toEqual(expected);
  });

  it("compares numbers, not text", () => {
    expect(isAtLeast("1.9.0", "1.26.0")).toBe(false);
    expect(isAtLeast("10.0.0", "9.9.9")).toBe(true);
    expect(isAtLeast("unknown", "1.0.0")).toBe(false);
  });

  it("tells the exact release from its line", () => {
    expect([isExactly("v3.245.0", "3.245.0"), isExactly("v3.245.1", "3.245.0")]).toEqual([
      true,
      false,
    ]);
    expect([isSameLine("v3.245.7", "3.245.0"), isSameLine("v3.246.0", "3.245.0")]).toEqual([
      true,
      false,
    ]);
  });
});
