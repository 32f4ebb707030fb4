import type { Problem } from "../../infra/errors";
import { StackFolder } from "../support/stack-folder";

const files = new StackFolder();
afterAll(() => files.remove());

const p = (path: string, value: unknown, fault: string, fix: string): Problem => ({
  path,
  value,
  fault,
  fix,
});

describe("config keys", () => {
  const good = files.config();
  const without = (key: string) =>
    Object.fromEntries(Object.entries(good).filter(([name]) => name !== `flinktide:${key}`));
  const UNKNOWN_FIX = (key: string) =>
    `remove it (pulumi config rm ${key}); the keys are role, platform, tenant, at`;
  const BLOCK_FIX = (key: string) =>
    `write it as YAML under flinktide:${key} in the stack file, or as a JSON object with -c`;

  test.each<[string, Record<string, string>, Problem[]]>([
    [
      "an unknown key",
      { ...good, "flinktide:tennant": "x" },
      [p("flinktide:tennant", undefined, "there is no such config key", UNKNOWN_FIX("tennant"))],
    ],
    [
      "no role",
      without("role"),
      [p("flinktide:role", undefined, "it is missing", "set it to platform or tenant")],
    ],
    [
      "a wrong role",
      { ...good, "flinktide:role": "boss" },
      [p("flinktide:role", "boss", "it is not a role", "set it to platform or tenant")],
    ],
    [
      "no platform",
      without("platform"),
      [
        p(
          "flinktide:platform",
          undefined,
          "it is missing",
          "set it to the platform's stack, for instance dev",
        ),
      ],
    ],
    [
      "a platform that is no stack",
      { ...good, "flinktide:platform": "de v" },
      [
        p(
          "flinktide:platform",
          "de v",
          "it is not the name of a stack",
          "set it to the platform's stack, for instance dev",
        ),
      ],
    ],
    [
      "no tenant",
      without("tenant"),
      [
        p(
          "flinktide:tenant",
          undefined,
          "it is missing",
          "describe the tenant there; docs/tenant.md has an example",
        ),
      ],
    ],
    [
      "a tenant that is no JSON",
      { ...good, "flinktide:tenant": "{name:" },
      [p("flinktide:tenant", "{name:", "it is not a block of settings", BLOCK_FIX("tenant"))],
    ],
    [
      "a tenant that is a text",
      { ...good, "flinktide:tenant": '"acme"' },
      [p("flinktide:tenant", '"acme"', "it is not a block of settings", BLOCK_FIX("tenant"))],
    ],
    [
      "a tenant that is a list",
      { ...good, "flinktide:tenant": "[]" },
      [p("flinktide:tenant", "[]", "it is not a block of settings", BLOCK_FIX("tenant"))],
    ],
    ...[
      "2026-11-23T09:00:00",
      "09:00",
      "2026-02-30T09:00:00Z",
      "now",
      "2026-11-23T09:00+08:00",
    ].map((at): [string, Record<string, string>, Problem[]] => [
      `at ${at}`,
      { ...good, "flinktide:at": at },
      [
        p(
          "flinktide:at",
          at,
          "it is not an instant with a zone",
          "write it as 2026-11-23T09:00:00+08:00",
        ),
      ],
    ]),
    [
      "a tenant on a platform",
      { "flinktide:role": "platform", "flinktide:tenant": "{}", "flinktide:at": "x" },
      ["tenant", "at"].map((key) =>
        p(
          `flinktide:${key}`,
          undefined,
          "a platform stack takes no such key",
          "remove it, or set it on a tenant stack",
        ),
      ),
    ],
    [
      "a platform with wrong settings",
      {
        "flinktide:role": "platform",
        "flinktide:platform": JSON.stringify({
          kafka: { port: 94, ram: 1 },
          prometheus: { memory: "5", scrapeIntervalSeconds: 0 },
          capacity: { slots: 0 },
        }),
      },
      [
        p(
          "flinktide:platform.kafka.port",
          94,
          "it is not a port from 1024 to 65535",
          "give a port from 1024 to 65535",
        ),
        p(
          "flinktide:platform.kafka.ram",
          1,
          "there is no such setting",
          "remove it, or check its spelling in docs/tenant.md",
        ),
        p(
          "flinktide:platform.prometheus.memory",
          "5",
          "it is not an amount of memory",
          "write a number and MiB or GiB, such as 2GiB",
        ),
        p(
          "flinktide:platform.prometheus.scrapeIntervalSeconds",
          0,
          "it is not a whole number from 1 to 300",
          "give a whole number from 1 to 300",
        ),
        p(
          "flinktide:platform.capacity.slots",
          0,
          "it is not a whole number from 1 to 1000000",
          "give a whole number from 1 to 1000000",
        ),
      ],
    ],
    [
      "a platform whose Kafka and Prometheus nobody finds",
      {
        "flinktide:role": "platform",
        "flinktide:platform": JSON.stringify({
          target: "kubernetes",
          kubernetes: { registry: "registry.example.com" },
          kafka: { bootstrapServers: "kafka.example.com:9092", strimzi: {} },
          prometheus: { url: "https://prometheus.monitoring.svc/base" },
        }),
      },
      [
        p(
          "flinktide:platform.kafka.strimzi",
          {},
          "bootstrapServers name a Kafka that is there",
          "remove the one or the other",
        ),
        p(
          "flinktide:platform.kafka.networks",
          undefined,
          "NetworkPolicies know addresses only, and kafka.bootstrapServers has a name outside of the cluster",
          "give its networks, such as 203.0.113.0/24; an empty list where a NetworkPolicy of your own lets it through",
        ),
        p(
          "flinktide:platform.prometheus.url",
          "https://prometheus.monitoring.svc/base",
          "a service of the cluster is asked by http, without a path",
          "leave both out",
        ),
      ],
    ],
    [
      "a conductor that is not there when its metrics are needed",
      {
        "flinktide:role": "platform",
        "flinktide:platform": JSON.stringify({
          target: "kubernetes",
          kubernetes: {
            ...{ registry: "registry.example.com", metrics: "prometheus-adapter" },
            headroom: { lead: "5m" },
            conductor: { schedule: "*/5 * * * *" },
          },
        }),
      },
      [
        p(
          "flinktide:platform.kubernetes.metrics",
          "prometheus-adapter",
          "autoscalers follow what a conductor tells that always runs, and conductor.schedule ends it",
          "give none, or remove the schedule",
        ),
        p(
          "flinktide:platform.kubernetes.headroom",
          { lead: "5m" },
          "a conductor that always runs moves it, and conductor.schedule ends it",
          "remove the one or the other",
        ),
      ],
    ],
    [
      "a platform on Docker with a Kafka and a Prometheus that are there",
      {
        "flinktide:role": "platform",
        "flinktide:platform": JSON.stringify({
          kafka: { bootstrapServers: "203.0.113.7:9092" },
          prometheus: { url: "http://203.0.113.7:9090" },
        }),
      },
      [
        p(
          "flinktide:platform.kafka",
          { bootstrapServers: "203.0.113.7:9092" },
          "on Docker each platform has a Kafka of its own",
          "remove it, or give target: kubernetes",
        ),
        p(
          "flinktide:platform.prometheus.url",
          "http://203.0.113.7:9090",
          "on Docker each platform has a Prometheus of its own",
          "remove it, or give target: kubernetes",
        ),
      ],
    ],
    [
      "a platform with one port for two",
      {
        "flinktide:role": "platform",
        "flinktide:platform": JSON.stringify({ kafka: { port: 9090 } }),
      },
      [
        p(
          "flinktide:platform.prometheus.port",
          undefined,
          "it is Kafka's port, too",
          "give each its own port",
        ),
      ],
    ],
  ])("%s", async (_, config, expected) => {
    expect(await files.problems(config)).toEqual(expected);
  });
});
