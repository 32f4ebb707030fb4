import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { impurities } from "../support/purity";

const folder = path.join(PROJECT_DIR, "policies");
const eslint = path.join(PROJECT_DIR, "node_modules", "eslint", "bin", "eslint.js");
const sources = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });

test("there are policies to look at", () => {
  const some = ["plan.ts", "tenant.ts", "time-window.ts", "simulator/trace.ts"];
  expect(sources).toEqual(expect.arrayContaining(some));
});

test.each(sources.filter((name) => name.endsWith(".ts")))("%s is pure", (name) => {
  expect(impurities(fs.readFileSync(path.join(folder, name), "utf8"), name)).toEqual([]);
});

test.each([
  ['import * as fs from "node:fs";', "import of node:fs"],
  ['import { x } from "../infra/exec";', "import of ../infra/exec"],
  ['export * from "axios";', "import of axios"],
  ['const x = await import("./plan");', "import()"],
  ['const fs = require("fs");', "require"],
  ["const t = Date.now();", "Date.now"],
  ["const t = new Date();", "new Date()"],
  ["const t = Date();", "Date()"],
  ["const r = 1 + Math.random();", "Math.random"],
  ["const home = process.env.HOME;", "process"],
  ["setTimeout(() => undefined, 1);", "setTimeout"],
  ["console.log(1);", "console"],
])("the check refuses %s", (source, what) => {
  expect(impurities(source)).toEqual([what]);
});

test.each([
  'import { z } from "zod";',
  'import { planFor } from "./plan";',
  "const t = new Date(0).getTime();",
  "const x = { process: 1 }.process + Math.max(1, 2);",
  "class Queue { process(): void {} }",
])("the check lets %s pass", (source) => {
  expect(impurities(source)).toEqual([]);
});

/** Imports by the file that makes them, and whether they stay within policies/. */
const imports: [string, string, boolean][] = [
  ["plan.ts", "zod", true],
  ["plan.ts", "./units", true],
  ["plan.ts", "./scaling/quota", true],
  ["plan.ts", "../infra/exec", false],
  ["plan.ts", "./../infra/exec", false],
  ["plan.ts", "zod/locales", false],
  ["scaling/quota.ts", "zod", true],
  ["scaling/quota.ts", "./grant", true],
  ["scaling/quota.ts", "../plan", true],
  ["scaling/quota.ts", "../simulator/trace", true],
  ["scaling/quota.ts", "../../infra/exec", false],
  ["scaling/quota.ts", "../scaling/../../stacks/config", false],
  ["scaling/quota.ts", "node:fs", false],
];

test.each(imports)("from %s the check of %s passes: %s", (file, from, passes) => {
  expect(impurities(`import { x } from "${from}";`, file)).toEqual(
    passes ? [] : [`import of ${from}`],
  );
});

test.each(["plan.ts", "scaling/quota.ts"])("the lint rule says the same of %s", (file) => {
  const own = imports.filter(([name]) => name === file);
  const source = own.map(([, from], i) => `export { x${i} } from "${from}";\n`).join("");
  const lint = spawnSync(
    process.execPath,
    [eslint, "--stdin", "--stdin-filename", path.join("policies", file), "--format", "json"],
    { cwd: PROJECT_DIR, input: source, encoding: "utf8" },
  );
  const [result] = JSON.parse(lint.stdout) as [{ messages: { line: number; ruleId: string }[] }];
  const refused = result.messages.map(({ line, ruleId }) => [line, ruleId]);
  expect(refused).toEqual(
    own.flatMap(([, , passes], i) => (passes ? [] : [[i + 1, "no-restricted-imports"]])),
  );
});
