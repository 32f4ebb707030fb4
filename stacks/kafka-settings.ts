import { z } from "zod";
import { complaint } from "../policies/problem";
import { settingTypes } from "../policies/setting-type";
import { memory } from "../policies/units";
import { isLocated, networksSchema, notLocated } from "./elsewhere-parts";
import { cores, port } from "./setting-parts";

const SERVER = String.raw`[a-z0-9][a-z0-9.-]*:\d{1,5}`;

/** `host:port` each, parted by commas. */
export function serversOf(bootstrapServers: string): { host: string; port: number }[] {
  return bootstrapServers.split(",").map((server) => {
    const [host = "", number = ""] = server.split(":");
    return { host, port: Number(number) };
  });
}

export const kafkaSchema = z
  .strictObject({
    port: port.default(9094).describe("Port of the broker on 127.0.0.1"),
    memory: memory.default(1024).describe("Memory limit of a broker"),
    cpus: cores("CPU limit of a broker, on Kubernetes").default(2),
    brokers: z
      .union(
        [z.literal(1), z.literal(3), z.literal(5)],
        complaint("so many brokers can't agree", "give 1, 3 or 5"),
      )
      .register(settingTypes, { type: "1, 3 or 5" })
      .default(1)
      .describe("Brokers, on Kubernetes"),
    bootstrapServers: z
      .string()
      .regex(
        new RegExp(`^${SERVER}(,${SERVER})*$`),
        complaint("they are no servers", "write them as HOST:PORT, parted by commas"),
      )
      .optional()
      .describe(
        "Servers of a Kafka that is there, as its clients in the cluster name them, on Kubernetes; left out: one is made",
      ),
    networks: networksSchema("those servers"),
    strimzi: z
      .strictObject({
        apiVersion: z
          .enum(["v1", "v1beta2"], complaint("Strimzi has no such API", "give v1 or v1beta2"))
          .default("v1")
          .describe("Of its resources; `v1beta2` before Strimzi 0.49"),
      })
      .optional()
      .describe(
        "Kafka as resources of Strimzi, whose operator has to watch the platform's namespace, on Kubernetes; left out: a StatefulSet",
      ),
  })
  .refine((kafka) => kafka.bootstrapServers === undefined || kafka.strimzi === undefined, {
    path: ["strimzi"],
    message: complaint(
      "bootstrapServers name a Kafka that is there",
      "remove the one or the other",
    ),
  })
  .refine(
    ({ bootstrapServers, networks }) =>
      bootstrapServers === undefined || isLocated(serversOf(bootstrapServers), networks),
    { path: ["networks"], message: notLocated("kafka.bootstrapServers") },
  );
