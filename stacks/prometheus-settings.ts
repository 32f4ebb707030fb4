import { z } from "zod";
import { serviceOf, type Server } from "../policies/kubernetes/elsewhere";
import { complaint } from "../policies/problem";
import { settingTypes } from "../policies/setting-type";
import { memory } from "../policies/units";
import { isLocated, networksSchema, notLocated } from "./elsewhere-parts";
import { cores, port, whole } from "./setting-parts";

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

export function serverOf(url: string): Server {
  const { hostname: host, port: given, protocol } = new URL(url);
  return { host, port: given === "" ? (DEFAULT_PORTS[protocol] ?? 80) : Number(given) };
}

/** One of the cluster is asked through the API server's proxy, too, which takes neither TLS nor a path. */
function isAskable(url: string): boolean {
  const { protocol, pathname } = new URL(url);
  return serviceOf(serverOf(url).host) === undefined || (protocol === "http:" && pathname === "/");
}

export const prometheusSchema = z
  .strictObject({
    port: port.default(9090).describe("Port of Prometheus on 127.0.0.1"),
    memory: memory.default(512).describe("Memory limit of Prometheus"),
    cpus: cores("CPU limit of Prometheus, on Kubernetes").default(1),
    scrapeIntervalSeconds: whole("a whole number", 1, 300)
      .default(5)
      .describe("Seconds between two scrapes"),
    url: z
      .url({
        protocol: /^https?$/,
        error: complaint("it is no URL", "write it as http://SERVICE.NAMESPACE.svc:9090"),
      })
      .register(settingTypes, { type: "URL" })
      .refine(
        isAskable,
        complaint("a service of the cluster is asked by http, without a path", "leave both out"),
      )
      .optional()
      .describe("A Prometheus that is there, on Kubernetes; left out: one is made"),
    networks: networksSchema("it and its scrapers"),
    operator: z
      .strictObject({
        release: z
          .string()
          .min(1)
          .describe("Value of the label `release` by which that Prometheus finds its monitors"),
      })
      .optional()
      .describe(
        "Has the Prometheus operator scrape all pods and load all rules (PodMonitor, PrometheusRule); needs `url`",
      ),
  })
  .refine(({ url, operator }) => operator === undefined || url !== undefined, {
    path: ["url"],
    message: complaint(
      "it is missing, and an operator's Prometheus is to scrape",
      "give that Prometheus, such as http://prometheus-operated.monitoring.svc:9090",
    ),
  })
  .refine(({ url, networks }) => url === undefined || isLocated([serverOf(url)], networks), {
    path: ["networks"],
    message: notLocated("prometheus.url"),
  });
