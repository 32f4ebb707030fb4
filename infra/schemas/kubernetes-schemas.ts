import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { cached } from "../cached";
import { exec } from "../exec";
import { step } from "../progress";
import { cacheDir } from "../toolchain/paths";
import { openApiSchema, type Definitions } from "./strict-schema";

/** The last release of each supported minor version, with its checksum as go.sum has it. */
export const KUBERNETES_RELEASES = {
  "1.29.15": "h1:hLcyf3XmxtfkubCEmmPX5QVD7lDclXjvEUrJeP283LM=",
  "1.30.14": "h1:MrlKXh9uhLIJpyxOeXhcndzRVSvwiV9iJ8NgH8nqPsg=",
  "1.31.14": "h1:UtjLfqvXLuSVDdJ4+NpQCIfFkKkLnAAVmxAEMsnkhjk=",
  "1.32.13": "h1:5TGYdZ6YZqdp6h/Rp1vX/4TIoybMPdgv97LCZCtPuNQ=",
  "1.33.13": "h1:bmH31xUdSzeA5vk0wZAK9MZp11mdLuzUSeKk0qN3hPQ=",
} as const;
export type KubernetesRelease = keyof typeof KUBERNETES_RELEASES;

const OPEN_API = "api/openapi-spec/swagger.json";
const downloadSchema = z.object({ Dir: z.string(), Sum: z.string() });

/** The types of a Kubernetes release, as the sources of the release describe them; kept in the cache. */
export async function kubernetesTypes(release: KubernetesRelease): Promise<Definitions> {
  const file = await cached(
    cacheDir("downloads", `kubernetes-api-${release}.json`),
    async (target) => {
      const title = `the API of Kubernetes ${release}, from its Go module`;
      await step(title, () => download(release, target));
    },
  );
  return openApiSchema.parse(JSON.parse(fs.readFileSync(file, "utf8"))).definitions;
}

/** The module is large, and all but one file of it is of no use: it goes to a module cache of its own. */
async function download(release: KubernetesRelease, target: string): Promise<void> {
  const modules = `${target}.modules`;
  fs.mkdirSync(modules, { recursive: true });
  try {
    const env = { GOWORK: "off", GOMODCACHE: modules, GOFLAGS: "-modcacherw" };
    const args = ["mod", "download", "-json", `k8s.io/kubernetes@v${release}`];
    const answer = await exec("go", args, { cwd: modules, env });
    const { Dir: folder, Sum: sum } = downloadSchema.parse(JSON.parse(answer));
    if (sum !== KUBERNETES_RELEASES[release]) {
      throw new Error(`the module of Kubernetes ${release} has the checksum ${sum}`);
    }
    fs.copyFileSync(path.join(folder, OPEN_API), target);
  } finally {
    fs.rmSync(modules, { recursive: true, force: true });
  }
}
