import * as fs from "node:fs/promises";
import * as path from "node:path";
import { exec } from "../exec";
import type { Archive } from "./download";
import { go, goBuild, type GoModule } from "./go-module";
import { VERSIONS, isExactly, isSameLine } from "./versions";

/** Something a machine needs that is found on PATH, downloaded or built. */
export interface Tool {
  name: string;
  title: string;
  version: string;
  archive: Archive;
  /** What is built where there is no download; one executable each. */
  modules: readonly GoModule[];
  /** Arguments with which each executable prints its version; none for one that only carries it in its bytes. */
  versionArguments: Readonly<Record<string, readonly string[]>>;
  /** Whether a version found on the machine will do. */
  accepts: (found: string) => boolean;
  /** Providers go to Pulumi's plugin folder under this name, as `resource-<plugin>-v<version>`. */
  plugin?: string;
}

const GO_DIR = path.join(__dirname, "go");
const SDK_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Release archives name machines in two ways. */
const ARCH = process.arch === "x64" ? "amd64" : process.arch;
const CLI_PLATFORM = `${process.platform}-${process.arch}`;
const PLUGIN_PLATFORM = `${process.platform}-${ARCH}`;

/** CLI and language host are one tool: Pulumi warns of a host that does not lie beside the CLI. */
export const pulumiTool: Tool = {
  name: "pulumi",
  title: `Pulumi CLI ${VERSIONS.pulumi} and its Node.js language host`,
  version: VERSIONS.pulumi,
  archive: {
    path: `pulumi/pulumi/releases/download/v${VERSIONS.pulumi}/pulumi-v${VERSIONS.pulumi}-${CLI_PLATFORM}.tar.gz`,
    checksums: `pulumi/pulumi/releases/download/v${VERSIONS.pulumi}/pulumi-${VERSIONS.pulumi}-checksums.txt`,
    members: ["pulumi/pulumi", "pulumi/pulumi-language-nodejs"],
  },
  modules: [
    {
      dir: path.join(GO_DIR, "pulumi-cli"),
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      executable: "pulumi",
      version: VERSIONS.pulumi,
      linkerVariables: [`${SDK_VERSION}=v${VERSIONS.pulumi}`],
      duration: "about 6 minutes on 2 cores",
    },
    {
      dir: path.join(GO_DIR, "pulumi-language-nodejs"),
      package: ".",
      executable: "pulumi-language-nodejs",
      version: VERSIONS.pulumi,
      linkerVariables: [`${SDK_VERSION}=v${VERSIONS.pulumi}`],
      duration: "seconds",
    },
  ],
  versionArguments: { pulumi: ["version"], "pulumi-language-nodejs": ["-version"] },
  // Within a minor line the protocol between CLI, host and npm package does not change.
  accepts: (found) => isSameLine(found, VERSIONS.pulumi),
};

export const dockerProvider: Tool = providerTool("docker", VERSIONS.pulumiDocker, {
  linkerVariables: [`main.version=${VERSIONS.pulumiDocker}`],
  duration: "about 4 minutes on 2 cores",
  prepare: writeSchema,
  versionArguments: ["--version"],
});

export const kubernetesProvider: Tool = providerTool("kubernetes", VERSIONS.pulumiKubernetes, {
  linkerVariables: [
    `github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${VERSIONS.pulumiKubernetes}`,
  ],
  duration: "about 12 minutes on 2 cores",
  prepare: copyKubernetesSchema,
});

function providerTool(
  plugin: string,
  version: string,
  options: Pick<GoModule, "linkerVariables" | "duration" | "prepare"> & {
    versionArguments?: readonly string[];
  },
): Tool {
  const { versionArguments, ...build } = options;
  const executable = `pulumi-resource-${plugin}`;
  const release = `pulumi/pulumi-${plugin}/releases/download/v${version}`;
  return {
    name: executable,
    title: `Pulumi ${plugin} provider ${version}`,
    version,
    plugin,
    archive: {
      path: `${release}/${executable}-v${version}-${PLUGIN_PLATFORM}.tar.gz`,
      checksums: `${release}/pulumi-${plugin}_${version}_checksums.txt`,
      members: [executable],
    },
    modules: [{ dir: path.join(GO_DIR, executable), package: ".", executable, version, ...build }],
    versionArguments: versionArguments ? { [executable]: versionArguments } : {},
    accepts: (found) => isExactly(found, version),
  };
}

/** The Docker provider writes its own schema, which its second build embeds. */
async function writeSchema(copy: string): Promise<void> {
  const schema = path.join(copy, "schema.json");
  await fs.writeFile(schema, "{}");
  const generator = path.join(copy, "generator");
  await goBuild(copy, ".", generator, []);
  await fs.writeFile(schema, await exec(generator, ["-schema"]));
  await fs.rm(generator);
}

/** The Kubernetes provider embeds two files that its module ships in a command's folder. */
async function copyKubernetesSchema(copy: string): Promise<void> {
  const module = "github.com/pulumi/pulumi-kubernetes/provider/v4";
  await go(copy, ["mod", "download", module]);
  const dir = (await go(copy, ["list", "-m", "-f", "{{.Dir}}", module])).trim();
  for (const file of ["schema.json", "terraform-mapping.json"]) {
    const from = path.join(dir, "cmd", "pulumi-resource-kubernetes", file);
    await fs.writeFile(path.join(copy, file), await fs.readFile(from));
  }
}
