import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { tenantSchema } from "../../policies/tenant";
import { platformSchema } from "../../stacks/platform-schema";
import { renderReference, settingsTable } from "../../stacks/docs/reference";
import { settingsOf } from "../../stacks/docs/settings";
import { tenantBlock } from "../support/tenant-file";

const read = (...names: string[]) => fs.readFileSync(path.join(PROJECT_DIR, ...names), "utf8");
const page = read("docs", "tenant.md");
const stackFile = read("Pulumi.dev-acme.yaml");

test.each([
  ["tenant", tenantSchema],
  ["platform", platformSchema],
] as const)(
  "every setting of the %s block stands in the page as the schema has it",
  (_, schema) => {
    const documented = new Set(page.split("\n").map((line) => line.replace(/ +/g, " ")));
    const missing = settingsTable(schema)
      .split("\n")
      .slice(2)
      .map((line) => line.replace(/ +/g, " "))
      .filter((line) => !documented.has(line));
    expect(missing).toEqual([]);
  },
);

test("the page is what `npm run docs` writes", () => {
  expect(renderReference(page, stackFile)).toBe(page);
});

test("the page's example is acme's tenant block", () => {
  const [, example = ""] = /<!-- begin example -->\s+```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const file = parse(example) as { config: Record<string, unknown> };
  expect(file.config["flinktide:tenant"]).toEqual(tenantBlock("dev-acme"));
  expect(example).not.toContain("encryptionsalt");
});

test("a page without markers is refused", () => {
  expect(() => renderReference("# Settings\n", "")).toThrow("<!-- begin tenant -->");
});

test("the rows tell path, meaning, type, limits and default as a user types them", () => {
  const rows = new Map(settingsOf(tenantSchema).map(({ path: at, ...row }) => [at, row]));
  expect(rows.get("taskManager.memory")).toEqual({
    meaning: "Process memory of a TaskManager, and its container's limit",
    type: "memory in whole MiB, such as `1728MiB`, `2GiB`, `1.5GiB`",
    default: "`1728MiB`",
  });
  expect(rows.get("jobs[].allowedLag")?.default).toBe("`10s`");
  expect(rows.get("jobs[].parallelism.max")).toMatchObject({
    type: "whole number, 1 to 32767",
    default: "required",
  });
  expect(rows.get("flink.version")).toMatchObject({
    type: '`"1.14"` or `"1.20"`',
    default: '`"1.14"`',
  });
  expect(rows.get("windows[].days")?.default).toBe("mon, tue, wed, thu, fri, sat, sun");
  expect(rows.get("quota")?.default).toBe("none");
});

test("a setting without a description, or of an unknown kind, fails", () => {
  const { name } = tenantSchema.shape;
  const undescribed = tenantSchema.shape.taskManager.unwrap().shape.slots.unwrap();
  expect(() => settingsOf(tenantSchema.extend({ extra: undescribed }))).toThrow(
    "the setting extra has no description",
  );
  const unknown = name.transform(Number).describe("A number in disguise");
  expect(() => settingsOf(tenantSchema.extend({ extra: unknown }))).toThrow(
    "the setting extra has a type that the reference can't name",
  );
});
