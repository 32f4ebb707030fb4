import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { transform, type Transform } from "../transform";
import { claimSpec, type Room } from "./claim";
import { clusterId, kafkaProperties, KAFKA_PORTS } from "./kafka-properties";
import { labelsOf, selectorOf, type Belongs } from "./names";
import {
  fromField,
  ports,
  probes,
  resources,
  RESTRICTED_CONTAINER,
  restrictedPod,
  TMP,
  TMP_VOLUME,
  USER_IDS,
  variables,
} from "./pod";

export interface KafkaArgs extends Belongs {
  namespace: string;
  /** By digest. */
  image: pulumi.Input<string>;
  /** Brokers, each a controller too: 1, or an odd number from 3. */
  brokers: number;
  /** Limit of a broker, MiB; half of it is the heap. */
  memoryMiB: number;
  /** Limit of a broker, cores. */
  cpus: number;
  cpuRequestShare: number;
  /** Of each broker. */
  storage: Room;
  transform?: { brokers?: Transform<k8s.apps.v1.StatefulSetArgs> };
}

const NAME = "kafka";
const DATA = { name: "data", mountPath: "/var/lib/kafka" };

/** Kafka in KRaft mode: brokers that are replaced one at a time, each with a volume of its own. */
export class Kafka extends pulumi.ComponentResource {
  /** For clients inside the cluster. */
  readonly bootstrapServers: string;
  /** For clients outside, as `kubernetes://NAMESPACE/SERVICE:PORT`. */
  readonly url: string;

  constructor(name: string, args: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:Kafka", name, {}, opts);
    const service = createService(name, args, this);
    createBudget(name, args, this);
    createBrokers(name, args, service, this);
    this.bootstrapServers = `${NAME}.${args.namespace}.svc:${KAFKA_PORTS.clients}`;
    this.url = `kubernetes://${args.namespace}/${NAME}:${KAFKA_PORTS.clients}`;
    this.registerOutputs({ bootstrapServers: this.bootstrapServers, url: this.url });
  }
}

function metadata(args: KafkaArgs, annotations?: Record<string, string>) {
  const { namespace } = args;
  return { name: NAME, namespace, labels: labelsOf(args), ...(annotations && { annotations }) };
}

/** Gives each broker a name of its own, before it is ready too: the controllers need each other for that. */
function createService(
  name: string,
  args: KafkaArgs,
  parent: pulumi.Resource,
): k8s.core.v1.Service {
  const spec: types.input.core.v1.ServiceSpec = {
    clusterIP: "None",
    publishNotReadyAddresses: true,
    selector: selectorOf("kafka"),
    ports: Object.entries(KAFKA_PORTS).map(([port, number]) => ({ name: port, port: number })),
  };
  const meta = metadata(args, { "pulumi.com/skipAwait": "true" });
  return new k8s.core.v1.Service(`${name}-service`, { metadata: meta, spec }, { parent });
}

function createBudget(name: string, args: KafkaArgs, parent: pulumi.Resource): void {
  const spec = { maxUnavailable: 1, selector: { matchLabels: selectorOf("kafka") } };
  const budget = { metadata: metadata(args), spec };
  new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, budget, { parent });
}

function createBrokers(
  name: string,
  args: KafkaArgs,
  service: k8s.core.v1.Service,
  parent: pulumi.Resource,
): void {
  const brokers: k8s.apps.v1.StatefulSetArgs = {
    metadata: metadata(args),
    spec: {
      serviceName: NAME,
      replicas: args.brokers,
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      selector: { matchLabels: selectorOf("kafka") },
      template: {
        metadata: { labels: { ...labelsOf(args), ...selectorOf("kafka") } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: restrictedPod(USER_IDS.kafka),
          terminationGracePeriodSeconds: 60,
          containers: [container(args)],
          volumes: [TMP_VOLUME],
        },
      },
      volumeClaimTemplates: [
        { metadata: { name: DATA.name }, spec: claimSpec(args.storage, "ReadWriteOnce") },
      ],
    },
  };
  new k8s.apps.v1.StatefulSet(`${name}-brokers`, transform(args.transform?.brokers, brokers), {
    parent,
    dependsOn: [service],
  });
}

function container(args: KafkaArgs): types.input.core.v1.Container {
  const { namespace, brokers, cpus, cpuRequestShare, memoryMiB } = args;
  return {
    name: NAME,
    image: args.image,
    env: variables(
      {
        ...(brokers === 1 ? {} : { CLUSTER_ID: clusterId(namespace) }),
        HEAP: `${Math.floor(memoryMiB / 2)}m`,
        KAFKA_PROPERTIES: kafkaProperties({
          service: NAME,
          namespace,
          brokers,
          podName: "$(POD_NAME)",
        }),
      },
      [fromField("POD_NAME", "metadata.name")],
    ),
    ports: ports(KAFKA_PORTS),
    resources: resources({ cpus, cpuRequestShare, memoryMiB }),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [TMP, DATA],
    ...probes({ port: "clients" }),
    readinessProbe: { tcpSocket: { port: "clients" }, periodSeconds: 5, timeoutSeconds: 10 },
  };
}
