import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../errors";
import { fromKubeconfig } from "./kubeconfig";

/** What lets a request in. */
export interface Credentials {
  headers: Record<string, string>;
  /** With the client's certificate, where it has one, and the authorities that it trusts. Keeps connections open. */
  agent: http.Agent;
}

/** Where an API server is, and how one gets in. */
export interface ClusterAccess {
  /** Base URL of the API server, without a slash at its end. */
  server: string;
  /** To be asked before each request: a token is good for some time only. */
  credentials(): Promise<Credentials>;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Where a way to a cluster is looked for. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** The home folder. */
  home: string;
  /** Folder of the pod's service account. */
  serviceAccount: string;
}

const OURS: Surroundings = {
  env: process.env,
  home: os.homedir(),
  serviceAccount: SERVICE_ACCOUNT,
};

/** The kubeconfig files that name the cluster: those of KUBECONFIG that are there, else ~/.kube/config; else none. */
function kubeconfigFiles({ env, home }: Surroundings): string[] {
  const named = (env.KUBECONFIG ?? "").split(path.delimiter).filter(Boolean);
  const there = named.filter((file) => fs.existsSync(file));
  if (named.length > 0 && there.length === 0) {
    throw new UserError(
      `KUBECONFIG is ${env.KUBECONFIG}: there is no such file. ` +
        "Fix: set it to a kubeconfig, or remove it to use ~/.kube/config.",
    );
  }
  const usual = path.join(home, ".kube", "config");
  return named.length === 0 && fs.existsSync(usual) ? [usual] : there;
}

/**
 * True where this process runs in a pod and no kubeconfig names another cluster: then services are reached by their
 * names. Throws UserError for a KUBECONFIG that names no file.
 */
export function isInCluster(around: Surroundings = OURS): boolean {
  return (
    around.env.KUBERNETES_SERVICE_HOST !== undefined &&
    fs.existsSync(path.join(around.serviceAccount, "token")) &&
    kubeconfigFiles(around).length === 0
  );
}

/**
 * The way to the cluster that a kubeconfig names (KUBECONFIG, ~/.kube/config), or to the one that this process runs in.
 * Throws UserError where there is none, or where the kubeconfig is no use.
 */
export async function findAccess(around: Surroundings = OURS): Promise<ClusterAccess> {
  if (isInCluster(around)) return fromServiceAccount(around);
  const files = kubeconfigFiles(around);
  if (files.length > 0) return fromKubeconfig(files);
  throw new UserError(
    "There is no way to a Kubernetes cluster: KUBECONFIG is not set, " +
      `${path.join(around.home, ".kube", "config")} does not exist, and this process does not run in a pod. ` +
      "Fix: set KUBECONFIG to the cluster's kubeconfig, or start a cluster on this machine: npm run cluster:up.",
  );
}

/** Without the client library: a conductor in its pod has no use for what that takes in memory. */
function fromServiceAccount({ env, serviceAccount }: Surroundings): ClusterAccess {
  const host = env.KUBERNETES_SERVICE_HOST ?? "";
  const port = env.KUBERNETES_SERVICE_PORT ?? "443";
  const ca = fs.readFileSync(path.join(serviceAccount, "ca.crt"));
  const agent = new https.Agent({ keepAlive: true, ca });
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    async credentials() {
      // The kubelet replaces it long before it is too old.
      const token = fs.readFileSync(path.join(serviceAccount, "token"), "utf8").trim();
      return { headers: { Authorization: `Bearer ${token}` }, agent };
    },
  };
}
