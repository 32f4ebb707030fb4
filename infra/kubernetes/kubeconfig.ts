import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../errors";
import type { ClusterAccess, Credentials } from "./access";

/**
 * Access by the current context of kubeconfig files, the first of which wins. Loads Kubernetes's own client library,
 * which knows all ways to log in and takes a second and 65 MiB: nothing else of it is used.
 */
export async function fromKubeconfig(files: readonly string[]): Promise<ClusterAccess> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    const [first = "", ...others] = files;
    config.loadFromFile(first);
    for (const file of others) {
      const next = new KubeConfig();
      next.loadFromFile(file);
      config.mergeConfig(next, Boolean(config.currentContext));
    }
  } catch (error) {
    throw unusable(files, (error as Error).message);
  }
  return new KubeconfigAccess(config, serverOf(config, files));
}

function unusable(files: readonly string[], fault: string): UserError {
  return new UserError(
    `The kubeconfig ${files.join(", ")} can't be used: ${fault}. ` +
      "Fix: choose a context of it (kubectl config use-context NAME), or set KUBECONFIG to another file.",
  );
}

function serverOf(config: KubeConfig, files: readonly string[]): string {
  const chosen = config.getCurrentContext();
  if (!chosen) throw unusable(files, "it has no current context");
  const context = config.getContextObject(chosen);
  if (context === null) throw unusable(files, `it has no context ${chosen}`);
  const cluster = config.getCluster(context.cluster);
  if (cluster === null) {
    throw unusable(
      files,
      `its context ${chosen} names the cluster ${context.cluster}, which is not in it`,
    );
  }
  if (config.getUser(context.user) === null) {
    throw unusable(files, `its context ${chosen} names the user ${context.user}, who is not in it`);
  }
  if (!/^https?:\/\//.test(cluster.server)) {
    throw unusable(
      files,
      `the server ${cluster.server} of its cluster ${context.cluster} is not a URL`,
    );
  }
  return cluster.server.replace(/\/+$/, "");
}

/** The part of a request's options by which agents differ. */
type Identity = Pick<
  https.AgentOptions,
  "ca" | "cert" | "key" | "pfx" | "passphrase" | "servername" | "rejectUnauthorized"
>;

class KubeconfigAccess implements ClusterAccess {
  private known: { identity: string; agent: http.Agent } | undefined;

  constructor(
    private readonly config: KubeConfig,
    readonly server: string,
  ) {}

  async credentials(): Promise<Credentials> {
    const options: https.RequestOptions = {};
    try {
      await this.config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new UserError(
        `One can't log in to ${this.server}: ${(error as Error).message}. ` +
          "Fix: see that kubectl get namespaces works with this kubeconfig, then run again.",
      );
    }
    const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [
      name,
      `${value}`,
    ]);
    if (typeof options.auth === "string") {
      headers.push(["Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`]);
    }
    return { headers: Object.fromEntries(headers), agent: this.agentFor(options) };
  }

  /** One for as long as the certificates stay the same, so that connections are used again. */
  private agentFor(options: https.RequestOptions): http.Agent {
    const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options;
    const own: Identity = { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized };
    const identity = JSON.stringify(own);
    if (this.known?.identity !== identity) {
      this.known = { identity, agent: this.newAgent(own, options.agent as http.Agent) };
    }
    return this.known.agent;
  }

  private newAgent(own: Identity, throughProxy: http.Agent): http.Agent {
    if (this.config.getCurrentCluster()?.proxyUrl) return throughProxy;
    const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
    return this.server.startsWith("https:")
      ? new https.Agent({ keepAlive: true, ...set })
      : new http.Agent({ keepAlive: true });
  }
}
