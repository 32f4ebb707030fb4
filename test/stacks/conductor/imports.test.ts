import * as path from "node:path";
import { build } from "esbuild";

const STACKS = path.resolve(__dirname, "../../../stacks");

/** The packages that a program loads, by the names under which it imports them; `later`: what it loads when it needs it. */
async function packagesOf(entry: string, later = false): Promise<Set<string>> {
  const { metafile } = await build({
    ...{ entryPoints: [path.join(STACKS, entry)], bundle: true, write: false, outdir: "unused" },
    ...{ metafile: true, platform: "node", packages: "external", logLevel: "silent" },
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  return new Set(
    imports.flatMap(({ path: name, external, kind }) =>
      external && (kind === "dynamic-import") === later ? [name] : [],
    ),
  );
}

/** Pulumi's SDK takes 100 MiB, a third of what a conductor may have. */
const ALL_OF_PULUMI = ["@pulumi/pulumi", "@pulumi/docker"];

it("should not load all of Pulumi into the conductor's process", async () => {
  const packages = await packagesOf("conductor/main.ts");
  expect(packages).toContain("@pulumi/pulumi/errors");
  expect(ALL_OF_PULUMI.filter((name) => packages.has(name))).toEqual([]);
});

/** The client library takes a second and 65 MiB. */
it.each(["conductor/main.ts", "../infra/flink/provider/main.ts"])(
  "should load Kubernetes's client library in %s only where a kubeconfig is used",
  async (entry) => {
    expect(await packagesOf(entry)).not.toContain("@kubernetes/client-node");
    expect(await packagesOf(entry, true)).toContain("@kubernetes/client-node");
  },
);

it("should find it in the program that pulumi runs (control)", async () => {
  const packages = await packagesOf("index.ts");
  expect(ALL_OF_PULUMI.filter((name) => packages.has(name))).toEqual(ALL_OF_PULUMI);
});
