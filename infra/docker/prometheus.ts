import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Image } from "../images/image";
import { makeMetricsFolder } from "../monitoring/metrics-folder";
import { monitoringRules } from "../monitoring/rules";
import { CONDUCTOR_PORT, scrapeConfig } from "../monitoring/scrape-config";
import { VERSIONS } from "../toolchain/versions";
import { createService, type ServiceArgs } from "./service";

/** Where the container sees the folder of the conductor's socket. */
const CONDUCTOR_FOLDER = "/run/conductor";

export interface PrometheusArgs extends ServiceArgs {
  scrapeIntervalSeconds: number;
  /**
   * Unix socket on this machine on which the conductor serves its metrics; nobody need serve yet. Its folder, which
   * should hold nothing else, is made by an update and mounted, so that the socket may come and go.
   */
  conductorSocket: string;
}

/** Prometheus that scrapes every Flink process of the environment and its conductor. */
export class Prometheus extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:docker:Prometheus", name, {}, opts);
    const image = new Image(
      `${name}-image`,
      { recipe: "prometheus", version: VERSIONS.prometheus },
      { parent: this },
    );
    const socket = path.resolve(args.conductorSocket);
    // A preview touches nothing. Left to Docker, the folder would belong to root.
    if (!pulumi.runtime.isDryRun()) makeMetricsFolder(path.dirname(socket));
    const container = createService(
      name,
      args,
      {
        kind: "prometheus",
        role: "server",
        image,
        envs: {
          CONDUCTOR_PORT: String(CONDUCTOR_PORT),
          CONDUCTOR_SOCKET: `${CONDUCTOR_FOLDER}/${path.basename(socket)}`,
          PROMETHEUS_CONFIG: scrapeConfig(args.scrapeIntervalSeconds),
          PROMETHEUS_RULES: monitoringRules(),
        },
        internalPort: 9090,
        dataFolder: "/prometheus",
        folders: [{ hostPath: path.dirname(socket), containerPath: CONDUCTOR_FOLDER }],
        healthCommand: ["curl", "-fsS", "-o", "/dev/null", "http://localhost:9090/-/healthy"],
      },
      this,
    );
    this.url = container.name.apply(() => `http://127.0.0.1:${args.port}`);
    this.registerOutputs({ url: this.url });
  }
}
