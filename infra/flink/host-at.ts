import { z } from "zod";
import { KubernetesClusterHost } from "../kubernetes/kubernetes-host";
import { DockerClusterHost, type ClusterHost } from "./cluster-host";

/** What a cluster runs on. */
export const hostPlaceSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("docker"),
    /** Name of the JobManager's container; it sees the checkpoint and savepoint volumes. */
    jobManager: z.string().min(1),
  }),
  z.strictObject({
    kind: z.literal("kubernetes"),
    /** Namespace of the cluster. */
    namespace: z.string().min(1),
  }),
]);
export type HostPlace = z.output<typeof hostPlaceSchema>;

export function hostAt(place: HostPlace): ClusterHost {
  return place.kind === "docker"
    ? new DockerClusterHost(place.jobManager)
    : new KubernetesClusterHost(place.namespace);
}
