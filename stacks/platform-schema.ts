import { z } from "zod";
import { complaint } from "../policies/problem";
import { configKey } from "../policies/schema-parts";
import { settingTypes } from "../policies/setting-type";
import { memory } from "../policies/units";
import { webhookUrl } from "./conductor/webhook-url";

const whole = (what: string, min: number, max: number) => {
  const span = `${what} from ${min} to ${max}`;
  const message = complaint(`it is not ${span}`, `give ${span}`);
  return z.int(message).min(min, message).max(max, message);
};
const port = whole("a port", 1024, 65535);

const gibibytes = (what: string) => whole("a whole number", 1, 1_000_000).describe(`${what}, GiB`);
const cores = (what: string) =>
  z
    .number()
    .min(0.1, complaint("it is too little to start a JVM", "give at least 0.1 cores"))
    .describe(what);

/** What only Kubernetes needs to know. */
const kubernetesSchema = z.strictObject({
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
});

/** The block `flinktide:platform` of a platform stack. */
export const platformSchema = z
  .strictObject({
    target: z
      .enum(["docker", "kubernetes"], complaint("it is no target", "give docker or kubernetes"))
      .default("docker")
      .describe("Where everything runs: this machine's Docker, or a Kubernetes cluster"),
    kubernetes: kubernetesSchema.optional().describe("Required by the target `kubernetes`"),
    kafka: z
      .strictObject({
        port: port.default(9094).describe("Port of the broker on 127.0.0.1"),
        memory: memory.default(1024).describe("Memory limit of a broker"),
        cpus: cores("CPU limit of a broker, on Kubernetes").default(2),
        brokers: z
          .union(
            [z.literal(1), z.literal(3), z.literal(5)],
            complaint("so many brokers can't agree", "give 1, 3 or 5"),
          )
          .default(1)
          .register(settingTypes, { type: "1, 3 or 5" })
          .describe("Brokers, on Kubernetes"),
      })
      .prefault({}),
    prometheus: z
      .strictObject({
        port: port.default(9090).describe("Port of Prometheus on 127.0.0.1"),
        memory: memory.default(512).describe("Memory limit of Prometheus"),
        cpus: cores("CPU limit of Prometheus, on Kubernetes").default(1),
        scrapeIntervalSeconds: whole("a whole number", 1, 300)
          .default(5)
          .describe("Seconds between two scrapes"),
      })
      .prefault({}),
    capacity: z
      .strictObject({
        slots: whole("a whole number", 1, 1_000_000).describe("Slots that all tenants share"),
      })
      .optional()
      .describe("What there is to share; left out: as much as the tenants ask for"),
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
  .refine(({ target, kubernetes }) => target === "docker" || kubernetes !== undefined, {
    path: ["kubernetes"],
    message: complaint("it is missing", "say there at least which registry images go to"),
  });
export type Platform = z.output<typeof platformSchema>;
/** As it is written. */
export type PlatformInput = z.input<typeof platformSchema>;
export type KubernetesSettings = z.output<typeof kubernetesSchema>;
