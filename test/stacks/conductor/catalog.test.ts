import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../../infra/errors";
import { Catalog, readCatalog, readPlatform } from "../../../stacks/conductor/catalog";

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-catalog-"))));
afterEach(() => fs.rmSync(folder, { recursive: true }));
const file = (stack: string) => path.join(folder, `Pulumi.${stack}.yaml`);

let version = 1;
function put(stack: string, text: string): string {
  fs.writeFileSync(file(stack), text);
  // Two versions within a tick of the clock are told apart, too.
  version += 1;
  fs.utimesSync(file(stack), version, version);
  return text;
}
const tenant = (name: string, platform = "dev", floor = 1) =>
  stringify({
    config: {
      "flinktide:role": "tenant",
      "flinktide:platform": platform,
      "flinktide:tenant": { name, otherwise: { floor, ceiling: 4 } },
      "registry:password": { secure: "AAAB" },
    },
  });

test("the tenants of an environment, and none of another's or of other files", async () => {
  put("dev", stringify({ config: { "flinktide:role": "platform" } }));
  const text = put("dev-acme", tenant("acme"));
  put("dev-far", tenant("far", "organization/flinktide/dev"));
  put("prod-acme", tenant("acme", "prod"));
  put("notes", "config: {}");
  put("bare", "[]");
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: flinktide");
  const entries = await readCatalog("dev", folder);
  expect(entries.map(({ stack, tenant: { name } }) => [stack, name]).sort()).toEqual([
    ["dev-acme", "acme"],
    ["dev-far", "far"],
  ]);
  expect(entries.find(({ stack }) => stack === "dev-acme")).toMatchObject({
    ...{ file: file("dev-acme"), text, mtimeMs: 3000 },
    tenant: { otherwise: { floor: 1, ceiling: 4 } },
  });
});

test("a file is read again once it has changed", async () => {
  put("dev-acme", tenant("acme"));
  const catalog = new Catalog("dev", folder);
  const [first] = (await catalog.refresh()).entries;
  expect((await catalog.refresh()).entries[0]).toBe(first);
  const text = put("dev-acme", tenant("acme", "dev", 2));
  const [second] = (await catalog.refresh()).entries;
  expect([second?.tenant.otherwise.floor, second?.text]).toEqual([2, text]);
  fs.rmSync(file("dev-acme"));
  expect(await catalog.refresh()).toEqual({ entries: [], broken: [] });
});

test.each([
  ["no YAML", "config: [", "is not YAML"],
  ["two faults", tenant("Acme").replace("ceiling: 4", "ceiling: 0"), "has problems:"],
])("a file that breaks by %s keeps what it had, and its version is told", async (_, text, says) => {
  const good = put("dev-acme", tenant("acme"));
  const catalog = new Catalog("dev", folder);
  const { entries } = await catalog.refresh();
  put("dev-acme", text);
  for (let i = 0; i < 2; i++) {
    const found = await catalog.refresh();
    expect(found.entries).toEqual(entries);
    expect(found.entries[0]?.text).toBe(good);
    expect(found.broken).toMatchObject([
      { stack: "dev-acme", file: file("dev-acme"), mtimeMs: version * 1000 },
    ]);
    expect(found.broken[0]?.error).toBeInstanceOf(UserError);
    expect(found.broken[0]?.error.message).toContain(says);
  }
  put("dev-acme", tenant("acme", "dev", 3));
  expect(await catalog.refresh()).toMatchObject({
    entries: [{ tenant: { otherwise: { floor: 3 } } }],
    broken: [],
  });
});

test("a file that was never good is no tenant, and holds up no other", async () => {
  put("dev-acme", tenant("acme").replace("floor: 1", "floor: many"));
  put("dev-globex", tenant("globex"));
  // Not even one that can't be read at all.
  fs.mkdirSync(file("dev-folder"));
  const { entries, broken } = await new Catalog("dev", folder).refresh();
  expect(entries.map(({ stack }) => stack)).toEqual(["dev-globex"]);
  expect(broken.map(({ stack }) => stack).sort()).toEqual(["dev-acme", "dev-folder"]);
  const unreadable = broken.find(({ stack }) => stack === "dev-folder");
  expect(unreadable?.error.message).toMatch(
    /can't be read \(EISDIR.*Fix: make it a readable file\.$/,
  );
});

describe("the platform", () => {
  test("is read by its stack file", async () => {
    const config = {
      "flinktide:role": "platform",
      "flinktide:platform": { capacity: { slots: 9 } },
    };
    put("dev", stringify({ config }));
    expect(await readPlatform("dev", folder)).toMatchObject({ capacity: { slots: 9 } });
  });

  test("one that is missing, or none", async () => {
    await expect(readPlatform("dev", folder)).rejects.toThrow(
      `There is no environment dev: ${file("dev")} does not exist. ` +
        "Fix: give the name of a platform stack with --env, for instance --env dev.",
    );
    put("dev", tenant("acme"));
    await expect(readPlatform("dev", folder)).rejects.toThrow("Pulumi.dev.yaml has problems:");
    put("dev", stringify({ config: { "flinktide:role": "platform", "flinktide:at": "x" } }));
    await expect(readPlatform("dev", folder)).rejects.toThrow("Pulumi.dev.yaml has problems:");
  });
});
