import { z } from "zod";
import { complaint } from "../../policies/problem";
import { settingTypes } from "../../policies/setting-type";
import { whole } from "../setting-parts";
import { IMAGE_NAMES } from "./image-names";

const gibibytes = (what: string) => whole("a whole number", 1, 1_000_000).describe(`${what}, GiB`);

/** What NetworkPolicies name it by. */
export const apiServerSchema = z.strictObject({
  addresses: z
    .array(
      z.ipv4(
        complaint("it is not an IPv4 address", "see: kubectl get endpoints kubernetes -n default"),
      ),
    )
    .min(1, complaint("it is empty", "see: kubectl get endpoints kubernetes -n default"))
    .register(settingTypes, { type: "list of IPv4 addresses" })
    .describe("As the endpoints of the service `kubernetes` have them"),
  port: whole("a port", 1, 65_535).default(6443).describe("Of each of them"),
});

const most = (unit: string, what: string) =>
  z
    .number()
    .positive(complaint("nothing would fit", "give more than 0"))
    .register(settingTypes, { type: `number of ${unit}` })
    .optional()
    .describe(what);

/** The most that one tenant's namespace may hold; what is left out is as much as its file asks for. */
export const tenantLimitSchema = z.strictObject({
  cpus: most("cores", "Cores that a tenant's pods may use together at most"),
  requestedCpus: most("cores", "Cores that they may set aside"),
  memoryMiB: most("MiB", "Memory that they may use, MiB"),
  pods: most("pods", "Pods of a tenant, with one more of each kind while it is replaced"),
  storageMiB: most("MiB", "Volumes of a tenant, MiB"),
});

/** What only Kubernetes needs to know. */
export const kubernetesSchema = z.strictObject({
  registry: z
    .string()
    .regex(
      /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
      complaint("it is not a registry", "write it as registry.example.com/team, without a scheme"),
    )
    .register(settingTypes, { type: "host and path of a registry" })
    .describe("Where images are pushed, and pulled from by digest"),
  storage: z
    .strictObject({
      className: z.string().min(1).optional().describe("Storage class; left out: the cluster's"),
      accessMode: z
        .enum(["ReadWriteMany", "ReadWriteOnce"])
        .default("ReadWriteMany")
        .describe("Of a tenant's volume; `ReadWriteOnce` only where all its pods share a node"),
      tenant: gibibytes("Volume of each tenant").default(10),
      kafka: gibibytes("Volume of each broker").default(20),
      prometheus: gibibytes("Volume of Prometheus").default(10),
    })
    .prefault({}),
  cpuRequestShare: z
    .number()
    .gt(0, complaint("nothing would be set aside", "give more than 0"))
    .max(1, complaint("it is more than the limit", "give at most 1"))
    .default(1)
    .describe("Part of each CPU limit that is set aside on a node"),
  metrics: z
    .enum(["prometheus-adapter", "keda", "none"])
    .default("none")
    .describe("Who serves external metrics to autoscalers; `none`: only the conductor scales"),
  images: z
    .partialRecord(
      z.enum(IMAGE_NAMES, complaint("there is no such image", `give ${IMAGE_NAMES.join(", ")}`)),
      z
        .string()
        .regex(
          /^[^@\s]+@sha256:[0-9a-f]{64}$/,
          complaint("it is not pinned", "write it as registry/name@sha256:DIGEST"),
        ),
    )
    .register(settingTypes, { type: "block of references by digest" })
    .default({})
    .describe(
      `Images that are in a registry already, of ${IMAGE_NAMES.map((name) => `\`${name}\``).join(", ")}; ` +
        "the others are built here and pushed",
    ),
  tenantLimit: tenantLimitSchema
    .default({})
    .describe("The most that a tenant may ask for; one that asks for more is refused"),
  apiServer: apiServerSchema
    .optional()
    .describe("Where the API server answers; left out: the cluster is asked"),
});

export type KubernetesSettings = z.output<typeof kubernetesSchema>;
