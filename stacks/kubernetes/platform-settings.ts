import { z } from "zod";
import { complaint } from "../../policies/problem";
import { cidr } from "../../policies/schema-parts";
import { HEADROOM_KINDS } from "../../policies/kubernetes/headroom";
import { settingTypes } from "../../policies/setting-type";
import { duration, memory } from "../../policies/units";
import { cores, whole } from "../setting-parts";
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

const pinned = z
  .string()
  .regex(
    /^[^@\s]+@sha256:[0-9a-f]{64}$/,
    complaint("it is not pinned", "write it as registry/name@sha256:DIGEST"),
  )
  .register(settingTypes, { type: "reference by digest" });

const secretName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    complaint("it is not the name of a Secret", "give the name alone, without the namespace"),
  );

/** A network outside the cluster, and a port there. */
export const egressSchema = z.strictObject({
  cidr: cidr.describe("Addresses outside the cluster, such as `203.0.113.0/24`"),
  port: whole("a port", 1, 65_535).default(443).describe("Of each of them"),
});
export type Egress = z.output<typeof egressSchema>;

const conductorSchema = z
  .strictObject({
    enabled: z.boolean().default(false).describe("Whether the conductor runs in the cluster"),
    image: pinned
      .optional()
      .describe("What `npm run conductor:image -- --push REGISTRY` prints; required by `enabled`"),
    schedule: z
      .string()
      .regex(
        /^[\d*/,-]+( [\d*/,A-Za-z-]+){4}$/,
        complaint("it is no schedule of cron's", 'write its five fields, such as "*/5 * * * *"'),
      )
      .register(settingTypes, { type: "five fields of cron, UTC" })
      .optional()
      .describe(
        "When it looks once and ends, as a CronJob, for the edges of windows alone; left out: it always runs, and follows the load",
      ),
    memory: memory.default(2048).describe("Memory limit of the conductor and of its updates"),
    cpus: cores("CPU limit of both").default(2),
    storage: gibibytes(
      "Volume for journals, and for the state of stacks without another backend",
    ).default(5),
    stateBackend: z
      .strictObject({
        url: z
          .string()
          .regex(
            /^(s3|gs|azblob|https?):\/\/\S+$/,
            complaint("it is no backend of Pulumi's", "give s3://BUCKET or https://api.pulumi.com"),
          )
          .optional()
          .describe("Pulumi's backend, as PULUMI_BACKEND_URL; left out: a folder of the volume"),
        secretName: secretName
          .optional()
          .describe(
            "Secret in the platform's namespace whose entries become variables, such as PULUMI_CONFIG_PASSPHRASE",
          ),
      })
      .prefault({}),
    egress: z
      .array(egressSchema)
      .default([])
      .describe("Where it may go outside the cluster: the backend, a webhook"),
  })
  .refine(({ enabled, image }) => !enabled || image !== undefined, {
    path: ["image"],
    message: complaint(
      "it is missing, and a conductor is to run in the cluster",
      "run npm run conductor:image -- --push REGISTRY and give what it prints",
    ),
  })
  .refine(({ stateBackend: { url }, egress }) => url === undefined || egress.length > 0, {
    path: ["egress"],
    message: complaint(
      "the conductor could not reach its state backend",
      "give the backend's network, or cidr: 0.0.0.0/0 where its addresses change",
    ),
  });

const settingsSchema = z.strictObject({
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
      collector: gibibytes("Volume of each collector, for its place in the binlog").default(1),
    })
    .prefault({}),
  cpuRequestShare: z
    .number()
    .gt(0, complaint("nothing would be set aside", "give more than 0"))
    .max(1, complaint("it is more than the limit", "give at most 1"))
    .default(1)
    .describe("Part of each CPU limit that is set aside on a node"),
  protectJobs: z
    .boolean()
    .default(true)
    .describe("Whether a tenant's jobs can only be removed after their protection was lifted"),
  metrics: z
    .enum(["prometheus-adapter", "keda", "none"])
    .default("none")
    .describe("Who serves external metrics to autoscalers; `none`: only the conductor scales"),
  keda: z
    .strictObject({
      namespace: z
        .string()
        .regex(
          /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
          complaint(
            "it is not the name of a namespace",
            "see: kubectl get pods -A -l app=keda-operator",
          ),
        )
        .default("keda")
        .describe("Namespace of KEDA's operator, which may reach Prometheus with `metrics: keda`"),
    })
    .prefault({}),
  images: z
    .partialRecord(
      z.enum(IMAGE_NAMES, complaint("there is no such image", `give ${IMAGE_NAMES.join(", ")}`)),
      pinned,
    )
    .register(settingTypes, { type: "block of references by digest" })
    .default({})
    .describe(
      `Images that are in a registry already, of ${IMAGE_NAMES.map((name) => `\`${name}\``).join(", ")}; ` +
        "the others are built here and pushed",
    ),
  tenantCollectors: z
    .boolean()
    .default(false)
    .describe("Whether tenants may have collectors, whose image is then built and pushed, too"),
  conductor: conductorSchema.prefault({}),
  headroom: z
    .strictObject({
      lead: duration.describe(
        "How long before TaskManagers are started nodes have room for them: what a node and its images take",
      ),
      kind: z
        .enum(HEADROOM_KINDS, complaint("nothing of it holds room", "give pods or capacity-buffer"))
        .default("pods")
        .describe(
          "What holds it; `capacity-buffer` where the node autoscaler knows autoscaling.x-k8s.io/v1beta1",
        ),
    })
    .optional()
    .describe(
      "Room that is held for the next window; left out: nodes come when TaskManagers wait for them",
    ),
  tenantLimit: tenantLimitSchema
    .default({})
    .describe("The most that a tenant may ask for; one that asks for more is refused"),
  apiServer: apiServerSchema
    .optional()
    .describe("Where the API server answers; left out: the cluster is asked"),
});

/** What only Kubernetes needs to know. */
export const kubernetesSchema = settingsSchema
  .refine(({ conductor, metrics }) => conductor.schedule === undefined || metrics === "none", {
    path: ["metrics"],
    message: complaint(
      "autoscalers follow what a conductor tells that always runs, and conductor.schedule ends it",
      "give none, or remove the schedule",
    ),
  })
  .refine(({ conductor, headroom }) => conductor.schedule === undefined || headroom === undefined, {
    path: ["headroom"],
    message: complaint(
      "a conductor that always runs moves it, and conductor.schedule ends it",
      "remove the one or the other",
    ),
  });

export type KubernetesSettings = z.output<typeof kubernetesSchema>;
