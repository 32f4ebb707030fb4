import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { leaveOrphans } from "../../../stacks/conductor/orphans";
import { PulumiActuator } from "../../../stacks/conductor/actuator";
import { interpretConfig } from "../../../stacks/config";
import { MORNING } from "./narrated";

/** Does as pulumi would, by the file `how`, and notes each call. */
const PULUMI = `#!${process.execPath}
const fs = require("fs");
const path = require("path");
const folder = path.dirname(process.argv[1]);
const args = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
fs.appendFileSync(path.join(folder, "calls"), args.slice(0, 2).join(" ") + "\\n");
const how = read("how");
const say = (event) => console.log(JSON.stringify({ timestamp: 1, ...event }));
const outputs = JSON.parse(read("outputs"));
if (args[0] === "up") {
  fs.appendFileSync(path.join(folder, "ups"), JSON.stringify(args) + "\\n");
  fs.appendFileSync(path.join(folder, "force"), (process.env.PULUMI_K8S_ENABLE_PATCH_FORCE ?? "no") + "\\n");
  fs.copyFileSync(args[args.indexOf("--config-file") + 1], path.join(folder, "config"));
  if (how === "killed") process.kill(process.pid, "SIGKILL");
  if (how === "well") {
    const metadata = { op: "update", urn: "u::dev", type: "pulumi:pulumi:Stack", new: { outputs } };
    say({ resOutputsEvent: { metadata } });
    say({ summaryEvent: { resourceChanges: { update: 2, same: 5 }, isPreview: false } });
  } else {
    say({ diagnosticEvent: { severity: "error", message: how } });
    process.exitCode = 255;
  }
} else if (args[1] === "output") {
  if (how === "no stack") {
    console.error("error: no stack named 'dev-acme' found");
    process.exitCode = 1;
  } else console.log(JSON.stringify(outputs));
} else if (args[1] === "export") {
  const resources = [{ type: "t", urn: "u", inputs: { name: "known" } }];
  console.log(JSON.stringify({ deployment: { resources } }));
}
`;
/** Lists two containers, and notes what it is asked. */
const DOCKER = `#!${process.execPath}
const fs = require("fs");
const args = process.argv.slice(2);
fs.appendFileSync(require("path").dirname(process.argv[1]) + "/docker-calls", args.join(" ") + "\\n");
if (args[0] === "ps") console.log("known\\nleft-behind\\n");
`;

let folder: string;
let actuator: PulumiActuator;
const { PATH } = process.env;
const file = (...names: string[]) => path.join(folder, ...names);
const said = (name: string) => fs.readFileSync(file("bin", name), "utf8").trim().split("\n");
const set = (name: string, text: string) => fs.writeFileSync(file("bin", name), text);
const OUTPUTS = {
  ...{ flinkUrl: "http://x", kafkaOnHost: "y:1", decision: MORNING, fence: 7, window: "morning" },
  jobs: { wordcount: { jobId: "j", parallelism: 4 } },
};

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-actuator-"));
  fs.mkdirSync(file("bin"));
  set("pulumi", PULUMI);
  set("docker", DOCKER);
  for (const name of ["pulumi", "docker"]) fs.chmodSync(file("bin", name), 0o755);
  set("how", "well");
  set("outputs", JSON.stringify(OUTPUTS));
  process.env.PATH = `${file("bin")}:${PATH}`;
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  actuator = new PulumiActuator("dev", { FOR_PULUMI: "1" }, (stack) => file("work", stack));
});
afterEach(() => {
  process.env.PATH = PATH;
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

const tenant = { name: "acme", otherwise: { floor: 1, ceiling: 2 } };
const text = stringify({
  encryptionsalt: "v1:abc",
  config: {
    ...{ "flinktide:role": "tenant", "flinktide:platform": "dev", "flinktide:tenant": tenant },
    "registry:password": { secure: "AAAB" },
  },
});
const request = {
  ...{ stack: "dev-acme", tenant: "acme", text, afterCrash: false },
  handed: { fence: 7, decision: MORNING },
};

describe("the outputs", () => {
  test("are what an update left", async () => {
    const { window: _, ...outputs } = OUTPUTS;
    expect(await actuator.outputs("dev-acme")).toEqual(outputs);
    const { fence: __, ...before } = OUTPUTS;
    set("outputs", JSON.stringify(before));
    expect(await actuator.outputs("dev-acme")).toMatchObject({ fence: 0 });
  });

  test("of a stack that was never brought up are none", async () => {
    set("outputs", "{}");
    expect(await actuator.outputs("dev-acme")).toBeUndefined();
    set("how", "no stack");
    expect(await actuator.outputs("dev-acme")).toBeUndefined();
  });
});

describe("an update", () => {
  test("is given the user's file with the decision in it, as the stack's program reads it", async () => {
    const { outputs, ...result } = await actuator.update(request);
    expect(result).toMatchObject({ ok: true, locked: false, changes: { update: 2 }, errors: [] });
    expect(outputs?.decision).toEqual(MORNING);
    const written = parse(said("config").join("\n")) as { config: Record<string, unknown> };
    expect(written).toMatchObject({
      encryptionsalt: "v1:abc",
      config: { "registry:password": { secure: "AAAB" }, "flinktide:tenant": tenant },
    });
    const raw = Object.entries(written.config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const { config, problems } = interpretConfig(
      Object.fromEntries(raw) as Record<string, string>,
      () => new Date(0),
    );
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ role: "tenant", handed: request.handed });
    // Others on this machine need not read what it holds.
    expect(fs.statSync(file("work", "dev-acme", "Pulumi.dev-acme.yaml")).mode & 0o777).toBe(0o600);
  });

  test("makes the stack once, looks at nothing else, and can be read by who comes after it", async () => {
    await actuator.update(request);
    await actuator.update(request);
    expect(said("calls")).toEqual(["stack init", "up --yes", "up --yes"]);
    expect(said("ups").some((args) => args.includes("--refresh"))).toBe(false);
    expect(fs.existsSync(file("bin", "docker-calls"))).toBe(false);
    const events = fs.readFileSync(file("work", "dev-acme", "update.out"), "utf8");
    expect(events).toContain("summaryEvent");
  });

  test("after a crash first removes what its stack does not know, and looks at the real world", async () => {
    await actuator.update({ ...request, afterCrash: true });
    expect(said("calls")).toEqual(["stack init", "stack export", "up --yes"]);
    expect(said("ups")[0]).toContain("--refresh");
    const labels = "--filter label=flinktide.environment=dev --filter label=flinktide.tenant=acme";
    expect(said("docker-calls")).toEqual([
      `ps -a --format {{.Names}} ${labels}`,
      "rm -f -v left-behind",
    ]);
  });

  test.each([
    ["error: the stack is currently locked by 1 lock(s).", true],
    ["Another update is currently in progress.", true],
    ["the job needs 3 slots", false],
  ])("that fails with %j: locked %s", async (how, locked) => {
    set("how", how);
    expect(await actuator.update(request)).toMatchObject({
      ...{ ok: false, locked, errors: [how], outputs: undefined },
    });
  });

  test("in a cluster asks no Docker engine after a crash: what was left is taken over", async () => {
    const inCluster = new PulumiActuator("dev", {}, (stack) => file("work", stack), leaveOrphans);
    const { ok } = await inCluster.update({ ...request, afterCrash: true });
    expect([ok, fs.existsSync(file("bin", "docker-calls"))]).toEqual([true, false]);
    const [up] = said("ups").map((line) => JSON.parse(line) as string[]);
    expect(up).toContain("--refresh");
    // What was left is nobody's; what others own in peace stays theirs.
    await inCluster.update(request);
    expect(said("force")).toEqual(["true", "no"]);
  });

  test("that is killed says by what", async () => {
    set("how", "killed");
    const result = await actuator.update(request);
    expect(result).toMatchObject({ ok: false, locked: false, outputs: undefined });
    expect(result.errors[0]).toBe("pulumi was ended by SIGKILL");
  });

  test("whose outputs are odd did not succeed", async () => {
    set("outputs", JSON.stringify({ ...OUTPUTS, decision: "no" }));
    const result = await actuator.update(request);
    expect(result).toMatchObject({ ok: false, locked: false, outputs: undefined });
    expect(result.errors[0]).toMatch(/^odd outputs: /);
  });
});
