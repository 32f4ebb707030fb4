import { z } from "zod";
import { unlessStatus, type ObjectApi } from "./api";

const containerState = z.object({
  running: z.object({ startedAt: z.iso.datetime() }).optional(),
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
});
const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().default(""),
    deletionTimestamp: z.string().optional(),
  }),
  status: z.object({
    phase: z.string().optional(),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
      .default([]),
    containerStatuses: z.array(z.object({ state: containerState })).default([]),
  }),
});
const podsSchema = z.object({ items: z.array(podSchema) });

/** As far as flinktide reads it. */
export type Pod = z.output<typeof podSchema>;

/** Of a ReplicaSet's pods those with the lowest go first; 0 where nothing is said. */
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const LEAVES_FIRST = "-100";
const NOT_FOUND = 404;

/** Pods with these labels that are not on their way out, in one namespace or in all. */
export async function livePods(
  api: ObjectApi,
  labels: Readonly<Record<string, string>>,
  namespace?: string,
): Promise<Pod[]> {
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const path = namespace === undefined ? "/api/v1/pods" : podPath(namespace);
  const { items } = await api.request(
    { method: "GET", path, query: { labelSelector } },
    podsSchema,
  );
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** Once fewer pods are wanted, this one goes before others. Does nothing where it is gone. */
export function leavesFirst(api: ObjectApi, namespace: string, pod: string): Promise<void> {
  return setCost(api, podPath(namespace, pod), LEAVES_FIRST);
}

/** Takes `leavesFirst` back. */
export function leavesLikeOthers(api: ObjectApi, namespace: string, pod: string): Promise<void> {
  return setCost(api, podPath(namespace, pod), null);
}

async function setCost(api: ObjectApi, path: string, cost: string | null): Promise<void> {
  const body = { metadata: { annotations: { [DELETION_COST]: cost } } };
  await unlessStatus(NOT_FOUND, api.request({ method: "PATCH", path, body }, z.unknown()));
}

/** Its Deployment makes another. Does nothing where it is gone. */
export async function deletePod(
  api: ObjectApi,
  namespace: string,
  pod: string,
  graceSeconds: number,
): Promise<void> {
  const query = { gracePeriodSeconds: String(graceSeconds) };
  const request = { method: "DELETE", path: podPath(namespace, pod), query } as const;
  await unlessStatus(NOT_FOUND, api.request(request, z.unknown()));
}

function podPath(namespace: string, pod?: string): string {
  const all = `/api/v1/namespaces/${namespace}/pods`;
  return pod === undefined ? all : `${all}/${pod}`;
}
