import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { renderStack } from "../../../stacks/render/render";
import { writeRendered } from "../../../stacks/render/write";
import { IMAGE_NAMES } from "../../../stacks/kubernetes/image-names";
import { DIGEST, prodStacks } from "../../support/prod-stacks";

const MORNING = new Date("2026-11-23T09:00:00+08:00");
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

const stacks = (settings?: object) => {
  folders.push(prodStacks(settings));
  return folders.at(-1) ?? "";
};
const empty = () => {
  folders.push(fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-rendered-")));
  return folders.at(-1) ?? "";
};
const render = (stack: string, settings?: object, now = MORNING) =>
  renderStack(stack, { folder: stacks(settings), clock: () => now });

describe("a tenant", () => {
  it("has exactly these manifests, in the order in which they can be applied", async () => {
    const { manifests } = await render("prod-acme");
    expect(manifests.map(({ file }) => file)).toEqual([
      "0-namespace-flinktide-prod-acme.yaml",
      "1-limitrange-limits.yaml",
      "1-networkpolicy-default-deny.yaml",
      "1-networkpolicy-jobmanager.yaml",
      "1-networkpolicy-taskmanager.yaml",
      "1-resourcequota-quota.yaml",
      "2-role-flink.yaml",
      "2-rolebinding-flink.yaml",
      "2-serviceaccount-flink.yaml",
      "3-persistentvolumeclaim-flink-state.yaml",
      "3-poddisruptionbudget-taskmanager.yaml",
      "3-service-jobmanager.yaml",
      "4-deployment-jobmanager.yaml",
      "4-deployment-taskmanager.yaml",
      "4-horizontalpodautoscaler-taskmanager.yaml",
    ]);
  });

  it("says what else the stack makes, and which window it is for", async () => {
    const { others, secrets, window } = await render("prod-acme");
    expect({ others, secrets, window }).toEqual({
      others: [
        "flink:index:Job `wordcount`",
        "flink:index:TaskManagers `task-managers`",
        "flink:index:Topic `acme.counts`",
        "flink:index:Topic `acme.lines`",
      ],
      secrets: [],
      window: "morning",
    });
  });

  it("with a collector, leaves its password out and says so", async () => {
    const folder = prodStacks({}, ["tenant"]);
    folders.push(folder);
    const options = { folder, clock: () => MORNING };
    const { manifests, secrets } = await renderStack("prod-acme", options);
    expect(secrets).toEqual(["kubernetes:core/v1:Secret `collector-orders-secret`"]);
    expect(manifests.map(({ file }) => file)).toContain("4-statefulset-collector-orders.yaml");
    expect(JSON.stringify(manifests)).not.toContain("s3cret");
  });

  it("has the window's bounds", async () => {
    const boundsAt = async (now: Date) => {
      const { manifests } = await render("prod-acme", {}, now);
      const found = manifests.find(({ file }) => file.includes("autoscaler"))?.yaml ?? "";
      const { spec } = parse(found) as { spec: { minReplicas: number; maxReplicas: number } };
      return [spec.minReplicas, spec.maxReplicas];
    };
    expect(await boundsAt(MORNING)).toEqual([2, 3]);
    expect(await boundsAt(new Date("2026-11-23T03:00:00+08:00"))).toEqual([1, 2]);
  });

  it("holds what only Pulumi reads in no manifest", async () => {
    const { manifests } = await render("prod-acme");
    expect(manifests.filter(({ yaml }) => yaml.includes("pulumi.com/"))).toEqual([]);
    const service = manifests.find(
      ({ title }) => title === "Service flinktide-prod-acme/jobmanager",
    );
    expect(parse(service?.yaml ?? "")).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "jobmanager",
        namespace: "flinktide-prod-acme",
        labels: {
          "app.kubernetes.io/part-of": "flinktide",
          "app.kubernetes.io/managed-by": "pulumi",
          "flinktide.io/environment": "prod",
          "flinktide.io/tenant": "acme",
        },
      },
      spec: {
        selector: { "app.kubernetes.io/name": "jobmanager" },
        ports: [{ name: "rest", port: 8081, targetPort: "rest" }],
      },
    });
  });
});

describe("images", () => {
  const all = Object.fromEntries(
    IMAGE_NAMES.map((name) => [name, `registry.example.com/a@${DIGEST}`]),
  );
  const imagesIn = (yaml: string) =>
    [...yaml.matchAll(/^\s+image: (.*)$/gm)].map(([, name]) => name);

  it("stand by their tags, and are named, where no digest is known", async () => {
    const { manifests, unpinned } = await render("prod-acme");
    expect(unpinned).toEqual(["registry.example.com/team/flink:1.14.6"]);
    expect(new Set(manifests.flatMap(({ yaml }) => imagesIn(yaml)))).toEqual(new Set(unpinned));
    expect((await render("prod")).unpinned).toEqual([
      "registry.example.com/team/kafka:3.9.1",
      "registry.example.com/team/prometheus:2.42",
    ]);
  });

  it.each(["prod", "prod-acme"])(
    "of %s are pinned where the platform names digests",
    async (stack) => {
      const { manifests, unpinned } = await render(stack, { images: all });
      expect(unpinned).toEqual([]);
      const found = manifests.flatMap(({ yaml }) => imagesIn(yaml));
      expect(new Set(found)).toEqual(new Set([`registry.example.com/a@${DIGEST}`]));
    },
  );
});

it.each(["prod", "prod-acme"])(
  "%s rendered twice gives the same bytes, and what is old goes",
  async (stack) => {
    const [first, second] = [empty(), empty()];
    const contents = (folder: string) =>
      fs
        .readdirSync(folder)
        .map((file) => [file, fs.readFileSync(path.join(folder, file), "utf8")]);
    writeRendered(first, await render(stack));
    writeRendered(second, await render(stack));
    expect(contents(first).length).toBeGreaterThan(10);
    expect(contents(second)).toEqual(contents(first));

    fs.writeFileSync(path.join(second, "4-deployment-of-before.yaml"), "kind: Deployment");
    writeRendered(second, await render(stack));
    expect(contents(second)).toEqual(contents(first));
  },
);

describe("refuses", () => {
  it.each<[string, string, object, string]>([
    ["a stack that is not there", "prod-globex", {}, "There is no stack prod-globex"],
    [
      "a cluster that nobody can ask",
      "prod",
      { apiServer: undefined },
      "Where the API server answers",
    ],
    [
      "a platform with problems",
      "prod-acme",
      { registry: "https://x" },
      "Pulumi.prod.yaml has problems",
    ],
    [
      "an image that is not pinned",
      "prod",
      { images: { "flink-1.14.6": "flink:1.14" } },
      "flinktide:platform.kubernetes.images.flink-1.14.6",
    ],
    [
      "an image that there is not",
      "prod",
      { images: { flink: `flink@${DIGEST}` } },
      "flinktide:platform.kubernetes.images",
    ],
  ])("%s", async (_, stack, settings, message) => {
    await expect(render(stack, settings)).rejects.toThrow(message);
  });

  it("a stack that is for Docker", async () => {
    const folder = path.join(__dirname, "../../..");
    await expect(renderStack("dev-acme", { folder, clock: () => MORNING })).rejects.toThrow(
      "dev runs on Docker, so that there is nothing to render. Fix: set target: kubernetes in Pulumi.dev.yaml.",
    );
  });

  it("to write where something else is", async () => {
    const folder = empty();
    fs.writeFileSync(path.join(folder, "mine.yaml"), "");
    const rendered = await render("prod-acme");
    expect(() => writeRendered(folder, rendered)).toThrow(
      "holds something else than manifests of prod-acme",
    );
    expect(fs.readdirSync(folder)).toEqual(["mine.yaml"]);
  });
});
