import * as path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { CollectorSpec } from "../../policies/collector";
import { collectorEgress } from "../../policies/kubernetes/collector-egress";
import type { ElsewhereParts } from "../../policies/kubernetes/elsewhere";
import { collectorPlan, type CollectorPlan } from "../collector/plan";
import { configSecret } from "../config-secret";
import { transform, type Transform } from "../transform";
import { claimSpec, type Room } from "./claim";
import { labelsOf, selectorOf, type Belongs } from "./names";
import { collectorPolicy } from "./network-policies";
import {
  ports,
  probes,
  resources,
  RESTRICTED_CONTAINER,
  restrictedPod,
  TMP,
  TMP_VOLUME,
  variables,
} from "./pod";

export interface CollectorArgs extends Belongs {
  namespace: string;
  collector: CollectorSpec;
  /** By digest. */
  image: pulumi.Input<string>;
  /** Bootstrap servers of the platform's Kafka inside the cluster. */
  kafka: pulumi.Input<string>;
  /** Of Kafka and Prometheus, what the platform does not run itself. @default none */
  elsewhere?: ElsewhereParts;
  cpuRequestShare: number;
  /** For offsets and schema history. */
  storage: Room;
  transform?: {
    data?: Transform<k8s.core.v1.PersistentVolumeClaimArgs>;
    networkPolicy?: Transform<k8s.networking.v1.NetworkPolicyArgs>;
    server?: Transform<k8s.apps.v1.StatefulSetArgs>;
  };
}

const DATA = "data";
const SECRETS = "secrets";
const METRICS = "metrics";

/**
 * Reads a database's changes into a topic. There is one pod at most, as two would send every change twice: a
 * StatefulSet makes no second one of the same name before the first is gone, not even where its node is silent.
 * Offsets and schema history are on a volume, which goes with the collector; secrets are files of a Secret.
 */
export class Collector extends pulumi.ComponentResource {
  constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:Collector", name, {}, opts);
    const parts = { name, args, plan: collectorPlan(args.collector, args), parent: this };
    const secret = createSecret(parts);
    const needs = [createPolicy(parts), createService(parts), createData(parts)];
    createServer(parts, secret, needs);
    this.registerOutputs({});
  }
}

interface Parts {
  /** Of the component. */
  name: string;
  args: CollectorArgs;
  plan: CollectorPlan;
  parent: pulumi.Resource;
}

/** Name of its objects within the namespace. */
function ownName({ collector }: CollectorArgs): string {
  return `collector-${collector.name}`;
}

function selector(args: CollectorArgs): Record<string, string> {
  return { ...selectorOf("collector"), "app.kubernetes.io/instance": args.collector.name };
}

/** `more` ends the name. */
function metadata(args: CollectorArgs, more = "", annotations?: Record<string, string>) {
  const own = { name: `${ownName(args)}${more}`, namespace: args.namespace };
  return { ...own, labels: labelsOf(args), ...(annotations && { annotations }) };
}

/** For what is not ready before the pod that comes later. */
const NOT_AWAITED = { "pulumi.com/skipAwait": "true" };

function createSecret({ name, args, plan, parent }: Parts): k8s.core.v1.Secret {
  const entries = plan.secretFiles.map(({ file, key }) => [path.basename(file), configSecret(key)]);
  const stringData = Object.fromEntries(entries) as Record<string, pulumi.Output<string>>;
  const secret = { metadata: metadata(args), stringData };
  const additionalSecretOutputs = ["data", "stringData"];
  return new k8s.core.v1.Secret(`${name}-secret`, secret, { parent, additionalSecretOutputs });
}

function createPolicy({ name, args, parent }: Parts): pulumi.Resource {
  const { collector } = args;
  const spec = collectorPolicy(args, {
    labels: selector(args),
    kafka: collector.sink.endpoint === undefined,
    outside: collectorEgress(collector),
    elsewhere: args.elsewhere,
  });
  const policy = { metadata: metadata(args), spec };
  const changed = transform(args.transform?.networkPolicy, policy);
  return new k8s.networking.v1.NetworkPolicy(`${name}-policy`, changed, { parent });
}

/** Gives its pod a name. */
function createService({ name, args, plan, parent }: Parts): pulumi.Resource {
  const spec: types.input.core.v1.ServiceSpec = {
    clusterIP: "None",
    selector: selector(args),
    ports: [{ name: METRICS, port: plan.port, targetPort: METRICS }],
  };
  const meta = metadata(args, "", NOT_AWAITED);
  return new k8s.core.v1.Service(`${name}-service`, { metadata: meta, spec }, { parent });
}

function createData({ name, args, parent }: Parts): pulumi.Resource {
  const claim: k8s.core.v1.PersistentVolumeClaimArgs = {
    metadata: metadata(args, `-${DATA}`, NOT_AWAITED),
    spec: claimSpec(args.storage, "ReadWriteOnce"),
  };
  const changed = transform(args.transform?.data, claim);
  return new k8s.core.v1.PersistentVolumeClaim(`${name}-${DATA}`, changed, { parent });
}

function createServer(
  { name, args, plan, parent }: Parts,
  secret: k8s.core.v1.Secret,
  needs: pulumi.Resource[],
): void {
  const server: k8s.apps.v1.StatefulSetArgs = {
    metadata: metadata(args),
    spec: {
      serviceName: ownName(args),
      replicas: 1,
      // In order, one that was never ready would keep its successor, which may be, from coming.
      podManagementPolicy: "Parallel",
      selector: { matchLabels: selector(args) },
      template: {
        metadata: {
          labels: { ...labelsOf(args), ...selector(args) },
          // Other secrets replace the Secret, and this, which comes from it, its pod: it reads them when it starts.
          annotations: { "flinktide.io/secrets": secret.metadata.resourceVersion },
        },
        spec: pod(args, plan),
      },
    },
  };
  new k8s.apps.v1.StatefulSet(`${name}-server`, transform(args.transform?.server, server), {
    parent,
    dependsOn: [secret, ...needs],
    deleteBeforeReplace: true,
  });
}

function pod(args: CollectorArgs, plan: CollectorPlan): types.input.core.v1.PodSpec {
  return {
    automountServiceAccountToken: false,
    securityContext: restrictedPod(plan.userId),
    containers: [container(args, plan)],
    volumes: [
      TMP_VOLUME,
      { name: DATA, persistentVolumeClaim: { claimName: `${ownName(args)}-${DATA}` } },
      // Readable for its group, which is the pod's.
      { name: SECRETS, secret: { secretName: ownName(args), defaultMode: 0o440 } },
    ],
  };
}

function container(args: CollectorArgs, plan: CollectorPlan): types.input.core.v1.Container {
  const { collector, cpuRequestShare } = args;
  const { probes: paths, memoryMiB } = plan;
  const [folder = ""] = plan.secretFiles.map(({ file }) => path.dirname(file));
  return {
    name: "collector",
    image: args.image,
    env: pulumi.output(args.kafka).apply((kafka) => variables(plan.environment(kafka))),
    ports: ports({ [METRICS]: plan.port }),
    resources: resources({ cpus: collector.cpus, cpuRequestShare, memoryMiB }),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [
      TMP,
      { name: DATA, mountPath: plan.dataFolder },
      { name: SECRETS, mountPath: folder, readOnly: true },
    ],
    ...probes({ path: paths.live, port: METRICS }),
    readinessProbe: { httpGet: { path: paths.ready, port: METRICS }, periodSeconds: 5 },
  };
}
