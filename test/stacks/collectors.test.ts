import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { imageContext } from "../../infra/images/context";
import { COLLECTOR_IMAGE, IMAGE_VERSIONS } from "../../infra/images/versions";
import { platformSchema } from "../../stacks/platform-schema";
import { buildPlatform } from "../../stacks/platform";
import { inputsOf, names, record } from "../support/pulumi-recorder";

const before = process.env.FLINKTIDE_CACHE;
let cache: string;
beforeAll(() => {
  pulumi.runtime.setAllConfig({ "collector:database": "s3cret" }, ["collector:database"]);
  cache = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-collectors-"));
  process.env.FLINKTIDE_CACHE = cache;
  for (const { recipe, version } of [...IMAGE_VERSIONS, COLLECTOR_IMAGE]) {
    fs.mkdirSync(imageContext(recipe, version).directory, { recursive: true });
  }
});
afterAll(() => {
  if (before === undefined) delete process.env.FLINKTIDE_CACHE;
  else process.env.FLINKTIDE_CACHE = before;
  fs.rmSync(cache, { recursive: true, force: true });
});

it("a platform's collectors come with the topics that they fill", async () => {
  const database = (schema: string) => ({ host: "db", schema, passwordKey: "collector:database" });
  const platform = platformSchema.parse({
    collectors: [
      { name: "a", database: database("a"), sink: { topic: "rates", partitions: 3 } },
      { name: "b", database: database("b"), sink: { endpoint: "kafka://elsewhere:9092" } },
    ],
  });
  const all = await record(() => buildPlatform("dev", platform));
  expect(names(all).filter((name) => /Topic |Collector /.test(name))).toEqual([
    "flinktide:docker:Collector collector-a",
    "flinktide:docker:Collector collector-b",
    "flink:index:Topic rates",
  ]);
  expect(inputsOf(all, "rates")).toMatchObject({ name: "rates", partitions: 3 });
  const envs = (name: string) => inputsOf(all, `collector-${name}-collector`)["envs"];
  expect(envs("a")).toContain("DATAHUB_ENDPOINT=kafka://dev-kafka:9092");
  expect(envs("b")).toContain("DATAHUB_ENDPOINT=kafka://elsewhere:9092");
});
