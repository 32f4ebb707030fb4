import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { transform, type Transform } from "../transform";
import type { Room } from "./claim";
import { replicationProperties } from "./kafka-properties";
import { labelsOf, selectorOf, type Belongs } from "./names";
import { resources, restrictedPod, USER_IDS } from "./pod";

export interface StrimziKafkaArgs extends Belongs {
  namespace: string;
  /** Of Strimzi's resources. */
  apiVersion: "v1" | "v1beta2";
  /** Brokers, each a controller too: 1, or an odd number from 3. */
  brokers: number;
  /** Limit of a broker, MiB; half of it is the heap. */
  memoryMiB: number;
  /** Limit of a broker, cores. */
  cpus: number;
  cpuRequestShare: number;
  /** Of each broker. */
  storage: Room;
  transform?: {
    nodePool?: Transform<k8s.apiextensions.CustomResourceArgs>;
    kafka?: Transform<k8s.apiextensions.CustomResourceArgs>;
  };
}

const NAME = "kafka";
const CLIENTS = 9092;
/** Before 0.46 Strimzi took nothing else for KRaft. */
const KRAFT = { "strimzi.io/kraft": "enabled", "strimzi.io/node-pools": "enabled" };

/** Kafka as resources of Strimzi, whose operator makes and replaces the brokers. */
export class StrimziKafka extends pulumi.ComponentResource {
  /** For clients inside the cluster. */
  readonly bootstrapServers: string;
  /** For clients outside, as `kubernetes://NAMESPACE/SERVICE:PORT`. */
  readonly url: string;

  constructor(name: string, args: StrimziKafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:StrimziKafka", name, {}, opts);
    const pool = createNodePool(name, args, this);
    createKafka(name, args, pool, this);
    const service = `${NAME}-kafka-bootstrap`;
    this.bootstrapServers = `${service}.${args.namespace}.svc:${CLIENTS}`;
    this.url = `kubernetes://${args.namespace}/${service}:${CLIENTS}`;
    this.registerOutputs({ bootstrapServers: this.bootstrapServers, url: this.url });
  }
}

function resource(args: StrimziKafkaArgs, kind: string, name: string) {
  const apiVersion = `kafka.strimzi.io/${args.apiVersion}`;
  const metadata = { name, namespace: args.namespace, labels: labelsOf(args) };
  return { apiVersion, kind, metadata };
}

function createNodePool(
  name: string,
  args: StrimziKafkaArgs,
  parent: pulumi.Resource,
): pulumi.Resource {
  const { brokers, memoryMiB, storage } = args;
  const heap = `${Math.floor(memoryMiB / 2)}m`;
  const { metadata, ...own } = resource(args, "KafkaNodePool", "brokers");
  const pool: k8s.apiextensions.CustomResourceArgs = {
    ...own,
    metadata: { ...metadata, labels: { ...metadata.labels, "strimzi.io/cluster": NAME } },
    spec: {
      replicas: brokers,
      roles: ["controller", "broker"],
      jvmOptions: { "-Xms": heap, "-Xmx": heap },
      resources: resources(args),
      storage: { type: "jbod", volumes: [volume(storage)] },
      template: {
        pod: { securityContext: restrictedPod(USER_IDS.kafka) },
        kafkaContainer: {
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      },
    },
  };
  const changed = transform(args.transform?.nodePool, pool);
  return new k8s.apiextensions.CustomResource(`${name}-brokers`, changed, { parent });
}

/** It stays when Kafka goes. */
function volume({ sizeGiB, className }: Room) {
  return {
    ...{ id: 0, type: "persistent-claim", size: `${sizeGiB}Gi`, kraftMetadata: "shared" },
    ...(className === undefined ? {} : { class: className }),
  };
}

function createKafka(
  name: string,
  args: StrimziKafkaArgs,
  pool: pulumi.Resource,
  parent: pulumi.Resource,
): void {
  const { metadata, ...own } = resource(args, "Kafka", NAME);
  const kafka: k8s.apiextensions.CustomResourceArgs = {
    ...own,
    metadata: {
      ...metadata,
      annotations: {
        "pulumi.com/waitFor": "condition=Ready",
        ...(args.apiVersion === "v1beta2" ? KRAFT : {}),
      },
    },
    spec: {
      kafka: {
        listeners: [
          {
            ...{ name: "clients", port: CLIENTS, type: "internal", tls: false },
            // Strimzi would let in everybody; whom else it lets in, the platform's own NetworkPolicy says.
            networkPolicyPeers: [{ podSelector: { matchLabels: selectorOf("kafka") } }],
          },
        ],
        config: replicationProperties(args.brokers),
      },
    },
  };
  const changed = transform(args.transform?.kafka, kafka);
  new k8s.apiextensions.CustomResource(`${name}-cluster`, changed, { parent, dependsOn: [pool] });
}
