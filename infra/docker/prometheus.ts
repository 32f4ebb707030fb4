import * as pulumi from "@pulumi/pulumi";
import { Image } from "../images/image";
import { scrapeConfig } from "../monitoring/scrape-config";
import { VERSIONS } from "../toolchain/versions";
import { createService, type ServiceArgs } from "./service";

export interface PrometheusArgs extends ServiceArgs {
  scrapeIntervalSeconds: number;
}

/** Prometheus that scrapes every Flink process of the environment. */
export class Prometheus extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:docker:Prometheus", name, {}, opts);
    const image = new Image(
      `${name}-image`,
      { recipe: "prometheus", version: VERSIONS.prometheus },
      { parent: this },
    );
    const container = createService(
      name,
      args,
      {
        kind: "prometheus",
        role: "server",
        image,
        envs: { PROMETHEUS_CONFIG: scrapeConfig(args.scrapeIntervalSeconds) },
        internalPort: 9090,
        dataFolder: "/prometheus",
        healthCommand: ["curl", "-fsS", "-o", "/dev/null", "http://localhost:9090/-/healthy"],
      },
      this,
    );
    this.url = container.name.apply(() => `http://127.0.0.1:${args.port}`);
    this.registerOutputs({ url: this.url });
  }
}
