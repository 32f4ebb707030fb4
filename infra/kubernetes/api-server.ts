import { z } from "zod";
import { UserError } from "../errors";
import { kubernetesApi, type KubernetesApi } from "./api";
import type { ApiServer } from "./network-policies";

const endpointsSchema = z.object({
  subsets: z
    .array(
      z.object({
        addresses: z.array(z.object({ ip: z.ipv4() })).default([]),
        ports: z.array(z.object({ port: z.int() })).min(1),
      }),
    )
    .default([]),
});

/** Where the API server is, as it says itself. Only reads. Throws UserError where it says nothing. */
export async function findApiServer(
  api: () => Promise<Pick<KubernetesApi, "request">> = kubernetesApi,
): Promise<ApiServer> {
  const path = "/api/v1/namespaces/default/endpoints/kubernetes";
  const { subsets } = await (await api()).request({ method: "GET", path }, endpointsSchema);
  const addresses = subsets.flatMap((subset) => subset.addresses.map(({ ip }) => ip));
  const port = subsets[0]?.ports[0]?.port;
  if (port !== undefined && addresses.length > 0) return { addresses, port };
  throw new UserError(
    "The cluster does not tell where its API server is: the endpoints of the service kubernetes are empty. " +
      "Fix: look at kubectl get endpoints kubernetes.",
  );
}
