import * as k8s from "@pulumi/kubernetes";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  CONDUCTOR_KEDA_ACCESS,
  CONDUCTOR_TENANT_ACCESS,
  conductorPlatformAccess,
  type AccessRule,
} from "../../policies/kubernetes/access";
import { CONDUCTOR_METRICS_PORT } from "../../policies/kubernetes/flows";
import { transform, type Transform } from "../transform";
import { claimSpec, type Room } from "./claim";
import { CONDUCTOR_NAMES, conductorRole, labelsOf, selectorOf, type Belongs } from "./names";
import {
  ports,
  resources,
  RESTRICTED_CONTAINER,
  restrictedPod,
  TMP,
  TMP_VOLUME,
  USER_IDS,
  variables,
} from "./pod";

export interface ConductorArgs extends Belongs {
  namespace: string;
  /** By digest; `npm run conductor:image -- --push REGISTRY` builds and pushes it. */
  image: pulumi.Input<string>;
  /** Limits of the conductor and of the updates that it runs. */
  memoryMiB: number;
  cpus: number;
  cpuRequestShare: number;
  /** For journals, orders and, without a backend elsewhere, the state of the stacks. */
  storage: Room;
  /** Where Pulumi keeps the state of the stacks. @default a folder of the conductor's volume */
  backendUrl?: string;
  /** Whether KEDA scales the tenants' TaskManagers. @default false */
  keda?: boolean;
  /** Secret of the namespace whose entries become variables: what the backend, passphrase and webhook need. @default none */
  secretName?: string;
  /** Looks once at each of these times, as cron writes them in UTC, instead of always. @default always */
  schedule?: string;
  /** The platform's stack file, by its name; each tenant's stack adds its own. */
  stackFile: { name: string; text: pulumi.Input<string> };
  transform?: {
    storage?: Transform<k8s.core.v1.PersistentVolumeClaimArgs>;
    /** Where it runs always. */
    deployment?: Transform<k8s.apps.v1.DeploymentArgs>;
    /** Where it has a schedule. */
    cronJob?: Transform<k8s.batch.v1.CronJobArgs>;
  };
}

const { account, lease, stacks, state } = CONDUCTOR_NAMES;
const STACKS_FOLDER = "/stacks";
const STATE_FOLDER = "/state";
/** An update that waits for nodes takes minutes; one that is cut off is finished by the next conductor. */
const GRACE_SECONDS = 900;

/**
 * The conductor of an environment, one at a time, with rights of its own. Stack files reach it through a ConfigMap
 * that each stack's `pulumi up` sets its part of, so that it acts on what was applied last, and on nothing newer.
 */
export class Conductor extends pulumi.ComponentResource {
  constructor(name: string, args: ConductorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:kubernetes:Conductor", name, {}, opts);
    const rights = createRights(name, args, this);
    const files = createStackFiles(name, args, this);
    const storage = createStorage(name, args, this);
    const child = { parent: this, dependsOn: [...rights, files, storage] };
    if (args.schedule === undefined) createDeployment(name, args, child);
    else createCronJob(name, args, args.schedule, child);
    this.registerOutputs({});
  }
}

function metadata(args: ConductorArgs, name: string, annotations?: Record<string, string>) {
  const { namespace } = args;
  return { name, namespace, labels: labelsOf(args), ...(annotations && { annotations }) };
}

/** In tenants' namespaces it has the ClusterRole where their stacks bind it, and nowhere else. */
function createRights(
  name: string,
  args: ConductorArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { namespace } = args;
  const own = { metadata: metadata(args, account) };
  const binding: k8s.rbac.v1.RoleBindingArgs = {
    ...own,
    roleRef: { apiGroup: RBAC, kind: "Role", name: account },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
  };
  const inTenants: k8s.rbac.v1.ClusterRoleArgs = {
    metadata: { name: conductorRole(args), labels: labelsOf(args) },
    rules: copied([...CONDUCTOR_TENANT_ACCESS, ...(args.keda ? CONDUCTOR_KEDA_ACCESS : [])]),
  };
  const rules = copied(conductorPlatformAccess({ lease, stacks }));
  return [
    new k8s.core.v1.ServiceAccount(`${name}-account`, own, { parent }),
    new k8s.rbac.v1.Role(`${name}-role`, { ...own, rules }, { parent }),
    new k8s.rbac.v1.RoleBinding(`${name}-role-binding`, binding, { parent }),
    new k8s.rbac.v1.ClusterRole(`${name}-tenant-role`, inTenants, { parent }),
  ];
}

const RBAC = "rbac.authorization.k8s.io";

function copied(rules: readonly AccessRule[]): types.input.rbac.v1.PolicyRule[] {
  return rules.map((rule) => ({ ...rule }));
}

function createStackFiles(
  name: string,
  args: ConductorArgs,
  parent: pulumi.Resource,
): k8s.core.v1.ConfigMap {
  const { stackFile } = args;
  const files = { metadata: metadata(args, stacks), data: { [stackFile.name]: stackFile.text } };
  return new k8s.core.v1.ConfigMap(`${name}-stacks`, files, { parent });
}

function createStorage(
  name: string,
  args: ConductorArgs,
  parent: pulumi.Resource,
): k8s.core.v1.PersistentVolumeClaim {
  const claim: k8s.core.v1.PersistentVolumeClaimArgs = {
    // It is bound where its pod goes.
    metadata: metadata(args, state, { "pulumi.com/skipAwait": "true" }),
    spec: claimSpec(args.storage, "ReadWriteOnce"),
  };
  const changed = transform(args.transform?.storage, claim);
  return new k8s.core.v1.PersistentVolumeClaim(`${name}-state`, changed, { parent });
}

function podLabels(args: ConductorArgs): Record<string, string> {
  return { ...labelsOf(args), ...selectorOf("conductor") };
}

function createDeployment(
  name: string,
  args: ConductorArgs,
  child: pulumi.CustomResourceOptions,
): void {
  const deployment: k8s.apps.v1.DeploymentArgs = {
    metadata: metadata(args, account),
    spec: {
      replicas: 1,
      // Its volume is one pod's; the lease keeps others from acting all the same.
      strategy: { type: "Recreate" },
      selector: { matchLabels: selectorOf("conductor") },
      template: {
        metadata: { labels: podLabels(args) },
        spec: conductorPod(args, alwaysRunning(args)),
      },
    },
  };
  const changed = transform(args.transform?.deployment, deployment);
  new k8s.apps.v1.Deployment(`${name}-deployment`, changed, child);
}

/** A look that takes longer than until the next one lets that one pass. */
function createCronJob(
  name: string,
  args: ConductorArgs,
  schedule: string,
  child: pulumi.CustomResourceOptions,
): void {
  const look = { ...conductorPod(args, lookingOnce(args)), restartPolicy: "Never" };
  const template = { metadata: { labels: podLabels(args) }, spec: look };
  const cronJob: k8s.batch.v1.CronJobArgs = {
    metadata: metadata(args, account),
    spec: {
      ...{ schedule, timeZone: "Etc/UTC", concurrencyPolicy: "Forbid" },
      startingDeadlineSeconds: 60,
      ...{ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 3 },
      // What it did not finish the next look finishes.
      jobTemplate: { spec: { backoffLimit: 0, template } },
    },
  };
  const changed = transform(args.transform?.cronJob, cronJob);
  new k8s.batch.v1.CronJob(`${name}-cron-job`, changed, child);
}

function conductorPod(
  args: ConductorArgs,
  container: types.input.core.v1.Container,
): types.input.core.v1.PodSpec {
  return {
    serviceAccountName: account,
    // Of a lock in a folder only the host's name tells whether its holder is gone: a pod's own changes each time.
    hostname: account,
    securityContext: restrictedPod(USER_IDS.conductor),
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [container],
    volumes: [
      TMP_VOLUME,
      { name: "stacks", configMap: { name: stacks } },
      { name: "state", persistentVolumeClaim: { claimName: state } },
    ],
  };
}

function leaseOption({ namespace }: ConductorArgs): string[] {
  return ["--lease", `kubernetes://${namespace}/${lease}`];
}

function lookingOnce(args: ConductorArgs): types.input.core.v1.Container {
  return { ...container(args), args: ["--once", "--port", "0", ...leaseOption(args)] };
}

function alwaysRunning(args: ConductorArgs): types.input.core.v1.Container {
  const check = (path: string) => ({ httpGet: { path, port: "metrics" }, timeoutSeconds: 10 });
  return {
    ...container(args),
    args: ["--probes", String(CONDUCTOR_METRICS_PORT), ...leaseOption(args)],
    ports: ports({ metrics: CONDUCTOR_METRICS_PORT }),
    startupProbe: { ...check("/healthz"), periodSeconds: 2, failureThreshold: 150 },
    livenessProbe: { ...check("/healthz"), periodSeconds: 30, failureThreshold: 3 },
    readinessProbe: { ...check("/readyz"), periodSeconds: 5, failureThreshold: 3 },
  };
}

function container(args: ConductorArgs): types.input.core.v1.Container {
  const { environment, backendUrl, secretName } = args;
  return {
    name: account,
    image: args.image,
    env: variables({
      CONDUCTOR_ENV: environment,
      CONDUCTOR_STACKS: STACKS_FOLDER,
      FLINKTIDE_STATE: STATE_FOLDER,
      ...(backendUrl === undefined ? {} : { PULUMI_BACKEND_URL: backendUrl }),
    }),
    ...(secretName === undefined ? {} : { envFrom: [{ secretRef: { name: secretName } }] }),
    resources: resources(args),
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [
      TMP,
      { name: "stacks", mountPath: STACKS_FOLDER, readOnly: true },
      { name: "state", mountPath: STATE_FOLDER },
    ],
  };
}
