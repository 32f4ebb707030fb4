import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { planFor } from "../../../policies/plan";
import {
  conductorTenants,
  playedTenant,
  START,
  writeStackFiles,
} from "../../../stacks/bench/conductor-tenants";
import { Catalog, readPlatform } from "../../../stacks/conductor/catalog";

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-bench-"))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const windowsAfter = async (seconds: number) => {
  writeStackFiles(folder, "t1", { kafka: 9001, prometheus: 9002 }, conductorTenants(4));
  const { entries, broken } = await new Catalog("t1", folder).refresh();
  expect(broken).toEqual([]);
  const now = new Date(Date.parse(START) + seconds * 1000);
  return entries
    .sort((a, b) => (a.stack < b.stack ? -1 : 1))
    .map(({ tenant }) => planFor({ ...tenant, lead: 0 }, now, {}).window);
};

it("should write stack files that can be used, with slots for all", async () => {
  expect(await windowsAfter(0)).toEqual(Array(4).fill("otherwise"));
  const platform = await readPlatform("t1", folder);
  expect([platform.kafka.port, platform.prometheus.port]).toEqual([9001, 9002]);
  expect(platform.capacity).toEqual({ slots: 32 });
});

it("should have half of the tenants change window four times within five minutes", async () => {
  const seen = [120, 179, 180, 240, 299, 300].map(async (seconds) => windowsAfter(seconds));
  const rush = (name: string) => [name, "otherwise", name, "otherwise"];
  expect(await Promise.all(seen)).toEqual([
    ...[rush("rush-1"), rush("rush-1"), rush("otherwise")],
    ...[rush("rush-2"), rush("rush-2"), rush("otherwise")],
  ]);
});

it("should give every tenant's cluster ids of its own", () => {
  expect(playedTenant("dev", "n50-17", 17)).toEqual({
    jobId: "00000000000000000000000000000011",
    topic: "n50-17.lines",
    taskManagerPrefix: "dev-n50-17-taskmanager-",
  });
});
