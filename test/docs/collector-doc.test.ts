import * as fs from "node:fs";
import * as path from "node:path";
import { recipeDirectory } from "../../infra/images/context";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

const page = fs.readFileSync(path.join(PROJECT_DIR, "docs", "collector.md"), "utf8");
const recipe = recipeDirectory("cdc-collector");
const settings = fs.readFileSync(
  path.join(recipe, "src/io/flinktide/collector/Settings.java"),
  "utf8",
);
const entrypoint = fs.readFileSync(path.join(recipe, "bin/entrypoint.sh"), "utf8");

/** The table's variables with their defaults. */
const documented = Object.fromEntries(
  [...page.matchAll(/^\| `([A-Z_]+)` +\|.*\| (.+?) +\|$/gm)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]),
);

/** A default as the table has it. */
const given = (value: string) => {
  if (value === "null") return "required";
  return value === "" ? "none" : `\`${value}\``;
};

/** The variables that the collector reads, with their defaults. */
function read(): Record<string, string> {
  const texts = [...settings.matchAll(/env\.text\("(\w+)", (?:"([^"]*)"|(null))\)/g)];
  const numbers = [...settings.matchAll(/env\.number\("(\w+)", (\d+),/g)];
  const secrets = [...settings.matchAll(/env\.secret\("(\w+)"/g)];
  const shell = [...entrypoint.matchAll(/^# ([A-Z_]+) {2,}.*?(?:\(default (\w+)\))?$/gm)];
  return Object.fromEntries([
    ...texts.map(([, name = "", text, none]) => [name, given(none ?? text ?? "")]),
    ...numbers.map(([, name = "", number = ""]) => [name, given(number)]),
    ...secrets.map(([, name = ""]) => [
      `${name}_FILE`,
      given(`/run/secrets/${name.toLowerCase().replaceAll("_", "-")}`),
    ]),
    ...shell.map(([, name = "", text = ""]) => [name, given(text)]),
    // Wanted by one kind of sink alone.
    ["DATAHUB_ACCESS_ID", "required for DataHub"],
  ]);
}

test("the table lists every variable with its default", () => {
  expect(documented).toEqual(read());
});

test("the deployment guide's variables are all there but for the secrets, which are files", () => {
  const guide = [
    ...["DATABASE_HOST", "DATAHUB_ENDPOINT", "DATAHUB_ACCESS_ID", "DATAHUB_ACCESS_KEY_FILE"],
    ...["DATABASE_PORT", "DATABASE_USERNAME", "DATABASE_PASSWORD_FILE", "DATABASE_SCHEMA"],
    ...["DATABASE_TABLES", "DATAHUB_PROJECT", "DATAHUB_TOPIC", "DATAHUB_CONSUMER_GROUP"],
    ...["RETRY_MAX_ATTEMPTS", "RETRY_BACKOFF_MS", "MONITORING_PORT", "LOG_LEVEL", "HEAP_SIZE"],
    "EXTRA_JAVA_OPTS",
  ];
  expect(guide.filter((name) => documented[name] === undefined)).toEqual([]);
});
