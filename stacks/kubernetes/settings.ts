import { z } from "zod";
import { HEADROOM_KINDS } from "../../policies/kubernetes/headroom";
import { apiServerSchema, tenantLimitSchema } from "./platform-settings";

const elsewhereSchema = z.strictObject({
  namespaces: z.array(z.string()),
  networks: z.array(z.string()),
  ports: z.array(z.int()),
});

/** What a tenant's stack reads of its platform about the cluster; its output `cluster`. */
export const clusterSettingsSchema = z.strictObject({
  storage: z.strictObject({ sizeGiB: z.int().positive(), className: z.string().optional() }),
  /** Volume of each collector; a platform of before there were any says nothing. */
  collectorGiB: z.int().positive().default(1),
  accessMode: z.enum(["ReadWriteMany", "ReadWriteOnce"]),
  cpuRequestShare: z.number().positive(),
  protectJobs: z.boolean(),
  metrics: z.enum(["prometheus-adapter", "keda", "none"]),
  /** As the platform's last update found it. */
  apiServer: apiServerSchema,
  /** Of Kafka and Prometheus, what the platform does not run itself. */
  elsewhere: z
    .strictObject({ kafka: elsewhereSchema.optional(), prometheus: elsewhereSchema.optional() })
    .default({}),
  limit: tenantLimitSchema,
  /** Whether a conductor runs in the cluster. */
  conductor: z.boolean(),
  /** What holds room for the next window; left out: nothing does. */
  headroom: z.enum(HEADROOM_KINDS).optional(),
});
export type ClusterSettings = z.output<typeof clusterSettingsSchema>;
