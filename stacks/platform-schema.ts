import { z } from "zod";
import { collectorsSchema } from "../policies/collector";
import { complaint } from "../policies/problem";
import { configKey } from "../policies/schema-parts";
import { webhookUrl } from "./conductor/webhook-url";
import { kafkaSchema } from "./kafka-settings";
import { kubernetesSchema } from "./kubernetes/platform-settings";
import { prometheusSchema } from "./prometheus-settings";
import { whole } from "./setting-parts";

const onlyOnKubernetes = (part: string) =>
  complaint(
    `on Docker each platform has a ${part} of its own`,
    "remove it, or give target: kubernetes",
  );

/** The block `flinktide:platform` of a platform stack. */
export const platformSchema = z
  .strictObject({
    target: z
      .enum(["docker", "kubernetes"], complaint("it is no target", "give docker or kubernetes"))
      .default("docker")
      .describe("Where everything runs: this machine's Docker, or a Kubernetes cluster"),
    kubernetes: kubernetesSchema.optional().describe("Required by the target `kubernetes`"),
    kafka: kafkaSchema.prefault({}),
    prometheus: prometheusSchema.prefault({}),
    capacity: z
      .strictObject({
        slots: whole("a whole number", 1, 1_000_000).describe("Slots that all tenants share"),
      })
      .optional()
      .describe("What there is to share; left out: as much as the tenants ask for"),
    collectors: collectorsSchema
      .default([])
      .describe("Databases that tenants share, whose changes are collected into a topic"),
    alerts: z
      .strictObject({
        webhook: webhookUrl
          .optional()
          .describe("Where the conductor posts alerts; left out: only its journal has them"),
        secretKey: configKey("alerts:secret")
          .optional()
          .describe(
            "Config key, set with `pulumi config set --secret`, that holds the secret by which they are signed",
          ),
        cappedMinutes: whole("a whole number", 1, 1440)
          .default(15)
          .describe("Minutes for which a tenant may get less than it wants before an alert"),
      })
      .prefault({}),
  })
  .refine(({ kafka, prometheus }) => kafka.port !== prometheus.port, {
    path: ["prometheus", "port"],
    message: complaint("it is Kafka's port, too", "give each its own port"),
  })
  .refine(
    ({ target, kafka }) =>
      target === "kubernetes" || (kafka.bootstrapServers ?? kafka.strimzi) === undefined,
    { path: ["kafka"], message: onlyOnKubernetes("Kafka") },
  )
  .refine(({ target, prometheus }) => target === "kubernetes" || prometheus.url === undefined, {
    path: ["prometheus", "url"],
    message: onlyOnKubernetes("Prometheus"),
  })
  .refine(({ target, kubernetes }) => target === "docker" || kubernetes !== undefined, {
    path: ["kubernetes"],
    message: complaint("it is missing", "say there at least which registry images go to"),
  })
  .refine(
    ({ alerts, kubernetes: { conductor } = {} }) =>
      alerts.webhook === undefined || conductor?.enabled !== true || conductor.egress.length > 0,
    {
      path: ["kubernetes", "conductor", "egress"],
      message: complaint(
        "the conductor could not reach alerts.webhook",
        "give the network of its receiver",
      ),
    },
  );
export type Platform = z.output<typeof platformSchema>;
/** As it is written. */
export type PlatformInput = z.input<typeof platformSchema>;
