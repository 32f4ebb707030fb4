import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { kubeconform } from "../cluster/modules";
import { tryExec } from "../exec";
import { ensureBuilt } from "../toolchain/go-module";
import { kubernetesTypes, type KubernetesRelease } from "./kubernetes-schemas";
import { strictSchema } from "./strict-schema";

/** A manifest as YAML, under a name for people. */
export interface NamedManifest {
  file: string;
  yaml: string;
}

const kindSchema = z.object({ apiVersion: z.string(), kind: z.string() });
const reportSchema = z.object({
  resources: z.array(
    z.object({ filename: z.string(), status: z.string(), msg: z.string().default("") }),
  ),
  summary: z.object({ valid: z.int() }),
});

/**
 * What a Kubernetes release does not accept in manifests by the types of its API: sentences, each with the manifest's
 * name. Fields that it does not know are refused.
 */
export async function checkManifests(
  manifests: readonly NamedManifest[],
  release: KubernetesRelease,
): Promise<string[]> {
  const program = await ensureBuilt(kubeconform);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-schemas-"));
  try {
    await writeSchemas(path.join(folder, "schemas"), manifests, release);
    const files = manifests.map(({ file, yaml }) => {
      fs.writeFileSync(path.join(folder, file), yaml);
      return path.join(folder, file);
    });
    const where = `${folder}/schemas/{{.ResourceKind}}{{.KindSuffix}}.json`;
    const options = ["-strict", "-summary", "-output", "json", "-schema-location", where];
    const { stdout, stderr } = await tryExec(program, [...options, ...files]);
    if (!stdout.startsWith("{")) throw new Error(`kubeconform failed: ${stderr}`);
    const { resources, summary } = reportSchema.parse(JSON.parse(stdout));
    if (summary.valid + resources.length !== manifests.length) {
      throw new Error(
        `kubeconform looked at ${summary.valid + resources.length} of ${files.length}`,
      );
    }
    return resources.map(({ filename, status, msg }) =>
      `${path.basename(filename)} (${status}): ${msg.replaceAll(folder, "")}`.trim(),
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** A kind that the release does not have gets no schema, without which nothing of it is accepted. */
async function writeSchemas(
  folder: string,
  manifests: readonly NamedManifest[],
  release: KubernetesRelease,
): Promise<void> {
  const types = await kubernetesTypes(release);
  fs.mkdirSync(folder);
  for (const { yaml } of manifests) {
    const { apiVersion, kind } = kindSchema.parse(parse(yaml));
    const schema = strictSchema(types, apiVersion, kind);
    if (schema === undefined) continue;
    fs.writeFileSync(path.join(folder, schemaFile(apiVersion, kind)), JSON.stringify(schema));
  }
}

/** As kubeconform fills its template: of a group it takes what stands before the first dot. */
function schemaFile(apiVersion: string, kind: string): string {
  const parts = apiVersion.split("/").map((part) => part.split(".")[0]);
  return `${[kind, ...parts].join("-").toLowerCase()}.json`;
}
