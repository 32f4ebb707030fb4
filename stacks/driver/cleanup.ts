import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { exec, tryExec } from "../../infra/exec";
import { kubernetesApi, unlessStatus } from "../../infra/kubernetes/api";
import { ENVIRONMENT_LABEL } from "../../infra/kubernetes/names";
import { livePods } from "../../infra/kubernetes/pods";
import { stateDir } from "../../infra/toolchain/paths";
import { waitFor } from "../../infra/flink/wait";
import { UserError } from "../../infra/errors";

const ids = (output: string) => output.split("\n").filter((line) => line !== "");

/** Removes containers, networks and volumes that carry an environment's label, whatever Pulumi knows of them. */
export async function removeByLabel(environment: string): Promise<void> {
  const filter = ["--filter", `label=flinktide.environment=${environment}`];
  const containers = ids(await exec("docker", ["ps", "-aq", ...filter]));
  if (containers.length > 0) await exec("docker", ["rm", "-f", "-v", ...containers]);
  for (const kind of ["network", "volume"]) {
    const found = ids(await exec("docker", [kind, "ls", "-q", ...filter]));
    if (found.length > 0) await exec("docker", [kind, "rm", ...found]);
  }
}

const namespacesSchema = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
});
const NAMESPACE_GONE_MS = 180_000;

/** What an environment has outside its namespaces; goes before them. */
const CLUSTER_WIDE = [
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/rolebindings",
  "/apis/scheduling.k8s.io/v1/priorityclasses",
  // Else no namespace goes: nobody knows what one holds while an API that is served from it is missing.
  "/apis/apiregistration.k8s.io/v1/apiservices",
];

/** Removes an environment from its cluster: its namespaces with all that is in them, whatever Pulumi knows of them. */
export async function removeFromCluster(environment: string): Promise<void> {
  const api = await kubernetesApi();
  const query = { labelSelector: `${ENVIRONMENT_LABEL}=${environment}` };
  for (const each of CLUSTER_WIDE)
    await api.request({ method: "DELETE", path: each, query }, z.unknown());
  const path = "/api/v1/namespaces";
  const list = async () =>
    (await api.request({ method: "GET", path, query }, namespacesSchema)).items;
  for (const { metadata } of await list()) {
    const gone = { method: "DELETE", path: `${path}/${metadata.name}` } as const;
    await unlessStatus(404, api.request(gone, z.unknown()));
  }
  const gone = await waitFor(
    async () => (await list()).length === 0 || undefined,
    NAMESPACE_GONE_MS,
  );
  if (gone) return;
  const left = (await list()).map(({ metadata }) => metadata.name).join(", ");
  throw new UserError(
    `The namespaces ${left} don't go. Fix: see what holds them: kubectl describe namespace`,
  );
}

/** The health of an environment's pods by name: healthy, or why not. */
export async function podHealth(environment: string): Promise<Record<string, string>> {
  const pods = await livePods(await kubernetesApi(), { [ENVIRONMENT_LABEL]: environment });
  return Object.fromEntries(
    pods.map(({ metadata, status }) => {
      const ready = status.conditions.find(({ type }) => type === "Ready");
      const state = ready?.status === "True" ? "healthy" : (status.phase ?? "Unknown");
      return [`${metadata.namespace}/${metadata.name}`, state];
    }),
  );
}

/** Forgets the job journals of an environment. */
export function removeJournals(environment: string, state = stateDir()): void {
  fs.rmSync(path.join(state, "journal", environment), { recursive: true, force: true });
}

/** Ends a container's main process as a crash would: its restart policy brings it back. */
export async function crashContainer(name: string): Promise<void> {
  const inspected = await exec("docker", ["inspect", "--format", "{{.State.Pid}}", name]);
  // As root the process is signalled on the host; where Docker runs elsewhere, from inside.
  const killed = await tryExec("kill", ["-9", inspected.trim()]);
  if (killed.code !== 0) await exec("docker", ["exec", "--user", "0", name, "pkill", "-9", "java"]);
}

/** The health of an environment's containers by name: starting, healthy, unhealthy. */
export async function health(environment: string): Promise<Record<string, string>> {
  const filter = `label=flinktide.environment=${environment}`;
  const listed = await exec("docker", [
    "ps",
    "--filter",
    filter,
    "--format",
    "{{.Names}}\t{{.Status}}",
  ]);
  const rows = ids(listed).map((line) => line.split("\t") as [string, string]);
  return Object.fromEntries(
    rows.map(([name, status]) => [name, /\((?:health: )?(\w+)\)/.exec(status)?.[1] ?? "none"]),
  );
}
