import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { parseTenant } from "../../../policies/parse-tenant";
import { buildTenant } from "../../../stacks/tenant";
import { build, MORNING, PLATFORM, specOf, tenant, text } from "../../support/kubernetes-tenant";
import { inputsOf, names, record } from "../../support/pulumi-recorder";

describe("with a collector", () => {
  const database = { host: "203.0.113.7", port: 3306, passwordKey: "collector:database" };
  const written = (parse(text) as { config: Record<string, object> }).config["flinktide:tenant"];
  const withCollector = (more: object = {}) => {
    const collectors = [
      { name: "orders", database: { ...database, ...more }, sink: { topic: "acme.changes" } },
    ];
    const read = parseTenant({ ...written, collectors });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return { ...read.tenant, jobs: tenant.jobs };
  };
  const collectorImage = `registry.example.com/cdc-collector@sha256:${"0".repeat(64)}`;
  const images = { ...PLATFORM.images, "cdc-collector-3.0.8.Final": collectorImage };
  const run = (outputs: object, of = withCollector(), options: { sorted?: boolean } = {}) => {
    pulumi.runtime.setAllConfig({ "collector:database": "s3cret" }, ["collector:database"]);
    return record(
      () => buildTenant({ role: "tenant", platform: "dev", tenant: of, now: MORNING }),
      { ...PLATFORM, images, ...outputs },
      options,
    );
  };

  it("the tenant file that Docker takes has exactly these children besides", async () => {
    const without = names(await build(MORNING));
    const all = names(await run({}));
    expect(all.filter((each) => !without.includes(each))).toEqual([
      "flink:index:Topic acme.changes",
      "flinktide:kubernetes:Collector collector-orders",
      "kubernetes:core/v1:PersistentVolumeClaim collector-orders-data",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy collector-orders-policy",
      "kubernetes:core/v1:Secret collector-orders-secret",
      "kubernetes:apps/v1:StatefulSet collector-orders-server",
      "kubernetes:core/v1:Service collector-orders-service",
    ]);
    expect(all).toEqual(expect.arrayContaining(without));
  });

  it("it is in the tenant's namespace, with the platform's image and Kafka", async () => {
    const { metadata, spec } = inputsOf(await run({}), "collector-orders-server");
    expect(metadata).toMatchObject({ namespace: "flinktide-dev-acme" });
    expect(JSON.stringify(spec)).toContain(`"image":"${collectorImage}"`);
    expect(JSON.stringify(spec)).toContain("kafka://kafka.flinktide-dev.svc:9092");
  });

  it("it comes after its topic, and the jobs do", async () => {
    const order = (await run({}, withCollector(), { sorted: false })).map(({ name }) => name);
    const at = ["acme.changes", "collector-orders-server", "wordcount"].map((name) =>
      order.indexOf(name),
    );
    expect(at[0]).toBeLessThan(at[1] ?? -1);
    expect(at[0]).toBeLessThan(at[2] ?? -1);
  });

  it("the namespace has room for it and its volume, and no more", async () => {
    const cluster = { ...PLATFORM.cluster, collectorGiB: 3 };
    expect(specOf(await run({ cluster }), "tenant-quota")).toEqual({
      hard: {
        ...{ "requests.cpu": "7500m", "limits.cpu": "15000m", pods: "8" },
        ...{ "requests.memory": "8064Mi", "limits.memory": "8064Mi" },
        "requests.storage": "13312Mi",
      },
    });
  });

  it("its database by a name alone is refused before anything is made", async () => {
    await expect(run({}, withCollector({ host: "db.internal" }))).rejects.toThrow(
      'collectors[0].database.host (given: "db.internal"): NetworkPolicies know addresses only',
    );
    const networks = ["203.0.113.0/24"];
    const named = await run({}, withCollector({ host: "db.internal", networks }));
    expect(JSON.stringify(specOf(named, "collector-orders-policy"))).toContain("203.0.113.0/24");
  });

  it("a platform without its image is told what to do", async () => {
    await expect(run({ images: PLATFORM.images })).rejects.toThrow(
      "The platform dev has no image for collectors. Fix: set kubernetes.tenantCollectors: true",
    );
  });

  it("a conductor in the cluster, which could not have its password, is refused", async () => {
    const cluster = { ...PLATFORM.cluster, conductor: true };
    await expect(run({ cluster })).rejects.toThrow("The tenant acme has collectors");
  });
});
